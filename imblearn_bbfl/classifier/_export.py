"""The fitted network in the formats of other runtimes, ending in probabilities."""

import json
import os
import tempfile
from pathlib import Path

import keras
import numpy as np

from imblearn_bbfl._extras import check_extra
from imblearn_bbfl._files import check_folder, name_unwritten
from imblearn_bbfl._images import check_views, list_views
from imblearn_bbfl.classifier._decision import get_decision, get_rule
from imblearn_bbfl.classifier._outputs import check_posterior, get_temperature, to_proba
from imblearn_bbfl.training import list_layers, list_normalizations

# Packages that each format needs on the backends that write it.
_NEEDS = {
    "onnx": {"tensorflow": ("onnx", "tf2onnx"), "torch": ("onnx",)},
    "tf_saved_model": {"tensorflow": (), "jax": ("tensorflow",)},
}
FORMATS = tuple(_NEEDS)
"""What `export_classifier` writes, in Keras' words."""


def export_classifier(classifier, path, format):
    """Write a fitted classifier; see `BBFLClassifier.export`."""
    path = Path(path)
    if format not in FORMATS:
        raise ValueError(f"format={format!r} is not known. Use one of {list(FORMATS)}.")
    if format == "onnx" and path.suffix != ".onnx":
        raise ValueError(f"path={os.fspath(path)!r} must end in '.onnx' for format='onnx'.")
    if format == "onnx":
        check_folder(path)
    _check_backend(format)
    network = build_proba_network(classifier)
    classes = json.dumps(classifier.classes_.tolist())
    if format == "onnx":
        _write_onnx(network, path, classes)
    else:
        network.export(path, format=format, verbose=False)
        extra = path / "assets.extra"  # where SavedModel keeps what is not its own
        extra.mkdir(exist_ok=True)
        (extra / "classes.json").write_text(classes, encoding="utf-8")


def _check_backend(format):
    """Raise unless the backend and the packages that are installed can write a format."""
    backend = keras.backend.backend()
    if backend not in _NEEDS[format]:
        raise ValueError(
            f"format={format!r} cannot be written on the backend {backend!r}. Save the classifier, "
            "and load and export it in a process with KERAS_BACKEND=tensorflow."
        )
    extra = "onnx" if format == "onnx" else "tensorflow"
    check_extra(f"format={format!r}", _NEEDS[format][backend], extra)


def build_proba_network(classifier):
    """Return the network from pixels to what `predict_proba` returns, (n, n_classes).

    With a decision rule of its own it has a second output, the number of the class decided for.
    """
    check_posterior(classifier)
    model, temperature = classifier.model_, get_temperature(classifier)
    logits = _average_views(model, classifier.test_time_augmentation)
    outputs = proba = to_proba(classifier, logits, temperature, keras.ops)
    if classifier.thresholding is get_rule(classifier) or get_rule(classifier).needs_rows:
        outputs = [proba, _decide(get_decision(classifier), proba)]
    network = keras.Model(model.input, outputs, name="predict_proba")
    network(keras.ops.zeros((1, *network.input_shape[1:])))  # Keras exports what was called once
    return network


def _average_views(model, kind):
    """Return the mean of the logits of all views of the input, as a symbolic tensor."""
    check_views(kind, model.input_shape[1:])
    views = list_views(model.input, kind, keras.ops)
    if len(views) == 1:
        return model.output
    network = keras.Model(model.input, model.output)  # that the model remembers no call
    logits = network(keras.ops.concatenate(views))  # (n_views * n, n_logits)
    of_views = keras.ops.reshape(logits, (len(views), -1, model.output_shape[-1]))
    return keras.ops.mean(of_views, axis=0)


def _decide(rule, proba):
    """Return the number of the class that a rule decides for, from a symbolic tensor."""
    try:
        # Operators of symbolic tensors take arrays of NumPy, as those of PyTorch's do not.
        ranks = keras.ops.cast(rule.rank(proba), "float32")
    except Exception as error:
        raise ValueError(
            f"{type(rule).__name__}.rank does not take tensors of Keras, so that it cannot go into "
            "an exported network. Write it with operators and arrays (proba * factors), or with "
            "keras.ops, or export with thresholding=None and decide on its probabilities."
        ) from error
    # Not the argmax of floats: Keras sees to negative zeros by operations that ONNX has not.
    is_largest = ranks >= keras.ops.max(ranks, axis=-1, keepdims=True)
    return keras.ops.argmax(keras.ops.cast(is_largest, "int32"), axis=-1)


def _write_onnx(network, path, classes):
    """Write an ONNX file with the labels among its metadata; it is whole once it is there."""
    import onnx

    with (
        name_unwritten(path),
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder,
    ):
        unfinished = os.path.join(folder, "network.onnx")
        is_single = all(layer.compute_dtype == "float32" for layer in list_layers(network))
        model = _convert_to_onnx(network if is_single else _simplify(network), unfinished)
        if len(model.graph.input) > 1:  # tensors of the network, taken for inputs
            model = _convert_to_onnx(_simplify(network), unfinished)
        _check_operations(model)
        onnx.helper.set_model_props(model, {"classes": classes})
        onnx.save(model, unfinished)
        os.replace(unfinished, path)


def _convert_to_onnx(network, path):
    import onnx

    network.export(path, format="onnx", verbose=False)
    return onnx.load(path)


def _check_operations(model):
    """Raise if the conversion left operations that ONNX does not have."""
    import onnx

    used = {node.op_type for node in model.graph.node if node.domain in ("", "ai.onnx")}
    unknown = sorted(name for name in used if not onnx.defs.has(name))
    if unknown:
        raise ValueError(
            f"format='onnx' cannot hold this network: ONNX has no operations {unknown}. Use "
            "format='tf_saved_model', or another backbone."
        )


def _simplify(network):
    """Return a copy in single precision whose constants are numbers, all that ONNX can hold."""

    def clone(layer):
        config = layer.get_config()
        if "dtype" in config:  # functions of keras.ops have none, and keep that of their input
            config["dtype"] = "float32"
        return type(layer).from_config(config)

    def call(layer, *args, **kwargs):
        args, kwargs = keras.tree.map_structure(_as_number, (args, kwargs))
        return layer(*args, **kwargs)

    copy = keras.models.clone_model(
        network, clone_function=clone, call_function=call, recursive=True
    )
    copy.set_weights(network.get_weights())
    pairs = zip(list_normalizations(network), list_normalizations(copy), strict=True)
    for source, target in pairs:
        target.mean, target.variance = (
            np.asarray(value, "float32") for value in (source.mean, source.variance)
        )
    copy(keras.ops.zeros((1, *copy.input_shape[1:])))  # Keras exports what was called once
    return copy


def _as_number(value):
    is_constant = keras.ops.is_tensor(value) and not isinstance(value, keras.KerasTensor)
    return keras.ops.convert_to_numpy(value) if is_constant else value
