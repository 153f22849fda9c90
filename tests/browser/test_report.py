"""The report in a browser: on a screen and a telephone, in light and dark."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.report import write_html

pytestmark = pytest.mark.slow


class OnPixels(LogisticRegression):
    """A classifier of tiny images by their pixels."""

    def fit(self, X, y):
        return super().fit(np.reshape(X, (len(X), -1)), y)

    def decision_function(self, X):
        return super().decision_function(np.reshape(X, (len(X), -1)))


METHODS = {
    "baseline": {},
    "bbfl": {"class_weight": "balanced"},
    "a method with a long name of its own": {"C": 0.01},
}
NAMES = {0: "no retinopathy", 1: "proliferative diabetic retinopathy, untreated", 2: "mild"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [60, 24, 40])
    X = rng.integers(0, 120, (len(y), 6, 6, 3), dtype=np.uint8)
    light = 30 * y + rng.integers(0, 60, len(y))  # classes overlap, so each method makes mistakes
    X += light.astype(np.uint8)[:, np.newaxis, np.newaxis, np.newaxis]
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    comparison = compare_strategies(
        OnPixels(max_iter=1000), X, y, strategies=METHODS, cv=folds, n_repeats=1, verbose=0
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    settings = {"weights": "mobilenet_v2_1.0_224_no_top_and_a_long_name_without_blanks.weights.h5"}
    return write_html(
        comparison, path, X=X, class_names=NAMES, note="Made up for a test.", settings=settings
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 420])
def test_all_can_be_read_and_nothing_is_missing_or_too_wide(report, reading, width, scheme):
    found = reading.read_page(reading.browser, report.as_uri(), width, scheme)
    assert found.faults == {}
    assert found.n_images > 15
    assert found.n_texts > 100


def test_the_reading_sees_each_kind_of_fault(reading, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<p style="color: #999; background: #aaa">Faint</p><img src="none.png">'
        '<div style="width: 900px">Wide</div>'
        '<div style="overflow-x: auto; width: 300px"><p style="width: 900px">Scrolls</p></div>'
    )
    faults = reading.read_page(reading.browser, page.as_uri(), 420, "light").faults
    assert set(faults) == {"overflowing", "missing", "untold", "faint", "errors"}
    assert not any("Scrolls" in fault for fault in faults["overflowing"])
