"""What a comparison shows while it runs."""

import logging
import time
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_LOGGER = logging.getLogger("imblearn_bbfl.runs")


@contextmanager
def show_progress(n_runs, n_done, verbose):
    """Yield a function to call with the title and the result of each run that finishes.

    The logger ``imblearn_bbfl.runs`` has a line for each of them at level DEBUG.

    Parameters
    ----------
    n_runs : int
        Number of runs: methods times splits.
    n_done : int
        How many of them a checkpoint had.
    verbose : int
        0 shows nothing; 1 a bar with the time left, or a line for each run where there is no
        terminal, as in a file or under a scheduler; 2 both.
    """
    count = _Count(n_runs, n_done)
    console = Console()
    if verbose and (console.is_terminal or console.is_jupyter):
        with _show_bar(console, n_runs, n_done, verbose) as show:
            yield lambda title, result: (show(title, result), _LOGGER.debug(count(title, result)))
        return

    def report(title, result):
        line = count(title, result)
        _LOGGER.debug(line)
        if (
            verbose
        ):  # a disabled bar would not do: rich before version 15 ends one with a blank line
            print(line, flush=True)

    yield report


class _Count:
    """Counts runs, and returns a line for each: ``3 of 8 runs, about 0:41 left: ...``."""

    def __init__(self, n_runs, n_done):
        self._n_runs, self._n_done, self._n_before = n_runs, n_done, n_done
        self._start = time.monotonic()

    def __call__(self, title, result):
        self._n_done += 1
        each = (time.monotonic() - self._start) / (self._n_done - self._n_before)
        minutes, seconds = divmod(round(each * (self._n_runs - self._n_done)), 60)
        left = f", about {minutes}:{seconds:02} left" if self._n_done < self._n_runs else ""
        return f"{self._n_done} of {self._n_runs} runs{left}: {title}, {_describe(result)}"


@contextmanager
def _show_bar(console, n_runs, n_done, verbose):
    columns = [
        TextColumn("runs"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("last: {task.fields[last]}"),
    ]
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("runs", total=n_runs, completed=n_done, last="none yet")

        def report(title, result):
            line = escape(f"{title}, {_describe(result)}")
            bar.update(task, advance=1, last=line)
            if verbose > 1:
                bar.console.print(line, highlight=False, soft_wrap=True)

        yield report


def _describe(result):
    return "failed" if "error" in result else f"{result['seconds']:.1f} s"
