"""Images on disk, read when they are asked for."""

import hashlib
import os
import reprlib
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from joblib import cpu_count

from imblearn_bbfl._images._brightness import check_pixels, is_bright, white_of_dtype
from imblearn_bbfl._images._digests import digest_file, remember_while_unchanged
from imblearn_bbfl._images._missing import advise, search_and_advise
from imblearn_bbfl._images._pixels import decode, resize, to_pixels, to_rgb
from imblearn_bbfl.exceptions import BrokenFilesError

_CHUNK_FILES = 1024
_MAX_LISTED = 20


class FileImages:
    """Image files, each decoded to red-green-blue when it is read."""

    is_table = False

    def __init__(self, X, size=None, mixed_sizes=False, pixel_max=None):
        for row, path in enumerate(X if X.dtype.kind == "O" else ()):
            if not isinstance(path, (str, bytes, os.PathLike)):
                raise ValueError(
                    f"X[{row}] must be the path of an image file, as others are, got "
                    f"{reprlib.repr(path) if np.ndim(path) == 0 else type(path).__name__}. Leave "
                    "out rows without a path, and pass either paths or images."
                )
        self._X = X
        self._white = pixel_max
        self.pixel_max = pixel_max or 255.0
        self._size = size
        self._mixed_sizes = mixed_sizes or size is not None

    def __len__(self):
        return len(self._X)

    @cached_property
    def shape(self):
        """(height, width, 3) of what `read` returns; unless resized, that of the first file."""
        return (*(self._size or self.read_one(0).shape[:2]), 3)

    def read(self, rows):
        """Return these images (n, h, w, 3); raise ValueError naming a file that fails.

        They are uint8 where white is 255, else float32. A row that comes twice is read once.
        """
        wanted, places = np.unique(rows, return_inverse=True)
        with ThreadPoolExecutor(min(len(wanted), cpu_count())) as pool:
            images = list(pool.map(self.read_one, wanted))
        for row, image in zip(wanted, images, strict=True):
            if image.shape != self.shape:
                raise ValueError(
                    f"Image file {os.fsdecode(self._X[row])} is {_size_text(image.shape)}, but "
                    f"{_size_text(self.shape)} is expected. Use image_size= to resize all images."
                )
        return np.stack([images[place] for place in places])

    def take(self, rows):
        """Return the images of these rows, read in the same way, to be sent away: their paths."""
        taken = copy(self)
        taken._X, taken.shape = self._X[rows], self.shape
        return taken

    def read_one(self, row):
        """Return one image (h, w, 3); raise ValueError naming its file if it fails."""
        path = self._path_of(row)
        try:
            image = decode(path, self._decoded_size)
        except ValueError as error:
            raise BrokenFilesError(
                f"Image file {path} cannot be read ({error}). Remove or replace it."
                f"{advise({path: str(error)})}",
                {path: str(error)},
            ) from None
        try:
            image = to_pixels(image, self._white)
        except ValueError as error:
            raise ValueError(f"Image file {path} does not fit pixel_max. {error}") from None
        # The colors last: a small image is sooner converted than a large one.
        return to_rgb(image if self._size is None else resize(image, self._size))

    def _path_of(self, row):
        return str(os.fsdecode(self._X[row]))  # and no np.str_

    @property
    def _decoded_size(self):
        """What files may be decoded to at once; None where each pixel has to be looked at."""
        return self._size if self._white in (None, 255) else None

    def source(self, row):
        """Return the path of one image."""
        return self._X[row]

    def digest(self, rows):
        """Return what tells each of these images from others: what its file holds, read how.

        None for a file that cannot be read.
        """
        with ThreadPoolExecutor(cpu_count()) as pool:  # reading is waiting
            return list(pool.map(self._digest_one, rows))

    def _digest_one(self, row):
        try:
            content = digest_file(self._path_of(row))
        except (OSError, ValueError):  # `read` says what is wrong
            return None
        return hashlib.sha256(content + repr((self._size, self._white)).encode()).digest()

    def verify(self, rows=None):
        """Decode every file once; raise one ValueError that lists all that are unfit.

        `brightest` has the brightest pixel by the value that white is taken to have; nothing where
        white is given.
        """
        rows = np.arange(len(self)) if rows is None else np.asarray(rows, dtype=np.intp)
        broken, unfit, path_of_size, brightest = {}, [], {}, {}
        with ThreadPoolExecutor(cpu_count()) as pool:
            for start in range(0, len(rows), _CHUNK_FILES):
                paths = [self._path_of(row) for row in rows[start : start + _CHUNK_FILES]]
                for path, seen in zip(paths, pool.map(self._inspect, paths), strict=True):
                    if seen.broken:
                        broken[path] = seen.broken
                        continue
                    if seen.unfit:
                        unfit.append(f"{path} ({seen.unfit})")
                    brightest[seen.white] = max(brightest.get(seen.white, 0), seen.brightest)
                    if not self._mixed_sizes:
                        path_of_size.setdefault(seen.size, path)
        if broken or unfit or len(path_of_size) > 1:
            message = self._describe(broken, unfit, path_of_size, len(rows))
            raise BrokenFilesError(message, broken) if broken else ValueError(message)
        self.brightest = brightest if self._white is None else {}
        return self

    def _inspect(self, path):
        return _inspect(path, self._decoded_size, self._white)

    def _describe(self, broken, unfit, path_of_size, n_files):
        sentences = []
        if broken:
            named = [f"{path} ({reason})" for path, reason in broken.items()]
            sentences.append(
                f"{len(broken)} of {n_files} image files cannot be read: {_list(named)}. Remove or "
                "replace them; all are in the attribute broken_files of this error, and the "
                f"loaders leave them out with skip_broken=True.{search_and_advise(broken)}"
            )
        if unfit:
            sentences.append(
                f"{len(unfit)} of {n_files} image files do not fit pixel_max={self._white:g}: "
                f"{_list(unfit)}. Pass the value of white in all files as pixel_max, or use "
                "pixel_max=None, which takes it from the depth of each file."
            )
        if len(path_of_size) > 1:
            (size, path), (other, other_path), *_ = path_of_size.items()
            sentences.append(
                f"Image files must be of one size, but {path} is {_size_text(size)} and "
                f"{other_path} is {_size_text(other)}. Use image_size= to resize all images."
            )
        return "\n".join(sentences)


class _Seen(NamedTuple):
    """What one file holds."""

    size: tuple[int, int] | None = None
    white: float | None = None  # by its depth
    brightest: int | None = None
    unfit: str | None = None  # why it does not fit the white that is given
    broken: str | None = None  # why it cannot be read; then nothing else is known


# Most files hold what others hold: what is remembered of them is then one object.
_see = lru_cache(maxsize=4096)(_Seen)


def _inspect(path, decoded_size, white):
    """Decode a file, and note what is wrong with it."""
    try:
        return _look(path, decoded_size, white)
    except ValueError as error:
        # Not remembered: the next time, a network may hand out what it could not hand out now.
        return _Seen(broken=str(error))


@remember_while_unchanged  # each fit of a search looks at the same files
def _look(path, decoded_size, white):
    """Decode a file, or raise ValueError; say what it holds."""
    image = decode(path, decoded_size)
    is_small = image.shape[:2] == decoded_size
    if is_small and not is_bright(image.max(), white_of_dtype(image.dtype)):
        image = decode(path)  # which may have a bright pixel among dark ones
    unfit = None
    try:
        check_pixels(image.min(), image.max(), image.dtype, white)
    except ValueError:
        unfit = f"{8 * image.dtype.itemsize} bit, brightest pixel {image.max()}"
    return _see(image.shape[:2], white_of_dtype(image.dtype), image.max(), unfit)


def _list(files):
    more = len(files) - _MAX_LISTED
    return ", ".join(files[:_MAX_LISTED]) + (f" and {more} more" if more > 0 else "")


def _size_text(size):
    return f"{size[0]} x {size[1]} pixels (height x width)"
