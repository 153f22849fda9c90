"""What a release must agree in."""

import re
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


def test_each_make_target_of_the_workflow_exists():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    named = re.search(r"target: \[(.*)\]", workflow).group(1).split(", ")
    targets = re.findall(r"^([a-z -]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(named) <= {target for line in targets for target in line.split()}
