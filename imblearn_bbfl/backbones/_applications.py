"""The networks of keras.applications, built onto preprocessed pixels."""

import inspect
import re
from functools import partial

import keras

from imblearn_bbfl.backbones._params import check_backbone_params
from imblearn_bbfl.backbones._weights import (
    check_weights_file,
    correct_statistics,
    fetch_imagenet_weights,
    load_weights,
)


def list_applications() -> list[str]:
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
    return sorted(get_applications())


def get_applications():
    """Return the functions of keras.applications by their lower-case names."""
    return {
        name.lower(): build
        for name, build in vars(keras.applications).items()
        if name[0].isupper() and callable(build)
    }


def name_application(backbone):
    """Return the name of a function of keras.applications, and any other backbone as it is.

    Raises
    ------
    ValueError
        If it is such a function with some arguments set, which go to `backbone__` parameters.
    """
    applications = get_applications()
    names = {build: name for name, build in applications.items()}
    if isinstance(backbone, partial) and backbone.func in names:
        params = ", ".join(f"backbone__{name}={v!r}" for name, v in backbone.keywords.items())
        raise ValueError(
            f"backbone={backbone!r} is a function of keras.applications with arguments of its own. "
            f"Use backbone={names[backbone.func]!r}, with its arguments as backbone__ parameters"
            f"{f', as in {params}' if params else ''}; weights is a parameter of its own, and "
            "include_top, input_shape and classes follow from the data."
        )
    return names.get(backbone, backbone) if inspect.isfunction(backbone) else backbone


def build_application(backbone, pixels, weights, backbone_params):
    """Build a network of keras.applications onto `pixels`, loaded with `weights`."""
    check_weights_file(weights)
    build = get_applications()[backbone]
    check_backbone_params(backbone, build, backbone_params)
    shape = tuple(pixels.shape[1:])
    # Keras checks the least size only where it is given a shape, and builds layers before it loads
    # weights: two steps tell a shape that is wrong from weights that are.
    structure = {"include_top": False, "input_tensor": pixels, "input_shape": shape}
    try:
        network = build(weights=None, **structure, **backbone_params)
    except ValueError as error:
        raise ValueError(_explain_build_error(backbone, shape, error)) from error
    if weights == "imagenet":
        network.set_weights(fetch_imagenet_weights(backbone, build, backbone_params))
    elif weights is not None:
        has_alpha = "alpha" in inspect.signature(build).parameters
        load_weights(network, backbone, weights, has_alpha=has_alpha)
    correct_statistics(network)
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
