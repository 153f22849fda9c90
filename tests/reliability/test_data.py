"""Data at the edge of what is allowed."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_validate

from imblearn_bbfl import BalancedBatchGenerator, BBFLClassifier
from imblearn_bbfl.sampling import BatchBalancedSampler


def make_noncontiguous(X):
    wide = np.zeros((*X.shape[:2], 2 * X.shape[2], X.shape[3]), X.dtype)
    wide[:, :, ::2] = X
    return wide[:, :, ::2]


def make_memmap(X, folder):
    stored = np.memmap(folder / "images.dat", X.dtype, "w+", shape=X.shape)
    stored[:] = X
    stored.flush()
    return np.memmap(folder / "images.dat", X.dtype, "r", shape=X.shape)


@pytest.fixture(scope="module")
def predicted(make_classifier, images):
    """Return what is predicted for integers, and for floats."""
    X, y = images
    return [make_classifier().fit(kind, y).predict_proba(kind) for kind in (X, X.astype("float32"))]


@pytest.mark.parametrize(
    "kind",
    [
        "int64",
        ">u2 of 8 bit",
        "non-contiguous",
        "read-only",
        "memory-mapped",
        "Fortran order",
        "list",
    ],
)
def test_integer_images_of_any_kind_predict_the_same(classifier, images, predicted, kind, tmp_path):
    X, y = images
    other = {
        "int64": lambda: X.astype(np.int64),
        ">u2 of 8 bit": lambda: X.astype(">i4"),
        "non-contiguous": lambda: make_noncontiguous(X),
        "read-only": lambda: X,
        "memory-mapped": lambda: make_memmap(X, tmp_path),
        "Fortran order": lambda: np.asfortranarray(X),
        "list": lambda: list(X),
    }[kind]()
    assert np.array_equal(classifier.fit(other, y).predict_proba(other), predicted[0])


@pytest.mark.parametrize("dtype", ["float16", "float64", ">f4", ">f8"])
def test_float_images_of_any_kind_predict_the_same(classifier, images, predicted, dtype):
    X, y = images  # integers up to 180: float16 holds them exactly
    other = X.astype(dtype)
    assert np.array_equal(classifier.fit(other, y).predict_proba(other), predicted[1])


@pytest.mark.slow
def test_the_index_of_pandas_plays_no_part(classifier, files):
    paths, y = files
    index = np.random.default_rng(0).permutation(len(y))
    expected = clone(classifier).fit(paths, y).predict_proba(paths)
    X = pd.Series(paths, index=index)
    other = clone(classifier).fit(X, pd.Series(y, index=index[::-1]))
    assert np.array_equal(other.predict_proba(X), expected)


@pytest.mark.slow
def test_a_thousand_classes_are_learnt_in_balanced_batches():
    y = np.repeat(np.arange(1000), 2)
    X = np.random.default_rng(0).normal(size=(2000, 4)).astype("float32")
    classifier = BBFLClassifier(
        "mlp", head_units=(), batch_size=1000, epochs=1, validation_fraction=None, random_state=0
    )
    proba = classifier.fit(X, y).predict_proba(X[:5])
    assert proba.shape == (5, 1000)
    assert np.allclose(proba.sum(axis=1), 1)


def test_a_million_to_1_is_balanced_exactly():
    y = np.zeros(1_000_001, dtype=int)
    y[77_777] = 1
    batches = BalancedBatchGenerator(y[:, np.newaxis], y, batch_size=64, random_state=0)
    labels = np.concatenate([batches[i][1] for i in (0, 5000, len(batches) - 1)])
    assert labels.reshape(3, 64).sum(axis=1).tolist() == [32, 32, 32]
    plan = BatchBalancedSampler(64, random_state=0).fit(y)
    seen = np.unique(np.concatenate([plan.sample_epoch(epoch).ravel() for epoch in range(2)]))
    assert len(seen) == len(y)


def test_a_class_of_two_images_stays_in_training(classifier, images):
    X, _ = images
    y = np.repeat(["common", "rare"], [46, 2])
    classifier.set_params(validation_fraction=0.2)
    with pytest.warns(UserWarning, match="1 of 2 classes are too small"):
        classifier.fit(X, y)
    assert classifier.classes_.tolist() == ["common", "rare"]


def test_constant_images_give_a_finite_loss(classifier):
    X = np.full((12, 16, 16, 3), 7, np.uint8)
    classifier.fit(X, [0, 1] * 6)
    assert np.isfinite(classifier.history_["loss"]).all()
    assert np.isfinite(classifier.predict_proba(X)).all()


def test_labels_that_are_all_equal_after_a_split_are_an_error(classifier, images):
    X, _ = images
    y = np.array(["sick"] * 24 + ["healthy"] * 24)
    with pytest.raises(ValueError, match="one class"):
        classifier.fit(X[:24], y[:24])


@pytest.mark.slow
def test_jobs_and_workers_change_no_weight(classifier, images):
    weights = []
    for n_jobs, workers in ((1, 0), (1, 1), (2, 1), (2, 4)):
        estimator = clone(classifier).set_params(workers=workers, compile__run_eagerly=False)
        fitted = cross_validate(estimator, *images, cv=2, n_jobs=n_jobs, return_estimator=True)
        weights.append([w for one in fitted["estimator"] for w in one.model_.get_weights()])
    for other in weights[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(weights[0], other, strict=True))
