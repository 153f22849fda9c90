"""Networks by name: a backbone of :mod:`keras.applications` (or your own) with the paper's head.

A network is one flat :class:`keras.Model` from pixels to logits. The layer named ``"features"`` is
the global average pooling (GAP) between the backbone and the head, the layer ``"logits"`` is the
output. The backbone is never nested inside the network, so tools that walk the layers (Grad-CAM,
ONNX export) see all of them.
"""

import difflib
import random
import re
import sys
import warnings
from pathlib import Path

import keras
import numpy as np

__all__ = ["build_network", "list_applications", "list_backbones"]

_IMAGE_PREPROCESSING = ("backbone", "minmax", None)
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


def list_backbones():
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
    return sorted([*_OWN_BACKBONES, *_applications()])


def list_applications():
    """Return the names of the networks of :mod:`keras.applications`, which have published weights.

    Returns
    -------
    list of str
        In lower case.

    Examples
    --------
    >>> from imblearn_bbfl.backbones import list_applications
    >>> "small_cnn" in list_applications()
    False
    """
    return sorted(_applications())


def build_network(
    backbone,
    input_shape,
    n_outputs,
    *,
    weights=None,
    preprocessing="minmax",
    pixel_max=255.0,
    head_units=(512, 256),
    dropout=0.5,
    **backbone_params,
):
    """Build a network from pixels (or table rows) to logits.

    Parameters
    ----------
    backbone : str or callable
        A name from :func:`list_backbones`, or a function that takes a Keras tensor of preprocessed
        inputs, applies layers to it, and returns features of shape (n, h, w, c) or (n, d).
    input_shape : tuple of int
        Shape of one sample: ``(height, width, channels)``, or ``(n_features,)`` for a table.
    n_outputs : int
        Number of logits: 1 for two classes, else the number of classes.
    weights : "imagenet", None, or path of a weights file, default=None
        What the backbone starts from. ``None`` is a random start.
    preprocessing : {"minmax", "backbone", None}, default="minmax"
        ``"minmax"`` scales pixels to [0, 1], as the paper does, ``"backbone"`` to what the
        backbone's ImageNet weights were trained with; ``None`` leaves them alone. A layer of the
        network, so it is saved with it. Tables are never scaled.
    pixel_max : float, default=255.0
        The value of a white pixel in the data.
    head_units : sequence of int, default=(512, 256)
        Widths of the dense layers between features and logits.
    dropout : float in [0, 1), default=0.5
        Share of units dropped after each dense layer of the head.
    **backbone_params
        Passed on to the function of :mod:`keras.applications`, such as ``alpha=0.35``.

    Returns
    -------
    keras.Model
        Not compiled.

    Raises
    ------
    ValueError
        If the name is unknown, the images are too small, or the weights do not fit.
    OSError
        If ImageNet weights cannot be fetched. They are never replaced by random ones.

    Examples
    --------
    >>> from imblearn_bbfl.backbones import build_network
    >>> network = build_network("small_cnn", (16, 16, 3), n_outputs=1)
    >>> network.get_layer("features").output.shape
    (None, 128)
    """
    inputs = keras.Input(input_shape, name="inputs")
    is_table = len(input_shape) == 1
    _check_backbone(backbone, is_table)
    if not is_table:
        scaled = _preprocess(inputs, backbone, preprocessing, pixel_max, backbone_params)
    else:
        scaled = inputs
    if isinstance(backbone, str) and backbone in _applications():
        if weights is not None and preprocessing == "backbone":
            scaled = _correct_efficientnet(scaled, backbone)
        network = _build_application(backbone, scaled, weights, backbone_params)
        inputs, features = network.inputs[0], network.outputs[0]
    else:
        features = _apply_own(backbone, scaled, weights, backbone_params)
    return keras.Model(inputs, _apply_head(features, n_outputs, head_units, dropout))


def _check_backbone(backbone, is_table):
    """Raise an error that names the nearest backbone, or the input that this one needs."""
    if isinstance(backbone, keras.Model):
        raise TypeError(
            f"backbone={backbone.name!r} is a built Keras model, but every fit builds a network of "
            "its own. Pass a function that takes a tensor, applies the layers and returns features."
        )
    if callable(backbone):
        return
    names = list_backbones()
    if backbone not in names:
        near = difflib.get_close_matches(str(backbone).lower(), names, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "list_backbones() has the names."
        raise ValueError(f"backbone={backbone!r} is not known. {hint}")
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


def _preprocess(pixels, backbone, preprocessing, pixel_max, backbone_params):
    """Scale pixels as `preprocessing` says, and bring one channel to three where needed."""
    if preprocessing not in _IMAGE_PREPROCESSING:
        raise ValueError(
            f"preprocessing={preprocessing!r} is not known. Use one of {_IMAGE_PREPROCESSING}."
        )
    if preprocessing is not None and pixel_max is None:
        raise ValueError(
            f"preprocessing={preprocessing!r} takes integer pixels, or floats in [0, 1] or "
            "[0, 255], but X has floats outside. Rescale X, or use preprocessing=None to feed the "
            "pixels as they are."
        )
    is_application = isinstance(backbone, str) and backbone in _applications()
    if is_application:
        pixels = _as_three_channels(pixels, backbone)
    if preprocessing == "minmax":
        if is_application:
            _turn_off_own_preprocessing(backbone, backbone_params)
        return keras.layers.Rescaling(1.0 / pixel_max, name="minmax")(pixels)
    if preprocessing is None:
        if is_application:
            _turn_off_own_preprocessing(backbone, backbone_params)
        return pixels
    if is_application:
        to_255 = keras.layers.Rescaling(255.0 / pixel_max, name="to_255")(pixels)
        return _module_of(backbone).preprocess_input(to_255)
    return keras.layers.Rescaling(2.0 / pixel_max, offset=-1.0, name="centered")(pixels)


def _as_three_channels(pixels, backbone):
    """Repeat a gray channel three times, which is what networks made for RGB take."""
    n_channels = pixels.shape[-1]
    if n_channels == 1:
        return keras.layers.Concatenate(name="gray_to_rgb")([pixels] * 3)
    if n_channels != 3:
        raise ValueError(
            f"backbone={backbone!r} takes images of 1 or 3 channels, got {n_channels}. Select "
            "channels, or use backbone='small_cnn' or a callable."
        )
    return pixels


def _turn_off_own_preprocessing(backbone, backbone_params):
    """Keep a backbone that scales pixels by itself from scaling them a second time."""
    parameters = _parameters_of(_applications()[backbone])
    if "include_preprocessing" in parameters:
        backbone_params.setdefault("include_preprocessing", False)
    elif backbone.startswith("efficientnetb"):
        raise ValueError(
            f"backbone={backbone!r} always scales pixels itself, from [0, 255]. Use "
            "preprocessing='backbone'."
        )


def _correct_efficientnet(pixels, backbone):
    """Scale pixels as EfficientNet's ImageNet weights want it.

    They hold the standard deviation in the place of the variance, so the network divides by its
    root alone. Keras makes up for it, in the midst of the network, for weights="imagenet" only.
    """
    if not backbone.startswith("efficientnetb"):
        return pixels
    scale = [deviation**-0.5 for deviation in _IMAGENET_DEVIATION]
    offset = [255 * m * (1 - s) for m, s in zip(_IMAGENET_MEAN, scale, strict=True)]
    return keras.layers.Rescaling(scale, offset=offset, name="divide_by_root")(pixels)


def _build_application(backbone, pixels, weights, backbone_params):
    """Build a network of keras.applications onto `pixels`, loaded with `weights`."""
    _check_weights_file(weights)
    build = _applications()[backbone]
    shape = tuple(pixels.shape[1:])
    # Keras checks the least size only where it is given a shape, and builds layers before it loads
    # weights: two steps tell a shape that is wrong from weights that are.
    structure = {"include_top": False, "input_tensor": pixels, "input_shape": shape}
    try:
        network = build(weights=None, **structure, **backbone_params)
    except ValueError as error:
        raise ValueError(_explain_build_error(backbone, shape, error)) from error
    if weights == "imagenet":
        network.set_weights(_fetch_imagenet_weights(backbone, build, backbone_params))
    elif weights is not None:
        _load_weights(network, backbone, weights)
    return _flatten(network)


def _flatten(network):
    """Copy a network with models among its layers (ConvNeXt) into one that has their layers."""
    if not any(isinstance(layer, keras.Model) for layer in network.layers):
        return network

    def copy(layer):
        return layer.__class__.from_config(layer.get_config())

    def apply(layer, x, *args, **kwargs):
        if not isinstance(layer, keras.Sequential):
            return copy(layer)(x, *args, **kwargs)
        for inner in layer.layers:
            x = copy(inner)(x)
        return x

    flat = keras.models.clone_model(
        network, clone_function=lambda layer: layer, call_function=apply
    )
    flat.set_weights(network.get_weights())
    return flat


def _fetch_imagenet_weights(backbone, build, backbone_params):
    """Return ImageNet weights, downloaded by Keras or from its cache."""
    try:
        with warnings.catch_warnings():
            # The weights do not depend on the size of the images, so it is left out on purpose.
            warnings.filterwarnings("ignore", message="`input_shape` is undefined")
            network = build(weights="imagenet", include_top=False, **backbone_params)
        return network.get_weights()
    except Exception as error:
        raise OSError(
            f"The ImageNet weights of backbone={backbone!r} could not be fetched: {error} "
            "Pass the path of a weights file as weights='....weights.h5', or weights=None to "
            "start from random weights."
        ) from error


def _load_weights(network, backbone, path):
    """Load a weights file, or say which file does not fit which backbone."""
    # Keras skips some gaps of a file with no more than a warning: NaN shows them.
    for variable in network.weights:
        if keras.backend.is_float_dtype(variable.dtype):
            variable.assign(np.full(variable.shape, np.nan))
    try:
        network.load_weights(path)
        gaps = [v.path for v in network.weights if np.isnan(keras.ops.convert_to_numpy(v)).any()]
        if gaps:
            raise ValueError(f"it has no values for {len(gaps)} weights, such as {gaps[0]}.")
    except Exception as error:
        raise ValueError(
            f"weights={str(path)!r} does not fit backbone={backbone!r}: {error} Pass a file saved "
            "from the same network without its top (include_top=False)."
        ) from error


def _check_weights_file(weights):
    if weights not in ("imagenet", None) and not Path(weights).is_file():
        raise ValueError(
            f"weights={str(weights)!r} is not a file. Use 'imagenet', None, or the path of a file."
        )


def _explain_build_error(backbone, shape, error):
    """Say the least size where size is what Keras complains about."""
    least = re.search(r"at least (\d+)x(\d+)", str(error))
    if least is None:
        return f"backbone={backbone!r} cannot be built for images of shape {shape}: {error}"
    height, width = least.groups()
    return (
        f"Images of {shape[0]} x {shape[1]} pixels are too small for backbone={backbone!r}. Use "
        f"image_size={height} or more (at least {height} x {width}), or backbone='small_cnn'."
    )


def _apply_own(backbone, inputs, weights, backbone_params):
    """Apply one of our own small networks or a user's function."""
    if weights is not None:
        raise ValueError(
            f"weights={str(weights)!r} cannot be loaded into backbone={backbone!r}: only networks "
            "of keras.applications have published weights. Use weights=None."
        )
    apply = _OWN_BACKBONES.get(backbone, backbone) if isinstance(backbone, str) else backbone
    features = apply(inputs, **backbone_params)
    shape = getattr(features, "shape", ())
    if len(shape) not in (2, 4):
        raise ValueError(
            "A callable backbone must return features of shape (n, height, width, channels) or "
            f"(n, n_features), got {tuple(shape) or type(features).__name__}."
        )
    return features


def _apply_head(features, n_outputs, head_units, dropout):
    """Apply the paper's head: GAP, then dense and dropout in turn, then logits."""
    if len(features.shape) == 4:
        x = keras.layers.GlobalAveragePooling2D(name="features")(features)  # (n, h, w, c) -> (n, c)
    else:
        x = keras.layers.Identity(name="features")(features)
    for i, units in enumerate(head_units):
        x = keras.layers.Dense(units, activation="relu", name=f"head_dense_{i}")(x)
        # Keras draws seeds like this itself, but on PyTorch obeys only those that it was given.
        seed = random.randrange(2**31)
        x = keras.layers.Dropout(dropout, seed=seed, name=f"head_dropout_{i}")(x)
    # Logits stay in float32 under mixed precision: the loss is taken from them.
    return keras.layers.Dense(n_outputs, dtype="float32", name="logits")(x)


def _small_cnn(pixels):
    """Apply three convolution blocks: enough for small images, quick on a CPU."""
    x = pixels
    for filters in (32, 64, 128):
        x = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
        if min(x.shape[1:3]) >= 4:
            x = keras.layers.MaxPooling2D()(x)
    return x


def _mlp(rows):
    """Apply one dense layer: for tables, where there is nothing to convolve."""
    return keras.layers.Dense(64, activation="relu")(rows)


_OWN_BACKBONES = {"mlp": _mlp, "small_cnn": _small_cnn}


def _applications():
    """Return the functions of keras.applications by their lower-case names."""
    return {
        name.lower(): build
        for name, build in vars(keras.applications).items()
        if name[0].isupper() and callable(build)
    }


def _module_of(backbone):
    """Return the Keras module that defines a backbone and its `preprocess_input`."""
    return sys.modules[_applications()[backbone].__module__]


def _parameters_of(build):
    return build.__code__.co_varnames[: build.__code__.co_argcount]
