"""Configuration of the documentation: Sphinx, the PyData theme, and a gallery that runs."""

import logging
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

from sphinx_gallery.sorting import FileNameSortKey  # noqa: E402

from imblearn_bbfl import __version__  # noqa: E402

project = "imblearn_bbfl"
author = "The imblearn_bbfl developers"
copyright = author
version = release = __version__

extensions = [
    "mathml",
    "myst_parser",
    "numpydoc",
    "parameter_groups",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "**/README.txt", "auto_examples/*.ipynb", "auto_examples/*.py"]
templates_path = ["_templates"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
default_role = "literal"  # parameters in single backticks, as numpydoc wants

myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"  # the docstrings have the types, with shapes
autodoc_default_options = {
    # Made by scikit-learn's metadata routing, and described there.
    "exclude-members": ", ".join(
        f"set_{method}_request"
        for method in ("fit", "partial_fit", "predict", "score", "transform")
    ),
}
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False  # the class template lists methods
numpydoc_class_members_toctree = False

# Without a network, the links to other projects are left out and nothing warns.
intersphinx_mapping = {
    "imblearn": ("https://imbalanced-learn.org/stable/", None),
    "matplotlib": ("https://matplotlib.org/stable/", None),
    "numpy": ("https://numpy.org/doc/stable/", None),
    "python": ("https://docs.python.org/3/", None),
    "sklearn": ("https://scikit-learn.org/stable/", None),
}
intersphinx_timeout = 5
logging.getLogger("sphinx.sphinx.ext.intersphinx").addFilter(
    lambda record: "failed to reach any of the inventories" not in str(record.msg)
)

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = "imblearn_bbfl"
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": f"imblearn_bbfl {version}", "alt_text": "imblearn_bbfl"},
    "show_prev_next": True,
    "navigation_with_keys": False,
    "navbar_align": "left",
    "header_links_before_dropdown": 5,
    # Pages of wide tables have no list of their sections. The last match holds.
    "secondary_sidebar_items": {"**": ["page-toc"], "performance": [], "reliability": []},
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# These have no pages beside them to list.
html_sidebars = {
    page: []
    for page in (
        "index",
        "changelog",
        "developing",
        "install",
        "migration",
        "related",
        "reliability",
        "start",
        "tutorial",
    )
}

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_exclude = ".linenos, .gp, .go"

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_\d+_",
    "ignore_pattern": r"(demo|demo_figure|comparison|image_folder|quietly|several_processes)\.py$",
    "within_subsection_order": FileNameSortKey,
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_signature": False,
    "capture_repr": ("_repr_html_",),
    "doc_module": ("imblearn_bbfl",),
    "backreferences_dir": "api/backreferences",
    "min_reported_time": 5,
    "parallel": 2,
    "default_thumb_file": str(HERE / "images" / "comparison.png"),
}
linkcheck_ignore = ["https://doi.org/"]  # publishers refuse programs
linkcheck_timeout = 30
suppress_warnings = ["config.cache"]  # the sort key of the gallery is a class
