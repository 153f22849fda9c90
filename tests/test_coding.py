"""One logit for two classes: all that is said of one logit per class holds by way of (0, f)."""

import keras
import numpy as np
import pytest

from imblearn_bbfl.coding import (
    count_logits,
    decode_shares,
    encode_ordinal_targets,
    encode_shares,
    encode_targets,
    locate_logits,
    narrow_logits,
    widen_logits,
)

RNG = np.random.default_rng(0)


def softmax(logits):
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("n_classes", [2, 3, 7])
def test_wide_logits_have_one_column_for_each_class(n_classes):
    logits = np.zeros((5, count_logits(n_classes)))
    assert widen_logits(logits).shape == (5, n_classes)


def test_the_softmax_of_the_pair_is_the_sigmoid_of_the_logit():
    logits = RNG.normal(0, 5, (50, 1))
    expected = 1 / (1 + np.exp(-logits[:, 0]))
    np.testing.assert_allclose(softmax(widen_logits(logits))[:, 1], expected, rtol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_narrow_logits_say_what_wide_ones_say_in_as_many_as_a_network_has(n_classes):
    wide = RNG.normal(0, 5, (50, n_classes))
    narrow = narrow_logits(wide)
    assert narrow.shape == (50, count_logits(n_classes))
    np.testing.assert_allclose(softmax(widen_logits(narrow)), softmax(wide), rtol=1e-12)


def test_one_logit_per_class_stays_as_it_is():
    logits = RNG.normal(size=(5, 3))
    assert widen_logits(logits) is logits


@pytest.mark.parametrize("n_logits", [1, 3])
def test_tensors_are_widened_as_arrays_are(n_logits):
    logits = RNG.normal(size=(5, n_logits)).astype("float32")
    tensor = widen_logits(keras.ops.convert_to_tensor(logits), keras.ops)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(tensor), widen_logits(logits))


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_hard_targets_are_soft_ones_that_are_certain(n_classes):
    codes = RNG.integers(0, n_classes, 20)
    hard, soft = encode_targets(codes, n_classes), encode_shares(np.eye(n_classes)[codes])
    expected = soft if n_classes == 2 else soft.argmax(axis=1)
    np.testing.assert_array_equal(hard, expected)


@pytest.mark.parametrize(("n_classes", "dtype"), [(2, "float32"), (3, "int32")])
def test_hard_targets_have_the_dtype_of_their_loss(n_classes, dtype):
    assert encode_targets(np.array([0, 1], dtype="uint8"), n_classes).dtype == dtype


@pytest.mark.parametrize("n_classes", [2, 4])
def test_soft_targets_hold_the_shares(n_classes):
    shares = RNG.dirichlet(np.ones(n_classes), size=10)
    targets = encode_shares(shares)
    assert targets.shape == (10, 1 if n_classes == 2 else n_classes)
    np.testing.assert_allclose(decode_shares(targets), shares, rtol=1e-6)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_logit_of_a_class_with_its_sign_is_what_speaks_for_it(n_classes):
    logits = RNG.normal(size=(30, count_logits(n_classes)))
    codes = RNG.integers(0, n_classes, 30)
    rows = np.arange(30)
    columns, signs = locate_logits(codes, logits.shape[1])
    raised = logits.copy()
    raised[rows, columns] += signs
    before, after = (softmax(widen_logits(values))[rows, codes] for values in (logits, raised))
    assert (after > before).all()


def test_ordinal_targets_fall_with_the_square_of_the_grades_between():
    places = np.array([2, 0, 3, 1])  # of the sorted labels
    for y, shares in enumerate(encode_ordinal_targets(np.arange(4), places)):
        weights = [np.exp(-((places[k] - places[y]) ** 2.0)) for k in range(4)]
        np.testing.assert_allclose(shares, weights / np.sum(weights), rtol=1e-6)
