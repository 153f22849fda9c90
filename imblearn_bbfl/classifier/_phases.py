"""The phases of a fit: the head alone, all layers, the head anew."""

from functools import partial
from typing import NamedTuple

import numpy as np

from imblearn_bbfl._images import Table
from imblearn_bbfl.backbones import is_pretrained
from imblearn_bbfl.classifier._preparation import (
    compile_head,
    make_batches,
    measure_classes,
    plan_rows,
    resolve_augmentation,
    watch_validation,
)
from imblearn_bbfl.training import (
    Phase,
    begin_training,
    describe_best,
    describe_phase,
    predict_chunks,
    reestimate_statistics,
    report,
    restart_head,
    seed_dropout,
    seed_torch,
)

HEAD_EPOCHS = 20
"""What ``head_epochs="auto"`` is for a backbone with pretrained weights."""


class Plan(NamedTuple):
    """What a phase will be, before it begins."""

    name: str
    epochs: int
    n_steps: int  # of an epoch
    rows: object  # a fitted row plan
    masses: np.ndarray  # (2, n_classes), as `measure_classes` returns, of an epoch


def plan_epochs(classifier, *, goes_on):
    """Return how many epochs each phase of a fit has at most, in order, by its name.

    A fit that goes on has no head phase again.
    """
    head_epochs = classifier.head_epochs
    if head_epochs == "auto":
        head_epochs = HEAD_EPOCHS if is_pretrained(classifier.backbone, classifier.weights) else 0
    return {
        "head": 0 if goes_on else head_epochs,
        "all": classifier.epochs,
        "retrain_head": classifier.retrain_head_epochs,
    }


def train_in_phases(classifier, plans, train, valid, loss, seeds, *, goes_on, is_shared):
    """Train the network of a classifier, and keep the best epoch of each phase.

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

    Raises
    ------
    FloatingPointError
        If the loss is not a number.
    """
    images = make_image_batches(classifier, train, plans, seeds.augmentation)
    if valid is not None:  # what cannot be measured is told before anything is computed
        watch_validation(classifier, valid, loss).make_scores(classifier.model_)
    features = None  # of training and validation part, as long as the layers below the head stay
    is_stale = False  # whether statistics are to be estimated once more
    with begin_training(
        classifier.model_,
        classifier._make_callbacks(),
        epochs=sum(plan.epochs for plan in plans),
        history=getattr(classifier, "history_", {}),
        is_shared=is_shared,
        verbose=classifier._route("fit").get("verbose", classifier.verbose),
    ) as training:
        for plan in plans:
            if training.is_stopped:
                break
            if plan.name == "all":
                network, parts, batches, features = training.network, (train, valid), images, None
            else:
                if is_stale:
                    reestimate(classifier, training.network, train, seeds.statistics)
                    is_stale = False
                if features is None:
                    features = tuple(replace_images(classifier, training, [train, valid]))
                network, parts = compile_head(classifier, training.network, loss), features
                batches = make_batches(classifier, parts[0], plan.rows, seeds.augmentation, None)
            if plan.name == "retrain_head":
                restart_head(network, (seeds.network, training.epoch))
                classifier._count_epochs(plan.masses, 0, is_new_head=True)
            if goes_on or training.epoch:
                seed_dropout(training.network, seeds.network, training.epoch)
            watch = None if valid is None else watch_validation(classifier, parts[1], loss)
            if len(plans) > 1 or plan.name != "all":
                report(classifier.verbose, describe_phase(training.epoch, *plan[:3]))
            on_epoch = partial(classifier._count_epochs, plan.masses, 1)
            phase = Phase(plan.name, network, batches, plan.epochs, watch, on_epoch)
            with seed_torch(seeds.network, training.epoch):
                training.run(phase)
            is_stale |= plan.name == "all" and classifier.batch_norm_statistics == "reestimated"
            remember(classifier, training, watch)
    training.finite_loss.check(training.best_epoch)
    if is_stale:
        reestimate(classifier, classifier.model_, train, seeds.statistics)


def plan_phases(classifier, train, epochs, seed):
    """Return what each phase will be; one at least, which may have no epochs.

    The head is retrained on balanced batches, whatever `sampling` is.
    """
    names = [name for name, n_epochs in epochs.items() if n_epochs] or ["all"]

    def plan_rows_of(sampling):
        return plan_rows(sampling, classifier.batch_size, train, seed)

    balanced = plan_rows_of("batch") if "retrain_head" in names else None
    given = plan_rows_of(classifier.sampling) if names != ["retrain_head"] else None
    plans, n_steps = [], classifier._route("fit").get("steps_per_epoch")
    for name in names:
        rows = balanced if name == "retrain_head" else given
        steps = n_steps or rows.n_batches_
        masses = measure_classes(classifier, train, rows) * (steps / rows.n_batches_)
        plans.append(Plan(name, epochs.get(name, 0), steps, rows, masses))
    return plans


def make_image_batches(classifier, train, plans, seed):
    """Return the augmented batches that all layers are trained on, None where they are not."""
    for plan in plans:
        if plan.name == "all":
            augmentation = resolve_augmentation(classifier, train)
            return make_batches(classifier, train, plan.rows, seed, augmentation)
    return None


def replace_images(classifier, training, parts):
    """Yield each part with the features of its images in their place; None stays None.

    One pass over the images, without augmentation, by the network as it predicts. For images these
    are the features that `transform` returns, to the bit.
    """
    for part in parts:
        if part is None:
            yield None
            continue
        rows = part.rows
        report(classifier.verbose, "Features of %d rows", len(rows))
        verbose, workers = int(classifier.verbose == 1), classifier.workers
        features = predict_chunks(
            training.features, part.images, rows, workers=workers, verbose=verbose
        )
        yield part._replace(
            images=Table(np.asarray(features, dtype=np.float32)),
            codes=part.codes[rows],
            weight=None if part.weight is None else part.weight[rows],
            rows=np.arange(len(rows)),
            groups=None,
        )


def remember(classifier, training, watch):
    """Keep what came of the phases so far."""
    classifier.history_ = training.history
    vars(classifier).pop("best_epoch_", None)
    if training.best_epoch is not None:
        classifier.best_epoch_ = training.best_epoch
        best = describe_best(classifier.history_, classifier.best_epoch_, watch.monitor)
        report(classifier.verbose, best)


def reestimate(classifier, network, train, seed):
    """Replace the statistics of batch normalization by those of the training part."""
    batch_size = max(32, classifier.batch_size)
    reestimate_statistics(network, train.images, train.rows, batch_size=batch_size, seed=seed)
