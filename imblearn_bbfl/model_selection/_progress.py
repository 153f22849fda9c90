"""What a comparison shows while it runs."""

from contextlib import contextmanager

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


@contextmanager
def show_progress(n_runs, n_done, verbose):
    """Yield a function to call with the name and the result of each run that finishes.

    Parameters
    ----------
    n_runs : int
        Number of runs: methods times splits.
    n_done : int
        How many of them a checkpoint had.
    verbose : int
        0 shows nothing, 1 a bar with the time left, 2 a line for each run as well.
    """
    if not verbose:
        # Not a disabled bar: rich before version 15 ends one with a blank line.
        yield lambda name, result: None
        return
    columns = [
        TextColumn("runs"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("last: {task.fields[last]}"),
    ]
    with Progress(*columns) as bar:
        task = bar.add_task("runs", total=n_runs, completed=n_done, last="none yet")

        def report(name, result):
            line = escape(f"{name}, {_describe(result)}")
            bar.update(task, advance=1, last=line)
            if verbose > 1:
                bar.console.print(line, highlight=False, soft_wrap=True)

        yield report


def _describe(result):
    return "failed" if "error" in result else f"{result['seconds']:.1f} s"
