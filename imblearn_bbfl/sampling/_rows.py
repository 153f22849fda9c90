"""What all row plans share: labels to classes, seeds, and the bounds of epochs and batches."""

from abc import abstractmethod
from collections.abc import Sequence
from numbers import Integral
from threading import Lock
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from imblearn_bbfl._one_hot import as_labels

_CHUNK = 2**20  # labels looked up at a time, so that 10 million take little memory


class RowPlan(BaseEstimator):
    """Base of the row plans: says which rows make up each batch of each epoch.

    Pass one as `sampling` of :class:`~imblearn_bbfl.BBFLClassifier` or as `sampler` of
    :class:`~imblearn_bbfl.BalancedBatchGenerator`. They copy it, and set its `batch_size` and
    `random_state` to their own. Then they fit it on the labels of the rows that are trained on.

    A subclass stores the parameters `batch_size` and `random_state`, and perhaps more, in its
    constructor, and defines two methods, whose leading underscore says that only this class calls
    them:

    - ``_fit_plan(X, y, codes)`` sets `n_batches_`, and keeps what drawing needs. `y` has the
      labels, `codes` the place of each in `classes_`, and `X` is the table of features, or None for
      images. It may set `class_counts_` too.
    - ``_sample_batch(epoch, batch)`` returns the row numbers of a batch, from 0 to
      ``len(y) - 1``. The same numbers must come whenever it is asked for the same batch, in any
      order and in any thread. Draw them from ``np.random.default_rng([self.seed_, epoch, batch])``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_batches_ : int
        Batches per epoch.
    class_counts_ : ndarray of shape (n_classes,)
        Rows of each class in an epoch, from which :class:`~imblearn_bbfl.BBFLClassifier` knows how
        training shifted the class mix. Where the subclass does not set it, the rows of the first
        epoch are counted.
    seed_ : int
        The seed that `random_state` gave.

    See Also
    --------
    BatchBalancedSampler : The same number of rows of each class in every batch.

    Examples
    --------
    A plan that draws each batch with replacement, as often from a class as it has rows:

    >>> import numpy as np
    >>> from imblearn_bbfl.sampling import RowPlan
    >>> class WithReplacement(RowPlan):
    ...     def __init__(self, batch_size=32, random_state=None):
    ...         self.batch_size = batch_size
    ...         self.random_state = random_state
    ...
    ...     def _fit_plan(self, X, y, codes):
    ...         self.n_rows_ = len(y)
    ...         self.n_batches_ = -(-len(y) // self.batch_size)
    ...
    ...     def _sample_batch(self, epoch, batch):
    ...         rng = np.random.default_rng([self.seed_, epoch, batch])
    ...         return rng.integers(self.n_rows_, size=self.batch_size)
    >>> plan = WithReplacement(batch_size=4, random_state=0).fit(["healthy"] * 9 + ["sick"])
    >>> plan.n_batches_, plan.sample_batch(epoch=0, batch=2).shape
    (3, (4,))
    """

    def fit(self, y: ArrayLike, X: ArrayLike | None = None) -> Self:
        """Learn the classes and how many batches an epoch has.

        Parameters
        ----------
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels of any kind, or one-hot rows.
        X : array-like of shape (n_samples, n_features), default=None
            The table that `y` belongs to. Only `ResamplingSampler` looks at it.

        Returns
        -------
        self : object
            The fitted plan.

        Raises
        ------
        ValueError
            If a parameter is out of range, or `y` is not a set of class labels.
        """
        check_integer("batch_size", self.batch_size, minimum=1)
        if X is not None:
            check_consistent_length(X, y)
        y = check_labels(y)
        self.seed_ = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        self.classes_, codes = encode_labels(y)
        for name in ("n_batches_", "class_counts_"):  # of a fit before
            self.__dict__.pop(name, None)
        self._n_rows = len(codes)
        self._fit_plan(X, y, codes)
        if not hasattr(self, "n_batches_") or self.n_batches_ < 1:
            raise ValueError(
                f"{type(self).__name__}._fit_plan must set n_batches_ to the number of batches of "
                "an epoch, 1 or more."
            )
        if not hasattr(self, "class_counts_"):
            rows = np.concatenate([self.sample_batch(0, i) for i in range(self.n_batches_)])
            self.class_counts_ = np.bincount(codes[rows], minlength=len(self.classes_))
        return self

    def sample_batch(self, epoch: int, batch: int) -> np.ndarray:
        """Return the rows of one batch; they depend on the seed, `epoch` and `batch` alone.

        Parameters
        ----------
        epoch : int
            Number of the epoch, from 0.
        batch : int
            Number of the batch in its epoch, from 0 to `n_batches_ - 1`.

        Returns
        -------
        rows : ndarray of shape (batch_size,), dtype intp
            Row numbers. Plans that cut an epoch into batches may have a shorter last batch.
        """
        self._check_epoch(epoch)
        check_integer("batch", batch)
        if not 0 <= batch < self.n_batches_:
            raise IndexError(
                f"batch={batch} is out of range: an epoch has {self.n_batches_} batches. "
                f"Use 0 <= batch <= {self.n_batches_ - 1}."
            )
        rows = np.asarray(self._sample_batch(epoch, batch))
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or not len(rows):
            raise ValueError(
                f"{type(self).__name__}._sample_batch returned {rows!r} as the rows of batch "
                f"{batch} of epoch {epoch}. It must return one or more row numbers."
            )
        if rows.min() < 0 or rows.max() >= self._n_rows:
            raise ValueError(
                f"{type(self).__name__}._sample_batch returned row {rows.min()} to "
                f"{rows.max()}, but the rows are numbered from 0 to {self._n_rows - 1}."
            )
        return rows

    def sample_epoch(self, epoch: int) -> Sequence[np.ndarray]:
        """Return the rows of all batches of an epoch, the same as `sample_batch` gives.

        Parameters
        ----------
        epoch : int
            Number of the epoch, from 0.

        Returns
        -------
        batches : sequence of `n_batches_` ndarrays, dtype intp
            Row numbers; one array of shape (n_batches, batch_size) where all batches are full.
        """
        self._check_epoch(epoch)
        return self._sample_epoch(epoch)

    def _check_epoch(self, epoch):
        if not hasattr(self, "n_batches_"):  # scikit-learn's check is slow to come with each batch
            check_is_fitted(self)
        check_integer("epoch", epoch, minimum=0)

    @abstractmethod
    def _fit_plan(self, X, y, codes):
        """Set `n_batches_` and what drawing needs, and `class_counts_` if it is known."""

    @abstractmethod
    def _sample_batch(self, epoch, batch):
        """Draw one batch; both numbers are known to be in range."""

    def _sample_epoch(self, epoch):
        """Draw all batches of an epoch; its number is known to be in range."""
        return [self.sample_batch(epoch, batch) for batch in range(self.n_batches_)]


class CutRowPlan(RowPlan):
    """A plan that puts an epoch's rows in one order and cuts that into batches."""

    def _fit_plan(self, X, y, codes):
        self._recent_epochs = RecentResults(2)
        self._fit_epochs(X, y)
        rows = self._recent_epochs.get(0, self._order_epoch)
        self.n_batches_ = -(-len(rows) // self.batch_size)
        self.class_counts_ = np.bincount(codes[rows], minlength=len(self.classes_))

    def _sample_batch(self, epoch, batch):
        rows = self._recent_epochs.get(epoch, self._order_epoch)
        return rows[batch * self.batch_size : (batch + 1) * self.batch_size].astype(np.intp)

    def _sample_epoch(self, epoch):
        return [self._sample_batch(epoch, batch) for batch in range(self.n_batches_)]

    @abstractmethod
    def _fit_epochs(self, X, y):
        """Check the parameters and keep what `_order_epoch` needs."""

    @abstractmethod
    def _order_epoch(self, epoch):
        """Return all rows of an epoch in the order in which they are cut."""


class RecentResults:
    """The latest few results of a costly draw, safe among threads.

    It travels empty: a pickled plan is small, and its new process draws the same again.
    """

    def __init__(self, size):
        self.size = size
        self._results = {}
        self._lock = Lock()

    def get(self, key, draw):
        """Return `draw(key)`, drawn now unless it is among the latest."""
        with self._lock:
            if key not in self._results:
                while len(self._results) >= self.size:
                    del self._results[next(iter(self._results))]
                self._results[key] = draw(key)
            return self._results[key]

    def __reduce__(self):
        return type(self), (self.size,)


def make_rng(seed, purpose, first, second):
    """Make the generator of one draw: equal arguments, equal draws, in any order or process.

    Always four numbers: NumPy pads shorter seeds with zeros, so that [1] and [1, 0] are alike.
    """
    return np.random.default_rng([seed, purpose, first, second])


def check_integer(name, value, minimum=None):
    """Raise unless `value` is a whole number, and at least `minimum`."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name}={value!r} is not an integer. Use a whole number.")
    if minimum is not None and value < minimum:
        raise ValueError(f"{name}={value} is too small. Use {name} >= {minimum}.")


def check_labels(y):
    """Return labels of any kind as a 1-D array, one-hot rows as the column of their one."""
    y = column_or_1d(as_labels(y))
    if not len(y):
        raise ValueError("y is empty. Pass one label per row.")
    if y.dtype.kind not in "iubU":  # whole numbers and texts are labels, and the check is slow
        check_classification_targets(y)
    return y


def encode_labels(y):
    """Return the sorted classes and, in the smallest integers that do, the class of each row."""
    values = _as_hashable(y)
    classes = np.sort(pd.unique(values))
    index = pd.Index(classes)
    codes = np.empty(len(y), dtype=np.min_scalar_type(len(classes) - 1))
    for start in range(0, len(y), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        codes[chunk] = index.get_indexer(values[chunk])
    return classes.astype(y.dtype), codes


def _as_hashable(y):
    """Return labels as pandas can hash them: in native byte order, and not in half precision."""
    dtype = np.dtype(np.float64) if y.dtype.kind == "f" else y.dtype.newbyteorder("=")
    return y.astype(dtype, copy=False)


def smallest_row_dtype(n_rows):
    """Return the integers that hold row numbers in the least memory."""
    return np.int32 if n_rows <= np.iinfo(np.int32).max else np.intp
