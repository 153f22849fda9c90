import os
import re
import warnings
from pathlib import Path

import cv2
import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import sparse

from imblearn_bbfl._images import LazyRows, _memory, as_images, warn_of_unused_range
from imblearn_bbfl._images._rows import take_rows

RNG = np.random.default_rng(0)
UINT8 = RNG.integers(0, 256, (6, 8, 10, 3), dtype=np.uint8)
FLOAT = RNG.random((6, 8, 10, 3))


# ---- arrays


def test_uint8_images_are_read_as_they_are():
    np.testing.assert_array_equal(as_images(UINT8).read([4, 1]), UINT8[[4, 1]])


def test_shape_length_and_kind_describe_the_images():
    images = as_images(UINT8)
    assert (images.shape, len(images), images.is_table) == ((8, 10, 3), 6, False)


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.longdouble, ">f4", ">f8"])
def test_float_images_of_any_kind_become_native_float32(dtype):
    read = as_images(FLOAT.astype(dtype)).read([5, 0])
    assert read.dtype == np.dtype("=f4")
    np.testing.assert_allclose(read, FLOAT[[5, 0]], atol=1e-3)


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint32, ">i4", ">u8"])
def test_integer_images_of_any_kind_become_uint8(dtype):
    read = as_images(UINT8.astype(dtype)).read([2])
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, UINT8[[2]])


@pytest.mark.parametrize("dtype", ["<u2", ">u2"])
def test_uint16_images_are_scaled_to_8_bit(dtype):
    values = np.array([0, 128, 129, 32896, 65535], dtype=dtype).reshape(1, 5, 1, 1)
    read = as_images(values).verify().read([0])
    np.testing.assert_array_equal(read.ravel(), [0, 0, 1, 128, 255])


def test_pixels_read_are_contiguous_and_apart_from_x():
    X = UINT8.transpose(0, 2, 1, 3)[..., ::-1]
    read = as_images(X).read([0, 1])
    assert read.flags["C_CONTIGUOUS"]
    assert not np.shares_memory(read, X)
    np.testing.assert_array_equal(read, X[:2])


def test_a_read_only_memmap_is_read_row_by_row(tmp_path):
    np.save(tmp_path / "X.npy", UINT8)
    images = as_images(np.load(tmp_path / "X.npy", mmap_mode="r"))
    read = images.verify().read([3])
    read += 0  # what is read may be changed
    np.testing.assert_array_equal(read, UINT8[[3]])


def test_only_the_rows_asked_for_are_converted():
    X = np.broadcast_to(np.float64(0.5), (10**7, 64, 64, 3))  # would be 900 GiB
    assert as_images(X).read([10**7 - 1]).shape == (1, 64, 64, 3)


def test_three_dimensions_are_refused_naming_the_channel_axis():
    with pytest.raises(ValueError, match=r"np\.newaxis"):
        as_images(np.zeros((4, 8, 8)))


@pytest.mark.parametrize("X", [np.zeros((1, 2, 3, 4, 5)), np.float64(3), "folder/"])
def test_zero_and_five_dimensions_are_refused(X):
    with pytest.raises(ValueError, match=r"(0|5) dimensions, but images need 4"):
        as_images(X)


def test_one_dimension_of_numbers_is_refused_as_in_scikit_learn():
    with pytest.raises(ValueError, match=r"Expected 2D array, got 1D array instead(.|\n)*Reshape"):
        as_images(np.arange(5))


def test_bool_images_are_refused_with_the_conversion():
    with pytest.raises(ValueError, match=r"X\.astype\(np\.uint8\) \* 255"):
        as_images(np.zeros((2, 4, 4, 1), dtype=bool))


@pytest.mark.parametrize("dtype", [complex, object, "U1"])
def test_images_that_are_not_numbers_are_refused(dtype):
    with pytest.raises(ValueError, match="got dtype"):
        as_images(np.zeros((2, 4, 4, 1), dtype=dtype))


def test_no_images_are_refused():
    with pytest.raises(ValueError, match=r"0 sample\(s\)"):
        as_images(np.zeros((0, 4, 4, 1)))


# ---- verify


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, -1e300])
def test_verify_names_the_first_image_that_is_not_finite(value):
    X = FLOAT.copy()
    X[4, 7, 9, 2] = value
    with pytest.raises(ValueError, match="NaN or infinity: image 4 "):
        as_images(X).verify()


def test_verify_looks_at_the_given_rows_only():
    X = FLOAT.copy()
    X[4] = np.nan
    assert as_images(X).verify([0, 5]).pixel_max == 1.0


@pytest.mark.parametrize(("low", "high"), [(-1, 200), (0, 256)])
def test_verify_refuses_integers_out_of_range(low, high):
    X = np.array([low, high]).reshape(1, 2, 1, 1)
    with pytest.raises(ValueError, match=f"got {low} to {high} in dtype int64"):
        as_images(X).verify()


def test_integers_out_of_range_never_wrap_around_when_read():
    with pytest.raises(ValueError, match="Integer images must be of 0 to 255"):
        as_images(np.full((1, 2, 2, 1), 256)).read([0])


@pytest.mark.parametrize("container", [np.array, list])
def test_verify_looks_at_every_chunk(monkeypatch, container):
    monkeypatch.setattr(_memory, "_CHUNK_BYTES", 100)
    X = np.zeros((150, 2, 2, 3))
    X[149, -1, -1, -1] = np.nan
    with pytest.raises(ValueError, match="image 149 "):
        as_images(container(X)).verify()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, 1.0), (0.5, 0.6, 1.0), (0, 1.1, 255.0), (0, 255, 255.0), (-1, 1, None), (0, 256, None)],
)
def test_full_brightness_of_floats_follows_from_their_range(low, high, expected):
    X = np.array([low, high], dtype=float).reshape(1, 2, 1, 1)
    assert as_images(X).verify().pixel_max == expected
    assert as_images(X).pixel_max == expected


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int64])
def test_full_brightness_of_integers_is_255(dtype):
    assert as_images(np.zeros((1, 2, 2, 1), dtype=dtype)).verify().pixel_max == 255.0


# ---- pixel_max

LEVELS = np.array([0, 1, 2047, 4095])


@pytest.mark.parametrize("dtype", ["<u2", ">u2", np.int32, np.int64])
@pytest.mark.parametrize("container", [np.array, list])
def test_integers_keep_all_levels_up_to_the_white_that_is_given(container, dtype):
    X = container(LEVELS.astype(dtype).reshape(1, 4, 1, 1))
    images = as_images(X, pixel_max=4095).verify()
    read = images.read([0])
    assert (read.dtype, images.pixel_max) == (np.float32, 4095.0)
    np.testing.assert_array_equal(read.ravel(), LEVELS)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int64])
def test_integers_whose_white_is_given_as_255_are_read_as_8_bit(dtype):
    read = as_images(UINT8.astype(dtype), pixel_max=255).verify().read([1])
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, UINT8[[1]])


def test_a_mask_of_0_and_1_can_have_a_white_of_1():
    X = np.array([0, 1], dtype=np.uint8).reshape(1, 2, 1, 1)
    images = as_images(X, pixel_max=1).verify()
    assert (images.pixel_max, images.read([0]).max()) == (1.0, 1.0)


def test_resizing_keeps_levels_between_those_of_8_bit():
    X = np.array([100, 103], dtype=np.uint16).reshape(1, 1, 2, 1)
    assert as_images(X, pixel_max=4095, image_size=1).read([0]).item() == 101.5


@pytest.mark.parametrize("dtype", [np.uint16, np.int64, np.float32])
@pytest.mark.parametrize("container", [np.array, list])
def test_verify_refuses_pixels_brighter_than_the_white_that_is_given(container, dtype):
    X = container(np.full((1, 2, 2, 1), 4200, dtype=dtype))
    with pytest.raises(ValueError, match=r"beyond \[0, pixel_max=4095\]\. Pass the value of white"):
        as_images(X, pixel_max=4095).verify()


def test_integers_brighter_than_the_white_that_is_given_are_never_read():
    with pytest.raises(ValueError, match=r"from 0 to 5000, beyond \[0, pixel_max=4095\]"):
        as_images(np.array([[[[0]], [[5000]]]]), pixel_max=4095).read([0])


@pytest.mark.parametrize("low", [-1, -0.5])
def test_verify_refuses_pixels_darker_than_black_where_white_is_given(low):
    with pytest.raises(ValueError, match="beyond"):
        as_images(np.array([low, 1]).reshape(1, 2, 1, 1), pixel_max=1).verify()


def test_floats_that_interpolation_took_a_little_beyond_white_are_accepted():
    X = np.array([-0.002, 1.002]).reshape(1, 2, 1, 1)
    assert as_images(X, pixel_max=1).verify().pixel_max == 1.0


@pytest.mark.parametrize("container", [np.array, list])
def test_a_white_that_the_dtype_cannot_hold_is_refused(container):
    images = as_images(container(np.zeros((2, 8, 8, 1), np.uint8)), pixel_max=4095)
    with pytest.raises(ValueError, match="beyond what dtype uint8 can hold"):
        images.verify()
    with pytest.raises(ValueError, match="beyond what dtype uint8 can hold"):
        images.read([0])


@pytest.mark.parametrize("pixel_max", [0, -1, np.nan, np.inf, True, "auto"])
def test_invalid_pixel_max_is_refused(pixel_max):
    with pytest.raises(ValueError, match=r"pixel_max must be .* Use for example pixel_max=4095"):
        as_images(UINT8, pixel_max=pixel_max)


def test_pixel_max_is_refused_with_a_table():
    with pytest.raises(ValueError, match=r"pixel_max=255 needs images, but X is a table"):
        as_images(np.zeros((5, 2)), pixel_max=255)


def _warnings_for(X, **kwargs):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_unused_range(as_images(X, **kwargs).verify())
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize(
    ("dtype", "high", "remedy"),
    [
        (np.uint16, 4095, "17 of 256 gray levels .* pixel_max=4095 if the images have 12 bit"),
        (np.uint16, 3000, "pixel_max=4095 if the images have 12 bit"),
        (">u2", 16383, "pixel_max=16383 if the images have 14 bit"),
        (np.uint8, 1, "white is taken to be 255: .* pixel_max=1,"),
        (np.int64, 2, "white is taken to be 255: .* pixel_max=2,"),
        (np.float32, 16, "white is taken to be 255: .* pixel_max=16,"),
        (float, 1 / 255, "white is taken to be 1: .* pixel_max=0.003922,"),
    ],
)
@pytest.mark.parametrize("container", [np.array, list])
def test_images_that_leave_most_of_the_range_unused_are_warned_of_once(
    container, dtype, high, remedy
):
    X = np.zeros((50, 2, 2, 1), dtype=dtype)
    X[30] = high
    (message,) = _warnings_for(container(X))
    assert re.search(remedy, message)


@pytest.mark.parametrize(
    ("dtype", "high"),
    [
        *[(np.uint8, 0), (np.uint8, 32), (np.int32, 255), (np.uint16, 0), (np.uint16, 32768)],
        *[(float, 0), (float, 0.2), (float, 1), (float, 40)],
    ],
)
def test_images_of_which_one_pixel_is_bright_enough_are_not_warned_of(dtype, high):
    X = np.zeros((50, 2, 2, 1), dtype=dtype)
    X[30, 0, 0] = high
    assert _warnings_for(X) == []


@pytest.mark.parametrize("pixel_max", [4095, 65535])
def test_nothing_is_warned_of_where_white_is_given(pixel_max):
    assert _warnings_for(np.full((3, 2, 2, 1), 9, np.uint16), pixel_max=pixel_max) == []


def test_floats_that_are_no_pixels_are_not_warned_of():
    assert _warnings_for(RNG.normal(size=(3, 2, 2, 1))) == []


def test_a_list_of_both_depths_is_warned_of_the_deeper_images_only():
    listed = [np.full((2, 2, 1), 4095, np.uint16), np.full((2, 2, 1), 200, np.uint8)]
    (message,) = _warnings_for(listed)
    assert "16-bit images is 4095" in message


# ---- channels first


@pytest.mark.parametrize(
    "shape", [(3, 32, 32), (1, 28, 28), (3, 480, 640), (4, 8, 16), (2, 32, 32), (3, 64, 5)]
)
def test_images_that_look_like_channels_first_are_refused_with_the_transposition(shape):
    X = np.zeros((6, *shape), dtype=np.uint8)
    with pytest.raises(ValueError, match="looks like channels first") as caught:
        as_images(X)
    channels = "1 channel" if shape[0] == 1 else f"{shape[0]} channels"
    assert f"{channels} of {shape[1]} x {shape[2]} pixels" in str(caught.value)
    assert "X.transpose(0, 2, 3, 1)" in str(caught.value)
    assert as_images(X.transpose(0, 2, 3, 1)).shape == (*shape[1:], shape[0])


def test_a_listed_image_that_looks_like_channels_first_is_named_with_the_transposition():
    X = [np.zeros((32, 32, 3)), np.zeros((3, 32, 32))]
    with pytest.raises(ValueError, match=r"X\[1\] of shape .* looks like channels first") as caught:
        as_images(X, image_size=32)
    assert "[image.transpose(1, 2, 0) for image in X]" in str(caught.value)


@pytest.mark.parametrize(
    "shape",
    [(3, 32, 3), (1, 64, 1), (3, 3, 64), (4, 4, 512), (8, 8, 64), (32, 32, 32), (5, 32, 40)],
)
def test_images_that_may_well_be_channels_last_are_taken_without_a_word(shape):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert as_images(np.zeros((2, *shape), dtype=np.uint8)).shape == shape


def test_many_channels_before_a_square_are_warned_of():
    with pytest.warns(UserWarning, match="looks like channels first: 13 channels of 64 x 64"):
        as_images(np.zeros((2, 13, 64, 64), dtype=np.uint8))


def test_images_refused_as_channels_first_can_be_used_with_rows_and_columns_swapped():
    X = np.zeros((2, 1, 100, 8))
    with pytest.raises(ValueError, match="swap height and width"):
        as_images(X)
    assert as_images(X.swapaxes(1, 2)).shape == (100, 1, 8)


# ---- arrays on disk


class OnDisk:
    """An array that counts the rows of each read, knows nothing but slices, and is no ndarray."""

    def __init__(self, array):
        self._array = array
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim
        self.n_rows_read = []

    def __len__(self):
        return len(self._array)

    def __getitem__(self, key):
        assert isinstance(key, slice)
        self.n_rows_read.append(len(range(*key.indices(len(self)))))
        return self._array[key]

    def __array__(self, *args, **kwargs):
        raise AssertionError("read as a whole")


def test_an_array_on_disk_is_described_without_a_read():
    X = OnDisk(UINT8)
    images = as_images(X, image_size=4)
    assert (len(images), images.shape, X.n_rows_read) == (6, (4, 4, 3), [])


def test_rows_of_an_array_on_disk_are_read_in_any_order_and_each_once():
    X = OnDisk(UINT8)
    np.testing.assert_array_equal(as_images(X).read([5, 1, 2, 5]), UINT8[[5, 1, 2, 5]])
    assert sorted(X.n_rows_read) == [1, 2]


def test_verify_reads_floats_on_disk_once_and_no_more_than_a_batch_at_a_time():
    X = OnDisk(np.tile(FLOAT, (20, 1, 1, 1)))
    assert as_images(X).verify().pixel_max == 1.0
    assert sum(X.n_rows_read) == 120
    assert max(X.n_rows_read) <= 32


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_verify_reads_no_further_than_the_first_bright_pixels_on_disk(dtype):
    X = OnDisk(np.full((120, 2, 2, 1), np.iinfo(dtype).max, dtype=dtype))
    as_images(X).verify()
    assert sum(X.n_rows_read) <= 32


def test_verify_names_the_image_on_disk_that_is_not_finite():
    X = FLOAT.copy()
    X[4, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="image 4 "):
        as_images(OnDisk(X)).verify()


def test_an_array_on_disk_of_another_dimension_is_refused_without_a_read():
    with pytest.raises(ValueError, match="3 dimensions, but images need 4"):
        as_images(OnDisk(UINT8[..., 0]))


@pytest.mark.parametrize("dtype", ["u1", "<u2", ">f4"])
def test_a_data_set_of_h5py_is_read_as_the_array_would_be(tmp_path, dtype):
    X = UINT8.astype(dtype)
    with h5py.File(tmp_path / "images.h5", "w") as file:
        images = as_images(file.create_dataset("X", data=X)).verify()
        expected = as_images(X).verify()
        assert images.pixel_max == expected.pixel_max
        np.testing.assert_array_equal(images.read([4, 0, 4]), expected.read([4, 0, 4]))


def test_some_rows_of_an_array_on_disk_are_images_on_disk():
    X = OnDisk(UINT8)
    part = LazyRows(X, [5, 0, 3])
    images = as_images(part)
    assert (len(images), images.shape, X.n_rows_read) == (3, (8, 10, 3), [])
    np.testing.assert_array_equal(images.read([2, 0]), UINT8[[3, 5]])
    np.testing.assert_array_equal(np.asarray(part), UINT8[[5, 0, 3]])


# ---- image_size


@pytest.mark.parametrize(("size", "shape"), [(4, (4, 4, 3)), ((16, 5), (16, 5, 3))])
def test_images_are_resized_when_read(size, shape):
    images = as_images(UINT8, image_size=size)
    assert images.shape == shape
    assert images.read([0, 3]).shape == (2, *shape)


@pytest.mark.parametrize("n_channels", [1, 2, 4, 5, 13])
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_resizing_keeps_any_number_of_channels(n_channels, dtype):
    X = np.empty((1, 6, 6, n_channels), dtype=dtype)
    X[:] = np.arange(n_channels)
    read = as_images(X, image_size=(3, 9)).read([0])
    np.testing.assert_allclose(read, X[:, :3].repeat(2, axis=2)[:, :, :9], atol=1e-5)


@pytest.mark.parametrize("shape", [(4, 4), (8, 2), (2, 8), (16, 1), (1, 16)])
def test_shrinking_averages_all_pixels(shape):
    X = np.zeros((1, *shape, 1), dtype=np.float32)
    X[0, 0, 0] = 16
    np.testing.assert_allclose(as_images(X, image_size=1).read([0]), [[[[1.0]]]])


def test_enlarging_interpolates_linearly():
    X = np.array([0, 4], dtype=np.float32).reshape(1, 1, 2, 1)
    read = as_images(X, image_size=(1, 4)).read([0])
    np.testing.assert_allclose(read.ravel(), [0, 1, 3, 4])


@pytest.mark.parametrize("axis", [0, 1])
def test_the_side_that_shrinks_is_averaged_where_the_other_grows(axis):
    X = np.zeros((1, 8, 8, 1), dtype=np.uint8)
    X[:, ::2] = 200
    X, size = (X, (2, 16)) if axis == 0 else (X.swapaxes(1, 2), (16, 2))
    np.testing.assert_array_equal(as_images(X, image_size=size).read([0]), 100)


@pytest.mark.parametrize("size", [0, -4, 2.5, "224", (4,), (4, 0), (4, 4, 3), (4, 2.0), True])
def test_invalid_image_size_is_refused(size):
    with pytest.raises(ValueError, match=r"image_size must be .* Use for example image_size=224"):
        as_images(UINT8, image_size=size)


def test_image_size_is_refused_with_a_table():
    with pytest.raises(ValueError, match=r"image_size=4 needs images, but X is a table"):
        as_images(np.zeros((5, 2)), image_size=4)


# ---- lists of images


def _object_array(images):
    return np.fromiter(images, dtype=object, count=len(images))


@pytest.mark.parametrize("container", [list, tuple, _object_array, pd.Series])
def test_a_list_of_images_is_read_as_the_array_would_be(container):
    images = as_images(container(list(UINT8)))
    assert images.shape == (8, 10, 3)
    np.testing.assert_array_equal(images.verify().read([5, 2]), UINT8[[5, 2]])


def test_listed_gray_images_without_channel_axis_get_one():
    images = as_images([UINT8[0, ..., 0], UINT8[1, :5, :, 0].astype(np.uint16)], image_size=(8, 10))
    assert images.verify().shape == (8, 10, 1)
    np.testing.assert_array_equal(images.read([0])[0, ..., 0], UINT8[0, ..., 0])


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA", "LA", "I;16"])
def test_an_image_of_pillow_is_read_as_its_file_is(tmp_path, mode):
    stored = UINT8[..., 0].astype(np.uint16) * 257 if mode == "I;16" else UINT8
    image = Image.fromarray(stored[0])
    image = image if mode == "I;16" else image.convert(mode)
    path = tmp_path / "image.png"
    image.save(path)
    pictures = as_images([image, Image.open(path)]).verify()
    expected = as_images([path]).read_one(0)
    assert pictures.shape == (8, 10, 3)
    np.testing.assert_array_equal(pictures.read([0, 1]), [expected, expected])


def test_images_of_pillow_may_differ_in_mode_and_size_and_stand_beside_arrays():
    gray = Image.fromarray(UINT8[0, ..., 0])
    images = as_images([gray, Image.fromarray(UINT8[1, :5]), UINT8[2]], image_size=6).verify()
    assert images.read([2, 1, 0]).shape == (3, 6, 6, 3)


def test_an_image_of_pillow_is_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # a camera held sideways
    Image.fromarray(UINT8[0]).save(tmp_path / "a.jpg", exif=exif)
    assert as_images([Image.open(tmp_path / "a.jpg")]).shape == (10, 8, 3)


def test_a_torn_file_behind_an_image_of_pillow_is_named(tmp_path):
    Image.fromarray(np.repeat(np.repeat(UINT8[0], 9, 0), 9, 1)).save(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:-300])
    with pytest.raises(ValueError, match=r"X\[0\] cannot be read"):
        as_images([Image.open(tmp_path / "a.jpg")])


def test_one_image_of_pillow_is_refused_with_the_list():
    with pytest.raises(ValueError, match=r"one image.*\[X\]"):
        as_images(Image.fromarray(UINT8[0]))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: (image for image in UINT8), r"generator, .*list\(X\)"),
        (lambda: zip(UINT8, range(8), strict=True), r"zip, .*list\(X\)"),
        (lambda: {"image": UINT8}, "dict, .*BalancedBatchGenerator"),
        (lambda: set("ab"), "set, .*paths of image files"),
    ],
)
def test_what_hands_out_batches_is_refused_by_its_type_with_the_way(make, says):
    with pytest.raises(TypeError, match=f"X is of type .*{says}"):
        as_images(make())


def test_listed_images_of_different_sizes_are_resized():
    images = as_images([UINT8[0], UINT8[1, :5, :4]], image_size=6).verify()
    assert images.read([1, 0, 1]).shape == (3, 6, 6, 3)


def test_listed_images_of_different_sizes_need_image_size():
    with pytest.raises(ValueError, match=r"X\[0\] is 8 x 10 and X\[1\] is 5 x 10 .* image_size="):
        as_images([UINT8[0], UINT8[1, :5]])


def test_listed_images_must_have_the_same_channels():
    with pytest.raises(ValueError, match=r"X\[0\] has 3 and X\[1\] has 1"):
        as_images([UINT8[0], UINT8[1, ..., :1]], image_size=4)


def test_listed_images_must_not_mix_integers_and_floats():
    with pytest.raises(ValueError, match="float64, uint8"):
        as_images([UINT8[0], FLOAT[1]])


@pytest.mark.parametrize("other", [np.uint8, np.int32, np.int64, np.uint64])
def test_listed_integers_of_mixed_dtypes_are_read_each_by_its_own(other):
    listed = [np.full((2, 2, 1), 65535, np.uint16), np.full((2, 2, 1), 7, other)]
    images = as_images(listed).verify()
    assert images.pixel_max == 255.0
    np.testing.assert_array_equal(images.read([0, 1])[:, 0, 0, 0], [255, 7])


@pytest.mark.parametrize("dtype", [np.int32, np.uint64])
def test_verify_checks_a_listed_image_in_its_own_dtype(dtype):
    images = as_images([np.zeros((2, 2, 1), np.int64), np.full((2, 2, 1), 300, dtype)])
    with pytest.raises(ValueError, match=f"got 300 to 300 in dtype {np.dtype(dtype)}"):
        images.verify()


def test_a_listed_image_without_channel_axis_is_named():
    with pytest.raises(ValueError, match=r"X\[1\] must be an image"):
        as_images([UINT8[0], UINT8[1, ..., 0]])


def test_verify_names_the_listed_image_that_is_not_finite():
    with pytest.raises(ValueError, match="image 1 "):
        as_images([FLOAT[0], np.full((8, 10, 3), np.nan)]).verify()


def test_rows_of_different_length_are_refused():
    with pytest.raises(ValueError, match="differ in shape"):
        as_images([[1, 2], [3]])


# ---- tables


@pytest.mark.parametrize(
    "make",
    [
        lambda items: np.fromiter(items, object, len(items))[:, np.newaxis],
        lambda items: pd.DataFrame({"item": items}, index=range(7, 7 + len(items))),
        lambda items: [[item] for item in items],
    ],
)
def test_the_one_column_of_a_table_is_read_as_a_list(make):
    paths = as_images(make(["a.png", "b.png"]))
    assert [paths.source(row) for row in (0, 1)] == ["a.png", "b.png"]
    assert as_images(make([Path("a.png")])).source(0) == Path("a.png")


def test_images_in_the_one_column_of_a_data_frame_are_read_as_a_list():
    images = as_images(pd.DataFrame({"image": list(UINT8)}))
    np.testing.assert_array_equal(images.read([2, 0]), UINT8[[2, 0]])


def test_one_column_of_numbers_is_a_table_also_as_text():
    assert as_images(np.array([["1.5"], ["2"]], dtype=object)).read([1]).tolist() == [[2.0]]


def test_paths_beside_other_columns_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"holds text.*a\.png.*X\[:, 0\].* X\['path'\]"):
        as_images(pd.DataFrame({"path": ["a.png"], "label": [1]}))


@pytest.mark.parametrize(
    "make", [np.asarray, list, pd.DataFrame, sparse.csc_array, sparse.coo_matrix]
)
def test_tables_of_any_kind_are_read_as_dense_rows(make):
    values = np.arange(12.0).reshape(4, 3)
    table = as_images(make(values)).verify()
    assert (table.shape, len(table), table.is_table, table.pixel_max) == ((3,), 4, True, None)
    np.testing.assert_array_equal(table.read([3, 0]), values[[3, 0]])


def test_sparse_rows_stay_sparse_if_asked():
    table = as_images(sparse.eye_array(4), keep_sparse=True)
    assert sparse.issparse(table.read([1, 2]))
    assert not sparse.issparse(as_images(sparse.eye_array(4)).read([1, 2]))


@pytest.mark.parametrize("convert", [np.asarray, sparse.csr_array, sparse.coo_array, list])
def test_rows_are_taken_of_whatever_holds_them(convert):
    X = np.arange(12).reshape(4, 3)
    taken = take_rows(convert(X), np.array([2, 0]))
    taken = taken.toarray() if sparse.issparse(taken) else np.asarray(taken)
    np.testing.assert_array_equal(taken, X[[2, 0]])


@pytest.mark.parametrize("dtype", ["=f4", "=i8", ">f8"])
def test_tables_keep_their_dtype_in_native_byte_order(dtype):
    assert as_images(np.zeros((3, 2), dtype=dtype)).read([0]).dtype == np.dtype("=" + dtype[1:])


@pytest.mark.parametrize("make", [np.asarray, pd.DataFrame, sparse.csr_array])
def test_verify_refuses_missing_values_in_a_table(make):
    table = as_images(make(np.array([[1.0, np.nan], [2.0, 3.0]])))
    assert table.verify([1]) is table
    with pytest.raises(ValueError, match="Input X contains NaN"):
        table.verify()


def test_an_item_that_is_no_path_is_named():
    with pytest.raises(ValueError, match=r"X\[1\] must be the path .* got nan"):
        as_images(pd.Series(["a.png", np.nan], index=[7, 9]))


def test_nothing_of_a_file_is_touched_by_the_constructor():
    assert len(as_images([os.path.join("nowhere", f"{i}.png") for i in range(9)])) == 9


def test_listed_images_of_mixed_sizes_are_read_one_by_one_if_asked():
    images = as_images([UINT8[0], UINT8[1, :5]], mixed_sizes=True).verify()
    np.testing.assert_array_equal(images.read_one(1), UINT8[1, :5])


@pytest.mark.parametrize("size", [(8, 8), (8, 50), (50, 8), (50, 60), (20, 30)])
def test_the_guide_resizes_for_exported_networks_as_the_package_does(size):
    page = Path(__file__).parent.parent / "docs" / "guide" / "predict.md"
    code = re.search(r"def resize\(.*?(?=\n\n)", page.read_text(encoding="utf-8"), re.DOTALL)
    namespace = {"cv2": cv2}
    exec(code.group(), namespace)
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    theirs = namespace["resize"](image, *size)
    np.testing.assert_array_equal(theirs, as_images(image[None], image_size=size).read([0])[0])


def test_other_ways_to_resize_give_other_pixels_than_the_mean_of_areas():
    image = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    ours = as_images(image[None], image_size=16).read([0])[0].astype(float)
    linear = cv2.resize(image, (16, 16), interpolation=cv2.INTER_LINEAR)
    pillow = Image.fromarray(image).resize((16, 16), Image.Resampling.BILINEAR)
    assert np.abs(linear - ours).mean() > 2 * np.abs(np.asarray(pillow) - ours).mean() > 2
