"""Values as text: alike in each process and version of Python where they give the same results."""

import argparse
import dataclasses
import enum
import functools
import hashlib
import importlib
import inspect
import os
import re
import types
from numbers import Real

import keras
import numpy as np
import pandas as pd

from imblearn_bbfl.model_selection._source import (
    is_installed,
    list_assigned,
    list_imports,
    list_names,
    list_texts,
    read_source,
)

_WITHOUT_EFFECT = ("n_jobs", "verbose")  # parameters, whatever object has them
_STATE_OF_KERAS = ("built", "name", "params", "_model")  # attributes: no choices of the user
_LARGEST_LISTED = 10_000  # numbers of an array; those of larger ones are hashed
_NAMESPACES = (types.SimpleNamespace, argparse.Namespace)
_METHODS_OF_CLASSES = (staticmethod, classmethod, property, functools.cached_property)
_COUNTING = (
    *(str, bytes, os.PathLike, Real, complex, type(None), enum.Enum),
    *(np.generic, np.ndarray, pd.Series, pd.DataFrame, np.random.RandomState, np.random.Generator),
    *(dict, list, tuple, set, frozenset, *_NAMESPACES),
    *(types.ModuleType, *_METHODS_OF_CLASSES),
)


def describe(value, *, reads_files=False):
    """Return a text that two values share if they mean the same.

    Numbers count by their value, lists like tuples, estimators by their parameters, and objects of
    Keras by their configuration. Functions and classes in the user's own files count by their
    source, together with what they reach through globals, closures and defaults. Functions without
    source, as in ``python -c``, count by their bytecode, which is another in each version of
    Python. Functions and classes of installed packages count by their names.

    Parameters
    ----------
    value : object
        Anything.
    reads_files : bool, default=False
        Whether text that names a file counts by what is in the file.

    Returns
    -------
    description : str
        Without addresses in memory, and without the numbers that Keras counts up in names.
    """
    return _Describer(reads_files).describe(value)


def drop_params_without_effect(params):
    """Return parameters without those that no result depends on, such as ``fit__verbose``."""
    return {k: v for k, v in params.items() if k.rpartition("__")[2] not in _WITHOUT_EFFECT}


def hash_file(path):
    """Return a hash of what is in a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_array(array):
    """Return a hash of the type, the shape and the values of an array."""
    if array.dtype.hasobject:
        return describe(array.tolist())
    header = f"{array.dtype.str} {array.shape} ".encode()
    return hashlib.sha256(header + np.ascontiguousarray(array).tobytes()).hexdigest()


class _Describer:
    def __init__(self, reads_files):
        self._reads_files = reads_files
        self._inside = []  # what the value at hand is a part of
        self._known = {}  # functions and classes, which many others may reach

    def describe(self, value):
        if isinstance(value, (str, bytes, os.PathLike, Real, np.bool_)):
            return self._describe_plain(value)
        if any(value is outer for outer in self._inside):
            return f"{_name(type(value))} around it"
        if id(value) in self._known:
            return self._known[id(value)][1]
        self._inside.append(value)
        described = self._describe_parts(value)
        self._inside.pop()
        if isinstance(value, (types.FunctionType, type)):
            described = hashlib.sha256(described.encode()).hexdigest()
            self._known[id(value)] = value, described
        return described

    def _describe_plain(self, value):
        if isinstance(value, (bool, np.bool_)):
            return repr(bool(value))
        if isinstance(value, Real):  # the same for 2, 2.0 and np.float32(2)
            is_whole = float(value).is_integer() and int(value) == value
            return repr(int(value) if is_whole else float(value))
        text = os.fsdecode(value) if isinstance(value, os.PathLike) else value
        if self._reads_files and os.path.isfile(text):
            return f"file {hash_file(text)}"
        return repr(bytes(text) if isinstance(text, bytes) else str(text))

    def _describe_parts(self, value):
        kind, parts = _take_apart(value)
        if self._reads_files and isinstance(value, types.FunctionType):
            files = {text for text in list_texts(value.__code__) if os.path.isfile(text)}
            parts = {**parts, "files": files}
        described = sorted(f"{self.describe(k)}: {self.describe(v)}" for k, v in parts.items())
        return f"{kind}({', '.join(described)})" if described else kind


@functools.singledispatch
def _take_apart(value):
    """Return what kind of value this is, and a dict of the parts that determine it."""
    kind, of_class = _name(type(value)), {"class": type(value)} if _is_users(value) else {}
    if hasattr(value, "get_params"):
        return kind, of_class | drop_params_without_effect(value.get_params(deep=False))
    config = _get_config(value)
    if config is not None:
        weights = value.get_weights() if isinstance(value, keras.Model) else []
        hashes = [hash_array(np.asarray(weight)) for weight in weights]
        return kind, of_class | {"config": _strip_counters(config), "weights": hashes}
    if hasattr(value, "__wrapped__"):  # by functools.lru_cache, tf.function or jax.jit, say
        return kind, {"of": value.__wrapped__}
    if hasattr(value, "__array__"):
        return "array", {"values": keras.ops.convert_to_numpy(value)}
    if of_class or type(value).__repr__ is object.__repr__:  # a callback, say
        return kind, of_class | {"attributes": _pick_attributes(value)}
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value)), {}


@_take_apart.register
def _(value: dict):
    return "dict", value


@_take_apart.register(list)
@_take_apart.register(tuple)
def _(value):
    return "sequence", dict(enumerate(value))


@_take_apart.register(set)
@_take_apart.register(frozenset)
def _(value):
    return "set", dict.fromkeys(value)


@_take_apart.register
def _(value: np.ndarray):
    if value.size > _LARGEST_LISTED:
        return "array", {"hash": hash_array(value)}
    return _take_apart(value.tolist()) if value.ndim else ("array", {"": value.item()})


@_take_apart.register(pd.Series)
@_take_apart.register(pd.DataFrame)
def _(value):
    labels = value.columns if isinstance(value, pd.DataFrame) else [value.name]
    return "table", {"labels": [*labels], "index": [*value.index], "values": value.to_numpy()}


@_take_apart.register
def _(value: np.random.RandomState):
    return "random state", value.get_state(legacy=False)


@_take_apart.register
def _(value: np.random.Generator):
    return "random state", value.bit_generator.state


@_take_apart.register
def _(value: enum.Enum):
    return f"{_name(type(value))}.{value.name}", {"value": value.value}


@_take_apart.register(types.SimpleNamespace)
@_take_apart.register(argparse.Namespace)
def _(value):
    return _name(type(value)), vars(value)


@_take_apart.register
def _(value: types.ModuleType):
    # The modules in between are others in each version of a package.
    names = value.__name__.split(".")
    return f"module {names[0]} {names[-1]}", {}


@_take_apart.register
def _(value: functools.partial):
    return "partial", {"of": value.func, "args": value.args, "keywords": value.keywords}


@_take_apart.register
def _(value: types.MethodType):
    return "method", {"of": value.__func__, "self": value.__self__}


@_take_apart.register(staticmethod)
@_take_apart.register(classmethod)
@_take_apart.register(property)
@_take_apart.register(functools.cached_property)
def _(value):
    names = ("__func__", "fget", "fset", "fdel", "func")
    return type(value).__name__, {name: getattr(value, name, None) for name in names}


@_take_apart.register
def _(value: types.CodeType):
    return "bytecode", {name: getattr(value, name) for name in ("co_code", "co_names", "co_consts")}


@_take_apart.register
def _(value: types.FunctionType):
    code = value.__code__
    cells = dict(zip(code.co_freevars, value.__closure__ or (), strict=True))
    filled = {name: cell for name, cell in cells.items() if cell != types.CellType()}
    closure = _pick({name: cell.cell_contents for name, cell in filled.items()})
    if is_installed(value.__module__):
        return _name(value), {"closure": closure}
    return "function", {
        "closure": closure,
        "code": read_source(value) or code,
        "defaults": [value.__defaults__, value.__kwdefaults__],
        "attributes": _pick(vars(value)),
        "globals": _pick(_reach(value)),
    }


@_take_apart.register
def _(value: type):
    if is_installed(value.__module__):
        return _name(value), {}
    if issubclass(value, enum.Enum):
        members = {name: member.value for name, member in value.__members__.items()}
    else:
        members = {k: v for k, v in vars(value).items() if _is_written(value, k, v)}
        for function in filter(inspect.isfunction, list(members.values())):
            _, state = list_assigned(function.__code__)
            members = {name: members[name] for name in members.keys() - state}
    return _name(value), {"members": _pick(members), "bases": list(value.__bases__)}


def _is_written(owner, name, member):
    """Say whether a member of a class is the user's, not Python's own nor made by a decorator."""
    if not re.fullmatch(r"_.*_", name):
        return True
    if not isinstance(member, (types.FunctionType, *_METHODS_OF_CLASSES)):
        return False
    makes_members = dataclasses.is_dataclass(owner) or issubclass(owner, tuple)
    return not (makes_members and inspect.isfunction(member) and read_source(member) is None)


def _reach(function):
    """Return what a function uses by the names of globals, and the modules that it imports."""
    code, scope = function.__code__, function.__globals__
    loaded, names = list_names(code)
    constants = (loaded & set(scope)) - list_assigned(code)[0]
    reached = {name: scope[name] for name in constants if not re.fullmatch("__.*__", name)}
    for name in list_imports(code, scope.get("__package__")):
        if not is_installed(name):
            try:
                reached[name] = importlib.import_module(name)
            except Exception:  # a part of a module, say; or the function itself will fail
                continue
    return {name: _narrow(value, names) for name, value in reached.items()}


def _narrow(value, names, seen=()):
    """Return those parts of a module of the user's that have one of the names; else the value."""
    if not isinstance(value, types.ModuleType) or is_installed(value.__name__):
        return value
    if any(value is module for module in seen):
        return value
    parts = {name: vars(value)[name] for name in names & set(vars(value))}
    return {name: _narrow(part, names, (*seen, value)) for name, part in parts.items()}


def _pick(values):
    """Return the values that may decide a result: neither locks nor loggers, for example."""
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, _COUNTING)
        or callable(value)
        or _is_users(value)
        or any(hasattr(value, method) for method in ("get_params", "get_config", "__array__"))
    }


def _pick_attributes(value):
    state = object.__getstate__(value)  # a pair where there are slots
    attributes = {}
    for part in state if isinstance(state, tuple) else (state,):
        attributes |= part or {}
    dropped = {*_WITHOUT_EFFECT, "__wrapped__"}
    if isinstance(value, (keras.layers.Layer, keras.callbacks.Callback)):
        dropped |= {*_STATE_OF_KERAS}
    return _pick({name: attributes[name] for name in attributes.keys() - dropped})


def _is_users(value):
    """Say whether the class of a value is in the user's own files."""
    return not is_installed(type(value).__module__)


def _name(value):
    """Name a class or function; without modules in between, which versions of packages move."""
    package = value.__module__.partition(".")[0] if is_installed(value.__module__) else ""
    return f"{package} {value.__qualname__}"


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
