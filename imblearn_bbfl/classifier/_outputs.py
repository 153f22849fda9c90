"""From images to logits, from logits to probabilities, and the rule that decides by them."""

import sys
from functools import partial

import numpy as np
from sklearn.base import clone

from imblearn_bbfl._images import Table, average_over_views
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.coding import widen_logits
from imblearn_bbfl.decisions import Decision, MostProbable
from imblearn_bbfl.generators import SequentialBatches
from imblearn_bbfl.probabilities import normalize_log, resolve_target_prior
from imblearn_bbfl.training import (
    FEATURES,
    POOL,
    count_devices,
    predict_batches,
    predict_chunks,
    resolve_monitor,
)

_FEW_ROWS = 50


def run_network(classifier, network, images, rows=None):
    """Run a network over rows in order, all by default, without augmentation."""
    n_rows = len(images) if rows is None else len(rows)
    batch_size = classifier._route("predict").get("batch_size", max(32, classifier.batch_size))
    batches = SequentialBatches(images, batch_size, rows, multiple_of=count_devices(network))
    return predict_batches(network, batches)[:n_rows]


def to_proba(classifier, logits):
    """Turn logits of the network of a classifier into probabilities."""
    return np.exp(to_log_proba(logits, classifier.model_.loss, measure_log_ratio(classifier)))


def compute_proba(classifier, images, rows=None):
    """Return the probabilities of rows, all by default.

    Of several views the logits are averaged, not the probabilities. The mean is the output of a
    network too, one that does not care how an image is turned, so `target_prior` has its exact
    inverse. Under cross-entropy the other class mix may then be had before or after averaging, and
    a linear head decides as it would on averaged features.
    """
    kind = classifier.test_time_augmentation
    with POOL.lend_for_prediction(classifier.model_) as lent:
        if classifier._is_probe and not images.is_table:
            run = partial(run_probe, lent)
        else:
            run = partial(run_network, classifier, lent.network)
        return to_proba(classifier, average_over_views(run, images, rows, kind=kind))


def run_probe(lent, images, rows=None):
    """Run the head of a network over features, which other fits may have computed."""
    features = FEATURES.compute(lent.features, images, rows)
    return predict_chunks(lent.head, Table(np.asarray(features, dtype=np.float32)))


def compute_features(classifier, images):
    """Return what the head decides on, for all rows."""
    with POOL.lend_for_prediction(classifier.model_) as lent:
        if images.is_table:
            return run_network(classifier, lent.features, images)
        compute = FEATURES.compute if classifier._is_probe else predict_chunks
        return compute(lent.features, images)


def get_target_prior(classifier):
    """Return the class mix that probabilities are for; None leaves them as the network was trained.

    Raises
    ------
    ValueError
        If `thresholding` and `target_prior` contradict each other.
    """
    is_prior = isinstance(classifier.thresholding, str) and classifier.thresholding == "prior"
    if not is_prior:
        return classifier.target_prior
    target = classifier.target_prior
    if target is not None and not (isinstance(target, str) and target == "uniform"):
        raise ValueError(
            f"thresholding='prior' is target_prior='uniform', but target_prior={target!r}. Use one "
            "of the two."
        )
    return "uniform"


def check_outputs(classifier):
    """Check, before training, that scores, probabilities and labels will be had as asked for.

    Raises
    ------
    ValueError
        If there is no such score to monitor, a decision rule is for other classes, the class mix is
        none, or the loss does not determine the posterior.

    Warns
    -----
    UserWarning
        If rare classes gain by logit adjustment and by balanced rows both.
    """
    resolve_monitor(classifier.monitor, len(classifier.classes_))
    rule = classifier.thresholding
    if isinstance(rule, Decision):
        rule.check(classifier.classes_)
        if not rule.needs_rows:
            fit_without_rows(rule, classifier.classes_)
    target_prior = get_target_prior(classifier)
    if target_prior is None:
        _warn_of_double_adjustment(classifier)
        return
    n_classes = len(classifier.classes_)
    resolve_target_prior(target_prior, classifier.classes_, np.full(n_classes, 1 / n_classes))
    if classifier.loss is not None:
        _check_loss(classifier.loss, target_prior)
    elif classifier.margin:
        raise ValueError(
            f"target_prior={target_prior!r} needs a way back from what the network returns to a "
            f"posterior, and margin={classifier.margin} leaves none. Use target_prior=None and "
            "thresholding=None, train with margin=0, or calibrate on further rows, as by "
            "CalibratedClassifierCV."
        )


def _warn_of_double_adjustment(classifier):
    if classifier.tau and classifier.sampling is not None and classifier.balance_from < 1:
        warn_user(
            f"tau={classifier.tau} makes up for the class mix of the data, and so does sampling="
            f"{classifier.sampling!r}: predictions favour rare classes twice. Use sampling=None "
            "beside tau, as logit adjustment does, or say by target_prior which mix predictions "
            "are for.",
        )


def measure_log_ratio(classifier):
    """Return, for each class, the log of its share in the target mix by that in training.

    Returns
    -------
    log_ratio : ndarray of shape (n_classes,) or None
        None where probabilities stay as the network was trained.

    Raises
    ------
    ValueError
        If training has not seen each class, or if the loss does not determine the posterior.
    """
    target_prior = get_target_prior(classifier)
    if target_prior is None:
        return None
    seen, classes = classifier.seen_prior_, classifier.classes_
    if not (seen > 0).all():
        raise ValueError(
            f"thresholding='prior' and target_prior divide by the share of each class in training, "
            f"but classes {classes[~(seen > 0)]} have not come yet. Train on rows of them, or use "
            "thresholding=None and target_prior=None."
        )
    _check_loss(classifier.model_.loss, target_prior)
    return np.log(resolve_target_prior(target_prior, classes, classifier.data_prior_) / seen)


def _check_loss(loss, target_prior):
    if not hasattr(loss, "recover_log_posterior"):
        raise ValueError(
            f"target_prior={target_prior!r} needs to know what the loss does to probabilities, "
            f"which {type(loss).__name__} does not tell. Use target_prior=None, or give the loss a "
            "method recover_log_posterior: the page on extending the package shows how."
        )


def to_log_proba(logits, loss, log_ratio, xp=np):
    """Turn logits into the logarithms of probabilities.

    Parameters
    ----------
    logits : array of shape (n_samples, n_logits)
        What the network returns.
    loss : keras.losses.Loss
        What it was trained with.
    log_ratio : ndarray of shape (n_classes,) or None
        As `measure_log_ratio` returns.
    xp : module, default=numpy
        Where the array's functions are: :mod:`numpy` or :mod:`keras.ops`.

    Returns
    -------
    log_proba : array of shape (n_samples, n_classes)
        Their exponentials sum to 1 in each row.
    """
    wide = widen_logits(logits, xp)
    if log_ratio is None:
        return normalize_log(wide, xp)
    return loss.recover_log_posterior(wide, log_ratio, xp)


def get_decision(classifier):
    """Return the fitted rule that labels are decided by.

    Raises
    ------
    ValueError
        If a rule that needs rows, or the class mix that it was fitted for, was set after `fit`.
    """
    rule = classifier.thresholding
    if not isinstance(rule, Decision):
        return fit_without_rows(MostProbable(), classifier.classes_)
    if not rule.needs_rows:
        return fit_without_rows(rule, classifier.classes_)
    fitted = getattr(classifier, "decision_", None)
    if type(fitted) is not type(rule) or _write_out(fitted) != _write_out(rule):
        raise ValueError(
            f"thresholding={rule!r} learns from rows that are held out in `fit`, but it was set "
            "after `fit`. Fit again, or fit the rule on probabilities of other rows and use its "
            "`predict`."
        )
    if not np.array_equal(measure_log_ratio(classifier), classifier._decision_log_ratio):
        raise ValueError(
            f"thresholding={rule!r} was fitted on probabilities for another class mix than "
            f"target_prior={classifier.target_prior!r}, which was set after `fit`. Fit again, or "
            "set target_prior back."
        )
    return fitted


def _write_out(rule):
    """Return the parameters of a rule as text in full, where its `repr` shortens arrays."""
    with np.printoptions(threshold=sys.maxsize, floatmode="unique"):
        return repr(rule.get_params())


def check_holds_out_nothing(thresholding):
    """Raise ValueError if a rule needs rows where none are held out, as in `partial_fit`."""
    if getattr(thresholding, "needs_rows", False):
        raise ValueError(
            f"thresholding={thresholding!r} learns from rows that are not trained on, but "
            "partial_fit holds none out. Use `fit`, or a rule that needs no rows, such as 'prior'."
        )


def fit_decision(classifier, held_out):
    """Fit the rule of a classifier on the part that was held out for it.

    Returns
    -------
    decision : Decision
        A copy of the rule, fitted.
    log_ratio : ndarray of shape (n_classes,) or None
        The class mix that it is fitted for, as `measure_log_ratio` returns.

    Warns
    -----
    UserWarning
        If it has fewer than 50 rows.
    """
    rule, classes = classifier.thresholding, classifier.classes_
    codes = held_out.codes[held_out.rows]
    if len(codes) < _FEW_ROWS:
        warn_user(
            f"thresholding={rule!r} is fitted on {len(codes)} held-out rows only, so that it may "
            "do worse on new images than on these. Use a rule that needs no rows, such as 'prior', "
            f"or more data: {_FEW_ROWS} rows or more are a common bound.",
        )
    proba = compute_proba(classifier, held_out.images, held_out.rows)
    return clone(rule).fit(proba, classes[codes], classes), measure_log_ratio(classifier)


def fit_without_rows(rule, classes):
    """Return a copy of a rule that knows the classes; rows are of no account to it."""
    proba = np.full((len(classes), len(classes)), 1 / len(classes))
    return clone(rule).fit(proba, classes, classes)
