"""Read mutated image files; run by test_files.py in a process of its own, which may crash.

    python fuzz_files.py N_FILES FOLDER

Prints, for each kind of file and then for all, how many could be read and how many were refused.
Any other error ends it, as does a file that takes longer than half a minute, or a gigabyte.
"""

import io
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from imblearn_bbfl._images import as_images

ORIENTATION = 0x0112  # tag of EXIF
MOST_SECONDS, MOST_KILOBYTES = 30, 2**20


def make_originals():
    """Return the bytes of a small image as each kind of file, by kind and ending."""
    rng = np.random.default_rng(0)
    image = cv2.GaussianBlur(rng.integers(0, 256, (48, 40, 3), dtype=np.uint8), (0, 0), 2)
    files = {
        (kind, kind): cv2.imencode(f".{kind}", image)[1].tobytes()
        for kind in ("jpg", "png", "bmp", "tif", "webp", "gif", "avif", "jp2", "ppm")
    }
    deep = image.astype(np.uint16) * 257
    for ending in ("png", "tif"):
        files["16 bit", ending] = cv2.imencode(f".{ending}", deep)[1].tobytes()
    picture = Image.fromarray(image)
    for turn in range(2, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = turn
        files[f"EXIF {turn}", "jpg"] = encode(picture, "JPEG", exif=exif)
    files["CMYK", "jpg"] = encode(picture.convert("CMYK"), "JPEG")
    files["CMYK", "tif"] = encode(picture.convert("CMYK"), "TIFF")
    files["gray", "jpg"] = encode(picture.convert("L"), "JPEG")
    files["progressive", "jpg"] = encode(picture, "JPEG", progressive=True)
    files["palette", "png"] = encode(picture.convert("P"), "PNG", transparency=0)
    files["LZW", "tif"] = encode(picture, "TIFF", compression="tiff_lzw")
    moving = [picture.rotate(90 * turn).resize((40, 48)) for turn in range(1, 4)]
    for ending in ("gif", "png", "webp"):
        files["moving", ending] = encode(
            picture, ending, save_all=True, append_images=moving, duration=50
        )
    return files


def encode(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


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


def is_read(path):
    """Say whether a file can be read; any error but one that names it is passed on."""
    try:
        image = as_images([str(path)], image_size=16).read_one(0)
    except ValueError as error:
        if path.name not in str(error):
            raise
        return False
    assert image.shape == (16, 16, 3)
    assert image.dtype == np.uint8
    return True


def measure_peak():
    """Return the most memory that this process has had, in kB.

    Not by ``getrusage``, whose peak goes on from that of the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0])


def main(n_files, folder):
    originals = list(make_originals().items())
    n_read, n_all = Counter(), Counter()
    for number in range(n_files):
        rng = np.random.default_rng(number)
        (kind, ending), data = originals[number % len(originals)]
        path = folder / f"fuzzed.{ending}"
        path.write_bytes(data)
        assert number >= len(originals) or is_read(path), f"{kind} {ending} as it was"
        path.write_bytes(mutate(data, rng))
        start = time.perf_counter()
        n_read[kind, ending] += is_read(path)
        assert time.perf_counter() - start < MOST_SECONDS
        assert measure_peak() < MOST_KILOBYTES
        n_all[kind, ending] += 1
    for (kind, ending), n in n_all.items():
        print(f"{kind} {ending}".ljust(16), n_read[kind, ending], n - n_read[kind, ending])
    print("all".ljust(16), n_read.total(), n_all.total() - n_read.total())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
