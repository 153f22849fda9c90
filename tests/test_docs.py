"""The Python in the pages of the documentation runs as it stands, and prints what the pages say."""

import contextlib
import io
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

from imblearn_bbfl import BBFLClassifier, ImageFeatures, set_shared_features
from imblearn_bbfl.backbones import build_network, list_applications
from imblearn_bbfl.classifier import _preparation
from imblearn_bbfl.features import _network
from imblearn_bbfl.model_selection import compare_strategies

DOCS = Path(__file__).parent.parent / "docs"
PAGES = [
    "index.md",
    "start.md",
    "tutorial.md",
    "extending.md",
    "migration.md",
    "performance.md",
    "guide/explanation.md",
    "guide/features.md",
    "guide/few_images.md",
    "guide/files.md",
    "guide/gamma.md",
    "guide/grades.md",
    "guide/groups.md",
    "guide/paper.md",
    "guide/parts.md",
    "guide/predict.md",
    "guide/probabilities.md",
    "guide/training.md",
    "guide/which_method.md",
]


# A block of Python, and what the page says that it prints, if anything: a block of text, or the
# table of a comparison. A comment before either exempts it. A list indents its code.
EXAMPLE = re.compile(
    r"^(?P<exempt><!--[^>]*-->\n)?(?P<indent> *)```python\n(?P<code>.*?)^(?P=indent)```\n"
    r"(?:\n(?P=indent)```text\n(?P<text>.*?)^(?P=indent)```|\n(?P<table>(?:\|[^\n]*\n)+))?",
    re.DOTALL | re.MULTILINE,
)
NUMBER = re.compile(r"-?\d+\.\d*")


def read_examples(page):
    """Return pairs of Python and what it prints, or None, but those that a comment exempts."""
    examples = EXAMPLE.finditer((DOCS / page).read_text(encoding="utf-8"))
    return [
        (
            dedent(example["code"]),
            example["text"] or ("to_markdown" in example["code"] and example["table"]) or None,
        )
        for example in examples
        if not example["exempt"]
    ]


def read_code(page):
    """Return the Python blocks of a page, but those that a comment exempts."""
    return [code for code, _ in read_examples(page)]


def assert_alike(printed, shown):
    """Assert that both end alike; other machines round otherwise, and so train otherwise."""
    lines = printed.rstrip().splitlines()
    printed = "\n".join(lines[-len(shown.splitlines()) :])  # progress comes before
    words, words_shown = (NUMBER.sub("#", text).split() for text in (printed, shown))
    assert [w.strip("*") for w in words] == [w.strip("*") for w in words_shown]
    numbers, numbers_shown = (
        [float(number) for number in NUMBER.findall(text)] for text in (printed, shown)
    )
    assert numbers == pytest.approx(numbers_shown, abs=0.15)


@pytest.fixture(autouse=True)
def default_limits():
    """Give back the room for features, which a page may take from the tests that come later."""
    yield
    set_shared_features(2**28)


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

    for module in (_preparation, _network):
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
    new = [f"new_photographs/{i}.png" for i in range(24)]
    for path, image in zip(paths + in_parts + new, [*X, *X, *X], strict=True):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(path, image)
    table = {"file": paths, "grade": y, "patient": np.arange(24) // 2, "part": parts}
    pd.DataFrame(table).to_csv("labels.csv", index=False)
    isic = pd.get_dummies(pd.Series(np.where(y == "sick", "MEL", "NV")), dtype=float)
    isic.assign(image=range(24)).to_csv("isic.csv", index=False)
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
    if page == "guide/predict.md":
        pytest.importorskip("onnxruntime")
    examples = read_examples(page)
    assert examples
    with sklearn.config_context():  # a page changes the configuration
        for code, shown in examples:
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(code, names)
            if shown is not None:
                assert_alike(printed.getvalue(), shown)
        for test in [value for name, value in names.items() if name.startswith("test_")]:
            test()
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
    examples = [(code, shown) for code, shown in read_examples("guide/probabilities.md") if shown]
    assert len(examples) == 2
    for code, shown in examples:
        exec(code, {})
        assert capsys.readouterr().out == shown


def test_the_page_of_the_classifier_groups_all_of_its_parameters():
    groups = runpy.run_path(str(DOCS / "_ext" / "groups.py"))["GROUPS"]
    grouped = [name for names in groups.values() for name in names]
    assert sorted(grouped) == sorted([*BBFLClassifier._get_param_names(), "routed"])


def test_no_page_with_code_is_left_out():
    with_code = {
        page.relative_to(DOCS).as_posix()
        for page in [*DOCS.glob("*.md"), *DOCS.glob("guide/*.md")]
        if read_code(page.relative_to(DOCS))
    }
    # test_dask.py and test_devices.py do what that page shows.
    assert with_code - {"distributed.md"} == set(PAGES)
