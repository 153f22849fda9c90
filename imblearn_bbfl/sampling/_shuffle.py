"""All rows, shuffled: the unbalanced baseline."""

import numpy as np

from imblearn_bbfl.sampling._rows import CutRowPlan, make_rng, smallest_row_dtype

_SHUFFLE = 0


class ShuffleSampler(CutRowPlan):
    """Batches of all rows, shuffled anew each epoch: what training does without balancing.

    Every row comes once per epoch, so a batch holds the classes as the data do, on average.
    The last batch of an epoch is shorter where `batch_size` does not divide the rows.

    Parameters
    ----------
    batch_size : int, default=32
        Rows per batch.
    random_state : int, RandomState instance or None, default=None
        Seed of the order; None draws one when fitted.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_batches_ : int
        Batches per epoch.
    class_counts_ : ndarray of shape (n_classes,)
        Rows of each class in an epoch, in the order of `classes_`.
    seed_ : int
        The seed that `random_state` gave.

    See Also
    --------
    BatchBalancedSampler : The same number of rows of each class in every batch.

    Examples
    --------
    >>> from imblearn_bbfl.sampling import ShuffleSampler
    >>> plan = ShuffleSampler(batch_size=4, random_state=0).fit(list("aaaaab"))
    >>> [len(rows) for rows in plan.sample_epoch(0)]
    [4, 2]
    """

    def __init__(
        self, batch_size: int = 32, *, random_state: int | np.random.RandomState | None = None
    ) -> None:
        self.batch_size = batch_size
        self.random_state = random_state

    def _fit_epochs(self, X, y):
        self._n_rows = len(y)

    def _order_epoch(self, epoch):
        rng = make_rng(self.seed_, _SHUFFLE, epoch, 0)
        return rng.permutation(self._n_rows).astype(smallest_row_dtype(self._n_rows))
