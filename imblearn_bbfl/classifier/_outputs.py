"""From images to logits, and from logits to probabilities."""

from functools import partial
from typing import NamedTuple

import numpy as np

from imblearn_bbfl._images import Table, average_over_views
from imblearn_bbfl._order import place_grades
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.classifier._targets import name_neutral, name_softening
from imblearn_bbfl.coding import widen_logits
from imblearn_bbfl.generators import SequentialBatches
from imblearn_bbfl.probabilities import (
    as_constant,
    fit_temperature,
    normalize_log,
    resolve_target_prior,
)
from imblearn_bbfl.sampling._rows import check_integer
from imblearn_bbfl.training import (
    FEATURES,
    POOL,
    count_devices,
    predict_batches,
    predict_chunks,
    resolve_monitor,
)

_FEW_ROWS = 50  # below, what is learnt from held-out rows is little to rely on


def count_predicted_at_once(classifier):
    """Return how many rows the network of a classifier sees at a time when it predicts."""
    n_rows = classifier._route("predict").get("batch_size", max(32, classifier.batch_size))
    check_integer("predict__batch_size", n_rows, minimum=1)
    return n_rows


def run_network(classifier, network, images, rows=None):
    """Run a network over rows in order, all by default, without augmentation."""
    n_rows = len(images) if rows is None else len(rows)
    batch_size = count_predicted_at_once(classifier)
    batches = SequentialBatches(images, batch_size, rows, multiple_of=count_devices(network))
    return predict_batches(network, batches, images)[:n_rows]


def to_proba(classifier, logits, temperature=None, xp=np):
    """Turn logits of the network of a classifier into probabilities."""
    return xp.exp(_to_log_proba(classifier, logits, temperature, xp))


def _to_log_proba(classifier, logits, temperature, xp=np):
    log_ratio = measure_log_ratio(classifier)
    # While a phase is watched that leaves no way back, for a class mix, the loss is the nearest.
    loss = get_inverse(classifier) if log_ratio is None else classifier.model_.loss
    return to_log_proba(logits, loss, log_ratio, temperature, xp)


def compute_log_proba(classifier, images):
    """Return the logarithms of the probabilities of all rows."""
    # Before all images are read, for what is set wrong to be told.
    check_posterior(classifier)
    temperature, _ = get_temperature(classifier), measure_log_ratio(classifier)
    return _to_log_proba(classifier, compute_logits(classifier, images), temperature)


def compute_logits(classifier, images, rows=None):
    """Return the logits of rows, all by default.

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
        return average_over_views(run, images, rows, kind=kind)


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


def check_outputs(classifier, *, goes_on):
    """Check, before training, that scores and probabilities will be had as asked for.

    Raises
    ------
    ValueError
        If there is no such score to monitor, the class mix is none, the loss does not determine
        the posterior, or no rows are to be predicted at a time.

    Warns
    -----
    UserWarning
        If rare classes gain by logit adjustment and by balanced rows both.
    """
    count_predicted_at_once(classifier)
    classes = classifier.classes_
    name, metrics = resolve_monitor(classifier.monitor, len(classes), classifier.class_order)
    if name in metrics and metrics[name].of_grades:
        place_grades(classes, classifier.class_order, "class_order")
    target_prior = get_target_prior(classifier)
    if target_prior is None:
        _warn_of_double_adjustment(classifier)
        return
    n_classes = len(classifier.classes_)
    resolve_target_prior(target_prior, classifier.classes_, np.full(n_classes, 1 / n_classes))
    if classifier.loss is not None:
        _check_loss(classifier.loss, target_prior, n_classes)
    lost_to = name_lost_posterior(classifier)
    if goes_on and not classifier.retrain_head_epochs:
        lost_to = lost_to or classifier._posterior_lost_to
    if lost_to:
        raise ValueError(_describe_lost(target_prior, lost_to))


def name_lost_posterior(classifier):
    """Return the setting that will leave no way back to a posterior; nothing if none will."""
    if classifier.margin and classifier.loss is None:
        return f"margin={classifier.margin}"
    if classifier.tau_norm:
        return f"tau_norm={classifier.tau_norm}"
    return name_softening(classifier, is_new_head=classifier.retrain_head_epochs > 0)


def check_posterior(classifier):
    """Raise ValueError if probabilities are wanted for a class mix that there is no way to."""
    target_prior, lost_to = get_target_prior(classifier), classifier._posterior_lost_to
    if target_prior is not None and lost_to:
        raise ValueError(_describe_lost(target_prior, lost_to))


def _describe_lost(target_prior, lost_to):
    return (
        f"target_prior={target_prior!r} needs a way back from what the network returns to a "
        f"posterior, and {lost_to} leaves none. Use target_prior=None and thresholding=None, which "
        f"temperature='fit' calibrates, or train with {name_neutral(lost_to)}."
    )


def _warn_of_double_adjustment(classifier):
    sampling = classifier.sampling
    balances = isinstance(sampling, str) or hasattr(sampling, "fit_resample")  # not a row plan
    if classifier.tau and balances and not classifier._is_never_balanced:
        warn_user(
            f"tau={classifier.tau} makes up for the class mix of the data, and so does sampling="
            f"{sampling!r}: predictions favour rare classes twice. Use sampling=None "
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
    _check_loss(classifier.model_.loss, target_prior, len(classes))
    return np.log(resolve_target_prior(target_prior, classes, classifier.data_prior_) / seen)


def _check_loss(loss, target_prior, n_classes):
    """Raise ValueError unless a way leads from what a loss makes of a network to a posterior."""
    if not hasattr(loss, "recover_log_posterior"):
        raise ValueError(
            f"target_prior={target_prior!r} needs to know what the loss does to probabilities, "
            f"which {type(loss).__name__} does not tell. Use target_prior=None, which "
            "temperature='fit' calibrates, or give the loss a method recover_log_posterior: the "
            "page on extending the package shows how."
        )
    loss.recover_log_posterior(np.zeros((1, n_classes)), np.zeros(n_classes))


def to_log_proba(logits, loss, log_ratio, temperature=None, xp=np):
    """Turn logits into the logarithms of probabilities.

    Parameters
    ----------
    logits : array of shape (n_samples, n_logits)
        What the network returns.
    loss : keras.losses.Loss or None
        What it was trained with; None if no way leads back from there.
    log_ratio : ndarray of shape (n_classes,) or None
        As `measure_log_ratio` returns.
    temperature : float, default=None
        What the logarithms of the posterior are divided by before the class mix is changed. Without
        a way back to a posterior, those of what the network returns.
    xp : module, default=numpy
        Where the array's functions are: :mod:`numpy` or :mod:`keras.ops`.

    Returns
    -------
    log_proba : array of shape (n_samples, n_classes)
        Their exponentials sum to 1 in each row.
    """
    wide = widen_logits(logits, xp)
    if temperature is None:
        if log_ratio is None:
            return normalize_log(wide, xp)
        return loss.recover_log_posterior(wide, log_ratio, xp)
    if loss is not None:
        same_mix = np.zeros(wide.shape[-1])
        wide = loss.recover_log_posterior(wide, same_mix, xp)
        # The logits as they are leave out what logit adjustment adds to them within the loss.
        offset = loss.get_config().get("logit_offset")
        as_trained = same_mix if offset is None else -np.asarray(offset)
        log_ratio = as_trained if log_ratio is None else log_ratio
        wide = xp.add(wide / temperature, as_constant(log_ratio, xp))
    else:
        wide = wide / temperature
    return normalize_log(wide, xp)


def get_inverse(classifier):
    """Return the loss if a way leads from what the network returns to a posterior, else None."""
    loss = classifier.model_.loss
    if classifier._posterior_lost_to:
        return None
    try:
        _check_loss(loss, None, len(classifier.classes_))
    except ValueError:
        return None
    return loss


class HeldOutOutputs(NamedTuple):
    """What the network returns for the rows that were held out to learn from, and their labels."""

    logits: np.ndarray  # (n_samples, n_logits)
    codes: np.ndarray  # (n_samples,), number of each row's class
    weight: np.ndarray  # (n_samples,), sample weight of each row


def warn_of_few_held_out(n_rows, learners):
    """Warn of what is learnt from fewer than 50 held-out rows."""
    if n_rows < _FEW_ROWS:
        warn_user(
            f"{learners} on {n_rows} held-out rows only, and may do worse on new images than on "
            "these. Use what needs no rows, such as thresholding='prior', or more data: "
            f"{_FEW_ROWS} rows or more are a common bound.",
        )


def compute_held_out(classifier, part):
    """Return the outputs for a part that was held out."""
    logits = compute_logits(classifier, part.images, part.rows)
    return HeldOutOutputs(logits, part.codes[part.rows], part.weight[part.rows])


def get_held_out(classifier, learner):
    """Return the outputs for the rows that the last `fit` held out to learn from.

    Raises
    ------
    ValueError
        If it held none out.
    """
    held_out = getattr(classifier, "_held_out_outputs", None)
    if held_out is None:
        raise ValueError(
            f"{learner} learns from rows that are held out in `fit`, but it was set after `fit`, "
            "which held none out. Fit again, or learn from probabilities of other rows: a rule of "
            "imblearn_bbfl.decisions that is fitted already is used as it is."
        )
    return HeldOutOutputs(*held_out)


def get_temperature(classifier):
    """Return what the logarithms of probabilities are divided by, None for nothing.

    It is learnt when it is first needed, and kept.
    """
    if classifier.temperature is None:
        return None
    if classifier.temperature != "fit":  # as `fit` says, if it was set after it
        raise ValueError(f"temperature={classifier.temperature!r} must be None or 'fit'.")
    if not hasattr(classifier, "temperature_"):
        logits, codes, weight = get_held_out(classifier, "temperature='fit'")
        loss, same_mix, log_ratio = get_inverse(classifier), None, None
        if loss is not None:
            same_mix = np.zeros(len(classifier.classes_))
            # The posterior is that of the mix in training, but the rows have the mix of the data.
            log_ratio = np.log(classifier.data_prior_ / classifier.seen_prior_)
        log_proba = to_log_proba(logits, loss, same_mix)
        classifier.temperature_ = fit_temperature(
            log_proba, codes, log_ratio=log_ratio, sample_weight=weight
        )
    return classifier.temperature_
