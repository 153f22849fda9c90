"""Methods to compare: an estimator with the settings of each."""

import inspect
import pickle

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from imblearn_bbfl._names import suggest
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.strategies import STRATEGIES

# A tenth of all rows is a ninth of what the test part leaves.
VALIDATION_FRACTION = 1 / 9


def configure_methods(estimator, strategies, reference):
    """Return a clone of the estimator for each method, with its settings.

    Parameters
    ----------
    estimator : estimator
        Or a pipeline, whose last step has the settings.
    strategies : dict of str to dict, or list of str
        Settings of each method, or names of `STRATEGIES`.
    reference : str
        Must be one of the methods.

    Returns
    -------
    estimators : dict of str to estimator
        In the order of `strategies`.

    Raises
    ------
    ValueError
        If a method or a parameter is unknown, with the nearest name in the message; or if a name
        cannot be that of a file in a checkpoint.

    Warns
    -----
    UserWarning
        If the estimator was given a parameter that each method sets to something else.
    """
    if not hasattr(estimator, "predict_proba"):
        raise ValueError(
            f"{type(estimator).__name__} has no predict_proba, which curves and calibration need. "
            "Pass a classifier with probabilities, such as BBFLClassifier."
        )
    strategies = look_up_strategies(strategies)
    if reference not in strategies:
        raise ValueError(
            f"reference={reference!r} is not among the methods compared: {list(strategies)}."
            f"{suggest(reference, strategies)}"
        )
    for name in strategies:
        _check_file_name(name)
    estimators = {name: configure(estimator, name, strategies[name]) for name in strategies}
    _warn_of_unused(estimator, strategies)
    return estimators


def hold_out_a_tenth(estimator):
    """Return a clone whose validation part is a tenth of all rows, where it has one."""
    if get_own_params(estimator).get("validation_fraction") is None:
        return estimator
    return set_own_params(clone(estimator), {"validation_fraction": VALIDATION_FRACTION})


def seed_steps(estimator, seed):
    """Set the random state of an estimator, or of each step of a pipeline."""
    steps = (
        [step for _, step in estimator.steps] if isinstance(estimator, Pipeline) else [estimator]
    )
    for step in steps:
        if "random_state" in getattr(step, "get_params", dict)():
            step.set_params(random_state=seed)


def get_own_params(estimator):
    """Return the parameters of an estimator, or of the last step of a pipeline."""
    return get_last_step(estimator)[1].get_params(deep=False)


def set_own_params(estimator, params):
    """Set parameters of an estimator, or of the last step of a pipeline."""
    prefix = get_last_step(estimator)[0]
    return estimator.set_params(**{prefix + name: value for name, value in params.items()})


def route_groups(estimator, groups):
    """Return the groups as `fit` takes them, or nothing where it takes none."""
    prefix, step = get_last_step(estimator)
    if groups is None or not has_fit_parameter(step, "groups"):
        return {}
    return {f"{prefix}groups": groups}


def is_picklable(value):
    """Say whether a value can be pickled, by doing so."""
    try:
        pickle.dumps(value)
    except Exception:  # PicklingError, AttributeError or TypeError, by what the value holds
        return False
    return True


def get_last_step(estimator):
    """Return the prefix of the parameters of the step that classifies, and the step."""
    if isinstance(estimator, Pipeline):
        name, step = estimator.steps[-1]
        return f"{name}__", step
    return "", estimator


def look_up_strategies(strategies):
    """Return the settings of each method, of those that are given by their names as well."""
    if hasattr(strategies, "keys"):
        return {name: strategies[name] for name in strategies}
    if isinstance(strategies, str):
        raise ValueError(
            f"strategies={strategies!r} is text. Pass a list of names: strategies=[{strategies!r}]."
        )
    return {name: STRATEGIES[_check_name(name, STRATEGIES)] for name in strategies}


def configure(estimator, method, settings):
    """Return a clone of the estimator with the settings of a method."""
    known = get_own_params(estimator)
    for name in settings:
        # `backbone__alpha` and the like are checked by the estimator.
        if name not in known and "__" not in name:
            raise ValueError(
                f"Method {method!r} sets {name!r}, which is not a parameter of "
                f"{type(get_last_step(estimator)[1]).__name__}.{suggest(name, known)}"
            )
    copies = {name: clone(value, safe=False) for name, value in settings.items()}
    return set_own_params(clone(estimator), copies)


def _warn_of_unused(estimator, strategies):
    """Warn of what was set on the estimator, as a loss of one's own, and holds for no method."""
    step = get_last_step(estimator)[1]
    defaults = inspect.signature(type(step).__init__).parameters
    unused = {
        name: value
        for name, value in get_own_params(estimator).items()
        if name in defaults
        and repr(value) != repr(defaults[name].default)
        and all(
            name in settings and repr(settings[name]) != repr(value)
            for settings in strategies.values()
        )
    }
    if unused:
        listed = " and ".join(f"{name}={value!r}" for name, value in unused.items())
        warn_user(
            f"{listed} of the {type(step).__name__} is used by no method, for each sets "
            f"{' and '.join(unused)} itself. Leave it out, or put it into a method of your own: "
            'strategies=PAPER_STRATEGIES | {"mine": {**STRATEGIES["bbfl"], '
            f'"{next(iter(unused))}": ...}}}}.'
        )


def _check_name(name, strategies):
    if name not in strategies:
        near = suggest(name, strategies) or f" It has {', '.join(strategies)}."
        raise ValueError(f"{name!r} is not a method of STRATEGIES.{near}")
    return name


def _check_file_name(name):
    if not isinstance(name, str) or "/" in name or "\\" in name:
        raise ValueError(
            f"The method named {name!r} must be text without / and \\. Use a name that can be "
            "that of a file, for a checkpoint."
        )


def check_same_classes(y, classes):
    """Raise ValueError unless labels are of the classes that were compared."""
    found = np.unique(y)
    if not np.array_equal(found, classes):
        raise ValueError(
            f"y has the classes {found.tolist()}, but {classes.tolist()} were compared. Pass "
            "labels of the same classes, or compare again."
        )
