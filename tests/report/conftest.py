"""A comparison of three methods that train in no time, on images that are files."""

import cv2
import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from imblearn_bbfl.model_selection import compare_strategies


class Guess(ClassifierMixin, BaseEstimator):
    """Guesses by the brightness of an image, the more often rare the larger `lean` is."""

    def __init__(self, lean=0.0, random_state=None):
        self.lean = lean
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        rng = np.random.default_rng(self.random_state)
        logits = rng.normal(size=(len(X), len(self.classes_)))
        logits[:, -1] += self.lean
        exp = np.exp(logits)
        return exp / exp.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


METHODS = {"baseline": {}, "ros": {"lean": 2.0}, "bbfl": {"lean": 1.5}}


@pytest.fixture(scope="session")
def paths(tmp_path_factory):
    """48 image files in the folders of their classes, below a folder that nobody has to know."""
    folder = tmp_path_factory.mktemp("secret place")
    rng = np.random.default_rng(0)
    found = []
    for i in range(48):
        path = (
            folder
            / "photos"
            / ("mild", "moderate", "severe")[min(i // 18, 2)]
            / f"eye_{i}&lt;b.png"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), rng.integers(0, 256, (12, 16, 3), dtype=np.uint8))
        found.append(str(path))
    return np.array(found)


@pytest.fixture(scope="session")
def labels(paths):
    return np.array([path.split("/")[-2] for path in paths])


@pytest.fixture(scope="session")
def comparison(paths, labels):
    return compare_strategies(
        Guess(random_state=0), paths, labels, strategies=METHODS, cv=3, n_repeats=2, verbose=0
    )
