"""All contact with scikeras: its base class, fit for today's scikit-learn, and what replaces it.

scikeras gives the class that makes an estimator of a Keras model, and its rules for parameters of
the parts (``optimizer__beta_1``, ``callbacks__...``, ``compile__...``, ``fit__...``,
``predict__...``), which `training` implements. It is no longer maintained. Where it cannot be
imported, scikit-learn's base class takes its place, and nothing else changes.
"""

import copy
import inspect
import sys
from contextlib import contextmanager
from typing import Any

import keras
from sklearn.base import BaseEstimator

from imblearn_bbfl._elsewhere import OTHER_WAYS, find_way
from imblearn_bbfl._names import enumerate_names, suggest
from imblearn_bbfl.classifier._tasks import CallbackSupportMixin, make_epoch_tasks
from imblearn_bbfl.training import RoutedParameters, make_parts, select_params

# For each part, what it does not take from users, and what to do in its place.
_REFUSED = {
    "compile": (
        lambda name: name in ("loss", "optimizer"),
        "gamma and alpha make the loss; use the parameter optimizer.",
    ),
    "fit": (
        lambda name: name.split("__")[0] not in ("callbacks", "steps_per_epoch", "verbose"),
        "Use the parameters and arguments of the classifier; fit__steps_per_epoch, fit__callbacks "
        "and fit__verbose are passed on.",
    ),
    "predict": (lambda name: name != "batch_size", "Only predict__batch_size is passed on."),
}

# What a user would look for in vain: `fit` makes the network, and labels are coded by `coding`.
_NOT_OFFERED = ("feature_encoder", "initialize", "initialized_", "scorer", "target_encoder")


@contextmanager
def _leave_no_trace():
    """Import scikeras in this block as if it had not been imported.

    It replaces how models, losses, metrics and optimizers are pickled and copied, all of which
    Keras does by itself since 3.0. So these classes get back what they had. A user who imports
    scikeras afterwards imports it anew, and gets what it does to them.
    """
    classes = (keras.Model, keras.losses.Loss, keras.metrics.Metric, keras.optimizers.Optimizer)
    before = {cls: dict(vars(cls)) for cls in classes}
    modules = set(sys.modules)
    yield
    for cls, attributes in before.items():
        for name, value in dict(vars(cls)).items():
            if name not in attributes:
                delattr(cls, name)
            elif value is not attributes[name]:
                setattr(cls, name, attributes[name])
    for name in set(sys.modules) - modules:
        if name.split(".")[0] == "scikeras":
            del sys.modules[name]


def _get_base():
    """Return scikeras' base class, or scikit-learn's where scikeras cannot be imported.

    scikit-learn refuses each class that has `_more_tags`, and scikeras' has. It is copied without
    that method, and without what is not offered here, rather than changed, for the user may have
    wrappers of scikeras as well.
    """
    try:
        with _leave_no_trace():
            from scikeras.wrappers import BaseWrapper
    except ImportError:
        return BaseEstimator
    left_out = ("_more_tags", "__dict__", "__weakref__", *_NOT_OFFERED)
    kept = {name: value for name, value in vars(BaseWrapper).items() if name not in left_out}
    return type("BaseWrapper", BaseWrapper.__bases__, kept)


class KerasEstimator(CallbackSupportMixin, RoutedParameters, _get_base()):  # type: ignore[misc]
    """A scikit-learn estimator around a Keras model, with parameters for the parts of the model."""

    _ROUTES = ("backbone", "callbacks", "compile", "fit", "optimizer", "predict")
    _OTHER_WAYS = OTHER_WAYS

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = self.random_state is None
        return tags

    __repr__ = BaseEstimator.__repr__

    @property
    def current_epoch(self) -> Any:
        """Number of epochs trained so far."""
        return len(getattr(self, "history_", {}).get("loss", ()))

    def _check_routed(self):
        """Raise for routed parameters that no part would get."""
        if self.callbacks is None and self._route("callbacks"):
            raise ValueError(
                f"callbacks=None, so {sorted(self._route('callbacks'))} have no callback to go to. "
                "Pass callbacks, or leave out the callbacks__ parameters."
            )
        for destination, (refused, instead) in _REFUSED.items():
            names = sorted(n for n in self._route(destination) if refused(n))
            if names:
                raise ValueError(f"{destination}__ parameters {names} cannot be set. {instead}")

    def _make_optimizer(self, learning_rate):
        """Make a fresh optimizer: from a name or class with routed parameters, or a copy."""
        optimizer, routed = self.optimizer, self._route("optimizer")
        if isinstance(optimizer, str):
            optimizer = _find_optimizer(optimizer)
        if inspect.isclass(optimizer):
            _check_arguments(optimizer, routed)
            made = make_parts(optimizer, {"learning_rate": learning_rate, **routed})
            # Keras would number them, and TensorFlow keeps 35 kB for each new name of a variable.
            made.name = routed.get("name", optimizer.__name__.lower())
            return made
        if routed:
            raise ValueError(
                f"optimizer={optimizer.name!r} is an instance, so {sorted(routed)} cannot be set "
                "on it. Pass its name or class to use optimizer__ parameters."
            )
        made = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
        # Names that `exclude_from_weight_decay` was given are no part of the configuration.
        pattern = getattr(optimizer, "_exclude_from_weight_decay_pattern", None)
        made._exclude_from_weight_decay_pattern = pattern
        return made

    def _make_callbacks(self, train, n_epochs):
        """Make the user's callbacks, of classes or copies; and one that tells scikit-learn's.

        Copies, because a parameter would else keep the network, and the file that a CSVLogger has
        open.
        """
        fit = self._route("fit")
        parts = [
            (self.callbacks, self._route("callbacks")),
            (fit.get("callbacks"), select_params(fit, "callbacks")),
        ]
        made = [make_parts(part, params) for part, params in parts if part is not None]
        callbacks = keras.tree.flatten(made)
        for callback in callbacks:
            if not isinstance(callback, keras.callbacks.Callback):
                raise TypeError(
                    f"callbacks must be callbacks of Keras, classes of them, or lists or dicts of "
                    f"these, but {callback!r} is none. Pass an instance of a subclass of "
                    "keras.callbacks.Callback."
                )
        tasks = make_epoch_tasks(self, train, n_epochs)
        return [*(copy.copy(callback) for callback in callbacks), *tasks]


def _find_optimizer(name):
    """Return the class of an optimizer of Keras, or one that is registered with it."""
    try:
        return type(keras.optimizers.get(name))
    except ValueError as error:
        known = [each for each, cls in vars(keras.optimizers).items() if inspect.isclass(cls)]
        known = [each.lower() for each in known if each not in ("Optimizer", "LossScaleOptimizer")]
        near = suggest(name, known) or f" Use {enumerate_names(known)}."
        raise ValueError(f"optimizer={name!r} is not known.{near}") from error


def _check_arguments(optimizer, routed):
    """Raise ValueError on arguments that an optimizer of Keras does not take."""
    if optimizer.__module__.partition(".")[0] != "keras":
        return  # of the user's own: its constructor may take any
    known = list(inspect.signature(optimizer).parameters)
    for name in routed:
        if "__" not in name and name not in known:
            way = find_way(name, known, {}) or f" It takes {', '.join(known)}."
            raise ValueError(f"optimizer__{name} is not a parameter of {optimizer.__name__}.{way}")
