"""The rows that a sampler of imbalanced-learn chooses."""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from imblearn_bbfl.sampling._rows import CutRowPlan, make_rng, smallest_row_dtype

_CHOOSE, _SHUFFLE, _PROBE = 0, 1, 2
_REMEDY = (
    "Use RandomOverSampler() or RandomUnderSampler(), which need row numbers only, "
    "or balance each batch with BatchBalancedSampler."
)


class ResamplingSampler(CutRowPlan):
    """Batches of the rows that a sampler of imbalanced-learn chooses, drawn anew each epoch.

    Over-sampling repeats other rows and under-sampling leaves out other rows in each epoch, so
    that none is lost for good. The chosen rows are shuffled and cut into batches, which are
    balanced on average only; the last one of an epoch may be shorter.

    Without a table the sampler runs on row numbers: that is all that images and file paths have
    to offer it. It must then choose among the rows by their labels alone, which is tried out when
    fitting. With a table, ``fit(y, X)``, any sampler that has `sample_indices_` will do; the
    rows it names are used, points that it moves are not.

    Parameters
    ----------
    sampler : object
        A sampler with `fit_resample` and, once run, `sample_indices_`. It is cloned. Its own
        `random_state`, where set, decides the choice instead of the one below. A sampler
        without any `random_state` is run once, for all epochs.
    batch_size : int, default=32
        Rows per batch.
    random_state : int, RandomState instance or None, default=None
        Seed of the choice and of the order; None draws one when fitted.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_batches_ : int
        Batches per epoch. A sampler that chooses more rows in a later epoch than in the first
        has the surplus, after shuffling, left out; one that chooses fewer has some repeated.
    class_counts_ : ndarray of shape (n_classes,)
        Rows of each class in the first epoch, in the order of `classes_`.
    sampler_ : object
        The clone that is run.
    seed_ : int
        The seed that `random_state` gave.

    See Also
    --------
    BatchBalancedSampler : Balances every batch exactly, not on average.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn.under_sampling import RandomUnderSampler
    >>> from imblearn_bbfl.sampling import ResamplingSampler
    >>> y = np.repeat([0, 1], [90, 10])
    >>> plan = ResamplingSampler(RandomUnderSampler(), batch_size=8, random_state=0).fit(y)
    >>> plan.n_batches_, plan.class_counts_
    (3, array([10, 10]))
    """

    def __init__(
        self,
        sampler: Any,
        batch_size: int = 32,
        *,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.sampler = sampler
        self.batch_size = batch_size
        self.random_state = random_state

    def _fit_epochs(self, X, y):
        if not hasattr(self.sampler, "fit_resample"):
            raise TypeError(
                f"sampler={self.sampler!r} has no method fit_resample. "
                "Pass a sampler of imbalanced-learn, such as RandomOverSampler()."
            )
        self.sampler_ = clone(self.sampler)
        own_state = self.sampler_.get_params().get("random_state")
        self._choice_seed = self.seed_
        if own_state is not None:
            self._choice_seed = int(check_random_state(own_state).randint(np.iinfo(np.int32).max))
        self._seeded = [name for name in self.sampler_.get_params() if _is_random_state(name)]
        self._X, self._y = X, y
        self._first_choice = self._choose(0) if X is not None else self._choose_by_row_numbers()

    def _order_epoch(self, epoch):
        rows = self._choose(epoch) if epoch and self._seeded else self._first_choice
        rows = make_rng(self.seed_, _SHUFFLE, epoch, 0).permutation(rows)
        return np.resize(rows, len(self._first_choice))  # cut, or begun again from its start

    def _choose(self, epoch):
        """Return the rows that the sampler chooses in an epoch."""
        X = np.arange(len(self._y))[:, np.newaxis] if self._X is None else self._X
        return self._run(X, epoch)[1]

    def _choose_by_row_numbers(self):
        """Return the rows of the first epoch, or raise if they depend on more than the labels."""
        row_numbers = np.arange(len(self._y))[:, np.newaxis]
        try:
            resampled, rows = self._run(row_numbers, 0)
        except Exception as error:
            if _REMEDY not in str(error):
                error.add_note(f"The sampler was run on row numbers. {_REMEDY}")
            raise
        if not np.array_equal(resampled, row_numbers[rows]):
            raise ValueError(
                f"{self.sampler!r} makes new points, and there are none between row numbers. "
                + _REMEDY
            )
        for attempt in range(2):
            rng = make_rng(self.seed_, _PROBE, attempt, 0)
            other_features = rng.standard_normal(row_numbers.shape)
            if not np.array_equal(rows, self._run(other_features, 0)[1]):
                raise ValueError(
                    f"{self.sampler!r} chooses rows by their features, and the distance between "
                    f"row numbers means nothing. {_REMEDY}"
                )
        return rows

    def _run(self, X, epoch):
        """Run the sampler with an epoch's seed; return what it made and the rows it names."""
        rng = make_rng(self._choice_seed, _CHOOSE, epoch, 0)
        seeds = {name: int(rng.integers(np.iinfo(np.int32).max)) for name in self._seeded}
        sampler = clone(self.sampler_).set_params(**seeds)
        resampled, _ = sampler.fit_resample(X, self._y)
        if not hasattr(sampler, "sample_indices_"):
            raise ValueError(
                f"{self.sampler!r} needs to have an attribute 'sample_indices_' after "
                f"fit_resample: without it the rows that it chose are unknown. {_REMEDY}"
            )
        rows = np.asarray(sampler.sample_indices_)
        return resampled, rows.astype(smallest_row_dtype(len(self._y)))


def _is_random_state(name):
    return name == "random_state" or name.endswith("__random_state")
