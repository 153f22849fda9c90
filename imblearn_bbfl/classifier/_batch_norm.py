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
        if statistics == "frozen":
            layer.trainable = False


def reestimate_statistics(network, batches):
    """Replace moving statistics by the averages of batches, each as much as it has rows.

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
        n_seen = 0
        for batch in batches:
            for layer in layers:
                # The moving average is then the plain one over rows.
                layer.momentum = n_seen / (n_seen + len(batch))
            backbone(batch, training=True)
            n_seen += len(batch)
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum


def _layers(network):
    """Return the batch normalization layers, those of networks inside the network too."""
    layers = network._flatten_layers()
    return [layer for layer in layers if isinstance(layer, keras.layers.BatchNormalization)]
