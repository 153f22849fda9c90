"""What a release must agree in."""

import re
import tomllib
from pathlib import Path

import pytest

from imblearn_bbfl import __version__

ROOT = Path(__file__).parent.parent


def test_the_citation_names_this_version():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.*)$", text, re.MULTILINE).group(1) == __version__


def test_the_changelog_is_of_this_version_or_of_the_next():
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGES.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0].startswith(__version__)


@pytest.mark.parametrize("name", ["README.md", "docs/conf.py", "pyproject.toml"])
def test_the_version_is_written_in_one_place(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if re.search(r"version\s*[=:]\s*\"?" + __version__, line)]


def read_recipes():
    """Return the commands of each make target, with what installs the extra that it needs first."""
    recipes, needs, targets = {}, {}, []
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"([a-z][a-z -]*):(?!=)(.*)", line):
            targets = found[1].split()
            needs |= dict.fromkeys(targets, re.search(r"/\.(\w+)-installed", found[2]))
            recipes |= {target: [] for target in targets}
        elif line.startswith("\t"):
            for target in targets:
                recipes[target].append(line.strip())
        elif not line.startswith((" ", "\t")):
            targets = []
    for target, need in needs.items():
        if need is not None:
            what = need[1] if need[1] == "package" else f'--editable ".[{need[1]}]"'
            what = what.replace("package", "build")
            recipes[target].insert(
                0, f"python -m pip install --quiet --constraint constraints.txt {what}"
            )
    return recipes


RECIPES = read_recipes()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `make ([a-z-]+)` \| (.*) \|$", CONTRIBUTING, re.MULTILINE)
WITHOUT_MAKE = {target: re.findall("`([^`]*)`", commands) for target, commands in ROWS}
WORKFLOWS = {
    path.name: path.read_text(encoding="utf-8")
    for path in (ROOT / ".github" / "workflows").glob("*.yml")
}


def test_there_is_a_way_without_make():
    assert {"test", "test-slow", "lint", "format", "demo", "docs", "package"} == set(WITHOUT_MAKE)


@pytest.mark.parametrize("target", WITHOUT_MAKE)
def test_the_way_without_make_runs_what_make_runs(target):
    commands = [line.replace("$(BIN)/python", "python") for line in RECIPES[target]]
    assert WITHOUT_MAKE[target] == [line for line in commands if not line.startswith("rm ")]


def test_without_make_the_same_is_installed():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    packages = re.search(r"^\$\(VENV\)/\.installed: PACKAGES = (.*)$", makefile, re.MULTILINE)[1]
    packages = packages.replace("$(TENSORFLOW)", "tensorflow").replace("'", '"')
    install = f"python -m pip install --constraint constraints.txt --editable {packages}"
    assert install in CONTRIBUTING.splitlines()
    assert install in WORKFLOWS["ci.yml"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_a_workflow_runs_exists(name):
    targets = re.findall(r"run: make ([a-z-]+)", WORKFLOWS[name])
    for listed in re.findall(r"target: \[(.*)\]", WORKFLOWS[name]):
        targets += listed.split(", ")
    assert targets
    assert set(targets) <= set(RECIPES)
    by_hand = re.findall(r"run: (python -m pytest .*)", WORKFLOWS[name])
    assert by_hand == [command for command in WITHOUT_MAKE["test"] if by_hand]


@pytest.mark.parametrize("tool", ["ruff", "codespell"])
def test_the_hooks_before_a_commit_have_the_tools_of_make_lint(tool):
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    (pinned,) = re.findall(rf"\b{tool}==[0-9.]+", hooks)
    assert pinned in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def test_the_oldest_versions_are_those_that_are_admitted():
    """Without a pin, pip would take the newest version, and the lower bound would go untried."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = ("tensorflow", "tensorflow-cpu", "plot", "test")  # those of `make test-oldest`
    needs = [*project["dependencies"]]
    needs += [need for extra in extras for need in project["optional-dependencies"][extra]]
    lines = (ROOT / "constraints-oldest.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    for name, bound in (need.split(">=") for need in needs):
        assert re.fullmatch(rf"{re.escape(bound)}(\.\d+)*", pins.get(name, "")), name


def test_the_ci_leaves_the_environments_of_the_contributor_alone():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    calls = [line for line in script.splitlines() if re.search(r"\bmake \w*=?", line)]
    assert [line for line in calls if "VENV=.venv-ci" not in line and "echo" not in line] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not re.search(r"(?<!= )\.venv\b", re.sub(r"#.*", "", makefile))
