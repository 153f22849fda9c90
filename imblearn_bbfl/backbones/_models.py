"""Built models of Keras, copied layer by layer, so that each network is flat and one of its own."""

import inspect
import re

import keras

from imblearn_bbfl.backbones._applications import get_applications
from imblearn_bbfl.backbones._weights import check_weights_file, load_weights

# Names that a network gives to its own layers, in front of the backbone and behind it.
_TAKEN = {"inputs", "minmax", "to_255", "gray_to_rgb", "features", "standardization"}
_TAKEN |= {"logits", "preset"}
_SCALING = (keras.layers.Rescaling, keras.layers.Normalization)


def is_model(backbone):
    """Say whether a backbone is a built model, and no function or class."""
    return isinstance(backbone, keras.Model)


def check_model(model, is_table):
    """Raise ValueError unless a model takes one input of this kind, and returns one output."""
    name = f"backbone={model.name!r}"
    try:
        n_inputs, n_outputs = len(model.inputs), len(model.outputs)
    except (AttributeError, TypeError, ValueError):
        n_inputs = 0
    if not n_inputs:
        raise ValueError(
            f"{name} is a model whose layers are not known before it is called: a subclass of "
            "keras.Model, or a Sequential without an Input. Pass a function that takes a tensor, "
            "makes such a model anew and returns what it makes of the tensor, or give a "
            "Sequential an Input as its first layer."
        )
    if n_inputs > 1 or n_outputs > 1:
        raise ValueError(
            f"{name} has {n_inputs} inputs and {n_outputs} outputs, but a backbone has one of "
            "each. Pass a part of it: keras.Model(model.inputs[0], model.outputs[0])."
        )
    takes_table = len(model.inputs[0].shape) == 2
    if takes_table != is_table:
        kinds = ("images", "a 2-D table") if is_table else ("a 2-D table", "images")
        raise ValueError(f"{name} takes {kinds[0]}, but X is {kinds[1]}. Pass another backbone.")
    if len(model.outputs[0].shape) not in (2, 3, 4):
        raise ValueError(
            f"{name} returns {tuple(model.outputs[0].shape)}, but features have the shape (n, "
            "height, width, channels), (n, tokens, width) or (n, n_features). Pass a part of it: "
            "keras.Model(model.input, ...)."
        )


def apply_model(model, inputs, weights, backbone_params):
    """Apply copies of the layers of a model to a tensor; return what they make of it.

    Parameters
    ----------
    model : keras.Model
        It stays as it is.
    inputs : KerasTensor
        Of any size that its layers take with their weights.
    weights : "auto", None, or path of a weights file
        Those of the model, new random ones, or those in the file.
    backbone_params : dict
        Empty: a model is built already.

    Returns
    -------
    features : KerasTensor of shape (n, height, width, channels) or (n, n_features)
        Of several tokens for each image, the mean.
    """
    if backbone_params:
        raise ValueError(
            f"backbone={model.name!r} is built already, so {sorted(backbone_params)} cannot be set "
            "on it. Leave out the backbone__ parameters."
        )
    if isinstance(weights, str) and weights == "imagenet":
        raise ValueError(
            f"weights='imagenet' is for networks by name, but backbone={model.name!r} is built "
            "already. Use weights='auto', which keeps its own."
        )
    if weights not in ("auto", None):
        check_weights_file(weights)
        model = keras.models.clone_model(model)
        load_weights(model, model.name, weights, has_alpha=False)
    try:
        features = _Copier(keeps_weights=weights is not None).apply(model, inputs)
    except Exception as error:
        wanted, got = model.input_shape[1:], tuple(inputs.shape[1:])
        if None in wanted or wanted == got:
            raise
        remedy = f"Use image_size={wanted[:2]}." if len(wanted) == 3 else "Pass such a table."
        raise ValueError(
            f"backbone={model.name!r} was built for inputs of shape {wanted}, and does not take "
            f"{got}: {error} {remedy}"
        ) from error
    if len(features.shape) == 3:
        features = keras.layers.GlobalAveragePooling1D(name="mean_of_tokens")(features)
    return features


class _Copier:
    """Copies of layers, each made once wherever it is used, with names of their own."""

    def __init__(self, *, keeps_weights):
        self._keeps_weights = keeps_weights
        self._copies = {}
        self._names = set(_TAKEN)

    def apply(self, model, x, training=None):
        """Apply copies of all layers of a model, also of those in models among them."""
        result = x

        def call(layer, *args, **kwargs):
            nonlocal result
            result = self._call(layer, args, kwargs, training)
            return result

        # Keras walks through the layers, from the input to the output, which comes last. The model
        # that it makes has an input of its own, where `x` is none, so only the call counts.
        keras.models.clone_model(
            keras.Model(model.inputs, model.outputs),
            input_tensors=[x],
            clone_function=lambda layer: layer,
            call_function=call,
        )
        return result

    def _call(self, layer, args, kwargs, training):
        if _is_flat(layer):
            return self.apply(layer, args[0], kwargs.get("training", training))
        if id(layer) not in self._copies:
            self._copies[id(layer)] = layer, self._copy(layer)  # with the layer its number lives
        copied = self._copies[id(layer)][1]
        if training is not None and "training" in inspect.signature(copied.call).parameters:
            kwargs = {"training": training, **kwargs}  # as the model around it was called
        result = copied(*args, **kwargs)
        if self._keeps_weights and getattr(layer, "weights", None):
            copied.set_weights(layer.get_weights())
            if isinstance(copied, keras.layers.Normalization):
                copied.finalize_state()  # what it normalizes with is no variable
        return result

    def _copy(self, layer):
        config = layer.get_config()
        name = config.get("name", layer.name)
        while name in self._names:
            name = f"backbone_{name}"
        self._names.add(name)
        # A function in a layer is safe to make again: the user has just passed it.
        is_lambda = isinstance(layer, keras.layers.Lambda)
        unsafe = {"safe_mode": False} if is_lambda else {}
        return type(layer).from_config({**config, "name": name}, **unsafe)


def _is_flat(layer):
    """Say whether this is a model whose layers can be applied one by one."""
    return isinstance(layer, keras.Model) and len(getattr(layer, "inputs", None) or ()) == 1


def scales_pixels(model):
    """Say whether a model begins by scaling pixels, before any layer that learns."""
    for layer in model.layers:
        if isinstance(layer, _SCALING):
            return True
        if isinstance(layer, keras.Model):
            return scales_pixels(layer)
        if layer.weights:
            return False
    return False


def find_application(model):
    """Return the name of the network of keras.applications that a model is called after, or None.

    Such as ``mobilenetv2_1.00_224``, whose numbers are width and size.
    """
    name = re.sub(r"_\d\.\d+_\d+$", "", model.name).replace("_", "").lower()
    name = {"nasnet": "nasnetmobile"}.get(name, name)  # both sizes have one name
    return name if name in get_applications() else None


def ends_in_classes(model):
    """Say whether what a model returns are probabilities of classes."""
    activation = getattr(model.layers[-1], "activation", None)
    return activation in (keras.activations.softmax, keras.activations.sigmoid)
