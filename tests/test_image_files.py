import io
import os
import re
import struct
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from imblearn_bbfl._images import _files, _jpeg, as_images, inspect_file, warn_of_unused_range
from imblearn_bbfl.exceptions import BrokenFilesError

ROWS, COLUMNS = np.mgrid[:24, :36]
RGB = np.stack([COLUMNS * 7, ROWS * 10, 255 - COLUMNS * 7], axis=-1).astype(np.uint8)
GRAY = RGB[..., 0]
GRAY_3 = GRAY[..., np.newaxis].repeat(3, axis=-1)
HALF_CLEAR = np.where(COLUMNS < 18, 255, 0).astype(np.uint8)
RGBA = np.dstack([RGB, HALF_CLEAR])


def _read(path, **kwargs):
    return as_images([path], **kwargs).read([0])[0]


def _save(path, pixels, mode=None, **kwargs):
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path, **kwargs)
    return path


def _jpeg_bytes(**kwargs):
    stream = io.BytesIO()
    Image.fromarray(RGB).save(stream, "JPEG", quality=95, **kwargs)
    return stream.getvalue()


# ---- kinds of files


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.ppm"])
def test_lossless_color_files_are_read_red_green_blue(tmp_path, name):
    np.testing.assert_array_equal(_read(_save(tmp_path / name, RGB)), RGB)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_compressed_tiff_files_are_read(tmp_path, compression):
    path = _save(tmp_path / "a.tif", RGB, compression=compression)
    np.testing.assert_array_equal(_read(path), RGB)


@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_files_are_read_within_their_loss(tmp_path, progressive):
    path = _save(tmp_path / "a.jpg", RGB, quality=95, progressive=progressive)
    np.testing.assert_allclose(_read(path), RGB, atol=8)


def test_lossless_webp_files_are_read(tmp_path):
    path = _save(tmp_path / "a.webp", RGB, lossless=True)
    np.testing.assert_array_equal(_read(path), RGB)


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif"])
def test_gray_files_become_three_equal_channels(tmp_path, name):
    np.testing.assert_array_equal(_read(_save(tmp_path / name, GRAY)), GRAY_3)


def test_gray_jpeg_files_become_three_equal_channels(tmp_path):
    path = _save(tmp_path / "a.jpg", GRAY, quality=95)
    np.testing.assert_allclose(_read(path), GRAY_3, atol=4)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_16_bit_files_are_scaled_by_257_and_rounded(tmp_path, name):
    values = np.array([[0, 128, 129, 32896, 65535]], dtype=np.uint16)
    read = _read(_save(tmp_path / name, values))
    np.testing.assert_array_equal(read[0, :, 0], [0, 0, 1, 128, 255])
    assert (read == read[..., :1]).all()


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_16_bit_files_keep_all_levels_up_to_the_white_that_is_given(tmp_path, name):
    values = np.array([[0, 1, 2047, 4095]], dtype=np.uint16)
    images = as_images([_save(tmp_path / name, values)], pixel_max=4095).verify()
    read = images.read([0])[0]
    assert (read.dtype, read.shape, images.pixel_max) == (np.float32, (1, 4, 3), 4095.0)
    np.testing.assert_array_equal(read[0, :, 1], values[0])


def test_8_bit_files_whose_white_is_given_as_255_are_read_as_they_are(tmp_path):
    read = _read(_save(tmp_path / "a.png", RGB), pixel_max=255)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, RGB)


def test_files_that_do_not_fit_the_white_that_is_given_are_all_listed(tmp_path):
    deep = np.full((4, 4), 4000, dtype=np.uint16)
    paths = [
        _save(tmp_path / "fit.png", deep),
        _save(tmp_path / "bright.png", deep + 1000),
        _save(tmp_path / "shallow.png", np.zeros((4, 4), np.uint8)),
    ]
    with pytest.raises(ValueError, match="2 of 3 image files do not fit pixel_max=4095") as caught:
        as_images(paths, pixel_max=4095).verify()
    assert "bright.png (16 bit, brightest pixel 5000)" in str(caught.value)
    assert "shallow.png (8 bit, brightest pixel 0)" in str(caught.value)


@pytest.mark.parametrize("value", [np.uint16(5000), np.uint8(7)])
def test_read_names_a_file_that_does_not_fit_the_white_that_is_given(tmp_path, value):
    path = _save(tmp_path / "a.png", np.full((4, 4), value))
    with pytest.raises(ValueError, match=r"a\.png does not fit pixel_max"):
        _read(path, pixel_max=4095)


def test_files_of_both_depths_are_brought_to_8_bit_each_by_its_own_white(tmp_path):
    deep = np.full((4, 4), 65535, dtype=np.uint16)
    paths = [
        _save(tmp_path / "a.png", deep),
        _save(tmp_path / "b.png", np.full((4, 4), np.uint8(255))),
    ]
    read = as_images(paths).verify().read([0, 1])
    assert read.dtype == np.uint8
    assert (read == 255).all()


def test_12_bit_pictures_in_16_bit_files_are_warned_of(tmp_path):
    path = _save(tmp_path / "a.png", np.full((4, 4), 4095, dtype=np.uint16))
    with pytest.warns(UserWarning, match="17 of 256 gray levels .* pixel_max=4095"):
        warn_of_unused_range(as_images([path]).verify())


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif"])
@pytest.mark.parametrize("n_colors", [2, 16, 200])
def test_palette_files_are_read_in_their_colors(tmp_path, name, n_colors):
    palette = Image.fromarray(RGB).quantize(n_colors)
    path = _save(tmp_path / name, palette)
    np.testing.assert_array_equal(_read(path), np.asarray(palette.convert("RGB")))


def test_palette_files_with_a_transparent_color_are_read_in_their_colors(tmp_path):
    palette = Image.fromarray(RGB).quantize(16)
    path = _save(tmp_path / "a.png", palette, transparency=3)
    np.testing.assert_array_equal(_read(path), np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("name", ["a.png", "a.bmp"])
def test_alpha_is_dropped(tmp_path, name):
    np.testing.assert_array_equal(_read(_save(tmp_path / name, RGBA)), RGB)


def test_alpha_is_dropped_from_gray(tmp_path):
    path = _save(tmp_path / "a.png", np.dstack([GRAY, HALF_CLEAR]))
    np.testing.assert_array_equal(_read(path), GRAY_3)


def test_transparent_pixels_of_a_tiff_are_blended_onto_black(tmp_path):
    expected = np.where(HALF_CLEAR[..., np.newaxis], RGB, 0)
    np.testing.assert_array_equal(_read(_save(tmp_path / "a.tif", RGBA)), expected)


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_cmyk_files_are_read_in_their_colors(tmp_path, name):
    kwargs = {"quality": 95} if name == "a.jpg" else {}
    path = _save(tmp_path / name, RGB, mode="CMYK", **kwargs)
    np.testing.assert_allclose(_read(path), RGB, atol=8)


@pytest.mark.parametrize(
    ("name", "mode", "has_alpha"),
    [("a.tif", "CMYK", False), ("a.tif", "RGBA", True), ("a.png", "LA", True)],
)
def test_black_ink_is_not_taken_for_transparency(tmp_path, name, mode, has_alpha):
    assert inspect_file(_save(tmp_path / name, RGB, mode=mode)).has_alpha == has_alpha


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif"])
def test_black_and_white_files_are_read_as_0_and_255(tmp_path, name):
    pixels = np.where((ROWS + COLUMNS) % 2, 255, 0).astype(np.uint8)
    path = _save(tmp_path / name, pixels, mode="1")
    np.testing.assert_array_equal(_read(path)[..., 1], pixels)


TURNED = {  # what each EXIF orientation asks a viewer to do with the stored pixels
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.transpose(1, 0, 2),
    6: lambda image: np.rot90(image, -1),
    7: lambda image: image[::-1, ::-1].transpose(1, 0, 2),
    8: lambda image: np.rot90(image),
}


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
@pytest.mark.parametrize("orientation", TURNED)
def test_exif_orientation_is_applied(tmp_path, name, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    kwargs = {"quality": 95} if name == "a.jpg" else {}
    path = _save(tmp_path / name, RGB, exif=exif, **kwargs)
    np.testing.assert_allclose(_read(path), TURNED[orientation](RGB), atol=8)


def test_exif_orientation_is_applied_to_16_bit(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = _save(tmp_path / "a.png", GRAY.astype(np.uint16) * 257, exif=exif)
    np.testing.assert_array_equal(_read(path), np.rot90(GRAY_3, -1))


# ---- names and containers


@pytest.mark.parametrize("container", [list, tuple, np.array, pd.Series])
@pytest.mark.parametrize("kind", [str, lambda path: path, os.fsencode])
def test_paths_in_any_container_are_read(tmp_path, container, kind):
    paths = [kind(_save(tmp_path / f"{i}.png", RGB + i)) for i in range(3)]
    images = as_images(container(paths))
    assert (images.shape, len(images), images.is_table) == ((24, 36, 3), 3, False)
    np.testing.assert_array_equal(images.verify().read([2, 0]), [RGB + 2, RGB])


def test_the_index_of_a_series_plays_no_part(tmp_path):
    paths = [str(_save(tmp_path / f"{i}.png", RGB + i)) for i in range(3)]
    images = as_images(pd.Series(paths, index=[2, 0, 0]))
    np.testing.assert_array_equal(images.read([0]), [RGB])


@pytest.mark.parametrize("name", ["two words.png", "Netzhaut_Größe_眼.png", "no_extension"])
def test_files_of_any_name_are_read(tmp_path, name):
    path = _save(tmp_path / name, RGB, format="PNG")
    np.testing.assert_array_equal(_read(path), RGB)


def test_symbolic_links_are_followed(tmp_path):
    (tmp_path / "link.png").symlink_to(_save(tmp_path / "a.png", RGB))
    np.testing.assert_array_equal(_read(tmp_path / "link.png"), RGB)


def test_files_are_resized_when_read(tmp_path):
    paths = [_save(tmp_path / "a.png", RGB), _save(tmp_path / "b.png", RGB[:5])]
    images = as_images(paths, image_size=(8, 6)).verify()
    assert images.shape == (8, 6, 3)
    assert images.read([0, 1]).shape == (2, 8, 6, 3)


def test_full_brightness_of_files_is_255(tmp_path):
    assert as_images([tmp_path / "a.png"]).pixel_max == 255.0


# ---- bad files


def _problem(path):
    with pytest.raises(ValueError, match="1 of 1 image files cannot be read") as caught:
        as_images([path]).verify()
    return re.search(r"\(([^()]*)\)\. Remove", str(caught.value)).group(1)


@pytest.mark.parametrize("fraction", [0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.bmp", "a.tif", "a.webp"])
def test_truncated_files_are_found(tmp_path, name, fraction):
    noise = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    data = _save(tmp_path / name, noise).read_bytes()
    (tmp_path / name).write_bytes(data[: int(fraction * len(data))])
    assert _problem(tmp_path / name).startswith("truncated")


def test_a_jpeg_that_ends_in_zeros_is_truncated(tmp_path):
    data = _jpeg_bytes()
    (tmp_path / "a.jpg").write_bytes(data[:-300] + bytes(300))
    assert _problem(tmp_path / "a.jpg") == "truncated"


def test_the_end_of_a_jpeg_thumbnail_is_not_taken_for_the_end(tmp_path):
    thumbnail = b"Exif\0\0" + _jpeg_bytes()
    data = _jpeg_bytes(exif=thumbnail)
    (tmp_path / "a.jpg").write_bytes(data[:-100])
    assert _problem(tmp_path / "a.jpg") == "truncated"


def test_bytes_after_the_end_of_a_jpeg_do_no_harm(tmp_path):
    (tmp_path / "a.jpg").write_bytes(_jpeg_bytes() + b"trailer" * 9)
    np.testing.assert_allclose(_read(tmp_path / "a.jpg"), RGB, atol=8)


def test_fill_bytes_before_a_jpeg_marker_do_no_harm(tmp_path):
    data = _jpeg_bytes()
    (tmp_path / "a.jpg").write_bytes(data[:2] + b"\xff\xff" + data[2:])
    np.testing.assert_allclose(_read(tmp_path / "a.jpg"), RGB, atol=8)


def test_missing_empty_and_other_files_are_told_apart(tmp_path):
    (tmp_path / "empty.png").touch()
    (tmp_path / "notes.png").write_text("not an image, whatever the name says")
    (tmp_path / "folder.png").mkdir()
    assert _problem(tmp_path / "missing.png") == "missing"
    assert _problem(tmp_path / "empty.png") == "empty"
    assert _problem(tmp_path / "notes.png") == "not an image"
    assert _problem(tmp_path / "folder.png") == "Is a directory"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
        (bytes(128) + b"DICM" + bytes(9), "but a DICOM file"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC or a video, which OpenCV cannot read"),
        (b"\n<!DOCTYPE html><html><body>404</body></html>", "but a web page"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "but an SVG drawing"),
        (bytes(99), "nothing but zeros"),
        (b"P6 60 40 255\n" + bytes(99), "truncated or damaged"),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1", "truncated or damaged"),
    ],
)
def test_a_file_that_is_no_image_is_told_what_it_is(tmp_path, data, says):
    (tmp_path / "a.jpg").write_bytes(data)
    assert says in _problem(tmp_path / "a.jpg")


def _make_white_zero(path, order="<"):
    """Write a TIFF file of 16 bit whose 0 is white; return what it would be if 0 were black."""
    Image.fromarray((GRAY.astype(np.uint16) * 257).astype(f"{order}u2")).save(path)
    as_black = _read(path)
    data = bytearray(path.read_bytes())
    tag = data.index(struct.pack(f"{order}HHI", 262, 3, 1))  # how colors are told
    data[tag + 8 : tag + 10] = bytes(2)
    path.write_bytes(data)
    return as_black


@pytest.mark.parametrize("order", ["<", ">"])
def test_16_bit_tiff_files_whose_white_is_0_are_inverted(tmp_path, order):
    as_black = _make_white_zero(tmp_path / "a.tif", order)
    np.testing.assert_array_equal(_read(tmp_path / "a.tif"), 255 - as_black)


def test_pillow_images_whose_white_is_0_are_read_as_their_files_are(tmp_path):
    as_black = _make_white_zero(tmp_path / "a.tif")
    with Image.open(tmp_path / "a.tif") as picture:
        np.testing.assert_array_equal(as_images([picture]).read_one(0), 255 - as_black)


def test_files_that_this_opencv_cannot_read_may_be_intact(tmp_path, monkeypatch):
    path = _save(tmp_path / "a.tif", RGB)
    monkeypatch.setattr(cv2, "imdecode", lambda *_: None)
    assert _problem(path).endswith("or of a kind that OpenCV cannot read")


def test_a_file_named_by_bytes_is_named_by_text(tmp_path):
    with pytest.raises(ValueError, match=f"file {tmp_path}/gone.png cannot be read"):
        _read(os.fsencode(tmp_path / "gone.png"))


def test_float_files_are_refused(tmp_path):
    path = _save(tmp_path / "a.tif", GRAY.astype(np.float32))
    assert _problem(path) == "neither 8 nor 16 bit"


def test_verify_lists_all_bad_files_at_once(tmp_path):
    good = _save(tmp_path / "good.png", RGB)
    (tmp_path / "empty.png").touch()
    with pytest.raises(ValueError, match=r"2 of 3 .*empty\.png \(empty\), .*gone\.png \(missing\)"):
        as_images([tmp_path / "empty.png", good, tmp_path / "gone.png"]).verify()


def test_verify_lists_no_more_than_20_bad_files(tmp_path):
    with pytest.raises(ValueError, match=r"25 of 25 .*19\.png \(missing\) and 5 more\. Remove"):
        as_images([tmp_path / f"{i}.png" for i in range(25)]).verify()


def test_verify_decodes_every_chunk_of_files(tmp_path, monkeypatch):
    monkeypatch.setattr(_files, "_CHUNK_FILES", 2)
    with pytest.raises(ValueError, match="5 of 5 image files"):
        as_images([tmp_path / f"{i}.png" for i in range(5)]).verify()


def test_verify_decodes_the_given_rows_only(tmp_path):
    images = as_images([tmp_path / "gone.png", _save(tmp_path / "good.png", RGB)])
    assert images.verify([1]) is images


def test_verify_names_two_files_of_different_sizes_and_the_remedy(tmp_path):
    paths = [_save(tmp_path / "a.png", RGB), _save(tmp_path / "b.png", RGB[:5])]
    with pytest.raises(ValueError, match=r"a\.png is 24 x 36 .*b\.png is 5 x 36 .*image_size="):
        as_images(paths).verify()


def test_verify_reports_bad_files_and_different_sizes_together(tmp_path):
    paths = [_save(tmp_path / "a.png", RGB), _save(tmp_path / "b.png", RGB[:5]), "gone.png"]
    with pytest.raises(ValueError, match=r"1 of 3 .*\n.*must be of one size"):
        as_images(paths).verify()


def test_read_names_a_file_that_has_vanished(tmp_path):
    images = as_images([_save(tmp_path / f"{i}.png", RGB) for i in range(3)]).verify()
    (tmp_path / "1.png").unlink()
    with pytest.raises(ValueError, match=r"1\.png cannot be read \(missing\)"):
        images.read([0, 1, 2])


def test_read_names_a_file_whose_size_has_changed(tmp_path):
    images = as_images([_save(tmp_path / f"{i}.png", RGB) for i in range(2)])
    assert images.shape == (24, 36, 3)
    _save(tmp_path / "1.png", RGB[:5])
    with pytest.raises(ValueError, match=r"1\.png is 5 x 36 .* 24 x 36 .* image_size="):
        images.read([1])


def test_shape_reads_the_first_file_only(tmp_path):
    images = as_images([_save(tmp_path / "a.png", RGB), tmp_path / "gone.png"])
    assert images.shape == (24, 36, 3)


def test_shape_of_resized_files_reads_none(tmp_path):
    assert as_images([tmp_path / "gone.png"], image_size=8).shape == (8, 8, 3)


def test_files_of_mixed_sizes_are_read_one_by_one_if_asked(tmp_path):
    paths = [_save(tmp_path / "a.png", RGB), _save(tmp_path / "b.png", RGB[:5])]
    images = as_images(paths, mixed_sizes=True).verify()
    np.testing.assert_array_equal(images.read_one(1), RGB[:5])


# ---- large JPEG files


@pytest.fixture(scope="module")
def photograph():
    """Return 600 x 920 pixels that are about as smooth, sharp and noisy as a photograph."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (8, 12, 3), dtype=np.uint8)
    image = cv2.resize(coarse, (920, 600), interpolation=cv2.INTER_CUBIC)
    for x, y, radius in rng.integers(40, 600, (12, 3)):
        color = rng.integers(0, 256, 3).tolist()
        cv2.circle(image, (int(x), int(y)), int(radius) // 8, color, -1, cv2.LINE_AA)
    image = cv2.GaussianBlur(image, None, 1.5)  # as a lens does
    return np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def flags(monkeypatch):
    """Return a list to which each call of OpenCV's decoder adds how it was to decode."""
    seen, decode = [], cv2.imdecode

    def note(data, how):
        seen.append(how & ~cv2.IMREAD_ANYDEPTH)
        return decode(data, how)

    monkeypatch.setattr(cv2, "imdecode", note)
    return seen


def _assert_like_full_decode(path, size, mean=1, most=50):
    """Compare with all pixels of a file, resized by OpenCV."""
    full = cv2.cvtColor(cv2.imdecode(np.fromfile(path, np.uint8), 1), cv2.COLOR_BGR2RGB)
    expected = cv2.resize(full, size[::-1], interpolation=cv2.INTER_AREA).astype(int)
    difference = np.abs(_read(path, image_size=size) - expected)
    assert difference.mean() <= mean
    assert difference.max() <= most


@pytest.mark.parametrize(
    ("size", "scale"),
    [(75, 8), ((75, 115), 8), (76, 4), ((75, 116), 4), (150, 4), (151, 2), (300, 2), (301, 1)],
)
def test_a_jpeg_is_decoded_at_the_least_scale_that_is_not_below_the_size(
    tmp_path, photograph, flags, size, scale
):
    path = _save(tmp_path / "a.jpg", photograph)
    as_images([path], image_size=size).verify().read([0])
    how = {8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4}
    how |= {2: cv2.IMREAD_REDUCED_COLOR_2, 1: cv2.IMREAD_COLOR}
    assert flags == [how[scale]] * 2  # once to verify, once to read


@pytest.mark.parametrize("cut", [(0, 0), (1, 0), (0, 7), (3, 5), (7, 1)])
@pytest.mark.parametrize("size", [(64, 64), (70, 110), (120, 160), (250, 300)])
def test_a_jpeg_that_is_decoded_small_is_like_all_its_pixels_resized(
    tmp_path, photograph, cut, size
):
    image = photograph[cut[0] :, cut[1] :]
    path = _save(tmp_path / "a.jpg", image, quality=92)
    _assert_like_full_decode(path, size)


@pytest.mark.parametrize(
    ("mode", "kwargs", "mean"),
    [
        (None, {"subsampling": 0}, 1),
        (None, {"subsampling": 1}, 2),
        (None, {"progressive": True}, 1),
        ("L", {}, 1),
        ("CMYK", {}, 1),
    ],
)
def test_each_kind_of_jpeg_can_be_decoded_small(tmp_path, photograph, flags, mode, kwargs, mean):
    path = _save(tmp_path / "a.jpg", photograph[3:, 5:], mode, **kwargs)
    _assert_like_full_decode(path, (70, 70), mean)
    assert cv2.IMREAD_REDUCED_COLOR_8 in flags


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_orientation_is_applied_to_a_jpeg_that_is_decoded_small(
    tmp_path, photograph, flags, orientation, order
):
    exif = Image.Exif()
    exif.endian = order
    exif[0x010F] = "a maker"
    exif[0x0112] = orientation
    path = _save(tmp_path / "a.jpg", photograph[7:, 7:], exif=exif, quality=92)
    size = (74, 114) if orientation < 5 else (114, 74)
    _assert_like_full_decode(path, size)
    assert cv2.IMREAD_REDUCED_COLOR_8 in flags


def test_a_jpeg_whose_header_opencv_reads_in_another_way_is_decoded_in_full(
    tmp_path, photograph, monkeypatch
):
    path = _save(tmp_path / "a.jpg", photograph)
    expected = _read(path, image_size=75)
    monkeypatch.setattr(_jpeg, "read_tag", lambda *_: 6)
    exif = Image.Exif()
    exif[0x0112] = 1
    path = _save(tmp_path / "a.jpg", photograph, exif=exif)
    np.testing.assert_allclose(_read(path, image_size=75), expected, atol=20)


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.bmp", "a.tif"])
def test_other_files_are_decoded_in_full(tmp_path, photograph, flags, name):
    path = _save(tmp_path / name, photograph)
    as_images([path], image_size=64).read([0])
    assert flags == [cv2.IMREAD_COLOR]


def test_a_jpeg_is_decoded_in_full_where_no_pixel_may_be_beyond_a_white(tmp_path):
    pixels = np.full((64, 64, 3), 20, dtype=np.uint8)
    pixels[24:40, 24:40] = 120
    path = _save(tmp_path / "a.jpg", pixels, quality=100, subsampling=0)
    with pytest.raises(ValueError, match="do not fit pixel_max=60"):
        as_images([path], image_size=2, pixel_max=60).verify()


def test_a_bright_point_of_a_dark_jpeg_is_seen(tmp_path):
    pixels = np.zeros((64, 64, 3), dtype=np.uint8)
    pixels[3:5, 3:5] = 255
    path = _save(tmp_path / "a.jpg", pixels, quality=100)
    assert as_images([path], image_size=8).verify().brightest[255] > 200


def test_colors_are_converted_after_shrinking(tmp_path, monkeypatch):
    path, sizes, convert = _save(tmp_path / "a.png", RGB), [], cv2.cvtColor

    def note(image, code):
        sizes.append(image.shape)
        return convert(image, code)

    monkeypatch.setattr(cv2, "cvtColor", note)
    as_images([path], image_size=(6, 9)).read([0])
    assert sizes == [(6, 9, 3)]


def test_a_row_that_comes_twice_is_read_once(tmp_path, flags):
    paths = [_save(tmp_path / f"{i}.png", RGB + i) for i in range(3)]
    read = as_images(paths, image_size=24).read([2, 0, 2, 2])
    np.testing.assert_array_equal(read[[0, 0]], read[[2, 3]])
    assert not np.array_equal(read[0], read[1])
    assert len(flags) == 2


def test_a_folder_among_paths_is_told_what_lists_its_images(tmp_path):
    with pytest.raises(BrokenFilesError, match="pass what load_image_folder lists"):
        as_images([str(tmp_path)]).verify()


@pytest.mark.parametrize("around", ["{} ", " {}", "{}\n", '"{}"', "'{}'"])
def test_blanks_and_quotes_around_a_path_are_found(tmp_path, around):
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(BrokenFilesError, match=r"there are such files: strip the paths"):
        as_images([around.format(path)]).verify()


@pytest.mark.parametrize(
    ("there", "asked", "advice"),
    [
        ("a/Eye 1.JPG", "a/eye 1.jpg", r"There is \S+a/Eye 1\.JPG\. Write"),
        ("Images/1.png", "images/1.png", r"There is \S+/Images/1\.png\. Write"),
        ("\xfc.png", "u\u0308.png", r"There is '\S+/\\xfc\.png'.*normalize\('NFC'"),
        ("u\u0308.png", "\xfc.png", r"There is '\S+/u\\u0308\.png'.*normalize\('NFD'"),
        ("1.png", "1.jpg", r"There is \S+/1\.png, with another ending"),
        ("1.png", "'1.png'", r"There is \S+/1\.png\. Write"),
        ("part_1/x/ISIC_1.jpg", "ISIC_1", r"There is \S+x/ISIC_1\.jpg, in a .*{path\.stem: "),
        ("part_1/1.png", "1.png", r"There is \S+part_1/1\.png, in a sub-folder.*{path\.name: "),
    ],
)
def test_a_missing_file_is_answered_with_the_one_that_may_be_meant(tmp_path, there, asked, advice):
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).touch()
    if (tmp_path / asked).exists():
        pytest.skip("this file system takes the names for one")
    with pytest.raises(BrokenFilesError, match=advice):
        as_images([str(tmp_path / asked)]).verify()


def test_an_error_for_each_file_is_no_reason_to_look_through_folders(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "listdir", None)
    monkeypatch.setattr(os, "walk", None)
    with pytest.raises(BrokenFilesError, match=r"1\.png cannot be read \(missing\)"):
        as_images([str(tmp_path / "1.png")]).read_one(0)


def test_of_a_relative_path_it_is_told_where_the_file_is_missing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BrokenFilesError, match=f"for in {re.escape(os.getcwd())}.images"):
        as_images(["images/1.png"]).verify()


def test_a_home_folder_that_nobody_expands_is_told():
    with pytest.raises(BrokenFilesError, match=r"os\.path\.expanduser"):
        as_images(["~/c.png"]).verify()


@pytest.mark.parametrize("kind", [str, Path, os.fsencode, np.str_])
def test_a_single_path_is_refused_with_the_list_to_pass(kind):
    with pytest.raises(ValueError, match=r"X='x.png' is a single path.* Pass \[X\] for one"):
        as_images(kind("x.png"))


def test_an_image_among_paths_is_refused_in_few_words():
    with pytest.raises(ValueError, match=r"X\[1\] must be the path .* got ndarray") as error:
        as_images(["a.png", np.zeros((99, 99, 3))])
    assert len(str(error.value)) < 200
