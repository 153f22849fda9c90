"""Cross-validation by groups that does not tell `fit` of the groups."""

import sys
import warnings
import weakref

from sklearn import get_config

from imblearn_bbfl.decisions import Decision

_last_told = None  # weak reference to what was routed in the last call that was warned of


def warn_of_unrouted_groups(classifier):
    """Warn where a classifier is cloned for a cross-validation whose groups `fit` will not get.

    Without metadata routing, scikit-learn hands groups to the splitter alone. An estimator is not
    told, but the function that knows clones it, in the user's process whatever the number of jobs.
    So this looks through the callers, as far as they are scikit-learn's and joblib's, and says
    nothing where they are not as expected.

    Parameters
    ----------
    classifier : BBFLClassifier
        Nothing is said unless its `fit` holds rows out.

    Warns
    -----
    UserWarning
        Once for each cross-validation.
    """
    global _last_told
    reasons = _list_reasons_to_hold_out(classifier)
    if not reasons or get_config()["enable_metadata_routing"]:
        return  # with routing, scikit-learn asks whether `fit` gets the groups
    name, routed, level = _find_cross_validation()
    if routed is None or (_last_told is not None and _last_told() is routed):
        return
    _last_told = weakref.ref(routed)
    warnings.warn(
        f"{name} hands groups to the splitter but not to fit, where the rows held out may then "
        f"share groups with those trained on ({', '.join(reasons)}). Use "
        "metadata routing to hand them to both: sklearn.set_config(enable_metadata_routing=True), "
        "and set_fit_request(groups=True) for the classifier. Without it, pass params={'groups': "
        "groups} as well where params are taken, or hold no rows out.",
        UserWarning,
        stacklevel=level,
    )


def _list_reasons_to_hold_out(classifier):
    rule = classifier.thresholding  # whatever it was set to: a clone checks nothing
    is_reason = {
        "validation_fraction": classifier.validation_fraction is not None,
        "temperature": classifier.temperature is not None,
        "thresholding": rule.needs_rows if isinstance(rule, Decision) else rule == "tuned",
    }
    return [f"{name}={getattr(classifier, name)!r}" for name in is_reason if is_reason[name]]


def _find_cross_validation():
    """Look for a caller that cross-validates with groups that `fit` will not get.

    Returns
    -------
    name : str or None
        Of the function that the user called.
    routed : Bunch or None
        What it hands to whom; None where `fit` gets the groups, or there are none.
    level : int
        Of the user's code, for `warnings.warn` in the caller of this function.
    """
    name, routed, level = None, None, 1
    frame = sys._getframe(1)
    while frame is not None:
        package, _, module = frame.f_globals.get("__name__", "").partition(".")
        if package not in ("imblearn_bbfl", "sklearn", "joblib"):
            break
        if frame.f_code.co_name == "_fit_and_score":  # a clone inside of `fit`, which may get them
            return None, None, level
        if package == "sklearn" and module.startswith("model_selection."):
            name = _name_function(frame)
            found = frame.f_locals.get("routed_params")
            routed = found if _has_unrouted_groups(found) else routed
        frame, level = frame.f_back, level + 1
    return name, routed, level


def _name_function(frame):
    name = frame.f_code.co_name
    return f"{type(frame.f_locals['self']).__name__}.{name}" if "self" in frame.f_locals else name


def _has_unrouted_groups(routed):
    try:
        groups = routed["splitter"]["split"].get("groups")
        names = {name.split("__")[-1] for name in routed["estimator"]["fit"] or ()}
    except (AttributeError, KeyError, TypeError):
        return False
    return groups is not None and not names & {"groups", "validation_data"}
