"""The layers above the features as a network of their own, with the weights of the whole."""

import keras
import numpy as np

from imblearn_bbfl.coding import narrow_logits, widen_weights
from imblearn_bbfl.training._seeding import seed_layers


class Head(keras.Model):
    """The part of a network from its features to its logits, with a penalty on large weights.

    Parameters
    ----------
    inputs, outputs : KerasTensor
        Features and logits.

    Attributes
    ----------
    penalty : float or keras.Variable
        Factor of the penalty, which is half the sum over dense layers of their number of inputs
        times their squared weights. With standardized inputs that is a Gaussian prior on logits
        that does not depend on how many features there are. Weights of cosines are left out: their
        length does not change a logit.
    """

    # With any other arguments, Keras 3.13 describes and clones this network without its layers.
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.penalty = 0.0

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the loss of the outputs, and the penalty."""
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        kernels = [layer.kernel for layer in self.layers if isinstance(layer, keras.layers.Dense)]
        squares = [kernel.shape[0] * keras.ops.sum(keras.ops.square(kernel)) for kernel in kernels]
        return loss + 0.5 * self.penalty * sum(squares)


def build_head(network, penalty=0.0):
    """Return the part of a network from its features to its logits, not compiled.

    Parameters
    ----------
    network : keras.Model
        Must have a layer named ``"features"``. What trains the head, trains this network.
    penalty : float, default=0.0
        Of the head's weights.

    Returns
    -------
    head : Head
        With the weights of the network.
    """
    head = Head(network.get_layer("features").output, network.output)
    head.penalty = penalty
    return head


def standardize_features(head, features):
    """Have a head bring each feature to mean 0 and standard deviation 1.

    Parameters
    ----------
    head : keras.Model
        Changed in place.
    features : ndarray of shape (n_samples, n_features)
        Whose statistics are taken.
    """
    layer = head.get_layer("standardization")
    deviation = features.std(axis=0, dtype=np.float64)
    # A feature that hardly varies is not to be blown up where it does on other images.
    deviation += 0.01 * deviation.mean() or 1.0
    layer.moving_mean.assign(features.mean(axis=0, dtype=np.float64))
    layer.moving_variance.assign(deviation**2)


def restart_head(head, seed):
    """Draw the weights of a head anew.

    Parameters
    ----------
    head : keras.Model
        Changed in place.
    seed : tuple of int
        Seeds the weights.
    """
    with seed_layers(int(np.random.SeedSequence(seed).generate_state(1)[0])):
        fresh = keras.models.clone_model(head)
    for source, target in zip(fresh.variables, head.variables, strict=True):
        # Keras applies constraints after each step, but not to initial weights.
        constraint = getattr(source, "constraint", None)
        target.assign(source.value if constraint is None else constraint(source.value))


def normalize_classes(network, exponent):
    """Divide the weights of each class by a power of their length, and leave out the biases.

    What features are standardized by is fixed, and so part of the features: weights are those of
    standardized features, whose scales are comparable.

    Parameters
    ----------
    network : keras.Model
        Changed in place. Its last layer must be dense.
    exponent : float
        1 brings all weights to length 1, 0 leaves them as they are.
    """
    kernel, bias = network.get_layer("logits").get_weights()
    of_classes = widen_weights(kernel)
    length = np.linalg.norm(of_classes, axis=0)
    of_classes = of_classes / np.where(length > 0, length, 1) ** exponent
    network.get_layer("logits").set_weights([narrow_logits(of_classes), np.zeros_like(bias)])
