"""How far a comparison is."""

import io
import logging
import re

import pytest
from rich.console import Console

from imblearn_bbfl.model_selection import _progress

RUNS = [("bbfl-0", {"seconds": 1.25}), ("drw-0", {"error": "no memory"})]


def show(monkeypatch, verbose, is_terminal):
    """Return what is shown of two runs, where a third was there before."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, force_jupyter=False, width=120)
    monkeypatch.setattr(_progress, "Console", lambda: console)
    with _progress.show_progress(3, 1, verbose) as report:
        for run in RUNS:
            report(*run)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue())  # as it is read


@pytest.mark.parametrize(("verbose", "n_lines"), [(1, 0), (2, 1)])
def test_a_terminal_has_a_bar_and_lines_if_asked(monkeypatch, caplog, verbose, n_lines):
    with caplog.at_level(logging.DEBUG, "imblearn_bbfl.runs"):
        shown = show(monkeypatch, verbose, is_terminal=True)
    assert "3/3" in shown
    assert [line.strip() for line in shown.splitlines()].count("bbfl-0, 1.2 s") == n_lines
    assert caplog.messages[1] == "3 of 3 runs: drw-0, failed"


@pytest.mark.parametrize("verbose", [0, 1])
def test_a_file_has_a_line_for_each_run_unless_nothing_is_wanted(monkeypatch, capsys, verbose):
    assert show(monkeypatch, verbose, is_terminal=False) == ""
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * verbose
    assert not verbose or lines[1] == "3 of 3 runs: drw-0, failed"
