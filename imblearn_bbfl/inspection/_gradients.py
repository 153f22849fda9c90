"""Gradients of logits with respect to a feature map, on each backend of Keras."""

import keras
import numpy as np


def differentiate(network, features, images, columns, signs):
    """Return the gradient of one logit of each row with respect to the first input of a network.

    Parameters
    ----------
    network : keras.Model
        From features and images to logits. Run as in prediction.
    features : tensor of shape (n, ...)
        Its first input.
    images : tensor of shape (n, ...)
        Its second input, which is held as it is.
    columns : ndarray of int of shape (n,)
        The logit of each row.
    signs : ndarray of shape (n,)
        Factor of each.

    Returns
    -------
    gradients : ndarray of shape (n, ...)
        Each row's own: rows do not mix in prediction.
    """
    weights = np.zeros((len(columns), network.output_shape[-1]), dtype=np.float32)
    weights[np.arange(len(columns)), columns] = signs
    weights = keras.ops.convert_to_tensor(weights)

    def add_up(inputs):
        return keras.ops.sum(network([inputs, images], training=False) * weights)

    return _BACKENDS[keras.backend.backend()](add_up, features)


def _differentiate_tensorflow(function, inputs):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = function(inputs)
    return tape.gradient(value, inputs).numpy()


def _differentiate_jax(function, inputs):
    import jax

    return np.asarray(jax.grad(function)(inputs))


def _differentiate_torch(function, inputs):
    import torch

    inputs = inputs.detach().requires_grad_(True)
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(function(inputs), inputs)
    return gradient.detach().cpu().numpy()


_BACKENDS = {
    "tensorflow": _differentiate_tensorflow,
    "jax": _differentiate_jax,
    "torch": _differentiate_torch,
}
