"""Presets of KerasHub by name: loaded as models, and scaled as their authors did."""

import importlib

import keras

from imblearn_bbfl.backbones._own import OWN_BACKBONES

_HANDLES = ("hf://", "kaggle://")  # of places that presets are published in


def is_preset(name):
    """Say whether KerasHub, if it is installed, has a preset of this name."""
    if not _may_be_preset(name):
        return False
    hub = _import_hub()
    return hub is not None and (name.startswith(_HANDLES) or name in hub.models.Backbone.presets)


def advise_preset(name):
    """Return what to do where a name may be a preset, and KerasHub is not installed."""
    if not _may_be_preset(name) or _import_hub() is not None:
        return ""
    return (
        " If it is a preset of KerasHub, install that, which is the extra [hub] of imblearn-bbfl: "
        "pip install keras-hub."
    )


def _may_be_preset(name):
    """Say whether a name looks like that of a preset; KerasHub takes long to import."""
    if not isinstance(name, str) or name in OWN_BACKBONES:
        return False
    return name.startswith(_HANDLES) or "_" in name


def _import_hub():
    try:
        return importlib.import_module("keras_hub")
    except ImportError:
        return None


def load_preset(name, weights, params):
    """Return the model of a preset.

    Parameters
    ----------
    name : str
        Of the preset.
    weights : "auto" or None
        Those of the preset, or random ones.
    params : dict of str to object
        For ``keras_hub.models.Backbone.from_preset``, such as ``image_shape``.

    Raises
    ------
    OSError
        If it cannot be fetched.
    """
    if weights not in ("auto", None):
        raise ValueError(
            f"weights={str(weights)!r} cannot be loaded into backbone={name!r}, a preset of "
            "KerasHub. Use weights='auto' for its own, or None for random ones."
        )
    try:
        return _import_hub().models.Backbone.from_preset(
            name, load_weights=weights is not None, **params
        )
    except Exception as error:
        raise _make_error(name, error) from error


def _make_error(name, error):
    return OSError(
        f"backbone={name!r} could not be fetched by KerasHub: {error} Where there is no network, "
        "load it elsewhere, and pass the model itself as backbone."
    )


def scale_as_preset(pixels, name):
    """Scale pixels of [0, 255] as the authors of a preset did; to [0, 1] if they do not say."""
    try:
        converter = _import_hub().layers.ImageConverter.from_preset(name)
    except ValueError:  # the preset has none
        scale, offset = None, None
    except Exception as error:
        raise _make_error(name, error) from error
    else:
        scale, offset = converter.scale, converter.offset
    scale = 1 / 255 if scale is None else scale
    offset = 0.0 if offset is None else offset
    dtype = keras.config.floatx()
    return keras.layers.Rescaling(scale, offset=offset, dtype=dtype, name="preset")(pixels)
