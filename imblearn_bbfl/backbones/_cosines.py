"""The cosine head: a logit per class that is bounded, as losses with margins need it."""

from typing import Any

import keras

from imblearn_bbfl.coding import narrow_logits

_NAME = "cosines"
_SMALLEST_SQUARE = 1e-8  # of a length: a sample whose features are all zero has a gradient, not NaN


def apply_cosines(features: Any, n_outputs: int, scale: float = 30.0) -> Any:
    """Make each logit a multiple of the cosine between a sample's features and a class' weights.

    The head of LDAM (Cao et al. 2019, arXiv:1906.07413) and of other losses with margins: a margin
    means the same for all classes only where features and weights have length 1.

    It is made of layers of Keras alone, so that files of the network can be read without this
    package. As in the authors' code, weights are divided by their length whenever cosines are
    computed, and keep the length that they have: gradients are at right angles to the weights,
    which grow under them, and so later steps turn them less.

    Parameters
    ----------
    features : KerasTensor of shape (None, n_features)
        What the head decides on.
    n_outputs : int
        Number of logits: one per class, or a single one for two classes, which is the difference
        of the logits of both.
    scale : float, default=30.0
        What cosines are multiplied by.

    Returns
    -------
    logits : KerasTensor of shape (None, n_outputs)
        Between ``-scale`` and ``scale``; a single one between ``-2 * scale`` and ``2 * scale``.

    Examples
    --------
    >>> import keras
    >>> from imblearn_bbfl.backbones import apply_cosines
    >>> inputs = keras.Input((8,))
    >>> network = keras.Model(inputs, apply_cosines(inputs, n_outputs=3))
    >>> network.output.shape
    (None, 3)
    """
    features = keras.ops.cast(features, "float32")  # also under mixed precision
    n_features = features.shape[-1]
    # A layer turns what it is given, so to get at the weights themselves, give it the number 1. It
    # is made of the features, since only what depends on the input is part of a network.
    one = keras.ops.ones_like(keras.ops.sum(features[:, :1], axis=0, keepdims=True))
    weights = keras.layers.EinsumDense(
        "ij,jkl->ikl",
        output_shape=(max(2, n_outputs), n_features),
        kernel_initializer=keras.initializers.RandomNormal(stddev=n_features**-0.5),
        dtype="float32",
        name=_NAME,
    )(one)
    cosines = keras.ops.matmul(_normalize(features), keras.ops.transpose(_normalize(weights[0])))
    if n_outputs == 1:
        cosines = narrow_logits(cosines)
    return keras.layers.Rescaling(scale, dtype="float32", name="logits")(cosines)


def _normalize(vectors):
    """Divide each row by its length."""
    square = keras.ops.sum(keras.ops.square(vectors), axis=-1, keepdims=True)
    return vectors * keras.ops.rsqrt(square + _SMALLEST_SQUARE)


def has_cosines(network: keras.Model) -> bool:
    """Say whether the logits of a network are multiples of cosines.

    Parameters
    ----------
    network : keras.Model
        As :func:`build_network` makes.

    Returns
    -------
    bool
        Whether :func:`apply_cosines` made its last layers.

    Examples
    --------
    >>> from imblearn_bbfl.backbones import build_network, has_cosines
    >>> has_cosines(build_network("mlp", (5,), n_outputs=1, cosine_scale=30.0))
    True
    """
    return any(layer.name == _NAME for layer in network.layers)
