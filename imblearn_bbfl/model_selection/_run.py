"""One run: one method on one split."""

import time
import traceback
import warnings
from dataclasses import dataclass, field
from numbers import Number

import numpy as np
from sklearn import config_context
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from imblearn_bbfl._images import LazyRows, is_lazy, take_rows
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.model_selection._methods import (
    get_last_step,
    get_own_params,
    route_groups,
    seed_steps,
    set_own_params,
)
from imblearn_bbfl.model_selection._splits import Split
from imblearn_bbfl.model_selection._units import decide

_PLAIN = (str, Number, type(None))  # what compares by value; a bool is a number


@dataclass(eq=False)
class Run:
    """A method and the rows that it is trained and tested on."""

    method: str
    split: Split
    fingerprints: dict = field(default_factory=dict)

    @property
    def name(self):
        """What the run is called in files."""
        return f"{self.method}-repeat{self.split.repeat}-split{self.split.split}"

    @property
    def title(self):
        """What the run is called in messages; counted from 0, as in tables of results."""
        return f"{self.method}, repeat {self.split.repeat}, split {self.split.split}"


def group_alike(runs, strategies):
    """Put runs together whose methods are one method under several names.

    Parameters
    ----------
    runs : list of Run
        In the order in which they are to be made.
    strategies : dict of str to dict
        Settings of each method. Numbers, text, booleans and ``None`` are compared; objects, such as
        samplers, count as different.

    Returns
    -------
    list of list of Run
        Each of one split and the same settings, in the order of their first runs.
    """
    alike = {}
    for run in runs:
        method, settings = run.method, strategies[run.method]
        is_plain = all(isinstance(value, _PLAIN) for value in settings.values())
        # By their text, for 1 and 1.0 need not mean the same.
        what = frozenset((name, repr(settings[name])) for name in settings) if is_plain else method
        alike.setdefault((run.split.repeat, run.split.split, what), []).append(run)
    return list(alike.values())


def execute(runs, estimator, X, y, groups, units, checkpoint, keras_settings):
    """Train and test once; keep the result of each run in the checkpoint, if there is one.

    Parameters
    ----------
    runs : list of Run
        One run, or several that differ in the name of the method alone, as `group_alike` finds
        them: which rows and which seed.
    estimator : estimator
        With the method's settings. Not changed.
    X, y, groups
        All rows.
    units : Units or None
        What is scored as one.
    checkpoint : Checkpoint or None
        Where the result is written as soon as it is made.
    keras_settings : KerasSettings
        Those of the caller, which a worker has to adopt.

    Returns
    -------
    names : list of str
        Of the runs.
    result : dict
        `y_pred` (class numbers), `y_proba`, `seconds`, with units `y_pred_of_units` and the text
        `units` that tells which they are, and where the estimator has them `history`
        and `y_posterior`, or the text `no_posterior` that says why it has none; or the text of the
        `error`.
    """
    names = [run.name for run in runs]
    try:
        with keras_settings.adopt():
            result = _fit_and_predict(runs[0].split, estimator, X, y, groups, units)
    except Exception:
        return names, {"error": traceback.format_exc()}
    for run in runs if checkpoint is not None else ():
        try:
            checkpoint.write(run.name, result, run.fingerprints)
        except OSError as error:  # a full disk, say: what was computed still reaches the caller
            warn_user(
                f"The run {run.title} could not be kept: {error}. Its result is in memory only; a "
                "call that resumes would repeat it."
            )
    return names, result


def _fit_and_predict(split, estimator, X, y, groups, units):
    start = time.perf_counter()
    estimator = clone(estimator)
    seed_steps(estimator, split.seed)
    groups = None if groups is None else groups[split.train]
    with (
        config_context(enable_metadata_routing=False),  # it would need requests of each step
        warnings.catch_warnings(),
    ):
        for said in ("The same image", "groups have"):  # by `compare_strategies`, of all rows
            warnings.filterwarnings("ignore", said)
        estimator.fit(
            _take(X, split.train, estimator), y[split.train], **route_groups(estimator, groups)
        )
    X_test = _take(X, split.test, estimator)
    result = {
        "y_pred": np.searchsorted(estimator.classes_, estimator.predict(X_test)),
        "y_proba": np.asarray(estimator.predict_proba(X_test)),
        "seconds": time.perf_counter() - start,
    }
    if units is not None:
        proba = units.combine(result["y_proba"], split.test)
        result["y_pred_of_units"] = decide(estimator, result, proba)
        result["units"] = units.describe(split.test)
    history = getattr(get_last_step(estimator)[1], "history_", None)
    if history is not None:
        result["history"] = {name: list(map(_to_plain, values)) for name, values in history.items()}
    return result | _recover_posterior(estimator, X_test)


def _recover_posterior(estimator, X_test):
    """Return probabilities for the class mix of the training part, where an estimator has them."""
    if "target_prior" not in get_own_params(estimator):
        return {}
    # thresholding="prior" would ask for another class mix.
    set_own_params(estimator, {"target_prior": "data", "thresholding": None})
    try:
        return {"y_posterior": np.asarray(estimator.predict_proba(X_test))}
    except ValueError as error:
        return {"no_posterior": str(error)}


def _to_plain(value):
    """Return what JSON holds: the name of a phase, or a number."""
    return value if isinstance(value, str) else float(value)


def _take(X, rows, estimator):
    """Return rows of X; of images on disk no more than what an estimator needs to read them."""
    if not is_lazy(X) and not (isinstance(X, np.memmap) and X.ndim == 4):
        return take_rows(X, rows)
    taken = LazyRows(X, rows)
    return taken[:] if isinstance(estimator, Pipeline) else taken  # its steps may want arrays
