"""One ``.keras`` file for the network and what the estimator knows beside it.

Keras alone opens the file as a network that is not compiled. The loss, which is a class of this
package, is in a member of the archive that Keras does not look at.
"""

import importlib
import json
import os
import tempfile
import zipfile
from typing import Literal, Self

import keras
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from imblearn_bbfl._files import check_clock, check_folder, name_damaged, replace_when_done
from imblearn_bbfl._version import __version__
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.backbones._applications import name_application
from imblearn_bbfl.classifier._decision import describe_basis, get_decision, get_rule
from imblearn_bbfl.classifier._export import export_classifier
from imblearn_bbfl.classifier._outputs import get_temperature
from imblearn_bbfl.classifier._version_1 import update_from_version_1
from imblearn_bbfl.decisions import Decision
from imblearn_bbfl.training import seed_layers, write_uncompiled

_MEMBER, _WEIGHTS = "imblearn_bbfl.json", "model.weights.h5"
_BACKBONE = "imblearn_bbfl_backbone.keras"
_SAFE_PACKAGES = ("imblearn", "imblearn_bbfl")
# Fitted attributes that are not the network: arrays and plain values.
_ATTRIBUTES = (
    "classes_",
    "class_prior_",
    "seen_prior_",
    "data_prior_",
    "_class_masses",
    "decision_",
    "temperature_",
    "_decision_basis",
    "_held_out_outputs",
    "_trained_learning_rate",
    "_held_out",
    "_is_probe",
    "_posterior_lost_to",
    "history_",
    "best_epoch_",
    "image_shape_",
    "_pixels",
    "n_features_in_",
    "feature_names_in_",
)


def save_classifier(classifier, path):
    """Write a fitted classifier; see `BBFLClassifier.save`."""
    path = os.fspath(path)
    if not path.endswith(".keras"):
        named = os.path.splitext(path)[0] + ".keras"
        raise ValueError(f"path={path!r} must end in '.keras'. Use {named!r}.")
    check_folder(path)
    check_clock(path)
    if os.path.isdir(path):
        raise IsADirectoryError(f"path={path!r} is a folder. Use another name for the file.")
    compile_config = classifier.model_.get_compile_config()
    _check_can_be_read(compile_config)
    _check_rule(classifier)
    params, unwritten = {}, []
    backbone = name_application(classifier.backbone)
    for name, value in classifier.get_params(deep=False).items():
        try:
            params[name] = _encode(backbone if name == "backbone" else value)
        except TypeError:
            params[name] = None
            unwritten.append(name)
    if unwritten:
        warn_user(
            f"{unwritten} cannot be written to {path!r} and will be None after load. The network "
            "is complete and predicts the same; set them again before the next fit."
        )
    attributes = _list_attributes(classifier)
    fitted = {name: _encode(attributes[name]) for name in _ATTRIBUTES if name in attributes}
    text = json.dumps(
        {
            "version": __version__,
            "params": params,
            "fitted": fitted,
            "compile_config": compile_config,
        }
    )
    with replace_when_done(path) as unfinished:
        with write_uncompiled(classifier.model_):
            classifier.model_.save(unfinished)
        with zipfile.ZipFile(unfinished, "a") as archive:
            archive.writestr(_MEMBER, text)
            if isinstance(backbone, keras.Model):
                _write_backbone(archive, backbone)


def _list_attributes(classifier):
    """Return the attributes of a classifier, with what it has learnt for its parameters now."""
    attributes = {**vars(classifier)}
    for name in ("temperature_", "decision_", "_decision_basis"):  # for those of before
        attributes.pop(name, None)
    if classifier.temperature is not None:
        attributes["temperature_"] = get_temperature(classifier)
    if get_rule(classifier).needs_rows:
        attributes["decision_"] = get_decision(classifier)
        attributes["_decision_basis"] = describe_basis(classifier)
    return attributes


def load_classifier(cls, path):
    """Read a classifier; see `BBFLClassifier.load`."""
    with name_damaged(path, f"Pass a file that {cls.__name__}.save has written."):
        return _load_whole(cls, path)


def _load_whole(cls, path):
    with zipfile.ZipFile(path) as archive:
        if _MEMBER not in archive.namelist():
            raise ValueError(
                f"{os.fspath(path)!r} holds a network only: it was not written by "
                f"{cls.__name__}.save. Read it with keras.saving.load_model."
            )
        content = json.loads(archive.read(_MEMBER))
        backbone = _read_backbone(archive) if _BACKBONE in archive.namelist() else None
    if missing := {"params", "fitted", "compile_config"} - content.keys():
        raise ValueError(f"{os.fspath(path)!r} is damaged: it has no {' and '.join(missing)}.")
    params, fitted = (
        {name: _decode(value) for name, value in content[kind].items()}
        for kind in ("params", "fitted")
    )
    update_from_version_1(cls, params, fitted)
    if backbone is not None:
        params["backbone"] = backbone
    classifier = cls(**params)
    for name, value in fitted.items():
        if name not in _ATTRIBUTES:
            raise ValueError(f"{os.fspath(path)!r} holds an unknown attribute {name!r}.")
        setattr(classifier, name, value)
    classifier._rule_of_fit = classifier.thresholding  # which `decision_` is of
    with seed_layers(0):  # training on seeds dropout anew
        classifier.model_ = keras.saving.load_model(path)
    classifier.model_.compile_from_config(content["compile_config"])
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        # Once more, for the state of the optimizer, which there was none of before.
        classifier.model_.load_weights(archive.extract(_WEIGHTS, folder))
    return classifier


def _write_backbone(archive, model):
    """Write the model that the network was built on, for the next fit."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, _BACKBONE)
        model.save(path)
        archive.write(path, _BACKBONE)


def _read_backbone(archive):
    with tempfile.TemporaryDirectory() as folder:
        return keras.saving.load_model(archive.extract(_BACKBONE, folder), compile=False)


def _check_can_be_read(compile_config):
    """Raise unless Keras can make the loss and the optimizer of a network again."""
    try:
        keras.saving.deserialize_keras_object(compile_config)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "The file could not be read: Keras does not know a class or function that the network "
            "was compiled with. Register it, as in keras.saving.register_keras_serializable('mine')"
            "(MyLoss), and save again; no new fit is needed."
        ) from error


def _check_rule(classifier):
    """Raise if a decision rule cannot be written, without which `predict` would be another."""
    rule = get_rule(classifier)
    remedy = (
        "`predict` would decide otherwise after `load`. Pickle the classifier, or set "
        "thresholding=None before `save` and pass what predict_proba returns after `load` to the "
        "`predict` of your rule."
    )
    if not _is_safe(type(rule)):
        raise ValueError(
            f"thresholding={rule!r} is a rule of your own. The file holds no code, so that {remedy}"
        )
    try:
        _encode(rule)
    except TypeError as error:
        raise ValueError(
            f"thresholding={rule!r} has a parameter that the file cannot hold, so that {remedy}"
        ) from error


def _encode(value):
    """Turn a value into what JSON holds, or raise TypeError."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return _encode(value.item())
    if isinstance(value, np.ndarray):
        plain = value.astype(str) if value.dtype.kind == "M" else value
        return {"array": _encode(plain.tolist()), "dtype": value.dtype.str}
    if isinstance(value, tuple):
        return {"tuple": [_encode(item) for item in value]}
    if isinstance(value, list):
        return [_encode(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[_encode(key), _encode(item)] for key, item in value.items()]}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, BaseEstimator) and _is_safe(type(value)):
        fitted = vars(value) if isinstance(value, Decision) else {}
        return {
            "estimator": [type(value).__module__, type(value).__qualname__],
            "params": _encode(value.get_params(deep=False)),
            "fitted": _encode({k: v for k, v in fitted.items() if _is_fitted_attribute(k)}),
        }
    if isinstance(value, keras.Model):
        return None  # in a member of its own, see `_write_backbone`
    if isinstance(value, keras.losses.Loss):  # known to Keras, see `_check_can_be_read`
        return {"loss": keras.saving.serialize_keras_object(value)}
    raise TypeError(f"{value!r} cannot be written as JSON.")


def _is_safe(cls):
    """Say whether a class is of one of the packages that `load` imports from."""
    return cls.__module__.split(".")[0] in _SAFE_PACKAGES


def _is_fitted_attribute(name):
    return name.endswith("_") and not name.startswith("_")


def _decode(value):
    """Undo `_encode`. Imports nothing but samplers, augmenters and rules of the two packages."""
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], dtype=np.dtype(value["dtype"]))
    if "tuple" in value:
        return tuple(_decode(item) for item in value["tuple"])
    if "dict" in value:
        return {_decode(key): _decode(item) for key, item in value["dict"]}
    if "loss" in value:
        return keras.saving.deserialize_keras_object(value["loss"])
    if "estimator" not in value:
        raise ValueError(f"The file holds {list(value)}, which no version of this package writes.")
    module, name = value["estimator"]
    if module.split(".")[0] not in _SAFE_PACKAGES:
        raise ValueError(f"Refused to import {module}.{name}, which the file names.")
    estimator = getattr(importlib.import_module(module), name)
    if not (isinstance(estimator, type) and issubclass(estimator, BaseEstimator)):
        raise ValueError(f"Refused to call {module}.{name}, which the file names.")
    made = estimator(**_decode(value["params"]))
    for name, attribute in _decode(value.get("fitted", {"dict": []})).items():
        if not (issubclass(estimator, Decision) and _is_fitted_attribute(name)):
            raise ValueError(f"{module}.{estimator.__name__} has no fitted attribute {name!r}.")
        setattr(made, name, attribute)
    return made


class Persistence:
    """The part of the estimator that is written to files and read from them."""

    def __setstate__(self, state):
        names = self._get_param_names()
        params = {name: value for name, value in state.items() if name in names}
        others = {name: value for name, value in state.items() if name not in names}
        if "backbone" in params:  # else a class whose constructor is another
            update_from_version_1(type(self), params, others)
        super().__setstate__(params | others)

    def save(self, path: str | os.PathLike) -> None:
        """Write the fitted estimator to one ``.keras`` file.

        Plain Keras opens the file by :func:`keras.saving.load_model`, also where this package is
        not installed: as the network, which is not compiled. The loss, the classes, the parameters
        and what else `predict` needs are in one more member of the archive, for `load`.

        Parameters
        ----------
        path : str or path
            Ends in ``.keras``.

        Warns
        -----
        UserWarning
            If parameters cannot be written (a function, say): they are None after `load`.

        Raises
        ------
        ValueError
            If the file could not predict or train as the classifier does: because `thresholding` is
            a rule of your own class, or because Keras does not know the class of your `loss`, say.
            The message has the remedy.
        """
        check_is_fitted(self, "model_")
        save_classifier(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike) -> Self:
        """Read an estimator that `save` wrote. Runs no code from the file.

        Parameters
        ----------
        path : str or path
            A file that `save` wrote.

        Returns
        -------
        classifier : BBFLClassifier
            Fitted; predicts the same.
        """
        return load_classifier(cls, path)

    def export(
        self, path: str | os.PathLike, format: Literal["onnx", "tf_saved_model"] = "onnx"
    ) -> None:
        """Write the fitted network for other runtimes, from pixels to probabilities.

        The network takes float32 images of `image_shape_`, resized and of the same range of values
        as those that `fit` saw, and returns what `predict_proba` returns. If `thresholding` is a
        rule of :mod:`imblearn_bbfl.decisions`, a second output has the number of the class that
        `predict` decides for, of shape (n_samples,): its place in `classes_`, from 0.
        That range is [0, 255] for images of 16 bit if `pixel_max` is None, else [0, `pixel_max`].
        With `test_time_augmentation`, it makes the views itself, and so holds four or eight images
        for each that it is given: hand it fewer at a time.
        An ONNX file computes in single precision, whatever the network was trained in.
        The labels are in the metadata of an ONNX file under ``classes``, and in
        ``assets.extra/classes.json`` of a SavedModel, both as JSON.

        Parameters
        ----------
        path : str or path
            A file that ends in ``.onnx``, or a folder for a SavedModel.
        format : {"onnx", "tf_saved_model"}, default="onnx"
            What to write. Both go through :meth:`keras.Model.export`.

        Raises
        ------
        ImportError
            If a package that the format needs is missing: in a checkout, ``pip install '.[onnx]'``.
        ValueError
            If `path` does not fit `format`; if the images have no views as `test_time_augmentation`
            asks for; if the network has an operation that ONNX has not
            (ConvNeXt's); if the rule of `thresholding` takes no tensors; or if the backend cannot
            write the format: ONNX on JAX, SavedModel on PyTorch.
        """
        check_is_fitted(self, "model_")
        export_classifier(self, path, format)
