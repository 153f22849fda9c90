"""The Python in the pages of the documentation runs as it stands, on small data."""

import re
import runpy
from pathlib import Path
from textwrap import dedent

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from imblearn_bbfl import BBFLClassifier, ImageFeatures
from imblearn_bbfl.backbones import build_network, list_applications
from imblearn_bbfl.classifier import _preparation
from imblearn_bbfl.features import _image_features
from imblearn_bbfl.model_selection import compare_strategies

DOCS = Path(__file__).parent.parent / "docs"
PAGES = [
    "index.md",
    "start.md",
    "extending.md",
    "migration.md",
    "performance.md",
    "guide/explanation.md",
    "guide/features.md",
    "guide/few_images.md",
    "guide/files.md",
    "guide/gamma.md",
    "guide/groups.md",
    "guide/probabilities.md",
    "guide/result.md",
    "guide/which_method.md",
]


def read_code(page):
    """Return the Python blocks of a page, but those that a comment before them exempts."""
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"(<!--[^>]*-->\n)?```python\n(.*?)```", text, re.DOTALL)
    return [dedent(code) for exempt, code in blocks if not exempt]  # a list indents its code


@pytest.fixture
def short_fits(monkeypatch):
    """Train a small network for one epoch, and compare once, where a page does not say."""
    monkeypatch.setitem(BBFLClassifier.__init__.__kwdefaults__, "epochs", 1)
    monkeypatch.setitem(BBFLClassifier.__init__.__kwdefaults__, "weights", None)
    monkeypatch.setitem(ImageFeatures.__init__.__kwdefaults__, "weights", None)
    monkeypatch.setitem(compare_strategies.__kwdefaults__, "n_repeats", 1)

    def build_small_network(backbone, *args, **kwargs):
        is_large = backbone in list_applications()
        return build_network("small_cnn" if is_large else backbone, *args, **kwargs)

    for module in (_preparation, _image_features):
        monkeypatch.setattr(module, "build_network", build_small_network)


@pytest.fixture
def names(tmp_path, monkeypatch, short_fits):
    """Return what the pages take as given, in a folder with the files that they name."""
    y = np.repeat(["healthy", "sick"], [16, 8])
    X = np.random.default_rng(0).integers(0, 156, (24, 32, 32, 3), dtype=np.uint8)
    X += (100 * (y == "sick")).astype(np.uint8)[:, None, None, None]
    classifier = BBFLClassifier("small_cnn", augmentation=None, random_state=0).fit(X, y)

    monkeypatch.chdir(tmp_path)
    paths = [f"photographs/{label}/{i}.png" for i, label in enumerate(y)]
    parts = np.where(np.arange(24) % 4, "train", "test")
    in_parts = [
        f"data_set/{part}/{label}/{i}.png"
        for i, (part, label) in enumerate(zip(parts, y, strict=True))
    ]
    for path, image in zip(paths + in_parts, [*X, *X], strict=True):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(path, image)
    table = {"file": paths, "grade": y, "patient": np.arange(24) // 2, "part": parts}
    pd.DataFrame(table).to_csv("labels.csv", index=False)
    return {
        "BBFLClassifier": BBFLClassifier,
        "classifier": classifier,
        "X": X,
        "images": X,
        "y": y,
        "paths": paths,
        "patients": np.arange(24) // 2,
        "other_paths": in_parts,
        "other_y": y,
        "other_patients": [f"other {i}" for i in range(24)],
        "make_features": keras.layers.GlobalAveragePooling2D(),
    }


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning:keras")  # np.object, in an export
@pytest.mark.parametrize("page", PAGES)
def test_the_code_of_a_page_runs(page, names):
    if page == "migration.md":
        from scikeras.wrappers import KerasClassifier

        names.update(KerasClassifier=KerasClassifier, make_model=lambda: None)
    if page == "guide/result.md":
        pytest.importorskip("onnxruntime")
        names["classifier"].export("eyes.onnx")
    blocks = read_code(page)
    assert blocks
    with sklearn.config_context():  # a page changes the configuration
        for block in blocks:
            exec(block, names)
    plt.close("all")


def run_block(page, function, **names):
    """Run the block of a page that calls a function, and return the names that it leaves."""
    (block,) = [block for block in read_code(page) if f"{function}(" in block]
    exec(block, names)
    return names


@pytest.mark.parametrize("labels", [[3, 5, 8, 9], [1, 2, 3, 4], ["a", "b", "c", "d"]])
def test_the_guide_calibrates_whatever_the_labels_are(labels):
    X, codes = load_digits(n_class=4, return_X_y=True)
    y, classifier = np.array(labels)[codes], LogisticRegression(max_iter=20, tol=1)
    page = "guide/probabilities.md"
    names = run_block(page, "CalibratedClassifierCV", classifier=classifier, X=X, y=y)
    proba = names["calibrated"].predict_proba(X)
    assert np.median(proba.max(axis=1)) > 0.9
    assert (proba[np.arange(len(y)), codes] > 0.5).mean() > 0.9


@pytest.mark.slow
def test_the_guide_tunes_the_threshold_of_labels_that_are_text():
    X, codes = (array[::4] for array in load_digits(n_class=2, return_X_y=True))
    y = np.array(["healthy", "sick"])[codes]
    page, classifier = "guide/probabilities.md", LogisticRegression(max_iter=20, tol=1)
    names = run_block(page, "TunedThresholdClassifierCV", classifier=classifier, X=X, y=y)
    assert f1_score(y, names["tuned"].predict(X), pos_label="sick") > 0.9


def test_the_guide_prints_what_it_says(capsys):
    text = (DOCS / "guide/probabilities.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n([^`]*)```\n\n```text\n([^`]*)```", text)
    assert len(examples) == 2
    for code, printed in examples:
        exec(code, {})
        assert capsys.readouterr().out == printed


def test_the_page_of_the_classifier_groups_all_of_its_parameters():
    groups = runpy.run_path(str(DOCS / "_ext" / "parameter_groups.py"))["GROUPS"]
    grouped = [name for names in groups.values() for name in names]
    assert sorted(grouped) == sorted([*BBFLClassifier._get_param_names(), "routed"])


def test_no_page_with_code_is_left_out():
    with_code = {
        page.relative_to(DOCS).as_posix()
        for page in [*DOCS.glob("*.md"), *DOCS.glob("guide/*.md")]
        if read_code(page.relative_to(DOCS))
    }
    # test_dask.py and test_distribution.py do what that page shows.
    assert with_code - {"distributed.md"} == set(PAGES)
