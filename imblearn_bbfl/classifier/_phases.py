"""The phases of a fit: the head alone, all layers, the head anew."""

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from imblearn_bbfl._images import Table
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.backbones import is_pretrained
from imblearn_bbfl.classifier._preparation import (
    choose_mixing,
    compile_head,
    make_batches,
    measure_classes,
    measure_factors,
    plan_rows,
    resolve_augmentation,
    watch_validation,
)
from imblearn_bbfl.classifier._targets import name_softening
from imblearn_bbfl.classifier._tasks import with_callbacks
from imblearn_bbfl.training import (
    FEATURES,
    Phase,
    begin_training,
    describe_best,
    describe_last,
    describe_phase,
    make_decay,
    normalize_classes,
    predict_chunks,
    reestimate_statistics,
    report,
    restart_head,
    seed_dropout,
    seed_torch,
    standardize_features,
)

HEAD_EPOCHS = 20
"""What ``head_epochs="auto"`` is for a backbone with pretrained weights."""

LEAST_VALIDATION_ROWS = 50
"""With fewer, which epoch is best by them is mostly chance."""

FINE_TUNING_EPOCHS, TRAINING_EPOCHS = 8, 50
"""What ``epochs="auto"`` is for a backbone with pretrained weights, and with random ones."""


class Plan(NamedTuple):
    """What a phase will be, before it begins."""

    name: str
    epochs: int
    n_steps: int  # of an epoch
    rows: object  # a fitted row plan
    masses: np.ndarray  # (2, n_classes), as `measure_classes` returns, of an epoch
    is_balanced: bool  # whether `sampling` and factors are in force
    keeps_best: bool  # whether patience ends it, and its best epoch is kept
    decay: Callable[[int], float] | None  # epoch of the plan -> factor of the learning rate


def plan_epochs(classifier, *, goes_on):
    """Return how many epochs each phase of a fit has at most, in order, by its name.

    A fit that goes on has no head phase again.
    """
    pretrained = is_pretrained(classifier.backbone, classifier.weights)
    head_epochs, epochs = classifier.head_epochs, classifier.epochs
    if head_epochs == "auto":
        head_epochs = HEAD_EPOCHS if pretrained else 0
    if epochs == "auto":
        epochs = FINE_TUNING_EPOCHS if pretrained else TRAINING_EPOCHS
    return {
        "head": 0 if goes_on else head_epochs,
        "all": epochs,
        "retrain_head": classifier.retrain_head_epochs,
    }


@with_callbacks
def train_in_phases(
    classifier, plans, train, valid, loss, seeds, *, goes_on, is_shared, checkpoint=None
):
    """Train the network of a classifier, phase after phase.

    Each phase keeps its last epoch, or its best one where there is a validation part.

    Parameters
    ----------
    classifier : BBFLClassifier
        Gets the fitted attributes.
    plans : list of Plan
        As `plan_phases` returns.
    train, valid : Part
        `valid` may be None.
    loss : keras.losses.Loss
        Of all phases.
    seeds : Seeds
        Of this training.
    goes_on : bool
        Whether the network has been trained before.
    is_shared : bool
        Whether networks that are traced already may be trained in its place.
    checkpoint : TrainingCheckpoint, default=None
        What the training goes on from, and where its state is written.

    Raises
    ------
    FloatingPointError
        If the loss is not a number.
    """
    image_batches = make_image_batches(classifier, train, plans, seeds.augmentation)
    if valid is not None:  # what cannot be measured is told before anything is computed
        watch_validation(classifier, valid, loss).make_scores(classifier.model_)
        warn_of_few_rows(valid, sum(plan.epochs for plan in plans if plan.keeps_best))
    features = None  # of training and validation part, as long as the layers below the head stay
    is_stale = False  # whether statistics are to be estimated once more
    n_epochs = sum(plan.epochs for plan in plans)
    with begin_training(
        classifier.model_,
        classifier._make_callbacks(train, n_epochs),
        epochs=n_epochs,
        history=getattr(classifier, "history_", {}),
        is_shared=is_shared,
        verbose=classifier._route("fit").get("verbose", classifier.verbose),
        checkpoint=checkpoint,
    ) as training:
        for before, plan, images in zip([None, *plans[:-1]], plans, image_batches, strict=True):
            if training.is_stopped:
                break
            if plan.name == "all":
                network, parts, batches, features = training.network, (train, valid), images, None
                classifier._is_probe &= not plan.epochs
            else:
                if is_stale:
                    reestimate(classifier, training.network, train, seeds.statistics)
                    is_stale = False
                if features is None:
                    features = tuple(replace_images(classifier, training, [train, valid]))
                if before is None or before.name != plan.name:
                    parts, rows = features, features[0].rows
                    network = compile_head(classifier, training.network, loss, len(rows))
                    if plan.name == "retrain_head":
                        restart_head(network, (seeds.network, training.epoch))
                    standardize_features(network, parts[0].images.read(rows))
                batches = make_plan_batches(classifier, parts[0], plan, seeds.augmentation, None)
            if plan.name == "retrain_head" or (before and plan.is_balanced > before.is_balanced):
                classifier._count_epochs(plan.masses, 0, is_new_objective=True)
            if goes_on or training.epoch:
                seed_dropout(training.network, seeds.network, training.epoch)
            softening = name_softening(classifier, is_new_head=plan.name == "retrain_head")
            if plan.name == "retrain_head" or (softening and plan.epochs):
                classifier._posterior_lost_to = softening
            watch = None if valid is None else watch_validation(classifier, parts[1], loss)
            if len(plans) > 1 or plan.name != "all":
                described = describe_phase(training.epoch, *plan[:3], plan.is_balanced)
                report(classifier.verbose, described)
            on_epoch = partial(classifier._count_epochs, plan.masses, 1)
            phase = Phase(
                plan.name,
                network,
                batches,
                plan.epochs,
                watch,
                plan.keeps_best,
                on_epoch,
                plan.decay,
            )
            with seed_torch(seeds.network, training.epoch):
                training.run(phase)
            is_stale |= plan.name == "all" and classifier.batch_norm_statistics == "reestimated"
            remember(classifier, training, watch)
    training.finite_loss.check(training.best_epoch)
    if is_stale:
        reestimate(classifier, classifier.model_, train, seeds.statistics)
    if classifier.tau_norm:
        normalize_classes(classifier.model_, classifier.tau_norm)
        classifier._posterior_lost_to = f"tau_norm={classifier.tau_norm}"


def plan_phases(classifier, train, epochs, seed, *, goes_on):
    """Return what each phase will be; one at least, which may have no epochs.

    The phase in which balance begins is two in a row, through which the learning rate falls.
    """
    balance_from = classifier.balance_from
    stretches = defer_balance(epochs, int(balance_from == 1) if goes_on else balance_from)

    @cache
    def plan_rows_of(is_balanced):
        sampling = classifier.sampling if is_balanced else None
        return plan_rows(sampling, classifier.batch_size, train, seed, classifier.classes_)

    plans, n_steps = [], classifier._route("fit").get("steps_per_epoch")
    for name, n_epochs, is_balanced, keeps_best in stretches:
        rows = plan_rows_of(is_balanced)
        steps = n_steps or rows.n_batches_
        masses = measure_classes(classifier, train, rows, is_balanced=is_balanced)
        masses *= steps / rows.n_batches_
        n_before = sum(plan.epochs for plan in plans if plan.name == name)
        decay = make_decay(
            classifier.learning_rate_schedule,
            n_before,
            epochs.get(name, 0),
            warms_up=name == "all" and bool(epochs.get("head")),
        )
        plans.append(Plan(name, n_epochs, steps, rows, masses, is_balanced, keeps_best, decay))
    return plans


def defer_balance(epochs, balance_from):
    """Cut the phase in which balance begins into two.

    Parameters
    ----------
    epochs : dict of str to int
        Of each phase, as `plan_epochs` returns.
    balance_from : float in [0, 1]
        Share of the epochs of all layers, or of the head where those are none, before which there
        is no balance.

    Returns
    -------
    stretches : list of tuple (name, n_epochs, is_balanced, keeps_best)
        One at least. What comes before balance begins, in the same phase, keeps no best epoch.
    """
    epochs = {name: n_epochs for name, n_epochs in epochs.items() if n_epochs} or {"all": 0}
    main = "all" if "all" in epochs else "head"
    stretches = []
    for name, n_epochs in epochs.items():
        if name == "retrain_head":
            stretches.append((name, n_epochs, True, True))
        elif name == main and 0 < balance_from < 1:
            n_before = int(round(balance_from * n_epochs, 6))  # 0.29 * 100 is a bit less than 29
            if n_before:
                stretches.append((name, n_before, False, False))
            stretches.append((name, n_epochs - n_before, True, True))
        else:
            stretches.append((name, n_epochs, balance_from == 0, True))
    return stretches


def make_image_batches(classifier, train, plans, seed):
    """Return, for each plan, the augmented batches that all layers are trained on, else None."""
    augmentation = resolve_augmentation(classifier, train)
    return [
        make_plan_batches(classifier, train, plan, seed, augmentation)
        if plan.name == "all"
        else None
        for plan in plans
    ]


def make_plan_batches(classifier, train, plan, seed, augmentation):
    """Return the batches of a plan.

    Where factors are not in force yet, the weights of rows undo those of the loss, which is that of
    all phases: it stays as it was traced, and so does what callbacks see of it. A head that is
    trained anew learns from rows that are not mixed.
    """
    mix = None if plan.name == "retrain_head" else choose_mixing(classifier, train)
    if not plan.is_balanced and not classifier._is_never_balanced:  # else the loss has none
        factors = measure_factors(classifier, train)
        weight = (train.weight / factors[train.codes]).astype(train.weight.dtype)
        train = train._replace(weight=weight)
    return make_batches(classifier, train, plan.rows, seed, augmentation, mix)


def replace_images(classifier, training, parts):
    """Yield each part with the features of its images in their place; None stays None.

    One pass over the images, without augmentation, by the network as it predicts; over those that
    no fit has computed before, as long as the layers below the head are what they started as. For
    images these are the features that `transform` returns, to the bit.
    """
    compute = FEATURES.compute if classifier._is_probe else predict_chunks
    for part in parts:
        if part is None:
            yield None
            continue
        rows = part.rows
        report(classifier.verbose, "Features of %d rows", len(rows))
        verbose, workers = int(classifier.verbose == 1), classifier.workers
        features = compute(training.features, part.images, rows, workers=workers, verbose=verbose)
        yield part._replace(
            images=Table(np.asarray(features, dtype=np.float32)),
            codes=part.codes[rows],
            weight=None if part.weight is None else part.weight[rows],
            rows=np.arange(len(rows)),
            groups=None,
        )


def warn_of_few_rows(valid, n_epochs):
    """Warn if a handful of validation rows chooses among epochs."""
    n_rows = len(valid.rows)
    if n_epochs > 1 and n_rows < LEAST_VALIDATION_ROWS:
        warn_user(
            f"{n_rows} validation rows choose the epoch that is kept, which is mostly chance with "
            f"fewer than {LEAST_VALIDATION_ROWS}. Use validation_fraction=None, which trains on "
            "all rows and keeps the last epoch, or validate on more rows."
        )


def remember(classifier, training, watch):
    """Keep what came of the phases so far."""
    classifier.history_ = training.history
    if watch is None and training.epoch:
        report(classifier.verbose, describe_last(classifier.history_))
    vars(classifier).pop("best_epoch_", None)
    if training.best_epoch is not None:
        classifier.best_epoch_ = training.best_epoch
        best = describe_best(classifier.history_, classifier.best_epoch_, watch.monitor)
        report(classifier.verbose, best)


def reestimate(classifier, network, train, seed):
    """Replace the statistics of batch normalization by those of the training part."""
    batch_size = max(32, classifier.batch_size)
    reestimate_statistics(network, train.images, train.rows, batch_size=batch_size, seed=seed)
