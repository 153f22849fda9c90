"""Features that fits share: what a network that is not trained makes of an image, computed once.

While only the head is trained, the features of an image are the same in each fold, for each
candidate of a search, for each method of a comparison, and when the fitted classifier predicts.

Features are found again by all that they depend on, whatever it is called: the graph of the network
(`make_graph_key`), the values of its weights (`hash_weights`), and the pixels of the image or the
content of its file (`digest` of what `as_images` returns). Those of an image do not depend on other
images (`predict_chunks`), so results are those of features that were computed for the fit alone,
bit for bit on one processor and backend.

Limits: `make_graph_key` says whose features are not kept. Nor are those of tables, which take less
time to compute than to look up, of networks over several devices, and of networks that draw random
numbers as they predict. Features belong to one process.
"""

import tempfile
import threading
import weakref
from collections import OrderedDict
from numbers import Integral

import keras
import numpy as np

from imblearn_bbfl.training._devices import is_distributed
from imblearn_bbfl.training._messages import report
from imblearn_bbfl.training._network_key import hash_weights, make_graph_key
from imblearn_bbfl.training._prediction import predict_chunks

_MEMORY_BYTES, _DISK_BYTES = 2**28, 2**30
_MOST_FILES = 64  # that are open at once: systems allow a process some hundred


class FeatureStore:
    """The features of images by one network: in memory, or in a file that is mapped into it.

    The file has no name. So it takes no more space once nobody has it open, however the process
    ends.
    """

    def __init__(self):
        self.n_bytes = 0
        self.is_on_disk = False
        self._places = {}  # by image: number of the block, number of the row in it
        self._blocks = []  # arrays of shape (n, n_features)

    def __len__(self):
        return len(self._places)

    def get(self, digest):
        """Return the features of an image, of shape (n_features,), or None."""
        place = self._places.get(digest)
        return None if place is None else self._blocks[place[0]][place[1]]

    def add(self, digests, features):
        """Add those of further images, of shape (n, n_features); OSError if the disk is full."""
        if self.is_on_disk:
            block, start = 0, sum(map(len, self._blocks))
            self._append(features)
        else:
            block, start = len(self._blocks), 0
            self._blocks.append(features)
        self.n_bytes += features.nbytes
        self._places |= {digest: (block, start + i) for i, digest in enumerate(digests)}

    def move_to_disk(self):
        """Write all to a file; OSError if the disk is full."""
        starts = np.cumsum([0, *map(len, self._blocks)]).tolist()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as it is mapped)
        self.is_on_disk = True
        blocks, self._blocks = self._blocks, []
        for block in blocks:
            self._append(block)
        self._places = {key: (0, starts[number] + i) for key, (number, i) in self._places.items()}

    def _append(self, features):
        # Written, for on a full disk what is assigned to a map that grows would end the process.
        self._file.write(np.ascontiguousarray(features).view(np.uint8))
        self._file.flush()
        n_rows = len(features) + sum(map(len, self._blocks))
        shape = n_rows, features.shape[1]
        self._blocks = [np.asarray(np.memmap(self._file, features.dtype, "r", shape=shape))]


class FeaturePool:
    """Features that were computed in this process, by what they depend on.

    Parameters
    ----------
    max_bytes : int, default=2**28
        How many bytes of them are in memory at most. With 0 none are kept.
    max_disk_bytes : int, default=2**30
        How many further bytes are in files at most.
    """

    def __init__(self, max_bytes=_MEMORY_BYTES, max_disk_bytes=_DISK_BYTES):
        self._max_bytes = max_bytes
        self._max_disk_bytes = max_disk_bytes
        self._stores = OrderedDict()  # by network, the least recently used first
        self._graphs = weakref.WeakKeyDictionary()  # keys of networks, which take long to describe
        self._lock = threading.Lock()

    def compute(self, network, images, rows=None, *, workers=1, verbose=0):
        """Return what a network makes of images, of which those that are known are not read.

        Parameters
        ----------
        network, images, rows, workers, verbose
            As in `predict_chunks`. The layers of the network stay what they are, the values of its
            weights need not.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features)
            In the order of the rows.
        """
        is_shared = self._max_bytes and not images.is_table and not is_distributed()
        key = self._make_key(network) if is_shared else None
        if key is None:
            return predict_chunks(network, images, rows, workers=workers, verbose=verbose)
        rows = np.arange(len(images)) if rows is None else np.asarray(rows)
        # A file that cannot be read has none, and is like no other: reading it says what is wrong.
        digests = [digest or i for i, digest in enumerate(images.digest(rows))]
        row_of = dict(zip(digests, rows, strict=True))  # copies of an image have one row
        found = self._get(key, row_of)
        if found:
            report(verbose, "Features of %d of %d images are known", len(found), len(row_of))
        missing = [digest for digest in row_of if digest not in found]
        if missing:
            wanted = np.array([row_of[digest] for digest in missing])
            states = _read_states(network)
            computed = predict_chunks(network, images, wanted, workers=workers, verbose=verbose)
            found.update(zip(missing, computed, strict=True))
            if all(map(np.array_equal, states, _read_states(network))):  # nothing was drawn
                is_same = [a == b for a, b in zip(images.digest(wanted), missing, strict=True)]
                kept = np.flatnonzero(is_same)  # not what was changed meanwhile
                self._add(key, [missing[i] for i in kept], computed[kept])
        return np.stack([found[digest] for digest in digests])

    def resize(self, max_bytes, max_disk_bytes):
        """Keep at most that much from now on."""
        with self._lock:
            self._max_bytes, self._max_disk_bytes = max_bytes, max_disk_bytes
            self._make_room()

    def clear(self):
        """Forget all features."""
        with self._lock:
            self._stores.clear()

    def __len__(self):
        """Return of how many images there are features, counted anew for each network."""
        with self._lock:
            return sum(map(len, self._stores.values()))

    def _make_key(self, network):
        if network not in self._graphs:
            self._graphs[network] = make_graph_key(network)
        graph = self._graphs[network]
        return None if graph is None else (graph, hash_weights(network))

    def _get(self, key, digests):
        with self._lock:
            if key not in self._stores:
                return {}
            self._stores.move_to_end(key)
            rows = {digest: self._stores[key].get(digest) for digest in digests}
        return {digest: features for digest, features in rows.items() if features is not None}

    def _add(self, key, digests, features):
        """Keep as many as there is room for; those of images seen first stay, the others go."""
        if not digests:
            return
        with self._lock:
            store = self._stores.pop(key, None) or FeatureStore()
            most = self._max_disk_bytes
            if not store.is_on_disk:
                most = max(most, self._max_bytes)
            n_rows = max(0, (most - store.n_bytes) // features[0].nbytes)
            if n_rows < len(features):
                digests, features = digests[:n_rows], features[:n_rows].copy()
            self._stores[key] = store  # the most recently used
            if digests:
                self._try(key, store.add, digests, features)
            self._make_room()

    def _make_room(self):
        """Move what was used least recently to files, and close those that are too much."""
        for key, store in list(self._stores.items()):
            if self._count_bytes(is_on_disk=False) <= self._max_bytes:
                break
            if store.is_on_disk:
                continue
            if self._max_bytes and store.n_bytes <= self._max_disk_bytes:
                self._try(key, store.move_to_disk)
            else:
                del self._stores[key]
        on_disk = [key for key, store in self._stores.items() if store.is_on_disk]
        while on_disk and (
            not self._max_bytes
            or len(on_disk) > _MOST_FILES
            or self._count_bytes(is_on_disk=True) > self._max_disk_bytes
        ):
            del self._stores[on_disk.pop(0)]

    def _count_bytes(self, *, is_on_disk):
        return sum(s.n_bytes for s in self._stores.values() if s.is_on_disk == is_on_disk)

    def _try(self, key, write, *args):
        """Write to the disk; where it is full, forget what was to be there."""
        try:
            write(*args)
        except OSError as error:
            report(False, "Shared features cannot be kept on disk: %s", error)
            del self._stores[key]


FEATURES = FeaturePool()


def set_shared_features(max_bytes: int, max_disk_bytes: int = _DISK_BYTES) -> None:
    """Set how many features of images are kept, for later fits in this process to use.

    While `head_epochs` train the head alone, and when a classifier predicts whose other layers were
    never trained, images are run through the network for their features, which takes nearly all of
    the time. Features of an image are computed once for all fits, folds and candidates whose
    networks have the same layers and weights there, with the results of fits on their own. An image
    of MobileNetV2 takes 5 kB, one of ResNet50 8 kB.

    Parameters
    ----------
    max_bytes : int
        How many bytes of features stay in memory, 2**28 (256 MiB) by default. With 0 no fit shares
        features, and none are kept.
    max_disk_bytes : int, default=2**30
        How many further bytes, 1 GiB by default, go to files that are mapped into memory: those of
        the networks that were used least recently. With 0 they are forgotten. The files are in the
        folder of :func:`tempfile.gettempdir`, without names, and end with the process.

    Raises
    ------
    ValueError
        If one of them is not a whole number, or negative.

    See Also
    --------
    clear_shared_features : Frees their memory once.
    set_shared_networks : Sets how many traced networks are kept.

    Examples
    --------
    >>> from imblearn_bbfl import set_shared_features
    >>> set_shared_features(0)  # every fit computes its own
    >>> set_shared_features(2**28)  # the default
    """
    for name, number in (("max_bytes", max_bytes), ("max_disk_bytes", max_disk_bytes)):
        if not isinstance(number, Integral) or isinstance(number, bool) or number < 0:
            raise ValueError(
                f"{name}={number!r} must be a whole number >= 0. Use max_bytes=0 to share none."
            )
    FEATURES.resize(int(max_bytes), int(max_disk_bytes))


def clear_shared_features() -> None:
    """Free the memory of the features that are kept for later fits.

    Classifiers stay fitted. The next fit computes features anew.

    See Also
    --------
    set_shared_features : Sets how many are kept.

    Examples
    --------
    >>> from imblearn_bbfl import clear_shared_features
    >>> clear_shared_features()
    """
    FEATURES.clear()


def _read_states(network):
    """Return the values of what is no weight: where the random numbers of layers are."""
    weights = {id(weight) for weight in network.weights}
    states = [variable for variable in network.variables if id(variable) not in weights]
    return [keras.ops.convert_to_numpy(state) for state in states]
