"""What is public is documented: in the reference, with an example that runs as a doctest."""

import importlib
import inspect
from pathlib import Path

import pytest

import imblearn_bbfl

REFERENCE = Path(__file__).parent.parent / "docs" / "api" / "index.rst"
MODULES = [name for name in imblearn_bbfl.__all__ if inspect.ismodule(getattr(imblearn_bbfl, name))]


def list_public_names():
    """Return the classes and functions of the package and its modules, by their full name."""
    for module in ("imblearn_bbfl", *(f"imblearn_bbfl.{name}" for name in MODULES)):
        namespace = importlib.import_module(module)
        for name in namespace.__all__:
            found = getattr(namespace, name)
            if inspect.isclass(found) or inspect.isfunction(found):
                yield f"{module}.{name}", found


PUBLIC = dict(list_public_names())


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_an_example(name):
    assert "\n>>> " in inspect.getdoc(PUBLIC[name])


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_in_the_reference(name):
    assert f"\n   {name.rpartition('.')[2]}\n" in REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PUBLIC)
def test_public_methods_have_docstrings(name):
    found = PUBLIC[name]
    methods = vars(found) if inspect.isclass(found) else {}
    missing = [key for key, value in methods.items() if key[0] != "_" and not inspect.getdoc(value)]
    assert missing == []
