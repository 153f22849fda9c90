"""Read mutated image files; run by test_files.py in a process of its own, which may crash.

    python fuzz_files.py N_FILES FOLDER

Prints how many files could be read and how many were refused. Any other error ends it.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from imblearn_bbfl._images import as_images

FORMATS = [".jpg", ".png", ".bmp", ".tif", ".webp"]


def make_originals():
    """Return files of small images, in each format."""
    rng = np.random.default_rng(0)
    image = cv2.GaussianBlur(rng.integers(0, 256, (24, 20, 3), dtype=np.uint8), (0, 0), 2)
    return {ending: cv2.imencode(ending, image)[1].tobytes() for ending in FORMATS}


def mutate(data, rng):
    """Return the bytes with some changed, left out, repeated or cut off, often in the header."""
    data = bytearray(data)
    end = min(len(data), 64) if rng.random() < 0.5 else len(data)
    for _ in range(rng.integers(1, 8)):
        at = int(rng.integers(0, end))
        kind = rng.integers(0, 5)
        if kind == 0:
            data[at : at + 1] = rng.bytes(1)
        elif kind == 1:
            data[at : at + 4] = b"\xff\xff\xff\xff" if rng.random() < 0.5 else bytes(4)
        elif kind == 2:
            del data[at : at + int(rng.integers(1, 16))]
        elif kind == 3:
            data[at:at] = data[at : at + int(rng.integers(1, 64))]
        else:
            del data[at + 8 :]
        end = max(1, min(end, len(data)))
        if not data:
            return b""
    return bytes(data)


def main(n_files, folder):
    originals = list(make_originals().items())
    n_read = 0
    for number in range(n_files):
        rng = np.random.default_rng(number)
        ending, data = originals[number % len(originals)]
        path = folder / f"fuzzed{ending}"
        path.write_bytes(mutate(data, rng))
        try:
            image = as_images([str(path)], image_size=16).read_one(0)
        except ValueError as error:
            if path.name not in str(error):
                raise
            continue
        assert image.shape == (16, 16, 3)
        assert image.dtype == np.uint8
        n_read += 1
    print(n_read, n_files - n_read)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
