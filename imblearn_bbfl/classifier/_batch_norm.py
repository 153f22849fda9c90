"""Batch normalization under fine-tuning: momentum, frozen or re-estimated statistics."""

import keras

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
        layer.trainable = statistics != "frozen"


def reestimate_statistics(network, batches):
    """Replace moving statistics by plain averages over batches, as they are at prediction.

    Training leaves statistics of augmented images in the mix of classes that the batches had. This
    is the "precise batch normalization" of Wu and Johnson 2021 (arXiv:2105.07576), section 3.

    Parameters
    ----------
    network : keras.Model
        Changed in place. Must have a layer named ``"features"``.
    batches : iterable of ndarray
        Unaugmented training inputs.
    """
    layers = _layers(network)
    if not layers:
        return
    backbone = keras.Model(network.input, network.get_layer("features").output)
    momenta = [layer.momentum for layer in layers]
    try:
        for i, batch in enumerate(batches):
            for layer in layers:
                layer.momentum = i / (i + 1)  # the moving average is then the plain one
            backbone(batch, training=True)
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum


def _layers(network):
    return [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
