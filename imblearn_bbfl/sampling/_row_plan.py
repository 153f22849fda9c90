"""From the `sampling` argument of the estimator and the generator to a row plan."""

import inspect
from typing import Any

from imblearn import combine, over_sampling, under_sampling
from sklearn.base import clone

from imblearn_bbfl._names import fold
from imblearn_bbfl.sampling._batch_balanced import BatchBalancedSampler
from imblearn_bbfl.sampling._resampling import ResamplingSampler
from imblearn_bbfl.sampling._rows import RowPlan
from imblearn_bbfl.sampling._shuffle import ShuffleSampler


def make_row_plan(sampling: Any, batch_size: int, random_state: int) -> RowPlan:
    """Make the row plan that a name or a sampler stands for.

    Parameters
    ----------
    sampling : "batch", None, sampler of imbalanced-learn, or row plan
        ``"batch"`` is :class:`BatchBalancedSampler`, ``None`` is :class:`ShuffleSampler`. A row
        plan is copied.
    batch_size : int
        Rows per batch, also of a row plan.
    random_state : int
        Seed, also of a row plan.

    Returns
    -------
    plan : row plan
        Not fitted.

    Examples
    --------
    >>> from imblearn_bbfl.sampling import make_row_plan
    >>> make_row_plan("batch", batch_size=16, random_state=0)
    BatchBalancedSampler(batch_size=16, random_state=0)
    """
    if sampling is None:
        return ShuffleSampler(batch_size, random_state=random_state)
    if isinstance(sampling, str) and sampling == "batch":
        return BatchBalancedSampler(batch_size, random_state=random_state)
    if isinstance(sampling, str) or inspect.isclass(sampling):
        name = sampling if isinstance(sampling, str) else sampling.__name__
        sampler = name_sampler(name) or "RandomOverSampler"
        raise ValueError(
            f"{name!r} is not a sampler. Use 'batch' for balanced batches, None to shuffle, or an "
            f"instance of a sampler of imbalanced-learn, such as {sampler}()."
        )
    if isinstance(sampling, RowPlan):
        return clone(sampling).set_params(batch_size=batch_size, random_state=random_state)
    return ResamplingSampler(sampling, batch_size, random_state=random_state)


def name_sampler(name) -> str:
    """Return the name of the sampler of imbalanced-learn that is meant, or nothing.

    Parameters
    ----------
    name : str
        In any spelling, or what the method is called for short.
    """
    classes = [
        each for module in (over_sampling, under_sampling, combine) for each in module.__all__
    ]
    meant = _SHORT.get(fold(name), fold(name))
    return next((each for each in classes if fold(each) == fold(meant)), "")


_SHORT = dict.fromkeys(["ros", "over", "oversample", "oversampling", "random"], "RandomOverSampler")
_SHORT |= dict.fromkeys(["rus", "under", "undersample", "undersampling"], "RandomUnderSampler")
