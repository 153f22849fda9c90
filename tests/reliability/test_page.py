"""The page of faults names tests that there are."""

import re
from itertools import pairwise
from pathlib import Path

TESTS = Path(__file__).parent.parent
PAGE = TESTS.parent / "docs" / "reliability.md"


def test_each_test_that_the_page_names_exists():
    named = set(re.findall(r"\btest_\w+(?!\w*\.py)\b(?!\.py)", PAGE.read_text(encoding="utf-8")))
    written = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    assert len(named) > 20
    assert {name for name in named if f"def {name}(" not in written} == set()


def test_each_line_of_the_page_names_a_test():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows, is_of_faults = [], False  # tables of counts stand under the command that made them
    for before, line in pairwise(["", *lines]):
        if line.startswith("|") and not before.startswith("|"):
            is_of_faults = line.startswith("| fault")
        elif line.startswith("| ") and is_of_faults:
            rows.append(line)
    assert len(rows) > 20
    assert [row for row in rows if "test_" not in row.rpartition("|")[0].rpartition("|")[2]] == []
