"""The fitted network in the formats of other runtimes, ending in probabilities."""

import importlib.util
import json
import os
import tempfile
from pathlib import Path

import keras
import numpy as np

_NEEDS = {
    "onnx": {"tensorflow": ("onnx", "tf2onnx"), "jax": ("onnx", "tf2onnx", "tensorflow")},
    "tf_saved_model": {"jax": ("tensorflow",)},
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
    needed = _NEEDS[format].get(keras.backend.backend(), ())
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise ImportError(
            f"format={format!r} needs {missing}. Install them: pip install 'imblearn-bbfl[onnx]'."
        )
    network = build_proba_network(classifier)
    classes = json.dumps(classifier.classes_.tolist())
    if format == "onnx":
        _write_onnx(network, path, classes)
    else:
        network.export(path, format=format, verbose=False)
        extra = path / "assets.extra"  # where SavedModel keeps what is not its own
        extra.mkdir(exist_ok=True)
        (extra / "classes.json").write_text(classes, encoding="utf-8")


def build_proba_network(classifier):
    """Return the network from pixels to what `predict_proba` returns, (n, n_classes)."""
    logits = classifier.model_.output
    if logits.shape[-1] == 1:  # (n, 1) -> (n, 2): the sigmoid is a softmax with a logit of 0
        logits = keras.ops.concatenate([keras.ops.zeros_like(logits), logits], axis=-1)
    if classifier.thresholding == "prior":  # softmax(logits - log prior) = divided, renormalized
        logits = logits - np.log(classifier.class_prior_).astype("float32")
    network = keras.Model(classifier.model_.input, keras.ops.softmax(logits), name="predict_proba")
    network(keras.ops.zeros((1, *network.input_shape[1:])))  # Keras exports what was called once
    return network


def _write_onnx(network, path, classes):
    """Write an ONNX file with the labels among its metadata; it is whole once it is there."""
    import onnx

    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        unfinished = os.path.join(folder, "network.onnx")
        network.export(unfinished, format="onnx", verbose=False)
        model = onnx.load(unfinished)
        onnx.helper.set_model_props(model, {"classes": classes})
        onnx.save(model, unfinished)
        os.replace(unfinished, path)
