"""A classifier that trains in no time, and data for it."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin


class Prior(ClassifierMixin, BaseEstimator):
    """Predicts class shares, a little disturbed by its seed and `shift`; counts its fits."""

    n_fits = 0

    def __init__(self, shift=0.0, fails=False, random_state=None):
        self.shift = shift
        self.fails = fails
        self.random_state = random_state

    def fit(self, X, y, groups=None):
        type(self).n_fits += 1
        if self.fails:
            raise ValueError("this method always fails")
        self.classes_, counts = np.unique(y, return_counts=True)
        self.prior_ = counts / counts.sum()
        self.groups_ = groups
        return self

    def predict_proba(self, X):
        rng = np.random.default_rng(self.random_state)
        proba = self.prior_ + self.shift + rng.random((len(X), len(self.classes_)))
        return proba / proba.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@pytest.fixture
def estimator():
    Prior.n_fits = 0
    return Prior(random_state=0)


@pytest.fixture
def methods():
    return {"plain": {"shift": 0.0}, "shifted": {"shift": 1.0}}


@pytest.fixture
def data():
    X = np.arange(240.0).reshape(60, 4)
    return X, np.repeat(["a", "b", "c"], [30, 20, 10])
