import numpy as np
import pytest
from sklearn.datasets import load_digits

from imblearn_bbfl.datasets import load_imbalanced_digits


def _as_set(images):
    return {image.tobytes() for image in images}


def test_images_are_8_by_8_uint8_with_a_channel():
    images = load_imbalanced_digits().images
    assert images.shape[1:] == (8, 8, 1)
    assert images.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 255)


def test_images_are_those_of_scikit_learn_scaled_to_255():
    digits = load_digits()
    originals = _as_set(np.rint(digits.images[digits.target == 8] * 255 / 16).astype(np.uint8))
    X, y = load_imbalanced_digits(return_X_y=True)
    assert _as_set(X[y == 8]) <= originals


def test_counts_fall_from_the_first_class_to_the_last_by_the_ratio():
    data = load_imbalanced_digits(classes=(1, 4, 7, 0, 2), imbalance_ratio=16)
    assert list(data.class_counts.items()) == [(1, 124), (4, 62), (7, 31), (0, 16), (2, 8)]
    assert {c: int((data.target == c).sum()) for c in (1, 4, 7, 0, 2)} == data.class_counts


@pytest.mark.parametrize(("ratio", "expected"), [(1, 124), (124, 1)])
def test_ratio_reaches_from_balance_to_a_single_image(ratio, expected):
    data = load_imbalanced_digits(classes=(3, 8), imbalance_ratio=ratio)
    assert data.class_counts == {3: 124, 8: expected}


def test_all_ten_digits_can_be_used():
    data = load_imbalanced_digits(classes=range(10), imbalance_ratio=1)
    assert set(data.class_counts.values()) == {124}


def test_the_test_part_is_balanced():
    data = load_imbalanced_digits(subset="test")
    assert data.class_counts == {3: 50, 5: 50, 9: 50, 8: 50}


def test_the_test_part_does_not_depend_on_the_ratio():
    first, second = (
        load_imbalanced_digits(subset="test", imbalance_ratio=ratio).images for ratio in (2, 50)
    )
    np.testing.assert_array_equal(first, second)


def test_the_parts_are_disjoint():
    train, test = (
        load_imbalanced_digits(classes=range(10), imbalance_ratio=1, subset=subset).images
        for subset in ("train", "test")
    )
    assert not _as_set(train) & _as_set(test)


def test_the_seed_decides_which_images_are_taken():
    first, again, other = (load_imbalanced_digits(random_state=seed).images for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert _as_set(first) != _as_set(other)


def test_rows_are_shuffled():
    assert np.diff(load_imbalanced_digits().target != 3).any()
    assert len(set(load_imbalanced_digits(subset="test").target[:50])) == 4


def test_x_and_y_are_those_of_the_bunch():
    data = load_imbalanced_digits()
    X, y = load_imbalanced_digits(return_X_y=True)
    np.testing.assert_array_equal(X, data.data)
    np.testing.assert_array_equal(y, data.target)


def test_description_tells_counts():
    data = load_imbalanced_digits()
    assert "3: 124" in data.DESCR
    assert data.target_names == ["3", "5", "9", "8"]


@pytest.mark.parametrize(
    "argument",
    [
        {"classes": (3,)},
        {"classes": (3, 3)},
        {"classes": (3, 10)},
        {"classes": "38"},
        {"imbalance_ratio": 0.5},
        {"imbalance_ratio": 125},
        {"imbalance_ratio": "20"},
        {"subset": "validation"},
    ],
)
def test_invalid_arguments_are_named(argument):
    with pytest.raises(ValueError, match=f"^{next(iter(argument))} must be"):
        load_imbalanced_digits(**argument)
