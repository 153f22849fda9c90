"""Traced networks that fits share: tracing is what small fits would spend their time on.

Each fit builds a network of its own, `model_`, which costs little. But it trains an *engine*: a
network of the same graph, that an earlier fit may have traced already. What can differ between fits
of one graph is state, and copied: weights, statistics, seeds of dropout, learning rate, the
optimizer's state, and the settings of the loss, which are variables of the engine. So estimators
share no state, and results are those of a network traced for the fit alone, bit for bit on the CPU.

Limits: `make_key` says what is not shared. Engines belong to one process, and idle ones stay in
memory until others take their place. Callbacks see the engine as their `model`. A network that is
to be trained on (`partial_fit`, ``warm_start=True``) is traced once anyway, and has no engine.
"""

import threading
import weakref
from contextlib import contextmanager
from numbers import Integral

import keras
import numpy as np

from imblearn_bbfl.training._head import build_head
from imblearn_bbfl.training._layers import list_normalizations
from imblearn_bbfl.training._network_key import make_key
from imblearn_bbfl.training._seeding import seed_layers


class Predictor:
    """A network and its two parts, which share its weights, and are traced once each.

    Parameters
    ----------
    network : keras.Model
        As `build_network` makes.
    parts : dict
        Those that were made before; gets those that are made.
    """

    def __init__(self, network, parts):
        self.network = network
        self._parts = parts

    @property
    def features(self):
        """The part up to the features."""
        if "features" not in self._parts:
            features = self.network.get_layer("features").output
            self._parts["features"] = keras.Model(self.network.input, features)
        return self._parts["features"]

    @property
    def head(self):
        """The part from the features on."""
        if "head" not in self._parts:
            self._parts["head"] = build_head(self.network)
        return self._parts["head"]

    def load_weights(self, model):
        """Do nothing: the network is that model."""

    def unload_weights(self, model):
        """Do nothing: the network is that model."""


class Engine(Predictor):
    """A network that is trained and predicts in the place of others of the same graph.

    Parameters
    ----------
    model : keras.Model
        A network of that graph, compiled with a focal loss.
    """

    def __init__(self, model):
        with seed_layers(0):  # the initial weights are never used
            super().__init__(keras.models.clone_model(model), parts={})
        pairs = zip(list_normalizations(model), list_normalizations(self.network), strict=True)
        for source, target in pairs:
            target.mean, target.variance = source.mean, source.variance
        self._variables = self.network.variables
        config = model.loss.get_config()
        self._settings = {
            name: keras.Variable(np.float32(config[name]), trainable=False, name=name)
            for name in getattr(model.loss, "settings", ())
        }
        self.network.compile(
            model.optimizer.from_config(model.optimizer.get_config()),
            model.loss.from_config({**config, **self._settings}),
            steps_per_execution=model.steps_per_execution,
            jit_compile=model.jit_compile,
            auto_scale_loss=False,  # the optimizer was wrapped where that is wanted
        )
        self.network.optimizer.build(self.network.trainable_variables)
        if hasattr(model, "penalty"):
            self.network.penalty = keras.Variable(0.0, trainable=False, name="penalty")
        if keras.backend.backend() == "jax":  # knows no variables but the model's in a traced step
            self.network.loss_settings = _Settings(self._settings)

    def fits(self, model):
        """Say whether the variables of a network are still what they were when it was trained."""
        shapes = [(v.shape, v.dtype) for v in model.variables]
        return shapes == [(v.shape, v.dtype) for v in self._variables]

    def load(self, model):
        """Take over all state of a network, to train in its place."""
        model.optimizer.build(model.trainable_variables)
        config = model.loss.get_config()
        for name, variable in self._settings.items():
            variable.assign(np.float32(config[name]))
        if hasattr(model, "penalty"):
            self.network.penalty.assign(model.penalty)
        self.load_weights(model)
        _copy(model.optimizer.variables, self.network.optimizer.variables)

    def load_weights(self, model):
        """Take over what predictions depend on."""
        _copy(model.variables, self._variables)

    def unload_weights(self, model):
        """Give weights, statistics and seeds back to a network."""
        _copy(self._variables, model.variables)

    def unload_optimizer(self, model):
        """Give the optimizer's state back to a network."""
        _copy(self.network.optimizer.variables, model.optimizer.variables)


class _Settings(keras.Layer):
    """Holds the settings of a loss as weights, in memory only: no file of the network has them."""

    def __init__(self, settings):
        super().__init__(name="loss_settings", trainable=False)
        self._held = list(settings.values())
        self.built = True

    def save_own_variables(self, store):
        """Write nothing."""

    def load_own_variables(self, store):
        """Read nothing."""


class NetworkPool:
    """Engines that no one uses at the moment, the least recently used first.

    Parameters
    ----------
    size : int, default=4
        How many are kept at most. Each holds weights, the optimizer's state and traces: about 0.5
        GB for ResNet50. With 0 each network is trained itself.
    """

    def __init__(self, size=4):
        self._size = size
        self._idle = []  # (key, engine)
        self._lock = threading.Lock()
        self._keys = weakref.WeakKeyDictionary()  # of the networks that engines were trained for
        self._parts = weakref.WeakKeyDictionary()  # of the networks that have no engine

    @contextmanager
    def lend_for_training(self, model, key):
        """Lend an engine to be trained in the place of `model`, which then gets its state.

        An engine whose training ends in an error is not used again.

        Parameters
        ----------
        model : keras.Model
            Compiled.
        key : hashable or None
            Its key, as `make_key` returns; None lends `model` itself, as a `Predictor`.
        """
        if key is None or not self._size:
            self._keys.pop(model, None)
            yield self._make_predictor(model)
            return
        engine = self._take(key) or Engine(model)
        engine.load(model)
        try:
            yield engine
        finally:
            engine.unload_weights(model)
            is_as_before = make_key(engine.network) == key  # a callback may have changed it
            if is_as_before:
                engine.unload_optimizer(model)
        self._keys[model] = key
        if is_as_before:
            self._put_back(key, engine)

    @contextmanager
    def lend_for_prediction(self, model):
        """Lend an idle engine with the weights of `model`, or else `model` itself."""
        key = self._keys.get(model)
        engine = self._take(key)
        if engine is not None and not engine.fits(model):  # quantized since, say
            self._put_back(key, engine)
            engine = None
        if engine is None:
            yield self._make_predictor(model)
            return
        engine.load_weights(model)
        try:
            yield engine
        finally:
            self._put_back(key, engine)

    @contextmanager
    def lend_made(self, key, make):
        """Lend what was made for a key before and is idle, or else what `make` returns now.

        Parameters
        ----------
        key : hashable
            All that what is made depends on.
        make : callable
            Returns a network that is not trained, or what holds one.
        """
        made = self._take(key) or make()
        try:
            yield made
        finally:
            self._put_back(key, made)

    def resize(self, size):
        """Keep at most `size` engines from now on."""
        with self._lock:
            self._size = size
            self._drop_oldest()

    def clear(self):
        """Drop all idle engines."""
        with self._lock:
            self._idle.clear()

    def __len__(self):
        """Return the number of idle engines."""
        return len(self._idle)

    def _make_predictor(self, model):
        variables = tuple(map(id, model.variables))  # others, if it was quantized since, say
        kept_for, parts = self._parts.get(model, (None, {}))
        if kept_for != variables:
            parts = {}
            self._parts[model] = variables, parts
        return Predictor(model, parts)

    def _take(self, key):
        with self._lock:
            for i, (idle_key, engine) in enumerate(self._idle):
                if idle_key == key:
                    del self._idle[i]
                    return engine
        return None

    def _put_back(self, key, engine):
        with self._lock:
            self._idle.append((key, engine))
            self._drop_oldest()

    def _drop_oldest(self):
        del self._idle[: max(0, len(self._idle) - self._size)]


POOL = NetworkPool()


def set_shared_networks(n_networks: int) -> None:
    """Set how many traced networks stay in memory, for later fits in this process to use.

    On TensorFlow and JAX a network is traced before its first step, which can take longer than a
    small fit. Fits whose networks have the same graph share one that is traced already, with the
    results of fits on their own. Each that is kept needs memory, about 0.5 GB for ResNet50.

    Parameters
    ----------
    n_networks : int
        4 by default. With 0 no fit shares a network, and none is kept.

    Raises
    ------
    ValueError
        If it is not a whole number, or negative.

    See Also
    --------
    clear_shared_networks : Frees their memory once.

    Examples
    --------
    >>> from imblearn_bbfl import set_shared_networks
    >>> set_shared_networks(0)  # every fit traces anew
    >>> set_shared_networks(4)  # the default
    """
    if not isinstance(n_networks, Integral) or isinstance(n_networks, bool) or n_networks < 0:
        raise ValueError(
            f"n_networks={n_networks!r} must be a whole number >= 0. Use 0 to share none."
        )
    POOL.resize(int(n_networks))


def clear_shared_networks() -> None:
    """Free the memory of the traced networks that are kept for later fits.

    Classifiers stay fitted. The next fit traces its network anew.

    See Also
    --------
    set_shared_networks : Sets how many are kept.

    Examples
    --------
    >>> from imblearn_bbfl import clear_shared_networks
    >>> clear_shared_networks()
    """
    POOL.clear()


def _copy(sources, targets):
    for source, target in zip(sources, targets, strict=True):
        # A copy, for JAX lets a traced step overwrite its state in place.
        target.assign(keras.ops.copy(source.value))
