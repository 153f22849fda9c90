"""What a network is made of, its inner networks and layers included."""

import keras


def list_layers(network):
    """Return all layers of a network, those of networks and layers inside it too.

    Parameters
    ----------
    network : keras.Layer
        A network or a layer.

    Returns
    -------
    layers : list of keras.Layer
        The network itself comes first. In an order that the way it was built determines.
    """
    found = {}
    waiting = [network]
    while waiting:
        layer = waiting.pop(0)
        if id(layer) not in found:
            found[id(layer)] = layer
            waiting += [v for v in _flatten(vars(layer)) if isinstance(v, keras.Layer)]
    return list(found.values())


def list_normalizations(network):
    """Return the layers whose `mean` and `variance` a trace holds as numbers, not as variables."""
    layers = list_layers(network)
    return [layer for layer in layers if isinstance(layer, keras.layers.Normalization)]


def _flatten(value):
    """Yield what lists, tuples and dicts hold; `keras.tree` sorts keys, which layers refuse."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, (list, tuple)):
        yield value
        return
    for item in value:
        yield from _flatten(item)
