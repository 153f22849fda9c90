"""What training is given: the network, its loss, the rows of its batches, and what is watched."""

import weakref
from functools import partial

import keras
import numpy as np

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.augmentation import ImageAugmenter
from imblearn_bbfl.backbones import build_network, has_cosines, is_pretrained
from imblearn_bbfl.classifier._outputs import run_network, to_proba
from imblearn_bbfl.classifier._targets import (
    check_takes_targets,
    choose_coding,
    name_softening,
)
from imblearn_bbfl.coding import count_logits
from imblearn_bbfl.costs import (
    COSINE_SCALE,
    compute_factors,
    compute_margins,
    compute_offsets,
    compute_scales,
    make_costs,
    make_loss,
    make_soft_loss,
    resolve_alpha,
)
from imblearn_bbfl.generators import BatchGenerator
from imblearn_bbfl.mixing import mix_batch
from imblearn_bbfl.sampling import make_row_plan
from imblearn_bbfl.training import (
    ValidationScores,
    Watch,
    build_head,
    count_devices,
    describe_network,
    describe_rows,
    has_schedule,
    list_layers,
    measure_loss,
    report,
    resolve_monitor,
    seed_layers,
    set_batch_norm,
)

GENTLE_AUGMENTATION = ImageAugmenter(
    vertical_flip=0, rotation=0, transposition=0, sharpen=0, blur=0, gaussian_noise=0, salt_pepper=0
)
"""What ``augmentation="auto"`` is for images: they may be photographs of people or of houses."""
# Those that fits have trained, of backbones that are functions and that users wrote.
_LAYERS_OF_FUNCTIONS: weakref.WeakSet = weakref.WeakSet()


def make_class_loss(classifier, train):
    """Return the loss that the parameters of a classifier and its training part make."""
    factors = measure_factors(classifier, train)
    if classifier.mixup and classifier.batch_size == 1:
        raise ValueError(
            f"mixup={classifier.mixup} mixes the rows of a batch with each other, but batch_size=1 "
            "leaves a row alone. Use batch_size >= 2, or mixup=0."
        )
    if classifier.loss is not None:
        _check_is_alone(classifier, factors)
        _check_takes_logits(classifier.loss)
        _check_has_factors(classifier)
        loss = classifier.loss.from_config(classifier.loss.get_config())
        check_takes_targets(classifier, loss)
        return loss
    counts = count_classes(classifier, train)
    costs = make_costs(
        len(counts),
        gamma=classifier.gamma,
        factors=None if classifier._is_never_balanced else factors,
        scales=compute_scales(counts, classifier.logit_scale),
        offsets=compute_offsets(counts, classifier.tau),
        margins=compute_margins(counts, classifier.margin),
    )
    return make_soft_loss(costs) if name_softening(classifier) else make_loss(costs)


def _check_is_alone(classifier, factors):
    """Raise ValueError if there are parameters of the loss that another one takes the place of."""
    names = ["alpha", "class_weight"] if (factors != 1).any() else []
    names += [name for name in ("tau", "logit_scale", "margin") if getattr(classifier, name)]
    if names:
        settings = " and ".join(f"{name}={getattr(classifier, name)!r}" for name in names)
        raise ValueError(
            f"{settings} would be part of the focal loss, but loss={classifier.loss!r} takes its "
            f"place. Build what they do into that loss, and leave {' and '.join(names)} out."
        )


def _check_takes_logits(loss):
    """Raise ValueError if a loss would take the logits of the network for probabilities."""
    if loss.get_config().get("from_logits") is False:
        raise ValueError(
            f"loss={loss.name!r} has from_logits=False, but the network returns logits, which it "
            f"would take for probabilities. Use {type(loss).__name__}(from_logits=True)."
        )


def _check_has_factors(classifier):
    """Raise ValueError if a loss has factors, but not one for each class."""
    own, n_classes = getattr(classifier.loss, "class_factors", None), len(classifier.classes_)
    if own is not None and len(own) != n_classes:
        raise ValueError(
            f"loss={classifier.loss!r} has factors {own}, but y has {n_classes} classes. Give it "
            "one factor per class, in the order of classes_."
        )


def count_classes(classifier, train):
    """Return how many rows of each class are trained on, by sample weight."""
    codes, weight = train.codes[train.rows], train.weight[train.rows]
    return np.bincount(codes, weights=weight, minlength=len(classifier.classes_))


def measure_factors(classifier, train):
    """Return the factor of each class in the loss: alpha times class weight.

    Factors that begin to act during training have mean 1 over its rows, so that steps do not become
    smaller when they begin: those by effective numbers have mean 1 over classes, which is far less
    over the rows of a long tail. Cao et al. 2019 divide the loss of each batch by its sum of
    factors, which comes to the same on average.
    """
    codes, weight = train.codes[train.rows], train.weight[train.rows]
    factors = compute_factors(
        classifier.class_weight, codes, classifier.classes_, classifier.effective_beta
    )
    factors = factors * resolve_alpha(classifier.alpha, classifier.classes_)
    if classifier.balance_from:
        factors /= np.average(factors[codes], weights=weight)
    return factors


def check_tau_norm(classifier, *, may_go_on):
    """Raise ValueError if the weights of classes are to be normalized that must not be."""
    if not classifier.tau_norm:
        return
    if may_go_on:
        raise ValueError(
            f"tau_norm={classifier.tau_norm} changes the head when training ends, so that no "
            "training can go on from it. Use warm_start=False and `fit` rather than partial_fit, "
            "or tau_norm=0."
        )
    if classifier.margin:
        raise ValueError(
            f"With margin={classifier.margin} logits are cosines, which do not depend on the "
            f"length of weights, so tau_norm={classifier.tau_norm} has nothing to do. Use one of "
            "the two."
        )


def build_model(classifier, loss, seed):
    """Return a compiled network for the classes of a classifier."""
    is_images = hasattr(classifier, "image_shape_")
    with seed_layers(seed):
        model = build_network(
            classifier.backbone,
            classifier.image_shape_ if is_images else (classifier.n_features_in_,),
            count_logits(len(classifier.classes_)),
            weights=classifier.weights,
            preprocessing=classifier.preprocessing,
            pixel_max=classifier._pixels[1] if is_images else None,
            feature_layers=classifier.feature_layers,
            head_units=classifier.head_units,
            dropout=classifier.dropout,
            cosine_scale=COSINE_SCALE if classifier.margin else None,
            **classifier._route("backbone"),
        )
        statistics = classifier.batch_norm_statistics
        if statistics == "auto":
            pretrained = is_pretrained(classifier.backbone, classifier.weights)
            statistics = "frozen" if pretrained else "moving"
        set_batch_norm(model, statistics, classifier.batch_norm_momentum)
        optimizer = classifier._make_optimizer(classifier.learning_rate)
        model.compile(optimizer, loss, **classifier._route("compile"))
    _warn_of_shared_layers(classifier.backbone, model)
    return model


def _warn_of_shared_layers(backbone, model):
    """Warn of layers that an earlier network has as well, whose weights its fit has changed."""
    if isinstance(backbone, (str, keras.Model)):
        return
    layers = [layer for layer in list_layers(model) if layer.trainable_weights]
    if shared := [layer.name for layer in layers if layer in _LAYERS_OF_FUNCTIONS]:
        warn_user(
            "The function passed as backbone does not make all layers itself: an earlier network "
            f"has the same {', '.join(shared)}. Fits that share weights begin with what the last "
            "has learnt, also of images that are tested on now. Make the layers within the "
            "function, or pass a built keras.Model, of which each fit copies the layers with their "
            "weights."
        )
    _LAYERS_OF_FUNCTIONS.update(layers)


def compile_head(classifier, network, loss, n_rows):
    """Return the head of a network, with an optimizer that has not made a step.

    The penalty weighs against the mean loss of `n_rows` rows, as in scikit-learn against their sum.
    """
    penalty = classifier.head_weight_decay / n_rows
    if keras.backend.backend() == "tensorflow":
        penalty /= count_devices(network)  # whose gradients a strategy adds up
    head = build_head(network, penalty)
    optimizer = classifier._make_optimizer(classifier.head_learning_rate)
    head.compile(optimizer, loss, **classifier._route("compile"))
    return head


def take_over_changes(classifier, loss):
    """Train a network that goes on with the loss and the learning rate as they are now."""
    model = classifier.model_
    if classifier.margin and not has_cosines(model):
        raise ValueError(
            f"margin={classifier.margin} is for logits that are cosines, which those of the fitted "
            "network are not. Start anew with warm_start=False, or use margin=0."
        )
    if loss.get_config() != model.loss.get_config():
        # Keras wrapped the optimizer for mixed_float16 when it was first compiled.
        model.compile(
            model.optimizer, loss, **{**classifier._route("compile"), "auto_scale_loss": False}
        )
    is_changed = classifier.learning_rate != classifier._trained_learning_rate
    if is_changed and not has_schedule(model):
        model.optimizer.learning_rate = classifier.learning_rate


def plan_rows(sampling, batch_size, train, seed, classes):
    """Return the row plan of a training part, fitted on labels, as those of samplers' settings."""
    table = train.images.read(train.rows) if train.images.is_table else None
    plan = make_row_plan(sampling, batch_size, seed)
    return plan.fit(classes[train.codes[train.rows]], table)


def measure_classes(classifier, train, plan, *, is_balanced):
    """Return how much each class counts in an epoch of training, and in the training part.

    In an epoch that is rows times mean sample weight times factor, the last if factors are in
    force. The rows are those that the plan says an epoch has of each class. Where epochs differ,
    that is their average, or the first for samplers of imbalanced-learn.

    Returns
    -------
    masses : ndarray of shape (2, n_classes)
        Both, for an epoch of the plan.
    """
    n_classes = len(classifier.classes_)
    in_data = count_classes(classifier, train)
    n_rows_seen = np.zeros(n_classes)
    n_rows_seen[np.searchsorted(classifier.classes_, plan.classes_)] = plan.class_counts_
    n_rows = np.bincount(train.codes[train.rows], minlength=n_classes)
    mean_weight = in_data / np.maximum(n_rows, 1)
    factors = measure_factors(classifier, train) if is_balanced else np.ones(n_classes)
    own = getattr(classifier.loss, "class_factors", None)  # of a loss in the focal loss' place
    factors = factors if own is None else factors * own
    return np.array([n_rows_seen * mean_weight * factors, in_data])


def resolve_augmentation(classifier, train):
    """Return what changes training images, or None."""
    augmentation = classifier.augmentation
    if isinstance(augmentation, str) and augmentation == "auto":
        return None if train.images.is_table else GENTLE_AUGMENTATION
    return augmentation


def choose_mixing(classifier, train):
    """Return what mixes the rows of a batch, or None."""
    if not classifier.mixup:
        return None
    counts = None
    if classifier.remix:
        counts = count_classes(classifier, train)
        counts = np.maximum(counts, counts[counts > 0].min())  # no row of it will be mixed
    return partial(mix_batch, alpha=classifier.mixup, class_counts=counts)


def make_batches(classifier, train, plan, seed, augmentation, mix):
    """Return the batches that a network of a classifier, or its head, is trained on."""
    return BatchGenerator(
        train.images,
        train.codes,
        plan,
        rows=train.rows,
        sample_weight=train.weight,
        augmentation=augmentation,
        encode=choose_coding(classifier),
        mix=mix,
        seed=seed,
        n_steps=classifier._route("fit").get("steps_per_epoch"),
        multiple_of=count_devices(classifier.model_),
        workers=classifier.workers,
    )


def report_start(classifier, train, valid, n_steps):
    """Tell what training starts from."""
    verbose = classifier.verbose
    for name, part in (("Training", train), ("Validation", valid)):
        if part is not None:
            rows = describe_rows(part.codes[part.rows], classifier.classes_)
            report(verbose, "%s: %s", name, rows)
    report(verbose, describe_network(classifier.model_, classifier.backbone))
    report(verbose, "%d steps of %d rows an epoch", n_steps, classifier.batch_size)


def watch_validation(classifier, valid, loss):
    """Say what is watched on the validation part, and what follows from it."""
    classes = classifier.classes_
    name, metrics = resolve_monitor(classifier.monitor, len(classes), classifier.class_order)
    is_plateau = classifier.learning_rate_schedule == "plateau"
    codes = valid.codes[valid.rows]
    weight = np.ones(len(codes)) if valid.weight is None else valid.weight[valid.rows]
    targets = choose_coding(classifier)(codes)

    def make_scores(network):
        return ValidationScores(
            predict_logits=lambda: run_network(classifier, network, valid.images, valid.rows),
            to_proba=partial(to_proba, classifier),
            compute_loss=lambda logits: measure_loss(loss, targets, logits, weight),
            codes=codes,
            classes=classes,
            metrics=metrics,
        )

    return Watch(
        make_scores,
        f"val_{name}",
        "max" if name in metrics and metrics[name].greater_is_better else "min",
        classifier.patience,
        classifier.learning_rate_patience if is_plateau else None,
        classifier.learning_rate_factor,
    )
