"""Where a network is cut for features: at the ends of its stages, or at layers by name."""

from collections import Counter
from numbers import Integral

import keras

from imblearn_bbfl._names import suggest


def find_stages(backbone):
    """Return the last feature map of each resolution, the finest first.

    A stage is what a network computes at one resolution. It ends in a layer that all paths to the
    output go through: the sum at the end of a residual block or the concatenation of branches, but
    no layer of a branch. What only scales pixels is no stage. Padding, which enlarges a map for the
    convolution after it, is part of that convolution.

    Parameters
    ----------
    backbone : keras.Model
        From pixels to the last feature map, without a head.

    Returns
    -------
    stages : list of KerasTensor of shape (n, height, width, channels)
        The last one is what the backbone returns, be it of another shape.
    """
    last = backbone.output
    stages = []
    for tensor in _list_bottlenecks(backbone):
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


def _list_bottlenecks(backbone):
    """Return outputs that everything after them depends on, from the first layer with weights on.

    These are the moments when one tensor alone is still waited for.
    """
    operations = backbone.operations  # each after those that it depends on
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


def choose_maps(backbone, feature_layers):
    """Return the feature maps that features are taken from.

    Parameters
    ----------
    backbone : keras.Model
        From pixels, or rows of a table, to the last feature map, without a head.
    feature_layers : "last", int or sequence of str
        As in `build_network`.

    Returns
    -------
    maps : list of KerasTensor of shape (n, height, width, channels) or (n, n_features)
        In the order of `feature_layers`, or of the stages.

    Raises
    ------
    ValueError
        If there are not as many stages, or no such layer, or its output is no feature map.
    """
    if isinstance(feature_layers, str):
        if feature_layers == "last":
            return [backbone.output]
        raise ValueError(
            f"feature_layers={feature_layers!r} is neither 'last', nor a number of stages, nor a "
            f"list of names of layers. Use [{feature_layers!r}] for the layer of that name."
        )
    if isinstance(feature_layers, Integral):
        return _choose_stages(backbone, int(feature_layers))
    names = list(feature_layers)
    repeated = [name for name, count in Counter(map(str, names)).items() if count > 1]
    if not names or repeated:
        what = f"names {repeated} more than once" if repeated else "is an empty list"
        raise ValueError(
            f"feature_layers {what}. Name one layer or several, each of them once, or use 'last'."
        )
    return [_find_map(backbone, str(name)) for name in names]


def _choose_stages(backbone, n_stages):
    if n_stages < 1:
        raise ValueError(f"feature_layers={n_stages} must be at least 1. Use 1 for the last stage.")
    stages = find_stages(backbone)
    if n_stages <= len(stages):
        return stages[-n_stages:]
    if len(backbone.input_shape) == 2:
        raise ValueError(
            f"feature_layers={n_stages} counts the resolutions of feature maps, which a table has "
            "none of. Use feature_layers='last', or a list of names of layers of your backbone."
        )
    sizes = ", ".join(name_size(tensor) for tensor in stages)
    n_found = "1 stage" if len(stages) == 1 else f"{len(stages)} stages"
    raise ValueError(
        f"feature_layers={n_stages}, but this backbone has {n_found} at this size of images "
        f"({sizes}). Use feature_layers <= {len(stages)}, larger images, or a list of names of "
        "layers."
    )


def name_size(tensor):
    """Name a feature map by its resolution, such as ``14x14``: layers' names may be numbers."""
    return "x".join(map(str, tensor.shape[1:3])) if len(tensor.shape) == 4 else "last"


def _find_map(backbone, name):
    names = [layer.name for layer in backbone.layers]
    if name not in names:
        hint = suggest(name, names) or f" The last ones are {names[-8:]}."
        raise ValueError(f"feature_layers: {name!r} is not a layer of the backbone.{hint}")
    tensor = backbone.get_layer(name).output
    if not isinstance(tensor, keras.KerasTensor) or len(tensor.shape) not in (2, 4):
        raise ValueError(
            f"feature_layers: layer {name!r} has no output of shape (n, height, width, channels) "
            "or (n, n_features). Name another layer."
        )
    return tensor


def pool_maps(maps):
    """Return the mean of each feature map over its area, one after the other.

    The layer that returns them is called ``"features"``; of several maps, the first is pooled by
    the layer ``"features_0"``. What has no area stays as it is.
    """
    if len(maps) == 1:
        return _pool(maps[0], "features")
    pooled = [_pool(tensor, f"features_{i}") for i, tensor in enumerate(maps)]
    return keras.layers.Concatenate(name="features")(pooled)


def _pool(tensor, name):
    if len(tensor.shape) == 4:
        return keras.layers.GlobalAveragePooling2D(name=name)(tensor)  # (n, h, w, c) -> (n, c)
    return keras.layers.Identity(name=name)(tensor)


def list_pooled_maps(network):
    """Return what the layer ``"features"`` of a network pools.

    Parameters
    ----------
    network : keras.Model
        As `build_network` makes.

    Returns
    -------
    maps : list of KerasTensor of shape (n, height, width, channels) or (n, n_features)
        In the order of the features.
    """
    features = network.get_layer("features")
    if not isinstance(features, keras.layers.Concatenate):
        return [features.input]
    return [network.get_layer(f"features_{i}").input for i in range(len(features.input))]
