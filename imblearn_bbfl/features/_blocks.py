"""Features block by block: spread over the workers of joblib, and kept on disk."""

import hashlib
import importlib
import uuid
from functools import lru_cache
from pathlib import Path

import keras
import numpy as np
from joblib import Parallel, delayed

from imblearn_bbfl._files import read_arrays, write_arrays
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.training import hash_weights, make_graph_key, report

_BLOCK_ROWS = 256  # few enough to lose little, enough for a worker to be busy for a while


def compute_blocks(compute, images, *, n_jobs=None, kept=None, verbose=0):
    """Compute the features of images block by block.

    Parameters
    ----------
    compute : callable
        Takes images, and returns an array of shape (n, n_features), where a row does not depend on
        the others. Can be pickled.
    images : object returned by ``as_images``
        Whose features are wanted.
    n_jobs : int, default=None
        Blocks at a time, as joblib has it.
    kept : FeatureFolder, default=None
        What is in it is not computed. The others go there, each as soon as it is finished.
    verbose : int, default=0
        Whether it is said how far it is.

    Returns
    -------
    features : ndarray of shape (n_samples, n_features)
        In the order of the images.
    """
    rows = np.arange(len(images))
    blocks = (rows[start : start + _BLOCK_ROWS] for start in rows[::_BLOCK_ROWS])
    sent = _Sent(compute)
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    computed = parallel(
        delayed(_compute_block)(sent, kept, block[0], images.take(block)) for block in blocks
    )
    features, n_done = None, 0
    for start, block in computed:
        if features is None:
            features = np.empty((len(rows), *block.shape[1:]), block.dtype)
        features[start : start + len(block)] = block
        n_done += len(block)
        report(verbose, "Features of %s of %s images", f"{n_done:,}", f"{len(rows):,}")
    return features


class FeatureFolder:
    """A folder with a file for each block of features.

    Its name is a hash of all that they depend on: the network, its weights, the versions of what
    computes them, and the content of the images. So what has changed is computed anew.

    Parameters
    ----------
    path : str or path
        Made if it is not there.
    network : keras.Model
        From pixels to features.
    how : str
        What else the features depend on.

    Raises
    ------
    ValueError
        If the network has parts that nothing describes.
    """

    def __init__(self, path, network, how):
        graph, classes = make_graph_key(network) or (None, None)
        if graph is None or classes:
            raise ValueError(
                f"checkpoint={str(path)!r} keeps features by what the network is made of, but "
                "this one has layers or functions of your own, of which nothing tells whether "
                "they are still the same. Use checkpoint=None."
            )
        self._path = Path(path)
        self._path.mkdir(parents=True, exist_ok=True)
        backend = importlib.import_module(keras.config.backend())
        versions = keras.__version__, backend.__name__, backend.__version__
        self._origin = repr((graph, hash_weights(network), how, versions)).encode()

    def name(self, images):
        """Return the name of the file for a block of images, None if one cannot be read."""
        digests = images.digest(np.arange(len(images)))
        if None in digests:
            return None
        return hashlib.sha256(b"".join([self._origin, *digests])).hexdigest()[:32] + ".npz"

    def read(self, name, n_images):
        """Return the block of that name, or None if it is not there.

        Warns
        -----
        UserWarning
            If it is damaged; None is returned then as well.
        """
        if name is None:
            return None
        path = self._path / name
        try:
            block = read_arrays(path, "")["block"]
            if block.ndim == 2 and len(block) == n_images and block.dtype == np.float32:
                return block
            reason = f"it holds {block.dtype} of shape {block.shape}"
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, OSError) as error:
            reason = str(error.__cause__ or error)
        warn_user(
            f"The features of {n_images} images in {path} cannot be read ({reason}). They are "
            "computed anew, and the file is written again."
        )
        return None

    def write(self, name, block):
        """Keep a block.

        Warns
        -----
        UserWarning
            If it cannot be written: what was computed still reaches the caller.
        """
        try:
            write_arrays(self._path / name, {"block": block}, is_compressed=False)
        except OSError as error:
            warn_user(
                f"Features cannot be kept in {self._path}: {error.strerror}. They are returned all "
                "the same; a call that goes on from this folder computes again what is not there."
            )


class _Sent:
    """What is sent to a process with each block, and is the same each time."""

    def __init__(self, compute):
        self.compute = compute
        self._id = uuid.uuid4()

    def __eq__(self, other):
        return self._id == other._id

    def __hash__(self):
        return hash(self._id)


@lru_cache(maxsize=4)
def _receive(sent):
    """Return what came with the first block, so that a function in it finds its network again."""
    return sent.compute


def _compute_block(sent, kept, start, images):
    """Return where a block begins, and its features."""
    compute = _receive(sent)
    if kept is None:
        return start, compute(images)
    name = kept.name(images)
    block = kept.read(name, len(images))
    if block is None:
        block = compute(images)
        if name is not None and kept.name(images) == name:  # no file was changed meanwhile
            kept.write(name, block)
    return start, block
