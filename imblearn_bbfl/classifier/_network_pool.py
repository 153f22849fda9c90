"""Traced networks that fits share: tracing is what small fits would spend their time on.

Every fit builds a network of its own, `model_`, which costs little. But an *engine* trains it:
a network of the same graph that an earlier fit compiled and traced. The state of `model_` (weights,
seeds, optimizer) goes into the engine, and comes back when training ends, so estimators share no
state, and the result is that of a network traced for this fit alone, bit for bit on the CPU.

Limits: a backbone that is a function must build the same graph each time. Nothing is shared on
PyTorch, which traces nothing, under a distribution, or where settings cannot be compared, such as
metric instances in ``compile__metrics`` or a learning rate schedule.
"""

import inspect
import threading
from collections import OrderedDict
from contextlib import contextmanager
from numbers import Number

import keras

_MAX_IDLE = 2  # each holds weights, optimizer state and trace: half a gigabyte for ResNet50


class Engine:
    """A compiled network that is traced when it is first used, and its part up to the features.

    Parameters
    ----------
    network : keras.Model
        Compiled; its loss has `gamma`.
    gamma : keras.Variable
        Focusing parameter.
    """

    def __init__(self, network, gamma):
        self.network = network
        self.gamma = gamma
        self.features = cut_at_features(network)

    def load(self, model):
        """Take over weights, seeds and optimizer state of a model of the same graph."""
        self.gamma.assign(model.loss.gamma)
        self.load_weights(model)
        for network in (model, self.network):
            network.optimizer.build(network.trainable_variables)
        _copy(model.optimizer.variables, self.network.optimizer.variables)

    def load_weights(self, model):
        """Take over what predictions need."""
        _copy(model.variables, self._variables)

    def unload(self, model):
        """Give weights, seeds and optimizer state back to a model."""
        _copy(self._variables, model.variables)
        _copy(self.network.optimizer.variables, model.optimizer.variables)

    @property
    def _variables(self):
        return [variable for variable in self.network.variables if variable is not self.gamma]


def cut_at_features(network):
    """Return the part of a network up to the features, which shares its weights."""
    return keras.Model(network.input, network.get_layer("features").output)


class NetworkPool:
    """Idle engines by what defines their graph; the least recently used goes first."""

    def __init__(self):
        self._idle = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self, key, build=None):
        """Lend an engine to one user at a time.

        Parameters
        ----------
        key : hashable
            What defines the graph.
        build : callable, default=None
            Makes an engine where none is idle. ``None`` yields None then.
        """
        with self._lock:
            idle = self._idle.get(key)
            engine = idle.pop() if idle else None
        if engine is None and build is not None:
            engine = build()
        try:
            yield engine
        finally:
            if engine is not None:
                self._put_back(key, engine)

    def clear(self):
        """Drop all idle engines."""
        with self._lock:
            self._idle.clear()

    def _put_back(self, key, engine):
        with self._lock:
            self._idle.setdefault(key, []).append(engine)
            self._idle.move_to_end(key)
            while sum(map(len, self._idle.values())) > _MAX_IDLE:
                oldest = next(iter(self._idle))
                self._idle[oldest].pop(0)
                if not self._idle[oldest]:
                    del self._idle[oldest]


POOL = NetworkPool()


def make_key(**settings):
    """Return settings in a form that can be compared, or None where that is not safe.

    Parameters
    ----------
    **settings
        All that defines the graph of a network and of its training step.

    Returns
    -------
    key : tuple or None
        Equal for equal graphs.
    """
    if keras.backend.backend() == "torch" or _is_distributed():
        return None
    config = keras.config
    surroundings = (
        config.dtype_policy().name,
        config.floatx(),
        config.epsilon(),
        config.image_data_format(),
    )
    try:
        return surroundings, _freeze(settings)
    except TypeError:
        return None


def describe_optimizer(optimizer):
    """Return what an optimizer's step is traced with: all but its learning rate.

    A schedule is part of the step; it is returned as it is, and cannot be compared.
    """
    config = optimizer.get_config()
    del config["name"]  # Keras counts: adam_1, adam_2, ...
    learning_rate = config.pop("learning_rate")
    schedule = None if isinstance(learning_rate, Number) else optimizer
    return type(optimizer), config, schedule


def _is_distributed():
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.distribute.has_strategy()
    return keras.distribution.distribution() is not None


def _freeze(value):
    """Return a hashable copy; raise TypeError for what may change, or differ, unseen."""
    if isinstance(value, dict):
        return tuple((name, _freeze(value[name])) for name in sorted(value))
    if isinstance(value, (list, tuple)):
        return tuple(map(_freeze, value))
    if value is None or isinstance(value, (str, bytes, Number)):
        return type(value), value  # 1 and True, or 1 and 1.0, make different graphs
    if inspect.isroutine(value) or inspect.isclass(value):
        return value
    raise TypeError(f"{value!r} cannot be compared.")


def _copy(sources, targets):
    for source, target in zip(sources, targets, strict=True):
        # A copy: JAX gives the buffers of a network that it trains away.
        target.assign(keras.ops.copy(source.value))
