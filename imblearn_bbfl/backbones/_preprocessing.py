"""Pixel scaling as layers of the network."""

import sys

import keras

from imblearn_bbfl.backbones._applications import get_applications
from imblearn_bbfl.backbones._hub import is_preset, scale_as_preset
from imblearn_bbfl.backbones._models import find_application, is_model, scales_pixels

_IMAGE_PREPROCESSING = ("backbone", "minmax", None)


def preprocess(pixels, backbone, preprocessing, pixel_max, backbone_params):
    """Scale pixels as `preprocessing` says, and bring one channel to three where needed."""
    if preprocessing not in _IMAGE_PREPROCESSING:
        raise ValueError(
            f"preprocessing={preprocessing!r} is not known. Use one of {_IMAGE_PREPROCESSING}."
        )
    if preprocessing is not None and pixel_max is None:
        raise ValueError(
            f"preprocessing={preprocessing!r} takes integer pixels, or floats in [0, 1] or "
            "[0, 255], but X has floats outside. Rescale X, pass the value of white as pixel_max, "
            "or use preprocessing=None to feed the pixels as they are."
        )
    if is_model(backbone):
        return _preprocess_for_model(pixels, backbone, preprocessing, pixel_max)
    if is_preset(backbone):
        return _preprocess_for_preset(pixels, backbone, preprocessing, pixel_max)
    is_application = isinstance(backbone, str) and backbone in get_applications()
    if is_application:
        pixels = _as_three_channels(pixels, backbone)
    if preprocessing == "minmax":
        if is_application:
            _turn_off_own_preprocessing(backbone, backbone_params)
        return _rescale(1.0 / pixel_max, name="minmax")(pixels)
    if preprocessing is None:
        if is_application:
            _turn_off_own_preprocessing(backbone, backbone_params)
        return pixels
    if is_application:
        to_255 = _rescale(255.0 / pixel_max, name="to_255")(pixels)
        return get_module(backbone).preprocess_input(to_255)
    return _rescale(1.0 / pixel_max, name="minmax")(pixels)


def _preprocess_for_preset(pixels, name, preprocessing, pixel_max):
    pixels = _as_three_channels(pixels, name)
    if preprocessing is None:
        return pixels
    if preprocessing == "minmax":
        return _rescale(1.0 / pixel_max, name="minmax")(pixels)
    return scale_as_preset(_rescale(255.0 / pixel_max, name="to_255")(pixels), name)


def _preprocess_for_model(pixels, model, preprocessing, pixel_max):
    """Scale pixels for a built model: as its layers and its name say that it wants them."""
    n_channels = model.inputs[0].shape[-1]
    if n_channels == 3:
        pixels = _as_three_channels(pixels, model.name)
    if n_channels not in (None, pixels.shape[-1]):
        raise ValueError(
            f"backbone={model.name!r} takes images of {n_channels} channels, got "
            f"{pixels.shape[-1]}. Select channels, or pass another backbone."
        )
    if preprocessing is None:
        return pixels
    if scales_pixels(model):
        if preprocessing == "minmax":
            raise ValueError(
                f"backbone={model.name!r} always scales pixels itself, from [0, 255]. Use "
                "preprocessing='backbone', or preprocessing=None for pixels as they are."
            )
        return _rescale(255.0 / pixel_max, name="to_255")(pixels)
    application = find_application(model)
    if preprocessing == "backbone" and application is not None:
        to_255 = _rescale(255.0 / pixel_max, name="to_255")(pixels)
        return get_module(application).preprocess_input(to_255)
    return _rescale(1.0 / pixel_max, name="minmax")(pixels)


def _rescale(scale, **kwargs):
    """Make a layer that scales pixels before half precision could lose their levels."""
    return keras.layers.Rescaling(scale, dtype=keras.config.floatx(), **kwargs)


def _as_three_channels(pixels, backbone):
    """Repeat a gray channel three times, which is what networks made for RGB take."""
    n_channels = pixels.shape[-1]
    if n_channels == 1:
        dtype = keras.config.floatx()  # pixels of 16 bit are beyond half precision
        return keras.layers.Concatenate(name="gray_to_rgb", dtype=dtype)([pixels] * 3)
    if n_channels != 3:
        raise ValueError(
            f"backbone={backbone!r} takes images of 1 or 3 channels, got {n_channels}. Select "
            "channels, or use backbone='small_cnn' or a callable."
        )
    return pixels


def _turn_off_own_preprocessing(backbone, backbone_params):
    """Keep a backbone that scales pixels by itself from scaling them a second time."""
    parameters = _parameters_of(get_applications()[backbone])
    if "include_preprocessing" in parameters:
        backbone_params.setdefault("include_preprocessing", False)
    elif backbone.startswith("efficientnetb"):
        raise ValueError(
            f"backbone={backbone!r} always scales pixels itself, from [0, 255]. Use "
            "preprocessing='backbone'."
        )


def get_module(backbone):
    """Return the Keras module that defines a backbone and its `preprocess_input`."""
    return sys.modules[get_applications()[backbone].__module__]


def _parameters_of(build):
    return build.__code__.co_varnames[: build.__code__.co_argcount]
