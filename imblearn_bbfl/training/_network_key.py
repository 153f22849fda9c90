"""What traced steps and predictions of a network depend on, in a form that can be compared."""

import hashlib
import inspect
import json
from numbers import Number

import keras
import numpy as np

from imblearn_bbfl.training._devices import is_distributed
from imblearn_bbfl.training._layers import list_layers, list_normalizations

# Names mean nothing; seeds are state, as is the learning rate, and set before each use.
_NOT_GRAPH = ("build_config", "name", "seed")
_COMPILED = ("optimizer", "loss", "steps_per_execution", "jit_compile")


def make_key(network):
    """Describe the graph of a compiled network and of its training step.

    The description is read off the network, not the parameters that it was built with, so a
    function that builds another network than last time gets another key.

    Parameters
    ----------
    network : keras.Model
        Compiled.

    Returns
    -------
    key : hashable or None
        Equal for networks that can use each other's traces; None where that cannot be told, or
        where nothing is traced: on PyTorch, in eager mode, under a distribution, with layers or
        functions that Keras could not write to a file, with a vocabulary, with metrics, or with
        weights that weight decay leaves out.
    """
    is_traced = keras.backend.backend() != "torch" and not network.run_eagerly
    if not is_traced or is_distributed():
        return None
    if getattr(network.optimizer, "_exclude_from_weight_decay_pattern", None):
        return None
    return _make_key(network, lambda: [_read_graph(network), _read_step(network)])


def make_graph_key(network):
    """Describe the graph of a network that predicts.

    With the values of its weights, which are not in it, this is all that predictions depend on.

    Parameters
    ----------
    network : keras.Model
        Need not be compiled.

    Returns
    -------
    key : hashable or None
        Equal for networks that make the same of an image if their weights are equal; None where
        that cannot be told: with layers or functions that Keras could not write to a file, or with
        a vocabulary.
    """
    return _make_key(network, lambda: [_read_graph(network)])


def hash_weights(network):
    """Return a hash of the values of all weights of a network, those of statistics included."""
    digest = hashlib.sha256()
    for weight in network.weights:
        digest.update(f"{weight.dtype} {tuple(weight.shape)}".encode())
        digest.update(np.ascontiguousarray(keras.ops.convert_to_numpy(weight)).view(np.uint8))
    return digest.digest()


def _make_key(network, read_configs):
    """Return a hash of what configurations determine, and the classes that users registered."""
    if _has_functions_of_users(network) or _has_vocabulary(network):
        return None
    try:
        registered = set()
        parts = json.loads(json.dumps(read_configs()))  # without tuples
        described = [_describe(part, {}, registered) for part in parts]
    except (KeyError, NotImplementedError, TypeError):
        # A KeyError: Keras takes the optimizer out of `compiled` when it writes an HDF5 file.
        return None
    statistics = [
        np.asarray(getattr(layer, name)).tolist()
        for layer in list_normalizations(network)
        for name in ("mean", "variance")
    ]
    surroundings = [keras.config.floatx(), keras.config.epsilon()]
    # A hash of the text, for the configuration of a large network is long, and the registered
    # classes themselves: two that are registered under one name in turn are told apart by identity.
    text = json.dumps([described, statistics, surroundings], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest(), frozenset(registered)


def _read_graph(network):
    """Return the configuration of a network, or raise TypeError if its layers are not in it."""
    config = network.get_config()
    if "layers" not in config:
        raise TypeError(f"Keras does not describe the layers of {type(network).__name__}.")
    return config


def _read_step(network):
    """Return the configuration of a training step, or raise TypeError if it measures metrics."""
    compiled = network.get_compile_config()
    if any(compiled[name] for name in ("metrics", "weighted_metrics", "loss_weights")):
        raise TypeError("Traces with metrics are not shared.")
    step = {name: compiled[name] for name in _COMPILED}
    # As it is now: `compiled` has it from before Keras wraps it for mixed_float16.
    step["optimizer"] = keras.optimizers.serialize(network.optimizer)
    # What a shared network has as variables.
    settings = getattr(network.loss, "settings", ())
    step["loss"]["config"] = _leave_out(step["loss"]["config"], settings)
    return step


def _describe(value, numbers, registered):
    """Return a configuration without names, its layers numbered in their place.

    Raises TypeError for what a configuration does not determine. The classes and functions that
    users registered with Keras are added to `registered`: their names may be given to others.
    """
    if isinstance(value, list):
        return [_describe(item, numbers, registered) for item in value]
    if not isinstance(value, dict):
        return value
    class_name = value.get("class_name", "")
    if class_name.endswith("DTypePolicy"):
        return value  # its name is what it is
    if class_name:
        _check_determined(value, registered)
    if "layers" in value:
        numbers = {layer.get("name"): number for number, layer in enumerate(value["layers"])}
    described = _leave_out(value, _NOT_GRAPH)
    for name in ("input_layers", "output_layers"):
        if name in value:
            described[name] = _number(value[name], numbers)
    if "keras_history" in value:
        layer, *position = value["keras_history"]
        described["keras_history"] = [numbers[layer], *position]
    if isinstance(value.get("learning_rate"), Number):
        del described["learning_rate"]
    return {name: _describe(item, numbers, registered) for name, item in described.items()}


def _number(value, numbers):
    """Replace the names of layers by their numbers."""
    if isinstance(value, str):
        return numbers[value]
    if isinstance(value, list):
        return [_number(item, numbers) for item in value]
    if isinstance(value, dict):
        return {name: _number(item, numbers) for name, item in value.items()}
    return value


def _check_determined(value, registered):
    """Raise TypeError unless this is an object of Keras, or one that a user registered."""
    name, module = value.get("registered_name"), value.get("module")
    if name and ">" in name:
        registered.add(keras.saving.get_registered_object(name))
    elif value["class_name"] == "__lambda__" or (module or "keras").split(".")[0] != "keras":
        raise TypeError(f"{value['class_name']} is not determined by its configuration.")
    elif name and not module:
        raise TypeError(f"{name} is not registered with Keras.")


def _has_functions_of_users(network):
    """Say whether a layer calls a function that was passed to it, such as an activation."""
    return any(
        inspect.isfunction(value)
        and not value.__module__.startswith("keras.")
        and not hasattr(type(layer), name)  # else Keras' wrapping of a method
        for layer in list_layers(network)
        for name, value in vars(layer).items()
    )


def _has_vocabulary(network):
    """Say whether a layer learnt from data what its configuration does not have."""
    determined = (keras.layers.Normalization, keras.layers.Discretization)
    return any(
        hasattr(layer, "adapt") and not isinstance(layer, determined)
        for layer in list_layers(network)
    )


def _leave_out(config, names):
    return {name: value for name, value in config.items() if name not in names}
