"""All contact with scikeras: its wrapper, mended where today's scikit-learn broke it.

Kept from scikeras: parameter routing (``optimizer__beta_1``, ``callbacks__...``, ``compile__...``,
``fit__...``, ``predict__...``), the making of callbacks, the call of ``keras.Model.fit`` with its
history, and pickling of Keras objects. Replaced: parameter names (from the signature), tags,
validation, seeding.
"""

import copy
import inspect
from collections import defaultdict
from numbers import Real

import keras
import numpy as np
from scikeras._utils import (
    get_optimizer_class,
    route_params,
    try_to_convert_strings_to_classes,
    unflatten_params,
)
from scikeras.wrappers import BaseWrapper
from sklearn.base import BaseEstimator

from imblearn_bbfl.classifier._persistence import written_uncompiled

_ROUTES = ("backbone", "callbacks", "compile", "fit", "optimizer", "predict")

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

# scikit-learn stopped reading `_more_tags` in 1.6 and refuses classes that still have it.
if "_more_tags" in vars(BaseWrapper):
    del BaseWrapper._more_tags


class KerasEstimator(BaseWrapper):
    """A scikit-learn estimator around a Keras model, as far as scikeras provides it."""

    # What `_fit_keras_model` passes on to `keras.Model.fit`. Sample and class weights are not among
    # them: they travel inside the batches.
    _fit_kwargs = frozenset({"verbose"})
    _random_state = None  # seeding is ours: scikeras' switches TensorFlow's op determinism on

    def __init_subclass__(cls, **kwargs):
        """Give scikit-learn the signature without ``**routed``: that is no parameter's name."""
        super().__init_subclass__(**kwargs)
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        cls.__signature__ = inspect.Signature([p for p in parameters if p.kind != p.VAR_KEYWORD])

    def _store_routed(self, routed):
        """Store parameters of the form ``prefix__name``, or refuse them as Python would."""
        for name in routed:
            if not _is_routed(name):
                raise TypeError(
                    f"{type(self).__name__} got an unexpected parameter {name!r}. Parameters for "
                    f"its parts start with one of {[f'{route}__' for route in _ROUTES]}."
                )
        vars(self).update(routed)
        if routed:
            self._routed = sorted({*getattr(self, "_routed", ()), *routed})

    @classmethod
    def _get_param_names(cls):
        return BaseEstimator._get_param_names.__func__(cls)

    def get_params(self, deep=True):
        """Get the parameters of this estimator, routed ones included."""
        routed = {name: getattr(self, name) for name in getattr(self, "_routed", ())}
        return BaseEstimator.get_params(self, deep) | routed

    def set_params(self, **params):
        """Set the parameters of this estimator, routed ones included."""
        routed = {name: value for name, value in params.items() if _is_routed(name)}
        self._store_routed(routed)
        BaseEstimator.set_params(self, **{k: v for k, v in params.items() if k not in routed})
        return self

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = self.random_state is None
        return tags

    __repr__ = BaseEstimator.__repr__

    @property
    def current_epoch(self):
        """Number of epochs trained so far."""
        return len(getattr(self, "history_", {}).get("loss", ()))

    @property
    def initialize(self):
        """Not available: `fit` with ``epochs=0`` builds a network without training it."""
        raise AttributeError(f"{type(self).__name__} has no method 'initialize'.")

    @property
    def scorer(self):
        """Not available: `score` is scikit-learn's accuracy."""
        raise AttributeError(f"{type(self).__name__} has no attribute 'scorer'.")

    def _route(self, destination):
        """Return the parameters ``destination__name`` as ``{name: value}``."""
        return route_params(
            self.get_params(deep=False), destination=destination, pass_filter=(), strict=True
        )

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

    def _make_optimizer(self):
        """Make a fresh optimizer: from a name or class with routed parameters, or a copy."""
        optimizer = try_to_convert_strings_to_classes(self.optimizer, get_optimizer_class)
        routed = self._route("optimizer")
        if inspect.isclass(optimizer):
            made = unflatten_params(optimizer, {"learning_rate": self.learning_rate, **routed})
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

    def _fit_network(self, network, batches, callbacks, *, epochs, initial_epoch):
        """Train a network, our callbacks before the user's, and keep the history."""
        self._initialize_callbacks()
        # Copies: a parameter would else keep the network, and the file that a CSVLogger has open.
        users = map(copy.copy, keras.tree.flatten(self._fit_callbacks))
        self._fit_callbacks = [*callbacks, *users]
        own, self.model_ = self.model_, network  # scikeras trains `model_`
        if initial_epoch:
            # What earlier epochs did not log, such as scores of a validation part, is NaN there.
            self.history_ = defaultdict(
                lambda: [np.nan] * initial_epoch, _copy_lists(self.history_)
            )
        try:
            self._build_training(batches)
            with written_uncompiled(network):  # by callbacks, such as ModelCheckpoint
                self._fit_keras_model(
                    batches,
                    None,
                    sample_weight=None,
                    warm_start=initial_epoch > 0,
                    epochs=epochs,
                    initial_epoch=initial_epoch,
                    shuffle=False,  # the rows are; Keras would draw the order of batches unseeded
                    steps_per_epoch=None,  # `batches` have that length
                )
        finally:
            vars(network).pop("_maybe_symbolic_build", None)
            self.model_ = own
            del self._fit_callbacks, self._predict_callbacks
            if hasattr(self, "history_"):
                self.history_ = _fill_up(self.history_)

    def _build_training(self, batches):
        """Build what Keras would else build from a first look at `batches`.

        Under JAX, PyTorch and the strategies of TensorFlow that look starts an epoch, whose batches
        the workers read ahead and then hand out in the place of others.
        """
        self.model_._symbolic_build(data_batch=batches[0])
        # A strategy would look even so.
        vars(self.model_)["_maybe_symbolic_build"] = lambda iterator: None


def has_schedule(network):
    """Say whether the learning rate of a network follows a schedule, or another function."""
    optimizer = getattr(network.optimizer, "inner_optimizer", network.optimizer)
    return not isinstance(optimizer.get_config()["learning_rate"], Real)


def _copy_lists(history):
    return {name: list(values) for name, values in history.items()}


def _fill_up(history):
    """Return a history as a dict whose lists all have an entry for each epoch."""
    n_epochs = len(history["loss"]) if "loss" in history else 0
    return {
        name: [*values, *[np.nan] * (n_epochs - len(values))] for name, values in history.items()
    }


def _is_routed(name):
    return "__" in name and name.split("__")[0] in _ROUTES
