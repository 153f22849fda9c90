"""Images on disk, read when they are asked for."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np
from joblib import cpu_count

from imblearn_bbfl._images._pixels import decode, resize

_CHUNK_FILES = 1024
_MAX_LISTED = 20


class FileImages:
    """Image files, each decoded to red-green-blue when it is read."""

    is_table = False
    pixel_max = 255.0

    def __init__(self, X, size=None, mixed_sizes=False):
        for row, path in enumerate(X if X.dtype.kind == "O" else ()):
            if not isinstance(path, (str, bytes, os.PathLike)):
                raise ValueError(f"X[{row}] must be the path of an image file, got {path!r}.")
        self._X = X
        self._size = size
        self._mixed_sizes = mixed_sizes or size is not None

    def __len__(self):
        return len(self._X)

    @cached_property
    def shape(self):
        """(height, width, 3) of what `read` returns; unless resized, that of the first file."""
        return (*(self._size or self.read_one(0).shape[:2]), 3)

    def read(self, rows):
        """Return these images as uint8 (n, h, w, 3); raise ValueError naming a file that fails."""
        with ThreadPoolExecutor(min(len(rows), cpu_count())) as pool:
            images = list(pool.map(self.read_one, rows))
        for row, image in zip(rows, images, strict=True):
            if image.shape != self.shape:
                raise ValueError(
                    f"Image file {os.fsdecode(self._X[row])} is {_size_text(image.shape)}, but "
                    f"{_size_text(self.shape)} is expected. Use image_size= to resize all images."
                )
        return np.stack(images)

    def read_one(self, row):
        """Return one image as uint8 (h, w, 3); raise ValueError naming its file if it fails."""
        try:
            image = decode(self._X[row])
        except ValueError as error:
            raise ValueError(
                f"Image file {os.fsdecode(self._X[row])} cannot be read ({error}). Remove or "
                "replace it."
            ) from None
        return image if self._size is None else resize(image, self._size)

    def verify(self, rows=None):
        """Decode every file once; raise one ValueError that lists all that are unfit."""
        rows = np.arange(len(self)) if rows is None else np.asarray(rows, dtype=np.intp)
        problems, path_of_size = [], {}
        with ThreadPoolExecutor(cpu_count()) as pool:
            for start in range(0, len(rows), _CHUNK_FILES):
                paths = [os.fsdecode(self._X[row]) for row in rows[start : start + _CHUNK_FILES]]
                for path, (size, problem) in zip(paths, pool.map(_inspect, paths), strict=True):
                    if problem:
                        problems.append(f"{path} ({problem})")
                    elif not self._mixed_sizes:
                        path_of_size.setdefault(size, path)
        if problems or len(path_of_size) > 1:
            raise ValueError(_describe(problems, path_of_size, len(rows)))
        return self


def _inspect(path):
    """Return the size of the image in a file and what is wrong with it; either is None."""
    try:
        return decode(path).shape[:2], None
    except ValueError as error:
        return None, str(error)


def _describe(problems, path_of_size, n_files):
    sentences = []
    if problems:
        more = len(problems) - _MAX_LISTED
        listed = ", ".join(problems[:_MAX_LISTED]) + (f" and {more} more" if more > 0 else "")
        sentences.append(
            f"{len(problems)} of {n_files} image files cannot be read: {listed}. Remove or "
            "replace them."
        )
    if len(path_of_size) > 1:
        (size, path), (other, other_path), *_ = path_of_size.items()
        sentences.append(
            f"Image files must be of one size, but {path} is {_size_text(size)} and {other_path} "
            f"is {_size_text(other)}. Use image_size= to resize all images."
        )
    return "\n".join(sentences)


def _size_text(size):
    return f"{size[0]} x {size[1]} pixels (height x width)"
