"""Descriptions of functions and classes: what they do counts, not how the file is laid out."""

import importlib
import re
import sys
import textwrap
import types

import keras
import numpy as np
import pytest

from imblearn_bbfl.model_selection._description import describe
from imblearn_bbfl.model_selection._source import is_installed


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Return a function that writes modules, by name and text, and imports the last of them."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write_and_import(**modules):
        for name, text in modules.items():
            path = tmp_path.joinpath(*name.split("__")).with_suffix(".py")
            path.parent.mkdir(exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
            monkeypatch.delitem(sys.modules, name.replace("__", "."), raising=False)
            monkeypatch.delitem(sys.modules, name.partition("__")[0], raising=False)
        importlib.invalidate_caches()
        return importlib.import_module(name.replace("__", "."))

    return write_and_import


LAYOUTS = {
    "comments": "def build(x, w=2):\n    # twice\n    return x * w  # w is 2",
    "docstrings": 'def build(x, w=2):\n    """Double."""\n    return x * w',
    "places in the file": "import os\n\n\ndef build(x, w=2):\n    return x * w",
    "line breaks": "def build(\n    x,\n    w=2,\n):\n    return (\n        x\n        * w\n    )",
    "annotations": "def build(x: int, w: float = 2) -> float:\n    return x * w",
    "names of defaults": "W = 2.0\ndef build(x, w=W):\n    return x * w",
    "decorators that return the function": (
        "def keep(f):\n    return f\n@keep\ndef build(x, w=2):\n    return x * w"
    ),
    "globals that are not used": "x = w = 5\ndef build(x, w=2):\n    return x * w",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_what_changes_nothing_does_not_count(load, layout):
    before = describe(load(net="def build(x, w=2):\n    return x * w").build)
    assert describe(load(net=layout).build) == before


def test_functions_count_alike_in_each_module(load):
    text = "def helper(x):\n    return x\ndef build(x):\n    return helper(x)"
    assert describe(load(one=text).build) == describe(load(other=text).build)


CHANGES = {
    "numbers": "def build(x):\n    return x * {2|3}",
    "operators": "def build(x):\n    return x {and|or} 2",
    "names of methods": "def build(x):\n    return x.{sum|mean}()",
    "defaults": "def build(x, w={2|3}):\n    return x * w",
    "defaults by keyword": "def build(x, *, w={2|3}):\n    return x * w",
    "names of arguments": "def build(x, {w|v}=2):\n    return x",
    "asynchronous functions": "async def build(x):\n    return {2|3}",
    "lambdas": "build = lambda x: x * {2|3}",
    "nested functions": "def build(x):\n    def f(w={2|3}):\n        return w\n    return f",
    "helper functions": "def helper(x):\n    return x * {2|3}\ndef build(x):\n    return helper(x)",
    "helpers of helpers": (
        "def one(x):\n    return x * {2|3}\ndef two(x):\n    return one(x)\n"
        "def build(x):\n    return two(x)"
    ),
    "helpers in nested functions": (
        "def helper(x):\n    return x * {2|3}\ndef build(x):\n    return [helper(i) for i in x]"
    ),
    "recursive helpers": (
        "def helper(x):\n    return build(x) * {2|3}\ndef build(x):\n    return helper(build(x))"
    ),
    "constants": "WIDTH = {2|3}\ndef build(x):\n    return x * WIDTH",
    "constants in a dict": "OPTIONS = {'width': [{2|3}]}\ndef build(x):\n    return OPTIONS",
    "constants in a namespace": (
        "import types\nOPTIONS = types.SimpleNamespace(width={2|3})\n"
        "def build(x):\n    return OPTIONS.width"
    ),
    "constants in an enumeration": (
        "import enum\nclass Width(enum.IntEnum):\n    SMALL = {2|3}\n"
        "def build(x):\n    return Width.SMALL"
    ),
    "constants in a data class": (
        "import dataclasses\n@dataclasses.dataclass\nclass Options:\n    width: int = {2|3}\n"
        "def build(x):\n    return Options()"
    ),
    "methods of a data class": (
        "import dataclasses\n@dataclasses.dataclass\nclass Options:\n    width: int\n"
        "    def __call__(self, x):\n        return x * {2|3}\nbuild = Options(1)"
    ),
    "layers": (
        "import keras\nlayer = keras.layers.Dense({2|3})\ndef build(x):\n    return layer(x)"
    ),
    "modules of a package": "import keras.{ops|random} as k\ndef build(x):\n    return k.f",
    "functions of a package": "from math import {sin|cos} as f\ndef build(x):\n    return f(x)",
    "arguments of partial functions": (
        "import functools\ndef f(x, w):\n    return x\nbuild = functools.partial(f, w={2|3})"
    ),
    "source of partial functions": (
        "import functools\ndef helper(x):\n    return {2|3}\nbuild = functools.partial(helper)"
    ),
    "closures": "def make(w):\n    return lambda x: x * w\nbuild = make({2|3})",
    "decorated functions": (
        "import functools\ndef wrap(f):\n    @functools.wraps(f)\n    def inner(x):\n"
        "        return f(x)\n    return inner\n@wrap\ndef build(x):\n    return {2|3}"
    ),
    "decorators": (
        "import functools\ndef wrap(f):\n    @functools.wraps(f)\n    def inner(x):\n"
        "        return f(x) * {2|3}\n    return inner\n@wrap\ndef build(x):\n    return x"
    ),
    "cached functions": "import functools\n@functools.cache\ndef build(x):\n    return {2|3}",
    "bound methods": "class Net:\n    def f(self, x):\n        return {2|3}\nbuild = Net().f",
    "what methods are bound to": (
        "class Net:\n    def __init__(self, w):\n        self.w = w\n"
        "    def build(self, x):\n        return x * self.w\nbuild = Net({2|3}).build"
    ),
    "static methods": (
        "class Net:\n    @staticmethod\n    def make(x):\n        return {2|3}\n"
        "def build(x):\n    return Net.make(x)"
    ),
    "properties": (
        "class Net:\n    @property\n    def w(self):\n        return {2|3}\n"
        "def build(x):\n    return Net().w"
    ),
    "callable objects": "class F:\n    def __call__(self, x):\n        return {2|3}\nbuild = F()",
    "globals that become attributes": (
        "trainable = {True|False}\ndef build(x):\n    x.trainable = trainable\n    return x"
    ),
    "attributes of classes that become others'": (
        "class F:\n    w = {2|3}\n    def __init__(self):\n        self.w = self.w\n"
        "    def __call__(self, x):\n        x.w = self.w\n        return x\ndef build(x):\n"
        "    return F()(x)"
    ),
    "slots": (
        "class F:\n    __slots__ = ('w',)\n    def __call__(self, x):\n        return x * self.w\n"
        "build = F()\nbuild.w = {2|3}"
    ),
    "generators of random numbers": (
        "import numpy as np\nrng = np.random.default_rng({2|3})\ndef build(x):\n    return rng"
    ),
    "random states": (
        "import numpy as np\nrng = np.random.RandomState({2|3})\ndef build(x):\n    return rng"
    ),
    "large arrays": (
        "import numpy as np\nw = np.full(9999, {2|3})\ndef build(x):\n    return x * w"
    ),
    "numbers in tables": (
        "import pandas as pd\nt = pd.DataFrame({'w': [{2|3}]})\ndef build(x):\n    return t"
    ),
    "names of columns": (
        "import pandas as pd\nt = pd.Series([1], name='{w|v}')\ndef build(x):\n    return t"
    ),
    "members of an enumeration": (
        "import enum\nclass Kind(enum.Enum):\n    A = 1\n    B = 2\nkind = Kind.{A|B}\n"
        "def build(x):\n    return kind"
    ),
    "variables of Keras": (
        "import keras\nw = keras.Variable([{2|3}.0])\ndef build(x):\n    return x * w"
    ),
    "classes above": (
        "class Base:\n    def __call__(self, x):\n        return {2|3}\n"
        "class Net(Base):\n    pass\nbuild = Net()"
    ),
    "attributes of classes": (
        "class F:\n    w = {2|3}\n    def __call__(self, x):\n        return self.w\nbuild = F()"
    ),
    "methods with super": (
        "class Net(dict):\n    def __init__(self):\n        super().__init__()\n"
        "        self.w = {2|3}\ndef build(x):\n    return Net()"
    ),
    "layers of one's own": (
        "import keras\nclass Layer(keras.layers.Layer):\n    def call(self, x):\n"
        "        return x * {2|3}\ndef build(x):\n    return Layer()(x)"
    ),
    "callbacks of one's own": (
        "import keras\nclass Stop(keras.callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n        return {2|3}\nbuild = Stop()"
    ),
    "samplers of one's own": (
        "from sklearn.base import BaseEstimator\nclass Sampler(BaseEstimator):\n"
        "    def fit_resample(self, X, y):\n        return X[:{2|3}], y\nbuild = Sampler()"
    ),
}


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES)
def test_what_changes_the_result_counts(load, text):
    before, one, other, after = re.fullmatch(
        r"(.*)\{([\w.]+)\|([\w.]+)\}(.*)", text, re.DOTALL
    ).groups()
    first, same, changed = (
        describe(load(net=before + choice + after).build) for choice in (one, one, other)
    )
    assert first == same
    assert first != changed


HELPERS = "def block(x):\n    return x * {}\ndef other(x):\n    return x"
USES = {
    "import": "import helpers\ndef build(x):\n    return helpers.block(x)",
    "import as": "import helpers as h\ndef build(x):\n    return h.block(x)",
    "import from": "from helpers import block\ndef build(x):\n    return block(x)",
    "import when called": "def build(x):\n    import helpers\n    return helpers.block(x)",
    "import from when called": "def build(x):\n    from helpers import block\n    return block(x)",
    "class": (
        "import helpers\nclass Net:\n    def __call__(self, x):\n"
        "        return helpers.block(x)\nbuild = Net()"
    ),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_functions_of_ones_other_modules_count(load, use):
    one, same, other = (
        describe(load(helpers=HELPERS.format(number), net=use).build) for number in (2, 2, 3)
    )
    assert one == same
    assert one != other


def test_functions_of_a_package_of_ones_own_count(load):
    for use in (
        "from .helpers import block\ndef build(x):\n    return block(x)",
        "def build(x):\n    from .helpers import block\n    return block(x)",
        "def build(x):\n    from . import helpers\n    return helpers.block(x)",
        "import net.helpers\ndef build(x):\n    return net.helpers.block(x)",
    ):
        one, same, other = (
            describe(
                load(net____init__="", net__helpers=HELPERS.format(number), net__model=use).build
            )
            for number in (2, 2, 3)
        )
        assert one == same
        assert one != other


def test_what_a_function_does_not_use_of_a_module_does_not_count(load):
    use = USES["import"]
    before = describe(load(helpers=HELPERS.format(2), net=use).build)
    changed = HELPERS.format(2).replace("return x\n", "return x + 1\n") + " + 1"
    assert describe(load(helpers=changed, net=use).build) == before


def test_the_first_call_describes_what_later_ones_do(load):
    module = load(helpers=HELPERS.format(2), net=USES["import when called"])
    before = describe(module.build)
    module.build(1)
    assert describe(module.build) == before


def test_lambdas_in_one_line_are_told_apart(load):
    module = load(net="one, two, same = lambda x: x * 2, lambda x: x * 3, lambda x: x * 2")
    assert describe(module.one) == describe(module.same) != describe(module.two)
    module = load(net="make = lambda: lambda x: x * 2")
    assert describe(module.make) != describe(module.make())


def test_a_file_that_was_edited_after_the_import_is_not_taken_for_the_source(load, tmp_path):
    old = load(net="def build(x):\n    return x * 2").build
    (tmp_path / "net.py").write_text("def build(x):\n    return x * 31")
    before = describe(old)
    assert describe(load(net="def build(x):\n    return x * 31").build) != before


def test_other_instructions_for_one_source_count_alike(load):
    build = load(net="def build(x):\n    return x * 2").build
    before = describe(build)
    build.__code__ = build.__code__.replace(co_code=build.__code__.co_code + bytes([9, 0]))
    assert describe(build) == before


def test_functions_without_source_count_by_their_bytecode():
    def make(number):
        scope = {}
        exec(f"def build(x):\n    return x * {number}", scope)
        return scope["build"]

    assert describe(make(2)) == describe(make(2))
    assert describe(make(2)) != describe(make(3))


def test_functions_of_installed_packages_count_by_name():
    assert describe(keras.layers.Dense) != describe(keras.layers.Conv2D)
    assert describe(textwrap.dedent) == describe(textwrap.dedent) != describe(textwrap.fill)


def test_places_of_modules_within_an_installed_package_do_not_count():
    moved = type("Dense", (), {"__module__": "keras.another.place"})
    assert describe(moved) == describe(keras.layers.Dense)


def test_objects_that_no_result_depends_on_are_left_out(load):
    text = "import {}\nlog = {}\ndef build(x):\n    log\n    return x"
    prints = {
        describe(load(net=text.format(module, log)).build)
        for module, log in [
            ("logging", "logging.getLogger('one')"),
            ("logging", "logging.getLogger('two')"),
            ("threading", "threading.Lock()"),
        ]
    }
    assert len(prints) == 1


def test_functions_that_many_others_reach_are_described_once(load):
    lines = ["def f0(x):\n    return x"]
    lines += [f"def f{i}(x):\n    return f{i - 1}(x) + f{i - 1}(-x)" for i in range(1, 40)]
    assert describe(load(net="\n".join(lines)).f39)  # 2**39 ways lead to f0


STATE = {
    "attributes of a class by its name": (
        "class F:\n    n = 0\n    def __call__(self, x):\n        F.n = F.n + 1\nbuild = F()"
    ),
    "globals": "n = 0\ndef build(x):\n    global n\n    n += 1\n    return x",
    "attributes of classes": (
        "class F:\n    n = 0\n    def __call__(self, x):\n        type(self).n += 1\nbuild = F()"
    ),
}


@pytest.mark.parametrize("text", STATE.values(), ids=STATE)
def test_what_a_function_counts_up_itself_does_not_count(load, text):
    build = load(net=text).build
    before = describe(build)
    build(1)
    assert describe(build) == before


def test_modules_without_a_file_are_the_users_and_frozen_ones_are_pythons(monkeypatch):
    monkeypatch.setitem(sys.modules, "made_in_a_console", types.ModuleType("made_in_a_console"))
    assert not is_installed("made_in_a_console")
    assert is_installed("zipimport")
    assert is_installed("sys")
    assert not is_installed("no_such_module_at_all")


def test_large_arrays_and_sets_count_by_what_they_hold():
    large = np.arange(5000)
    assert describe(large) == describe(large.copy())
    assert describe(large) != describe(large[::-1])
    assert describe({1, 2}) == describe(frozenset({2, 1}))
    assert describe({1, 2}) != describe({1, 3})


def test_modules_that_hold_each_other_are_described(load):
    module = load(
        one="""
            import two
            def scale(x):
                return two.one.FACTOR * x
            FACTOR = 2
        """,
        two="import one",
        three="import one, two; two.one = one; scale = one.scale",
    )
    before = describe(module.scale)
    module.one.FACTOR = 3
    assert describe(module.scale) != before
