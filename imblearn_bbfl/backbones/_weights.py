"""Pretrained weights: fetched or from a file, complete or an error."""

import warnings
from pathlib import Path

import keras
import numpy as np

from imblearn_bbfl.backbones._misfit import explain_misfit

_IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


def check_weights_file(weights):
    if weights not in ("imagenet", None) and not Path(weights).is_file():
        raise ValueError(
            f"weights={str(weights)!r} is not a file. Use 'imagenet', None, or the path of a file."
        )


def fetch_imagenet_weights(backbone, build, backbone_params):
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


def load_weights(network, backbone, path, *, has_alpha):
    """Load a weights file, or say why it does not fit the backbone, which may have a width."""
    # Keras skips some gaps of a file with no more than a warning: NaN shows them.
    for variable in network.weights:
        if keras.backend.is_float_dtype(variable.dtype):
            variable.assign(np.full(variable.shape, np.nan))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one for each layer that does not fit
            network.load_weights(path)
        gaps = [v.path for v in network.weights if np.isnan(keras.ops.convert_to_numpy(v)).any()]
        if gaps:
            raise ValueError(f"it has no values for {len(gaps)} weights, such as {gaps[0]}.")
    except Exception as error:
        # Not `from error`, which may have ten thousand letters.
        raise ValueError(
            f"weights={str(path)!r} does not fit backbone={backbone!r}: "
            f"{explain_misfit(network, path, error, has_alpha=has_alpha)}"
        ) from None


def correct_statistics(network):
    """Let a network normalize pixels by the statistics among the weights it was given.

    EfficientNet's ImageNet weights hold the standard deviation in the place of the variance. Keras
    makes up for it, in the midst of the network, for weights="imagenet" only.
    """
    for layer in network.layers:
        if not isinstance(layer, keras.layers.Normalization) or layer.input_mean is not None:
            continue
        mean, variance, count = layer.get_weights()
        if np.allclose(variance, _IMAGENET_DEVIATION):
            layer.set_weights([mean, variance**2, count])
        layer.finalize_state()  # what it normalizes with is no variable
