"""An import goes down a floor, never up or sideways: the way data flows is the way folders lie."""

import ast
from pathlib import Path

import pytest

import imblearn_bbfl

FLOORS = {
    "_files": -2,
    "_labels": -2,
    "_names": -2,
    "_extras": -2,
    "_backend": -1,
    "_elsewhere": -1,
    "_values": -1,
    "_warnings": -2,
    "_order": -2,
    "exceptions": -2,
    "_privacy": -2,
    "_groups": -1,
    "_one_hot": -1,
    "_images": 0,
    "_version": 0,
    "_weights": 0,
    "coding": 0,
    "probabilities": 0,
    "augmentation": 1,
    "backbones": 1,
    "datasets": 1,
    "losses": 1,
    "mixing": 1,
    "metrics": 0,
    "preprocessing": 1,
    "sampling": 1,
    "thresholding": 1,
    "validation_split": 1,
    "costs": 2,
    "decisions": 1,
    "generators": 2,
    "inspection": 2,
    "recipes": 2,
    "strategies": 2,
    "training": 3,
    "classifier": 4,
    "features": 4,
    "model_selection": 5,
    "report": 6,
    "cli": 7,
    "__main__": 8,
}
WITH_KERAS = {"_backend", "backbones", "losses"}
WITHOUT_KERAS = {name for name, floor in FLOORS.items() if floor <= 1} - WITH_KERAS
PACKAGE = Path(imblearn_bbfl.__file__).parent
FILES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}


def part_of(file):
    """Return the module or folder right in the package that a file belongs to."""
    return Path(file).parts[0].removesuffix(".py")


def imports_of(path):
    """Return the dotted names that a file imports, wherever in the file it does."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively, which this test does not read"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def first_word(name):
    """Return the first of the words between dots."""
    return name.partition(".")[0]


def inner_imports_of(path):
    """Return the parts of the package that a file imports from."""
    split = [name.split(".") for name in imports_of(path)]
    return {names[1] for names in split if names[0] == "imblearn_bbfl"}


def test_every_module_has_its_floor():
    assert {part_of(file) for file in FILES} - {"__init__"} == set(FLOORS)


@pytest.mark.parametrize("file", sorted(set(FILES) - {"__init__.py"}))
def test_imports_go_down(file):
    part = part_of(file)
    others = inner_imports_of(FILES[file]) - {part}
    assert [other for other in others if FLOORS[other] >= FLOORS[part]] == []


@pytest.mark.parametrize("file", FILES)
def test_no_module_has_more_than_400_lines(file):
    assert len(FILES[file].read_text(encoding="utf-8").splitlines()) <= 400


def test_the_package_itself_imports_no_more_than_its_version():
    body = ast.parse(FILES["__init__.py"].read_text(encoding="utf-8")).body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == [
        "import importlib",
        "from typing import TYPE_CHECKING, Any",
        "from imblearn_bbfl._version import __version__",
    ]


@pytest.mark.parametrize("file", [file for file in FILES if part_of(file) in WITHOUT_KERAS])
def test_keras_stays_out_of_what_needs_no_network(file):
    assert "keras" not in {name.split(".")[0] for name in imports_of(FILES[file])}


@pytest.mark.parametrize("part", sorted(FLOORS))
def test_what_needs_keras_says_what_to_install_before_it_imports_keras(part):
    own = [file for file in FILES if part_of(file) == part]
    needs = [
        file
        for file in own
        if part != "cli" and "keras" in map(first_word, imports_of(FILES[file]))
    ]
    if needs and part != "_backend":  # which is what says it
        first = FILES[f"{part}/__init__.py" if f"{part}/__init__.py" in FILES else f"{part}.py"]
        body = ast.parse(first.read_text(encoding="utf-8")).body
        imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        assert ast.unparse(imports[0]) == "import imblearn_bbfl._backend"


def test_scikeras_is_touched_by_one_file():
    touching = [
        file
        for file, path in FILES.items()
        if "scikeras" in {name.split(".")[0] for name in imports_of(path)}
    ]
    assert touching == ["classifier/_scikeras.py"]


def test_this_test_sees_an_import_that_goes_up(tmp_path):
    path = tmp_path / "file.py"
    path.write_text("def f():\n    from imblearn_bbfl.generators import BatchGenerator\n")
    assert inner_imports_of(path) == {"generators"}
