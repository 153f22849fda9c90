"""Where a network is cut for features: at the ends of its stages, or at layers by name."""

import difflib

import keras


def find_stages(network):
    """Return the last feature map of each resolution, the finest first.

    A stage is what a network computes at one resolution. It ends in a layer that all paths to the
    output go through: the sum at the end of a residual block or the concatenation of branches, but
    no layer of a branch. What only scales pixels is no stage. Padding, which enlarges a map for the
    convolution after it, is part of that convolution.

    Parameters
    ----------
    network : keras.Model
        As `build_network` makes.

    Returns
    -------
    stages : list of KerasTensor of shape (n, height, width, channels)
        The last one is what the layer ``"features"`` takes, be it of another shape.
    """
    last = network.get_layer("features").input
    stages = []
    for tensor in _list_bottlenecks(network):
        if tensor is last:
            break
        if len(tensor.shape) != 4 or (stages and _is_larger(tensor, stages[-1])):
            continue
        if stages and tensor.shape[1:3] == stages[-1].shape[1:3]:
            stages[-1] = tensor
        else:
            stages.append(tensor)
    if stages and stages[-1].shape[1:3] == last.shape[1:3]:
        stages.pop()
    return [*stages, last]


def _list_bottlenecks(network):
    """Return outputs that everything after them depends on, from the first layer with weights on.

    These are the moments when one tensor alone is still waited for.
    """
    operations = network.operations  # each after those that it depends on
    last_use = {
        id(tensor): i
        for i, operation in enumerate(operations)
        if not isinstance(operation, keras.layers.InputLayer)
        for tensor in keras.tree.flatten(operation.input)
    }
    bottlenecks, waiting, has_begun = [], set(), False
    for i, operation in enumerate(operations):
        output = operation.output
        waiting = {use for use in waiting if use[1] > i}
        if not isinstance(output, keras.KerasTensor):
            waiting |= {(id(t), last_use.get(id(t), -1)) for t in keras.tree.flatten(output)}
            continue
        has_begun = has_begun or _is_learned(operation)
        if has_begun and not waiting:
            bottlenecks.append(output)
        waiting.add((id(output), last_use.get(id(output), -1)))
    return bottlenecks


def _is_learned(operation):
    normalizes_pixels = isinstance(operation, keras.layers.Normalization)
    return bool(getattr(operation, "weights", ())) and not normalizes_pixels


def _is_larger(tensor, other):
    """Whether a feature map is larger in a direction; sizes that are not known are not larger."""
    sides = zip(tensor.shape[1:3], other.shape[1:3], strict=True)
    return any(a is not None and b is not None and a > b for a, b in sides)


def choose_maps(network, feature_layers):
    """Return the feature maps that features are taken from, by the name of each.

    Parameters
    ----------
    network : keras.Model
        As `build_network` makes.
    feature_layers : "last", int or sequence of str
        As in `ImageFeatures`.

    Returns
    -------
    maps : dict of str to KerasTensor
        ``""`` is the name of the last alone.

    Raises
    ------
    ValueError
        If there are not as many stages, or no such layer, or its output is no feature map.
    """
    if isinstance(feature_layers, str) and feature_layers == "last":
        return {"": network.get_layer("features").input}
    if isinstance(feature_layers, int):
        stages = find_stages(network)
        if feature_layers > len(stages):
            sizes = ", ".join(_name_size(tensor) for tensor in stages)
            raise ValueError(
                f"feature_layers={feature_layers}, but this backbone has {len(stages)} stages at "
                f"this size of images ({sizes}). Use feature_layers <= {len(stages)}, larger "
                "images, or a list of names of layers."
            )
        return {_name_size(tensor): tensor for tensor in stages[-feature_layers:]}
    return {name: _find_map(network, name) for name in feature_layers}


def _name_size(tensor):
    """Name a feature map by its resolution, such as ``14x14``: layers' names may be numbers."""
    return "x".join(map(str, tensor.shape[1:3])) if len(tensor.shape) == 4 else "last"


def _find_map(network, name):
    names = [layer.name for layer in network.layers]
    if name not in names:
        near = difflib.get_close_matches(str(name), names, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"The last ones are {names[-8:]}."
        raise ValueError(f"feature_layers: {name!r} is not a layer of the backbone. {hint}")
    tensor = network.get_layer(name).output
    if not isinstance(tensor, keras.KerasTensor) or len(tensor.shape) not in (2, 4):
        raise ValueError(
            f"feature_layers: layer {name!r} has no output of shape (n, height, width, channels) "
            "or (n, n_features). Name another layer."
        )
    return tensor


def pool(maps):
    """Return the mean of each feature map over its area, one after the other."""
    pooled = [
        keras.layers.GlobalAveragePooling2D(data_format="channels_last")(tensor)
        if len(tensor.shape) == 4
        else tensor
        for tensor in maps
    ]
    return pooled[0] if len(pooled) == 1 else keras.layers.Concatenate()(pooled)
