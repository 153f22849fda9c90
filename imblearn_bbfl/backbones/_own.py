"""Our own small networks, and functions of users."""

import keras

from imblearn_bbfl.backbones._params import check_backbone_params


def apply_own(backbone, inputs, weights, backbone_params):
    """Apply one of our own small networks or a user's function."""
    if weights is not None:
        raise ValueError(
            f"weights={str(weights)!r} cannot be loaded into backbone={backbone!r}: only networks "
            "of keras.applications have published weights. Use weights=None."
        )
    apply = OWN_BACKBONES.get(backbone, backbone) if isinstance(backbone, str) else backbone
    check_backbone_params(backbone, apply, backbone_params)
    if isinstance(apply, keras.Layer):
        apply = _make_anew(apply)
    features = apply(inputs, **backbone_params)
    shape = getattr(features, "shape", ())
    if len(shape) not in (2, 4):
        raise ValueError(
            "A callable backbone must return features of shape (n, height, width, channels) or "
            f"(n, n_features), got {tuple(shape) or type(features).__name__}."
        )
    if features is inputs:
        features = keras.layers.Identity()(features)  # Keras 3.13 refuses a model of no layer
    return features


def _make_anew(layer):
    """Return a new layer like this one, so that it learns nothing from one fit to the next.

    Raises
    ------
    ValueError
        If it has weights already, or does not tell how it is made.
    """
    name = f"backbone={layer.name!r} is one layer"
    function = "a function that makes it, such as lambda x: keras.layers.Conv2D(8, 3)(x)"
    if layer.weights:
        raise ValueError(
            f"{name} that has weights, which all fits would share: each would begin with what the "
            f"last has learnt. Pass {function}, or keras.Model(inputs, layer(inputs)), of which "
            "each fit copies the layers with their weights."
        )
    try:
        return type(layer).from_config(layer.get_config())
    except (NotImplementedError, TypeError, ValueError) as error:
        raise ValueError(
            f"{name} that each fit has to make anew, but it does not tell how: {error} Pass "
            f"{function}."
        ) from error


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


OWN_BACKBONES = {"mlp": _mlp, "small_cnn": _small_cnn}
