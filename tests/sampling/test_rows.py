"""Labels become codes; recent results are drawn once, kept for a while, and never sent along."""

import pickle
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from imblearn_bbfl.sampling import _rows
from imblearn_bbfl.sampling._rows import RecentResults, encode_labels, smallest_row_dtype


def counted_draw():
    drawn = []

    def draw(key):
        time.sleep(0.01)
        drawn.append(key)
        return 10 * key

    return draw, drawn


def test_threads_that_want_the_same_result_have_it_drawn_once():
    draw, drawn = counted_draw()
    recent = RecentResults(2)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: recent.get(1, draw), range(16))) == [10] * 16
    assert drawn == [1]


def test_only_the_latest_results_are_kept():
    draw, drawn = counted_draw()
    recent = RecentResults(2)
    for key in (0, 1, 0, 2, 1, 0):
        assert recent.get(key, draw) == 10 * key
    assert drawn == [0, 1, 2, 0]


def test_results_are_not_pickled():
    draw, drawn = counted_draw()
    recent = RecentResults(2)
    recent.get(1, draw)
    pickle.loads(pickle.dumps(recent)).get(1, draw)
    assert drawn == [1, 1]


@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", ">i4", "uint64", "float16", "float32", ">f8", "U4", "S4", "object"]
)
def test_labels_of_any_type_are_encoded_as_numpy_sorts_them(dtype, monkeypatch):
    monkeypatch.setattr(_rows, "_CHUNK", 7)  # some whole chunks, and a rest
    y = np.random.default_rng(0).integers(0, 5, 30).astype(dtype)
    expected, expected_codes = np.unique(y, return_inverse=True)
    classes, codes = encode_labels(y)
    assert classes.dtype == y.dtype
    assert np.array_equal(classes, expected)
    assert np.array_equal(codes, expected_codes)
    assert codes.dtype == np.uint8


@pytest.mark.parametrize(("n_classes", "dtype"), [(256, np.uint8), (257, np.uint16)])
def test_codes_take_the_smallest_integers_that_hold_them(n_classes, dtype):
    codes = encode_labels(np.arange(n_classes) * 3)[1]
    assert codes.dtype == dtype
    assert np.array_equal(codes, np.arange(n_classes))


@pytest.mark.parametrize(("n_rows", "dtype"), [(2**31 - 1, np.int32), (2**31, np.intp)])
def test_row_numbers_take_half_the_memory_where_they_fit(n_rows, dtype):
    assert smallest_row_dtype(n_rows) is dtype
