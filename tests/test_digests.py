"""What tells one image from another, and what is remembered of files."""

import errno
import os
import time
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest

from imblearn_bbfl._images import _digests, _files, _pixels, as_images
from imblearn_bbfl._images._digests import digest_file, digest_pixels, remember_while_unchanged

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)


@pytest.fixture
def later(monkeypatch):
    """Let a minute pass, so that files are no longer just written."""
    monkeypatch.setattr(_digests.time, "time_ns", lambda: time.monotonic_ns() + 2**62)


@pytest.fixture
def paths(tmp_path):
    paths = [str(tmp_path / f"{i}.png") for i in range(5)]
    for path, image in zip(paths, IMAGES, strict=True):
        cv2.imwrite(path, image)
    return paths


def rewrite(path):
    """Write other pixels in as many bytes, and set the time of the last change back."""
    status = os.stat(path)
    with open(path, "r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"?")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_images_have_the_same_digest_however_they_are_held_in_memory():
    digests = as_images(IMAGES).digest(range(5))
    assert len(set(digests)) == 5
    assert as_images(list(IMAGES)).digest([4, 0]) == [digests[4], digests[0]]
    assert as_images(np.asfortranarray(IMAGES)).digest(range(5)) == digests


@pytest.mark.parametrize("kind", ["pixels", "files"])
def test_another_size_is_another_image(kind, paths):
    X = IMAGES if kind == "pixels" else paths
    digests = [as_images(X, image_size=size).digest([0])[0] for size in (None, 4, (4, 8))]
    assert len(set(digests)) == 3


def test_another_white_is_another_image_where_it_changes_the_pixels(paths):
    deep = IMAGES.astype(np.uint16)
    assert as_images(deep).digest([0]) != as_images(deep, pixel_max=255).digest([0])
    assert as_images(paths).digest([0]) != as_images(paths, pixel_max=255).digest([0])


def test_the_same_bytes_in_another_shape_or_dtype_are_another_image():
    image = np.zeros((4, 2, 3), dtype=np.uint8)
    others = [image.reshape(2, 4, 3), image.view(np.int8), image.view("V3")]
    assert len({digest_pixels(array) for array in [image, *others]}) == 4


def test_pixels_changed_in_place_are_another_image():
    X = IMAGES.copy()
    images = as_images(X)
    before = np.array(images.digest(range(5)))
    X[2, 0, 0, 0] ^= 1
    np.testing.assert_array_equal(images.digest(range(5)) == before, np.arange(5) != 2)


def test_a_copy_of_a_file_is_the_same_image(paths, tmp_path):
    os.link(paths[0], tmp_path / "copy.png")
    assert as_images([str(tmp_path / "copy.png")]).digest([0]) == as_images(paths).digest([0])


def test_a_file_that_cannot_be_read_has_no_digest(paths, tmp_path):
    missing, folder = str(tmp_path / "missing.png"), str(tmp_path)
    assert as_images([missing, paths[0], folder]).digest([0, 2]) == [None, None]


@pytest.mark.parametrize("is_settled", [False, True])
def test_a_file_that_was_written_again_is_another_image(paths, is_settled, request):
    if is_settled:
        request.getfixturevalue("later")
    before = digest_file(paths[0])
    rewrite(paths[0])
    assert digest_file(paths[0]) != before


def test_a_file_is_looked_at_again_only_when_it_has_changed(paths, later):
    calls = []
    look = remember_while_unchanged(lambda path, *args: calls.append((path, *args)))
    for size in (None, None, 4, 4, None):
        look(paths[0], size)
    assert calls == [(paths[0], None), (paths[0], 4)]
    rewrite(paths[0])
    look(paths[0], None)
    assert len(calls) == 3


def test_of_more_files_than_are_remembered_the_oldest_is_looked_at_again(paths, later, monkeypatch):
    monkeypatch.setattr(_digests, "_N_FILES", 2)
    calls = []
    look = remember_while_unchanged(calls.append)
    for row in (0, 1, 2, 1, 2, 0, 2, 1):
        look(paths[row])
    assert calls == [paths[row] for row in (0, 1, 2, 0, 1)]


def test_little_is_remembered_of_each_file(tmp_path, later):
    paths = [str(tmp_path / f"{'long' * 40}_{i:04}") for i in range(2000)]
    for path in paths:
        Path(path).touch()
    look = remember_while_unchanged(lambda path: None)
    tracemalloc.start()
    for path in paths:
        look(path)
    n_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 30 * len(paths) < n_bytes < 150 * len(paths)  # of which 49 are the hash


def test_what_is_found_in_files_that_are_alike_is_one_object(paths, later):
    seen = [_files._inspect(path, (4, 4), None) for path in paths]
    assert len(set(map(id, seen))) == len(set(seen)) < len(seen)


def test_a_file_that_was_just_written_is_looked_at_each_time(paths):
    calls = []
    look = remember_while_unchanged(calls.append)
    look(paths[0])
    look(paths[0])
    assert len(calls) == 2


def test_an_error_names_nothing_of_what_is_remembered(paths, later):
    look = remember_while_unchanged(lambda path: os.unlink(path + "x"))
    with pytest.raises(FileNotFoundError) as info:
        look(paths[0])
    assert info.value.__context__ is None


def test_a_file_that_could_not_be_read_for_a_moment_is_looked_at_again(paths, later, monkeypatch):
    def fail(path):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), path)

    with monkeypatch.context() as for_a_moment:
        for_a_moment.setattr(_pixels, "_read_file", fail)
        with pytest.raises(ValueError, match=r"5 of 5 .*Too many open files"):
            as_images(paths).verify()
    as_images(paths).verify()


def test_files_are_decoded_once_to_be_checked_by_each_fit(paths, later, monkeypatch):
    decoded, decode = [], _files.decode
    monkeypatch.setattr(_files, "decode", lambda *args: decoded.append(args[0]) or decode(*args))
    brightest = [as_images(paths, image_size=4).verify().brightest for _ in range(3)]
    assert sorted(decoded) == paths
    assert brightest == [{255.0: IMAGES.max()}] * 3
    with open(paths[1], "wb") as file:
        file.write(b"no image")
    with pytest.raises(ValueError, match=r"1 of 5 .*1\.png \(not an image"):
        as_images(paths, image_size=4).verify()
