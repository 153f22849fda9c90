"""Fingerprints of what a run is made from: alike in every process, other for another result."""

import functools
import hashlib
import os
import re
import types

import joblib
import keras
import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from imblearn_bbfl._images import hash_on_disk, is_lazy

# Parameters of an estimator that its result does not depend on, or that each run sets.
_IRRELEVANT = ("random_state", "verbose", "workers")
_PLAIN = (str, bytes, int, float, complex, type(None), np.generic, np.ndarray)
_CONTAINERS = (dict, list, tuple, set, frozenset)


def fingerprint_data(X, y, groups):
    """Return a fingerprint of the data: of pixels in memory, or of paths and sizes of files."""
    if isinstance(X, pd.DataFrame):
        X = [[str(name) for name in X.columns], X.to_numpy()]
    elif isinstance(X, np.ndarray) and X.ndim > 1:
        X = np.ascontiguousarray(X)
    elif is_lazy(X):
        X = hash_on_disk(X)
    elif all(isinstance(path, (str, bytes, os.PathLike)) for path in X):
        X = [(str(os.fsdecode(path)), os.path.getsize(path)) for path in X]
    return joblib.hash([X, y, groups])


def fingerprint_settings(estimator):
    """Return a fingerprint of an estimator's parameters, without those that change no result.

    In a pipeline each step is without them: `random_state` is set by the run. That of a sampler, or
    of another estimator that is itself a parameter, decides its result, and counts.
    """
    steps = estimator.steps if isinstance(estimator, Pipeline) else [("", estimator)]
    text = "\n".join(f"{name}: {_describe_step(step)}" for name, step in steps)
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint_rows(split):
    """Return a fingerprint of the rows and the seed of a run."""
    return joblib.hash([np.asarray(split.train), np.asarray(split.test), split.seed])


def _describe_step(step):
    if not hasattr(step, "get_params"):
        return _describe(step)
    params = step.get_params(deep=False)
    relevant = {name: value for name, value in params.items() if name not in _IRRELEVANT}
    return f"{_describe(type(step))}: {_describe(relevant)}"


def _describe(value, inside=()):
    """Say what a value is, without addresses in memory; `inside` has what it is a part of."""
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if id(value) in inside:
        return name
    parts = _take_apart(value)
    if parts is None:
        return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
    inside = (*inside, id(value))
    described = sorted(f"{key!r}: {_describe(part, inside)}" for key, part in parts.items())
    return f"{name}({', '.join(described)})"


def _take_apart(value):
    """Return what determines a value, by names; None where its repr says it."""
    if isinstance(value, _CONTAINERS):
        return _number_items(value)
    if isinstance(value, np.ndarray):
        return {"hash": joblib.hash(value)}
    if isinstance(value, (types.FunctionType, types.MethodType, types.CodeType, functools.partial)):
        return _take_code_apart(value)
    if isinstance(value, np.random.RandomState):
        return value.get_state(legacy=False)
    if isinstance(value, type):
        return None
    if hasattr(value, "get_params"):
        return value.get_params(deep=False)
    config = _get_config(value)
    if config is not None:
        weights = value.get_weights() if isinstance(value, keras.Model) else []
        return {"config": _strip_counters(config), "weights": weights}
    if type(value).__repr__ is object.__repr__:  # a callback, say
        return _pick_plain(getattr(value, "__dict__", {}))
    return None


def _number_items(items):
    if isinstance(items, dict):
        return items
    # The order of a set is another in each process.
    ordered = sorted(items, key=repr) if isinstance(items, (set, frozenset)) else items
    return dict(enumerate(ordered))


def _take_code_apart(function):
    """Return what a function does: its instructions, the names in them, and the values it has."""
    if isinstance(function, functools.partial):
        return {"of": function.func, "args": function.args, "keywords": function.keywords}
    if isinstance(function, types.MethodType):
        return {"of": function.__func__, "self": function.__self__}
    if isinstance(function, types.CodeType):
        return {name: getattr(function, name) for name in ("co_code", "co_names", "co_consts")}
    enclosed = {i: cell.cell_contents for i, cell in enumerate(function.__closure__ or ())}
    return {
        "name": f"{function.__module__}.{function.__qualname__}",
        "code": function.__code__,
        "defaults": [function.__defaults__, function.__kwdefaults__],
        "closure": _pick_plain(enclosed),
    }


def _get_config(value):
    """Return the configuration of an object of Keras; None where there is none."""
    try:
        return value.get_config()
    except (AttributeError, NotImplementedError):
        return None


def _strip_counters(config):
    """Leave out of names what Keras counts up: the third layer of a process is ``dense_2``."""
    if isinstance(config, dict):
        return {name: _strip_counters(value) for name, value in config.items()}
    if isinstance(config, (list, tuple)):
        return [_strip_counters(value) for value in config]
    return re.sub(r"_\d+$", "", config) if isinstance(config, str) else config


def _pick_plain(values):
    """Return what is a number, text, array or function, or holds others; no other objects."""
    kinds = (*_PLAIN, *_CONTAINERS, types.FunctionType, types.MethodType, functools.partial)
    return {name: value for name, value in values.items() if isinstance(value, kinds)}
