"""What is loaded when, in fresh interpreters."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import imblearn_bbfl
from imblearn_bbfl import _backend
from imblearn_bbfl._extras import check_extra

HEAVY = {"keras", "tensorflow", "jax", "torch"}


def run(code, **environment):
    """Run code in a fresh interpreter; return what it printed, line by line."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys\nimport imblearn_bbfl\n" + code],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )
    return done.stdout.splitlines()


def test_importing_the_package_loads_neither_keras_nor_a_backend():
    loaded = run("print(*{name.partition('.')[0] for name in sys.modules})")[0].split()
    assert "imblearn_bbfl" in loaded
    assert not HEAVY & set(loaded)


def test_names_that_need_no_network_load_no_keras():
    names = "augmentation datasets preprocessing sampling thresholding STRATEGIES"
    code = f"for name in '{names}'.split(): getattr(imblearn_bbfl, name)\nprint(*sys.modules)"
    assert not HEAVY & set(run(code)[0].split())


@pytest.mark.parametrize("name", imblearn_bbfl.__all__)
def test_every_public_name_is_there_and_listed(name):
    assert getattr(imblearn_bbfl, name) is not None
    assert name in dir(imblearn_bbfl)


def test_the_names_promised_are_public():
    promised = {"BBFLClassifier", "BalancedBatchGenerator", "STRATEGIES", "losses", "sampling"}
    assert promised <= set(imblearn_bbfl.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'imblearn_bbfl' has no attribute 'BBFL'"):
        _ = imblearn_bbfl.BBFL


@pytest.mark.slow
def test_a_missing_backend_is_an_error_that_says_what_to_install_whatever_is_imported():
    code = """
import importlib, os, pkgutil

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name in ("tensorflow", "jax", "torch"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
names = [module.name for module in pkgutil.iter_modules(imblearn_bbfl.__path__)]
for backend in ("tensorflow", "jax", "torch"):
    os.environ["KERAS_BACKEND"] = backend
    for name in names:
        try:
            importlib.import_module(f"imblearn_bbfl.{name}")
        except ImportError as error:
            print(f"{backend}|{name}|{type(error).__name__}: {error}")
for name in ("BBFLClassifier", "BalancedBatchGenerator", "ImageFeatures"):
    try:
        getattr(imblearn_bbfl, name)
    except ImportError as error:
        print(f"torch|{name}|{type(error).__name__}: {error}")
"""
    lines = [line.split("|") for line in run(code)]
    assert {
        "losses",
        "inspection",
        "generators",
        "model_selection",
        "report",
        "BBFLClassifier",
    } <= {name for _, name, _ in lines}
    for backend, _, message in lines:
        expected = f"ImportError: Keras needs a backend, but '{backend}' is not installed. Install"
        assert message.startswith(expected)
        assert f"in a checkout of imblearn_bbfl: pip install '.[{backend}]'" in message


def test_a_backend_that_is_there_is_named_where_another_is_missing(monkeypatch):
    monkeypatch.setattr(_backend, "is_installed", lambda package: package == "torch")
    assert "KERAS_BACKEND=torch, which is installed, or install:" in _backend._find_way("jax")


def test_an_extra_that_is_missing_is_named_with_how_to_install_it():
    told = r"export needs no_such_package, .* pip install no_such_package, .* '\.\[onnx\]'"
    with pytest.raises(ImportError, match=told):
        check_extra("export", ["numpy", "no_such_package"], "onnx")


@pytest.mark.parametrize("path", sorted(Path(imblearn_bbfl.__file__).parent.rglob("*.py")))
def test_nothing_is_to_be_installed_from_an_index_that_does_not_have_it(path):
    assert "install 'imblearn-bbfl" not in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_another_missing_module_is_named_as_it_is():
    code = """
sys.modules["sklearn"] = None
try:
    imblearn_bbfl.sampling
except ModuleNotFoundError as error:
    print(error.name.partition(".")[0])
"""
    assert run(code) == ["sklearn"]
