"""From pixels to logits: preprocessing, backbone and head in one network."""

import os
import random
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, Literal

import keras

from imblearn_bbfl._names import sort_by_size, suggest
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.backbones._applications import (
    build_application,
    list_applications,
    name_application,
)
from imblearn_bbfl.backbones._cosines import apply_cosines
from imblearn_bbfl.backbones._data_format import channels_last
from imblearn_bbfl.backbones._feature_layers import choose_maps, find_stages, pool_maps
from imblearn_bbfl.backbones._hub import advise_preset, is_preset, load_preset
from imblearn_bbfl.backbones._models import apply_model, check_model, ends_in_classes, is_model
from imblearn_bbfl.backbones._own import OWN_BACKBONES, apply_own
from imblearn_bbfl.backbones._preprocessing import preprocess


def list_backbones() -> list[str]:
    """Return the names that ``backbone`` takes.

    Returns
    -------
    list of str
        ``"small_cnn"``, ``"mlp"`` and every network of :mod:`keras.applications` in lower case.

    Examples
    --------
    >>> from imblearn_bbfl.backbones import list_backbones
    >>> "resnet50" in list_backbones()
    True
    """
    return sorted([*OWN_BACKBONES, *list_applications()])


@channels_last()
def build_network(
    backbone: str | Callable,
    input_shape: tuple[int, ...],
    n_outputs: int,
    *,
    weights: str | os.PathLike | None = None,
    preprocessing: Literal["backbone", "minmax"] | None = "backbone",
    pixel_max: float = 255.0,
    feature_layers: str | int | Sequence[str] = "auto",
    head_units: Sequence[int] = (),
    dropout: float = 0.5,
    cosine_scale: float | None = None,
    **backbone_params: Any,
) -> keras.Model:
    """Build a network from pixels (or table rows) to logits.

    Parameters
    ----------
    backbone : str, callable or keras.Model
        A name from :func:`list_backbones`, or the function of :mod:`keras.applications` itself; the
        name of a preset of KerasHub, if that is installed, such as ``"resnet_50_imagenet"``; a
        function that takes a Keras tensor of preprocessed inputs, applies layers to it, and returns
        features of shape (n, h, w, c) or (n, d); or a built model, whose layers are copied with
        their weights, so that it stays as it is. Of one that returns tokens, (n, t, d), the mean
        over the tokens is taken.
    input_shape : tuple of int
        Shape of one sample: ``(height, width, channels)``, whatever
        :func:`keras.config.image_data_format` says, or ``(n_features,)`` for a table.
    n_outputs : int
        Number of logits: 1 for two classes, else the number of classes.
    weights : "auto", "imagenet", None, or path of a weights file, default=None
        What the backbone starts from. ``None`` is a random start. ``"auto"`` is ``"imagenet"`` for
        networks of :mod:`keras.applications`, the weights that a built model has, and ``None`` for
        networks without published weights.
    preprocessing : {"backbone", "minmax", None}, default="backbone"
        ``"minmax"`` scales pixels to [0, 1], as the paper does, ``"backbone"`` to what the
        backbone's ImageNet weights were trained with, or to [0, 1] where there are none to be had;
        a built model that begins with a layer of scaling gets [0, 255], and one of
        :mod:`keras.applications` is known by its name;
        ``None`` leaves them alone. A layer of the network, so it is saved with it. Tables are never
        scaled.
    pixel_max : float, default=255.0
        The value of a white pixel in the data.
    feature_layers : "auto", "last", int or sequence of str, default="auto"
        Which feature maps the head sees: their means over the area, one after the other. ``"last"``
        is the last of the backbone. A number n takes the last n stages: the last map before each
        change of resolution. Or names of layers. ``"auto"`` is three stages, or as many as there
        are, with `weights` and ``"last"`` without.
    head_units : sequence of int, default=()
        Widths of the dense layers between features and logits.
    dropout : float in [0, 1), default=0.5
        Share of units dropped after each dense layer of the head.
    cosine_scale : float or None, default=None
        ``None`` ends the head in a dense layer. With a number, the logit of a class is that number
        times the cosine between what the head makes of an image and the weights of the class, as
        losses with margins need it; see :func:`apply_cosines`.
    **backbone_params
        Passed on to the function of :mod:`keras.applications`, such as ``alpha=0.35``.

    Returns
    -------
    keras.Model
        Not compiled.

    Raises
    ------
    ValueError
        If the name is unknown, the images are too small, the weights do not fit, `feature_layers`
        are not in the backbone, a width in `head_units` is no whole number of at least 1, or the
        backbone is one layer of Keras that has weights already.
    OSError
        If ImageNet weights cannot be fetched. They are never replaced by random ones.

    Examples
    --------
    >>> from imblearn_bbfl.backbones import build_network
    >>> network = build_network("small_cnn", (16, 16, 3), n_outputs=1)
    >>> network.get_layer("features").output.shape
    (None, 128)
    """
    backbone = name_application(backbone)
    check_head_units(head_units)
    inputs = keras.Input(input_shape, name="inputs")
    is_table = len(input_shape) == 1
    check_backbone(backbone, is_table)
    if is_table:
        scaled = inputs
    else:
        scaled = preprocess(inputs, backbone, preprocessing, pixel_max, backbone_params)
    weights = _resolve_weights(backbone, weights)
    if is_preset(backbone):
        backbone, backbone_params = load_preset(backbone, weights, backbone_params), {}
    if _is_application(backbone):
        network = build_application(backbone, scaled, weights, backbone_params)
        inputs, features = network.inputs[0], network.outputs[0]
    elif is_model(backbone):
        if ends_in_classes(backbone):
            warn_user(
                f"backbone={backbone.name!r} ends in probabilities of its own classes, which are "
                "poor features. Pass it without its top: include_top=False, or "
                "keras.Model(model.input, model.layers[-2].output)."
            )
        features = apply_model(backbone, scaled, weights, backbone_params)
    else:
        features = apply_own(backbone, scaled, weights, backbone_params)
    below = keras.Model(inputs, features)
    if isinstance(feature_layers, str) and feature_layers == "auto":
        feature_layers = min(3, len(find_stages(below))) if weights is not None else "last"
    features = pool_maps(choose_maps(below, feature_layers))
    # On features of a backbone the logits start at 0: random ones would be noise that training has
    # to remove first.
    start = "glorot_uniform" if len(head_units) else "zeros"
    return keras.Model(
        inputs, _apply_head(features, n_outputs, head_units, dropout, cosine_scale, start)
    )


def is_pretrained(backbone: str | Callable, weights: str | os.PathLike | None) -> bool:
    """Say whether a backbone starts from weights that were learnt before.

    Parameters
    ----------
    backbone : str, callable or keras.Model
        As in :func:`build_network`.
    weights : "auto", "imagenet", None, or path of a weights file
        As in :func:`build_network`.

    Returns
    -------
    bool
        False for functions of your own, whatever weights they load. True for a built model, unless
        `weights` is ``None``.

    Examples
    --------
    >>> from imblearn_bbfl.backbones import is_pretrained
    >>> is_pretrained("mobilenetv2", "auto"), is_pretrained("small_cnn", "auto")
    (True, False)
    """
    return _resolve_weights(name_application(backbone), weights) is not None


def _resolve_weights(backbone, weights):
    """Return "imagenet", None or a path for what may be "auto"; of a model that means its own."""
    if (
        isinstance(weights, str)
        and weights == "auto"
        and not (is_model(backbone) or is_preset(backbone))
    ):
        return "imagenet" if _is_application(backbone) else None
    return weights


def _is_application(backbone):
    return isinstance(backbone, str) and backbone in list_applications()


def check_backbone(backbone: str | Callable, is_table: bool) -> None:
    """Check that a backbone exists and takes this kind of input.

    Parameters
    ----------
    backbone : str, callable or keras.Model
        As in :func:`build_network`.
    is_table : bool
        Whether the input is a table rather than images.

    Raises
    ------
    ValueError
        If its name is unknown (the error has the nearest), it takes the other kind of input, or it
        is a built model that has several inputs or outputs, or does not know its layers.

    Examples
    --------
    >>> from imblearn_bbfl.backbones import check_backbone
    >>> check_backbone("small_cnn", is_table=False)
    """
    backbone = name_application(backbone)
    if is_model(backbone):
        check_model(backbone, is_table)
        return
    if callable(backbone):
        return
    names = list_backbones()
    if backbone not in names and not is_preset(backbone):
        hint = suggest(backbone, sort_by_size(names), limit=8)
        hint = hint or " imblearn_bbfl.backbones.list_backbones() has the names."
        raise ValueError(f"backbone={backbone!r} is not known.{hint}{advise_preset(backbone)}")
    if is_table and backbone != "mlp":
        raise ValueError(
            f"backbone={backbone!r} takes images, but X is a 2-D table. Pass images of shape "
            "(n_samples, height, width, channels) or their paths, or use backbone='mlp'."
        )
    if not is_table and backbone == "mlp":
        raise ValueError(
            "backbone='mlp' takes a 2-D table, but X holds images. Use backbone='small_cnn' for "
            "small images, or a name of keras.applications."
        )


def check_head_units(head_units: Sequence[int]) -> None:
    """Raise ValueError unless each width is a whole number of at least 1.

    Parameters
    ----------
    head_units : sequence of int
        As in :func:`build_network`.
    """
    for units in head_units:
        if not isinstance(units, Integral) or isinstance(units, bool) or units < 1:
            raise ValueError(
                f"head_units={head_units!r} has {units!r}, but the width of a dense layer is a "
                "whole number of at least 1. Use head_units=(512, 256), say, or () for no such "
                "layer."
            )


def _apply_head(features, n_outputs, head_units, dropout, cosine_scale, start):
    """Apply the head: standardized features, dense and dropout in turn, then logits."""
    # Does nothing until `standardize_features` sets its statistics. A layer of Keras that holds
    # them as variables, so that networks share traces and files need no class of ours; with an
    # epsilon that leaves a variance of 1 as it is.
    x = keras.layers.BatchNormalization(
        center=False,
        scale=False,
        epsilon=1e-12,
        trainable=False,
        dtype="float32",
        name="standardization",
    )(features)
    for i, units in enumerate(head_units):
        x = keras.layers.Dense(int(units), activation="relu", name=f"head_dense_{i}")(x)
        # Keras draws seeds like this itself, but on PyTorch obeys only those that it was given.
        seed = random.randint(0, 2**31 - 1)
        x = keras.layers.Dropout(dropout, seed=seed, name=f"head_dropout_{i}")(x)
    if cosine_scale is not None:
        return apply_cosines(x, n_outputs, cosine_scale)
    # Logits stay in float32 under mixed precision: the loss is taken from them.
    return keras.layers.Dense(n_outputs, kernel_initializer=start, dtype="float32", name="logits")(
        x
    )
