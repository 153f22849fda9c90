"""The rule that labels are decided by, and what is learnt for it from held-out rows."""

import sys

import numpy as np
from sklearn.base import clone

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.classifier._outputs import (
    check_posterior,
    get_held_out,
    get_temperature,
    measure_log_ratio,
    to_proba,
)
from imblearn_bbfl.classifier._targets import is_ordinal
from imblearn_bbfl.decisions import CostMatrix, Decision, MostProbable, TunedThresholds


def get_rule(classifier):
    """Return the rule that `thresholding` stands for, as it was set."""
    thresholding = classifier.thresholding
    if isinstance(thresholding, Decision):
        return _tell_order(thresholding, classifier.class_order)
    if thresholding not in (None, "prior", "tuned"):  # as `fit` says, if it was set after it
        raise ValueError(
            f"thresholding={thresholding!r} is not known. Use None, 'prior', 'tuned', or a rule of "
            "imblearn_bbfl.decisions."
        )
    return TunedThresholds() if thresholding == "tuned" else MostProbable()


def _tell_order(rule, order):
    """Return a rule that knows the order of the grades, if it has to and was not told another."""
    if order is None or not rule.needs_order or rule.order is not None or hasattr(rule, "classes_"):
        return rule
    return clone(rule).set_params(order=list(order))


def check_rule(classifier):
    """Check, before training, that a decision rule suits the classes and the probabilities.

    Raises
    ------
    ValueError
        If it does not suit the classes.

    Warns
    -----
    UserWarning
        If costs are weighed by probabilities that ordinal targets have spread.
    """
    rule = get_rule(classifier)
    rule.check(classifier.classes_)
    if isinstance(rule, CostMatrix) and is_ordinal(classifier) and classifier.temperature is None:
        warn_user(
            f"thresholding={rule!r} takes probabilities at their word, but targets='ordinal' "
            "spreads them over neighbouring grades, so that it decides for the middle of the scale "
            "too often. Use temperature='fit', which calibrates them, or thresholding=None."
        )
    if not rule.needs_rows:
        fit_without_rows(rule, classifier.classes_)


def name_learners(classifier, singular, plural):
    """Return the parameters that learn from held-out rows, and a verb; nothing if none does."""
    learners = [] if classifier.temperature is None else [f"temperature={classifier.temperature!r}"]
    if get_rule(classifier).needs_rows:
        learners.append(f"thresholding={classifier.thresholding!r}")
    verb = plural if len(learners) > 1 else singular
    return f"{' and '.join(learners)} {verb}" if learners else ""


def check_holds_out_nothing(classifier):
    """Raise ValueError if rows are needed where none are held out, as in `partial_fit`."""
    if learners := name_learners(classifier, "learns", "learn"):
        raise ValueError(
            f"{learners} from rows that are not trained on, but partial_fit holds none out. "
            "Use `fit`, or temperature=None and a rule that needs no rows, such as 'prior'."
        )


def get_decision(classifier):
    """Return the fitted rule that labels are decided by.

    A rule that learns from rows is fitted on those that `fit` held out, for the probabilities as
    they are now, and kept until something is set that it depends on. One that was set after `fit`,
    and is fitted already, is used as it is.

    Raises
    ------
    ValueError
        If a rule needs rows and `fit` held none out, or is fitted for other classes; or if there is
        no way to probabilities for the class mix that is asked for.
    """
    check_posterior(classifier)
    rule, classes = get_rule(classifier), classifier.classes_
    if not rule.needs_rows:
        return fit_without_rows(rule, classes)
    if hasattr(rule, "classes_") and rule is not getattr(classifier, "_rule_of_fit", None):
        if not np.array_equal(rule.classes_, classes):
            raise ValueError(
                f"thresholding={rule!r} was fitted for the classes {rule.classes_.tolist()}, but "
                f"the classifier for {classes.tolist()}. Fit the rule on its probabilities, with "
                "classes=classifier.classes_."
            )
        return rule
    basis = describe_basis(classifier)
    if basis != classifier._decision_basis:
        held_out = get_held_out(classifier, f"thresholding={classifier.thresholding!r}")
        proba = to_proba(classifier, held_out.logits, get_temperature(classifier))
        classifier.decision_ = clone(rule).fit(proba, classes[held_out.codes], classes)
        classifier._decision_basis = basis
    return classifier.decision_


def describe_basis(classifier):
    """Return what a rule that learns from held-out rows depends on, as text."""
    rule, log_ratio = get_rule(classifier), measure_log_ratio(classifier)
    mix = None if log_ratio is None else log_ratio.tolist()
    with np.printoptions(threshold=sys.maxsize, floatmode="unique"):  # arrays in full
        return repr([type(rule), rule.get_params(), mix, get_temperature(classifier)])


def fit_without_rows(rule, classes):
    """Return a copy of a rule that knows the classes; rows are of no account to it."""
    proba = np.full((len(classes), len(classes)), 1 / len(classes))
    return clone(rule).fit(proba, classes, classes)
