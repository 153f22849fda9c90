"""A comparison says once that it tests on images that it trained on."""

import warnings

import cv2
import numpy as np
import pytest

from imblearn_bbfl.model_selection import compare_strategies

y = np.repeat(["a", "b"], [20, 20])
HALVES = [(np.arange(0, 40, 2), np.arange(1, 40, 2)), (np.arange(1, 40, 2), np.arange(0, 40, 2))]


@pytest.fixture
def X():
    return np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), dtype=np.uint8)


@pytest.fixture
def compare(estimator, methods):
    """Return a function that compares, and returns its warnings of copies."""

    def compare(X, estimator=estimator, cv=HALVES, **kwargs):
        settings = {"strategies": methods, "reference": "plain", "verbose": 0, "n_repeats": 2}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            compare_strategies(estimator, X, y, cv=cv, scoring="accuracy", **settings, **kwargs)
        copies = [w for w in caught if str(w.message).startswith("The same image")]
        assert all(warning.filename == __file__ for warning in copies)
        return [str(warning.message) for warning in copies]

    return compare


@pytest.mark.parametrize("kind", ["array", "paths"])
def test_an_image_that_is_trained_and_tested_on_is_named_once(compare, X, tmp_path, kind):
    X[7] = X[2]
    names = ("image 2", "image 7")
    if kind == "paths":
        images, X = X, [str(tmp_path / f"{i}.png") for i in range(40)]
        for path, image in zip(X, images, strict=True):
            cv2.imwrite(path, image)
        names = (X[2], X[7])
    (message,) = compare(X)
    assert f"tested on in split 0 of repeat 0: {names[0]} (training) and {names[1]} (test). " in (
        message
    )


def test_an_image_with_several_labels_is_named_once(compare, X):
    X[22] = X[2]
    (message,) = compare(X)
    assert message.startswith("The same image has several labels: image 2 (a) and image 22 (b).")


def test_copies_on_one_side_of_all_splits_are_no_reason_to_warn(compare, X):
    X[4] = X[2]
    assert compare(X) == []


def test_a_later_split_that_tears_copies_apart_is_found(compare, X):
    X[4] = X[2]
    rows = np.arange(40)
    (message,) = compare(X, cv=[*HALVES, (rows[rows % 4 != 0], rows[rows % 4 == 0])])
    assert "in split 2 of repeat 0" in message


@pytest.mark.parametrize("groups", [None, "apart", "together"])
def test_copies_that_the_validation_part_may_tear_apart_are_named(compare, X, estimator, groups):
    class HoldsOut(type(estimator)):
        def __init__(self, shift=0.0, fails=False, random_state=None, validation_fraction=0.1):
            super().__init__(shift, fails, random_state)
            self.validation_fraction = validation_fraction

    X[4] = X[2]
    group_of = {"apart": np.arange(40), "together": np.arange(40) // 8}
    cv = [(np.r_[0:16, 24:40], np.arange(16, 24))]
    found = compare(X, HoldsOut(random_state=0), cv, groups=group_of.get(groups))
    if groups == "together":
        assert found == []
    else:
        (message,) = found
        name = "row" if groups is None else "group"
        assert f"more than once: image 2 ({name} 2) and image 4 ({name} 4)." in message


def test_rows_of_a_table_may_be_equal(compare):
    assert compare(np.zeros((40, 4))) == []


def test_input_that_only_a_step_of_a_pipeline_reads_is_not_looked_at(compare):
    assert compare(np.array([f"text {i % 3}" for i in range(40)]).reshape(-1, 1)) == []


def test_runs_do_not_repeat_what_was_said(compare, X, estimator):
    class Warns(type(estimator)):
        def fit(self, X, y, groups=None):
            warnings.warn("The same image is trained and validated on", UserWarning, stacklevel=2)
            return super().fit(X, y, groups)

    assert compare(X, Warns(random_state=0)) == []
