"""Image files that change, break, or are meant to harm."""

import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from imblearn_bbfl._images import as_images

FUZZ = Path(__file__).parent / "fuzz_files.py"


class AfterFirstEpoch(keras.callbacks.Callback):
    """Do something to a file after the first epoch."""

    def __init__(self, change, path):
        super().__init__()
        self.change, self.path = change, Path(path)

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.change(self.path)


def truncate(path):
    path.write_bytes(path.read_bytes()[:60])


def enlarge(path):
    cv2.imwrite(str(path), np.zeros((20, 20, 3), np.uint8))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Path.unlink, "0.png cannot be read .missing.. Remove or replace it"),
        (truncate, "0.png cannot be read .truncated or damaged."),
        (enlarge, "0.png is 20 x 20 .*Use image_size= to resize"),
    ],
)
def test_a_file_that_changes_during_training_is_named(classifier, files, change, words):
    callback = AfterFirstEpoch(change, files[0][0])
    with pytest.raises(Exception, match=words) as error:
        classifier.set_params(callbacks=[callback], epochs=4, sampling=None).fit(*files)
    assert not isinstance(error.value, (AttributeError, TypeError))


@pytest.mark.slow
def test_a_file_of_another_size_is_resized_where_that_is_asked_for(classifier, files):
    callback = AfterFirstEpoch(enlarge, files[0][0])
    classifier.set_params(callbacks=[callback], image_size=16).fit(*files)
    assert len(classifier.history_["loss"]) == 2


def test_paths_with_spaces_unicode_links_and_out_of_the_folder(classifier, files, tmp_path):
    paths, y = files
    expected = classifier.fit(paths, y).predict_proba(paths)
    folder = tmp_path / "eye images" / "œil gauche 目"
    folder.mkdir(parents=True)
    renamed = []
    for row, path in enumerate(paths):
        link = folder / f"{row} {chr(0x1F441)}.png"
        link.symlink_to(path)
        renamed.append(folder / ".." / folder.name / link.name)
    assert np.array_equal(classifier.predict_proba(renamed), expected)


def make_png(width, height):
    """Return a PNG file of a few bytes that declares such a size."""

    def chunk(kind, data):
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


READ = """
import resource, sys
from imblearn_bbfl._images import as_images
images = as_images([sys.argv[1]])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    images.read([0])
except ValueError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "limit"), [(60_000, None), pytest.param(20_000, 2**26, marks=pytest.mark.slow)]
)
def test_a_decompression_bomb_is_refused_before_memory_is_taken(tmp_path, monkeypatch, size, limit):
    path = tmp_path / "bomb.png"
    path.write_bytes(make_png(size, size))
    if limit:
        monkeypatch.setenv("OPENCV_IO_MAX_IMAGE_PIXELS", str(limit))
    run = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, timeout=120
    )
    *error, megabytes = run.stdout.splitlines()
    assert "bomb.png cannot be read" in error[0]
    assert int(megabytes) < 100


def test_a_png_file_whose_chunk_goes_on_beyond_its_end_is_refused_unread(tmp_path, monkeypatch):
    damaged = bytearray(make_png(8, 8))
    at = damaged.index(b"IDAT")
    damaged[at - 4 : at] = b"\xff\xff\xff\xff"  # 4 GB, which OpenCV 5 allocates
    path = tmp_path / "damaged.png"
    path.write_bytes(damaged)
    monkeypatch.setattr("imblearn_bbfl._images._pixels.imdecode", None)
    with pytest.raises(ValueError, match=r"damaged\.png cannot be read \(truncated or damaged"):
        as_images([str(path)]).read([0])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the peak of memory")
def test_mutated_files_are_read_or_refused_without_a_crash(tmp_path):
    run = subprocess.run(
        [sys.executable, FUZZ, "2700", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    n_read, n_refused = map(int, run.stdout.split()[-2:])
    assert n_read + n_refused == 2700
    assert n_refused > 1000
