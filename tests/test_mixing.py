"""Mixtures of the rows of a batch are those of their papers, whatever a row weighs."""

import numpy as np
import pytest

from imblearn_bbfl.mixing import favor_rare, mix_batch

RNG = np.random.default_rng(0)
N_ROWS = 40
X = RNG.normal(size=(N_ROWS, 3))
WEIGHT = RNG.uniform(0.2, 5, N_ROWS)


def make_targets(n_classes):
    """Return hard targets as `mix_batch` takes them, and the same as one-hot rows."""
    codes = RNG.integers(n_classes, size=N_ROWS)
    one_hot = np.eye(n_classes)[codes]
    return (one_hot[:, 1:] if n_classes == 2 else one_hot), one_hot


def find_mixtures(mixed):
    """Return the partner of each row of `mixed` and the share of the row itself."""
    for row, mixture in enumerate(mixed):
        for other in [row, *range(N_ROWS)]:
            towards = X[row] - X[other]
            share = 1.0 if other == row else (mixture - X[other]) @ towards / (towards @ towards)
            if np.allclose(mixture, share * X[row] + (1 - share) * X[other], atol=1e-9):
                yield other, share
                break


def remix(share, n, n_other):
    """Return the share of the first row's label by Chou et al. 2020, Eq. (6)."""
    if n / n_other >= 3 and share < 0.5:
        return 0.0
    if n / n_other <= 1 / 3 and 1 - share < 0.5:
        return 1.0
    return share


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("is_remix", [False, True], ids=["mixup", "remix"])
def test_a_mixture_counts_as_both_rows_with_their_shares_and_weights(n_classes, is_remix):
    y, one_hot = make_targets(n_classes)
    counts = np.array([90, 30, 29, 5])[:n_classes]
    mixed, targets, weight = mix_batch(
        X, y, WEIGHT, alpha=3.0, class_counts=counts if is_remix else None, random_state=1
    )
    n_rows = one_hot @ counts
    mixtures = list(find_mixtures(mixed))
    assert sorted(other for other, _ in mixtures) == list(range(N_ROWS))
    for row, (other, share) in enumerate(mixtures):
        of_label = remix(share, n_rows[row], n_rows[other]) if is_remix else share
        expected = of_label * WEIGHT[row] * y[row] + (1 - of_label) * WEIGHT[other] * y[other]
        np.testing.assert_allclose(targets[row] * weight[row], expected, atol=1e-6)
        expected = of_label * WEIGHT[row] + (1 - of_label) * WEIGHT[other]
        np.testing.assert_allclose(weight[row], expected, atol=1e-9)


def test_without_weights_there_are_none():
    y, _ = make_targets(3)
    _, targets, weight = mix_batch(X, y, alpha=0.4, random_state=0)
    assert weight is None
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize(
    ("share", "n", "n_other", "expected"),
    [
        (0.49, 300, 100, 0.0),  # the frequent class loses the label
        (0.51, 100, 300, 1.0),  # the rare class gets all of it
        (0.5, 300, 100, 0.5),
        (0.49, 299, 100, 0.49),
        (0.9, 300, 100, 0.9),
        (0.1, 100, 300, 0.1),
    ],
)
def test_remix_gives_a_label_to_the_rarer_class(share, n, n_other, expected):
    assert favor_rare([share], [n], [n_other]) == [expected]


def test_shares_are_of_the_distribution_that_alpha_names():
    n = 20_000
    _, targets, _ = mix_batch(np.zeros(n), np.arange(n) % 2, alpha=0.5, random_state=0)
    of_unlike = targets[(targets > 0) & (targets < 1)]
    assert of_unlike.mean() == pytest.approx(0.5, abs=0.02)
    assert of_unlike.var() == pytest.approx(1 / 8, abs=0.005)  # 1 / (4 (2 alpha + 1))


@pytest.mark.parametrize(
    ("dtype", "expected"), [("uint8", "uint8"), ("float32", "float32"), ("int64", "float32")]
)
def test_images_keep_their_dtype(dtype, expected):
    images = RNG.integers(0, 256, (8, 4, 4, 3)).astype(dtype)
    mixed, *_ = mix_batch(images, np.arange(8) % 2, alpha=1.0, random_state=0)
    precise, *_ = mix_batch(images.astype(float), np.arange(8) % 2, alpha=1.0, random_state=0)
    assert mixed.dtype == expected
    np.testing.assert_allclose(mixed, precise, atol=0.5 if dtype == "uint8" else 1e-3)


def test_a_table_of_small_integers_is_not_rounded():
    mixed, *_ = mix_batch(np.eye(6, dtype="uint8"), np.arange(6) % 2, alpha=1.0, random_state=0)
    assert ((mixed > 0) & (mixed < 1)).any()


def test_what_is_given_is_left_as_it_is():
    y, _ = make_targets(3)
    before = [array.copy() for array in (X, y, WEIGHT)]
    mix_batch(X, y, WEIGHT, alpha=1.0)
    for array, copy in zip((X, y, WEIGHT), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alpha": 0.0}, r"alpha=0.0 must be a finite number > 0"),
        ({"alpha": np.nan}, r"alpha=nan must"),
        ({"alpha": "0.2"}, r"alpha='0.2' must"),
        ({"y": [0, 1, 1]}, "inconsistent numbers of samples"),
        ({"sample_weight": [1.0]}, "inconsistent numbers of samples"),
        ({"sample_weight": -np.ones(N_ROWS)}, "in row 0 it is -1.0"),
        ({"y": np.repeat(["a", "b"], 20)}, r"y must hold shares .* Use 0 and 1"),
        ({"y": np.arange(N_ROWS) % 3}, r"y must hold shares .* and one-hot rows for more"),
        ({"class_counts": [1, 2, 3]}, r"one number > 0 for each of the 2 classes"),
        ({"class_counts": [1, 0]}, r"class_counts=\[1.0, 0.0\] must hold"),
    ],
    ids=str,
)
def test_what_cannot_be_mixed_is_refused(change, message):
    params = {"y": np.arange(N_ROWS) % 2, "alpha": 1.0, **change}
    with pytest.raises(ValueError, match=message):
        mix_batch(X, **params)
