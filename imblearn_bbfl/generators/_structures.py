"""Several inputs or outputs of a network: dicts or tuples whose rows belong together."""

from collections.abc import Mapping
from operator import getitem

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import assert_all_finite

from imblearn_bbfl._images import as_images, count_rows, warn_of_unused_range
from imblearn_bbfl._one_hot import as_labels
from imblearn_bbfl._warnings import warn_user


class Structure:
    """A dict or tuple of what has the same rows, of which some can be taken.

    Parameters
    ----------
    parts : dict, tuple or list
        By name or in order.
    read : callable
        Takes a part and row numbers, and returns these rows of it.
    """

    def __init__(self, parts, read):
        if not parts:
            raise ValueError(f"X or y is {parts!r}, but must hold at least one array. Fill it.")
        self._is_named = isinstance(parts, Mapping)
        self.parts = _split(parts)
        self._read = read

    def __getitem__(self, rows):
        """Return these rows of each part, in the structure of all."""
        return self.wrap({key: self._read(part, rows) for key, part in self.parts.items()})

    def wrap(self, values):
        """Return values by name or number in the structure of the parts."""
        return values if self._is_named else tuple(values.values())


class Inputs(Structure):
    """Images, tables and other arrays that a network takes together."""

    def __init__(self, X, **settings):
        made = {key: _as_input(part, **settings) for key, part in _split(X).items()}
        parts = made if isinstance(X, Mapping) else list(made.values())
        super().__init__(parts, _read_rows)
        self.images = {key: part for key, part in self.parts.items() if not part.is_table}

    def __len__(self):
        return len(next(iter(self.parts.values())))

    @property
    def is_table(self):
        """Whether none of the inputs are images."""
        return not self.images

    @property
    def pixel_max(self):
        """A value of white, None where that of some images cannot be told."""
        whites = [images.pixel_max for images in self.images.values()]
        return None if None in whites else max(whites, default=None)

    def read(self, rows):
        """Return these rows of each input."""
        return self[rows]

    def verify(self):
        """Raise what is wrong with the first input that is amiss; warn of an unused range."""
        for part in self.parts.values():
            warn_of_unused_range(part.verify())
        return self


def _read_rows(part, rows):
    return part.read(rows)


class EachImages:
    """Augmentation of each input that is images, with draws of its own."""

    def __init__(self, augmentation, inputs):
        self._augmentation = augmentation
        self._inputs = inputs

    def augment(self, X, random_state, pixel_max):
        """Return the inputs with changed images. Each has its own white, whatever `pixel_max`."""
        values = _split(X)
        changed = {
            key: self._augmentation.augment(values[key], random_state, pixel_max=images.pixel_max)
            for key, images in self._inputs.images.items()
        }
        return self._inputs.wrap({**values, **changed})


class _Rows:
    """An array of numbers that is neither images nor a table, such as one number for each row."""

    is_table = True
    pixel_max = None

    def __init__(self, X):
        self._X = np.asarray(X)

    def __len__(self):
        return len(self._X)

    def read(self, rows):
        return self._X[rows]

    def verify(self):
        assert_all_finite(self._X, input_name="X")
        return self


def _as_input(X, *, image_size, pixel_max, keep_sparse):
    shape = getattr(X, "shape", (0, 0))
    if len(shape) not in (2, 4) and getattr(getattr(X, "dtype", None), "kind", "O") in "biuf":
        return _Rows(X)
    if as_images(X, mixed_sizes=True).is_table:
        return as_images(X, keep_sparse=keep_sparse)
    return as_images(X, image_size=image_size, pixel_max=pixel_max)


def count_samples(X, y):
    """Return the number of rows of X and y, which may have several inputs and outputs."""
    for given in (y, X):
        if isinstance(given, Mapping) and given:
            return count_rows(next(iter(given.values())))
        if hasattr(given, "shape"):
            return given.shape[0]
    # Both are lists or tuples: of rows, or of fewer inputs and outputs than these have rows.
    n_rows = len(y[0]) if y and hasattr(y[0], "__len__") else 0
    return n_rows if len(X) < n_rows and is_several(X, n_rows) else len(y)


def is_several(given, n_samples):
    """Say whether this is a dict, tuple or list of what has `n_samples` rows each."""
    if isinstance(given, Mapping):
        return True
    if not isinstance(given, (tuple, list)) or len(given) == n_samples:
        return False
    has_rows = [hasattr(part, "__len__") and not isinstance(part, (str, bytes)) for part in given]
    return all(has_rows) and all(count_rows(part) == n_samples for part in given)


def as_targets(given, n_samples, convert):
    """Return converted targets, or weights: what rows can be taken of, be there several or one."""
    if not is_several(given, n_samples):
        return convert(given)
    converted = {key: convert(part) for key, part in _split(given).items()}
    is_named = isinstance(given, Mapping)
    return Structure(converted if is_named else list(converted.values()), getitem)


def list_parts(given, n_samples):
    """Return the parts of several, or the one there is in a list."""
    return list(_split(given).values()) if is_several(given, n_samples) else [given]


def _split(given):
    """Return several parts by name, or by number where they have none."""
    return dict(given) if isinstance(given, Mapping) else dict(enumerate(given))


def as_dense(y):
    """Return targets or weights as an array."""
    try:
        return y.toarray() if issparse(y) else np.asarray(y)
    except ValueError as error:
        lengths = sorted({np.size(part) for part in y})
        raise ValueError(
            f"The parts of y differ in length: {lengths}. Each output needs one value per row of X."
        ) from error


def warn_of_text(targets):
    """Warn of labels that losses of Keras cannot take."""
    if isinstance(targets.flat[0], (str, bytes)):
        warn_user(
            "y holds text. Batches are balanced by it, but losses of Keras take numbers. For "
            "model.fit, pass the number of each class: np.unique(y, return_inverse=True)[1]."
        )


def choose_labels(y, balance_by, n_samples):
    """Return the label of each row that batches are balanced by.

    Parameters
    ----------
    y : array-like, or dict or tuple of these
        The targets.
    balance_by : None, str, int or array-like of shape (n_samples,)
        As in `BalancedBatchGenerator`.
    n_samples : int
        Number of rows.

    Returns
    -------
    labels : array-like of shape (n_samples,)
        Of any kind.

    Raises
    ------
    ValueError
        If it is not clear which output is meant, there is no such output, or it holds no labels.
    """
    remedy = (
        "For multi-label targets, say which column batches are balanced by, as in balance_by=0, or "
        "pass one label per row as balance_by."
    )
    outputs = _split(y) if is_several(y, n_samples) else _split_columns(y)
    if hasattr(balance_by, "__len__") and not isinstance(balance_by, (str, tuple)):
        if np.shape(balance_by) != (n_samples,):
            raise ValueError(
                f"balance_by has the shape {np.shape(balance_by)}, but there are {n_samples} rows. "
                "Pass one label per row, or the name or number of an output."
            )
        return balance_by
    if balance_by is None:
        if not is_several(y, n_samples):
            return as_labels(y, remedy=remedy)
        if len(y) > 1:
            raise ValueError(
                f"y has {len(y)} outputs, {_list(outputs)}. Say which one batches are balanced by, "
                f"as in balance_by={next(iter(outputs))!r}."
            )
        balance_by = next(iter(outputs))
    if balance_by not in outputs:
        known = _list(outputs) if outputs else "it has one column of labels"
        raise ValueError(
            f"balance_by={balance_by!r} is not an output of y: {known}. Pass the name or number of "
            "an output, one label per row, or None for labels in one column."
        )
    return as_labels(
        outputs[balance_by],
        name=f"The output {balance_by!r} of y",
        remedy="Pass one label per row as balance_by, such as one of its columns.",
    )


def _split_columns(y):
    """Return the columns of a table of targets by name, or by number where they have none."""
    if hasattr(y, "columns"):
        return {name: y[name] for name in y.columns}
    rows = as_dense(y)
    return dict(enumerate(rows.T)) if rows.ndim == 2 else {}


def _list(outputs):
    return ", ".join(map(repr, outputs))
