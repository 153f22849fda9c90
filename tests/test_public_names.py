"""What is public is documented: in the reference, with an example that runs as a doctest."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import imblearn_bbfl
from imblearn_bbfl import BBFLClassifier, ImageFeatures

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
WITHOUT_UNDERSCORE = [
    module.name
    for module in pkgutil.walk_packages(imblearn_bbfl.__path__, "imblearn_bbfl.")
    if "._" not in module.name
]


@pytest.mark.parametrize("name", ["imblearn_bbfl", *WITHOUT_UNDERSCORE])
def test_tab_completion_of_a_module_shows_its_public_names_alone(name):
    module = importlib.import_module(name)
    assert dir(module) == sorted(module.__all__)
    assert [each for each in module.__all__ if not hasattr(module, each)] == []


@pytest.mark.parametrize("cls", [BBFLClassifier, ImageFeatures])
def test_tab_completion_of_an_estimator_shows_what_it_can_do(cls):
    shown = {name for name in dir(cls) if not name.startswith("_")}
    other = {"initialize", "initialized_", "scorer", "feature_encoder", "target_encoder"}
    assert not shown & other
    assert not [name for name in shown if not inspect.getdoc(getattr(cls, name))]


def test_names_that_messages_and_docstrings_give_are_public():
    given = {
        (module, name)
        for file in Path(imblearn_bbfl.__file__).parent.rglob("*.py")
        for module, name in re.findall(
            r"imblearn_bbfl\.(\w+)\.([A-Za-z]\w*)", file.read_text(encoding="utf-8")
        )
        if module in MODULES
    }
    assert [each for each in given if each[1] not in getattr(imblearn_bbfl, each[0]).__all__] == []


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


def list_public_functions(found):
    """Return what users call of a class or function, without what is inherited from others."""
    if inspect.isfunction(found):
        return [found]
    members = [inspect.getattr_static(found, key) for key in dir(found) if is_called_by_users(key)]
    functions = [getattr(member, "fget", getattr(member, "__func__", member)) for member in members]
    return [
        inspect.unwrap(function)
        for function in functions
        if inspect.isfunction(function) and function.__module__.startswith("imblearn_bbfl")
    ]


def is_called_by_users(name):
    return name[0] != "_" or name in ("__init__", "__call__")


@pytest.mark.parametrize("name", PUBLIC)
def test_what_users_call_tells_all_its_types(name):
    missing = []
    for function in list_public_functions(PUBLIC[name]):
        signature = inspect.signature(function)
        arguments = [p for p in signature.parameters.values() if p.name not in ("self", "cls")]
        untyped = [p.name for p in arguments if p.annotation is p.empty]
        if signature.return_annotation is signature.empty:
            untyped.append("return")
        missing += [f"{function.__qualname__}: {each}" for each in untyped]
    assert not missing, "Annotate these:\n" + "\n".join(missing)
