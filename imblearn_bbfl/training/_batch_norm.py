"""Batch normalization under fine-tuning: momentum, frozen or re-estimated statistics."""

import keras
import numpy as np

from imblearn_bbfl.training._layers import list_layers

STATISTICS = ("moving", "frozen", "reestimated")


def set_batch_norm(network, statistics, momentum):
    """Prepare the batch normalization layers of a network for training.

    Parameters
    ----------
    network : keras.Model
        Changed in place.
    statistics : {"moving", "frozen", "reestimated"}
        ``"frozen"`` leaves the layers in inference mode, their scale and offset included.
    momentum : float in [0, 1) or None
        Momentum of the moving statistics. ``None`` keeps the backbone's.
    """
    for layer in _layers(network):
        if momentum is not None:
            layer.momentum = momentum
        if statistics == "frozen":
            layer.trainable = False


def reestimate_statistics(network, images, rows, *, batch_size, seed):
    """Replace moving statistics by mean and variance over rows.

    Training leaves statistics of augmented images in the mix of classes that the batches had. This
    is the "precise batch normalization" of Wu and Johnson 2021 (arXiv:2105.07576), section 3: one
    pass in training mode, whose batches are pooled by the law of total variance.

    The result is exact for layers that have no batch normalization before them. The inputs of
    deeper layers depend on the batch, for they are normalized by its statistics, as in training. It
    is therefore an approximation there, which is the better the more each batch is like the whole,
    and that is why the rows are shuffled.

    Parameters
    ----------
    network : keras.Model
        Changed in place. Must have a layer named ``"features"``. Layers that are frozen stay as
        they are.
    images : object returned by ``as_images``
        Read without augmentation.
    rows : ndarray of int
        Row numbers, in any order.
    batch_size : int
        Rows per batch at most; all batches have the same number, give or take one.
    seed : int
        Seed of the order.
    """
    layers = [layer for layer in _layers(network) if layer.trainable]
    if not layers:
        return
    backbone = keras.Model(network.input, network.get_layer("features").output)
    pooled = [PooledStatistics() for _ in layers]
    momenta = [layer.momentum for layer in layers]
    try:
        for layer in layers:
            layer.momentum = 0.0  # the moving statistics are then those of the latest batch
        shuffled = np.random.default_rng(seed).permutation(rows)
        for batch in np.array_split(shuffled, -(-len(rows) // batch_size)):
            backbone(images.read(batch), training=True)
            for layer, statistics in zip(layers, pooled, strict=True):
                moving = layer.moving_mean, layer.moving_variance
                statistics.add(len(batch), *map(keras.ops.convert_to_numpy, moving))
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
    for layer, statistics in zip(layers, pooled, strict=True):
        layer.moving_mean.assign(statistics.mean)
        layer.moving_variance.assign(statistics.variance)
        if getattr(layer, "renorm", False):  # what its variance comes from when training goes on
            layer.moving_stddev.assign(np.sqrt(statistics.variance + layer.epsilon))


class PooledStatistics:
    """Mean and variance of all rows, from those of their batches.

    By the law of total variance, the whole has the mean of the variances within batches and the
    variance of the batches' means, each batch counted by its rows. Added up batch by batch as in
    Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance", which cancels no
    digits where the mean is large against the spread.

    Attributes
    ----------
    mean, variance : ndarray of float64
        Those of all rows so far; the variance is divided by the number of rows.
    """

    def __init__(self):
        self.mean = self.variance = 0.0
        self._n_rows = 0

    def add(self, n_rows, mean, variance):
        """Add a batch."""
        self._n_rows += n_rows
        share = n_rows / self._n_rows
        change = mean.astype(np.float64) - self.mean
        between = share * (1.0 - share) * change**2
        self.variance = self.variance + share * (variance - self.variance) + between
        self.mean = self.mean + share * change


def _layers(network):
    """Return the batch normalization layers, those of networks inside the network too."""
    layers = list_layers(network)
    return [layer for layer in layers if isinstance(layer, keras.layers.BatchNormalization)]
