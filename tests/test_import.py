"""What is loaded when, in fresh interpreters."""

import os
import subprocess
import sys

import numpy as np
import pytest

import imblearn_bbfl

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
def test_a_missing_backend_is_an_error_that_says_what_to_install():
    code = """
import os

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name in ("tensorflow", "jax", "torch"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
for backend in ("tensorflow", "jax", "torch"):
    os.environ["KERAS_BACKEND"] = backend
    for name in ("BBFLClassifier", "BalancedBatchGenerator", "losses"):
        try:
            getattr(imblearn_bbfl, name)
        except ImportError as error:
            print(error)
        for module in [name for name in sys.modules if name.startswith("keras")]:
            del sys.modules[module]  # which have read KERAS_BACKEND
"""
    messages = run(code)
    assert len(messages) == 9
    for message, backend in zip(
        messages, np.repeat(["tensorflow", "jax", "torch"], 3), strict=True
    ):
        assert message.startswith(f"Keras needs a backend, but '{backend}' is not installed.")
        assert "pip install 'imblearn-bbfl[tensorflow]'" in message


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
