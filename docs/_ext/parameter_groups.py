"""The parameters of BBFLClassifier under a heading for each choice that they make up.

numpydoc writes one list of parameters, which is too long to be read from top to bottom. This
extension divides it by `GROUPS`, gives each parameter an address, and puts a list of links before.
"""

from docutils import nodes
from groups import GROUPS
from sphinx.util import logging

logger = logging.getLogger(__name__)


def group_parameters(app, doctree):
    """Divide the list of parameters on the page of BBFLClassifier."""
    if not app.env.docname.endswith("imblearn_bbfl.BBFLClassifier"):
        return
    # The first field of the page: that of the class, before those of its methods.
    field = next(f for f in doctree.findall(nodes.field) if f[0].astext() == "Parameters")
    parameters = {}
    for item in field[1][0]:
        name = item[0].astext().split(" : ")[0].split()[0].strip("*:")
        item["ids"].append(f"parameter-{name}")
        parameters[name] = item
    grouped = [name for names in GROUPS.values() for name in names]
    if different := set(grouped) ^ set(parameters):
        logger.warning("GROUPS of %s and the docstring differ in %s", __file__, sorted(different))
    body = nodes.field_body("", _list_groups())
    for title, names in GROUPS.items():
        body += nodes.rubric(title, title, ids=[_make_id(title)], classes=["parameter-group"])
        items = [parameters[name] for name in names if name in parameters]
        body += nodes.definition_list("", *items)
    field.replace(field[1], body)


def _list_groups():
    """Return a list of the groups with links to them and to their parameters."""
    listing = nodes.bullet_list(classes=["parameter-groups"])
    for title, names in GROUPS.items():
        line = nodes.paragraph()
        line += nodes.reference("", title, refid=_make_id(title))
        for i, name in enumerate(names):
            line += nodes.Text(", " if i else ": ")
            line += nodes.reference("", "", nodes.literal(name, name), refid=f"parameter-{name}")
        listing += nodes.list_item("", line)
    return listing


def _make_id(title):
    return nodes.make_id(f"parameters {title}")


def setup(app):
    """Group the parameters once a page has been read."""
    app.connect("doctree-read", group_parameters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
