"""What the scripts share: measure two pieces of work in turn, and keep what was found as JSON.

A script measures ours and a peer side by side in one run, because a machine's speed drifts: what is
judged is the median of the ratios of the rounds, or of one side's figures, never two runs apart.
"""

import argparse
import importlib
import importlib.metadata
import json
import operator
import os
import platform
import shlex
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

_RESULTS = Path(__file__).parent / "results"
_PACKAGES = (
    "imblearn-bbfl",
    "numpy",
    "scikit-learn",
    "imbalanced-learn",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "jax",
    "torch",
    "scikeras",
    "opencv-python-headless",
    "albumentations",
    "albumentationsx",
)
_SIGNS = {"<=": operator.le, ">=": operator.ge}


def parse_arguments(description, *, n_rounds=5, n_rounds_short=2, options=None):
    """Read the command line.

    Parameters
    ----------
    description : str
        The script's docstring, whose first line is the help.
    n_rounds, n_rounds_short : int
        How often both sides are measured unless ``--rounds`` says so: full form, short form.
    options : dict of str to str, default=None
        Further options that a script takes, each with its help.

    Returns
    -------
    arguments : argparse.Namespace
        ``short``, ``out``, ``n_rounds``, ``side``: the side to measure in this process, or None,
        and the further options.
    """
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="a small form, in seconds")
    parser.add_argument("--out", type=Path, default=_RESULTS, help="folder of the JSON files")
    parser.add_argument("--rounds", type=int, dest="n_rounds", help="how often to measure")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    for name, text in (options or {}).items():
        parser.add_argument(f"--{name}", help=text)
    arguments = parser.parse_args()
    if arguments.n_rounds is None:
        arguments.n_rounds = n_rounds_short if arguments.short else n_rounds
    return arguments


def measure_seconds(function):
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure_apart(arguments, side):
    """Return the number that this script prints last when it measures one side in a new process.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of `parse_arguments`.
    side : str
        What the new process finds as ``arguments.side``.
    """
    return float(run_side(arguments, side))


def run_side(arguments, side, *, interpreter=sys.executable, variables=None):
    """Return the last line that this script prints when it measures one side in a new process.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of `parse_arguments`.
    side : str
        What the new process finds as ``arguments.side``.
    interpreter : str, default=sys.executable
        The Python that runs it.
    variables : dict of str to str, default=None
        Further environment variables of the new process.

    Raises
    ------
    RuntimeError
        If the process fails, is killed or prints nothing; with how it ended and its last messages.
    """
    command = [interpreter, sys.argv[0], "--side", side, *["--short"] * arguments.short]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **(variables or {})}
    )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        last = "\n".join(done.stderr.splitlines()[-15:]) or "It wrote no messages."
        raise RuntimeError(
            f"The side {side!r} gave no result: {_describe_end(done.returncode)}. To see it alone, "
            f"run: {shlex.join(command)}. Its last messages:\n{last}"
        )
    return lines[-1]


def _describe_end(code):
    """Say how a process ended, from its exit code as `subprocess` gives it."""
    if code >= 0:
        return f"it ended with exit code {code}"
    name = signal.Signals(-code).name
    full = ", as happens when memory runs out" if name == "SIGKILL" else ""
    return f"it was ended by {name}{full}"


def compare(ours, peer, *, n_rounds):
    """Time two functions in turn, after a round that does not count.

    Parameters
    ----------
    ours, peer : callable
        The same work.
    n_rounds : int
        How often.

    Returns
    -------
    result : dict
        As `alternate` returns it, in seconds.
    """
    ours()
    peer()
    return alternate(
        lambda: measure_seconds(ours), lambda: measure_seconds(peer), n_rounds=n_rounds
    )


def compare_speed(ours, peer, *, n_items, unit, n_rounds):
    """Measure the items per second of two functions, as `compare` does seconds.

    Parameters
    ----------
    ours, peer : callable
        The same work.
    n_items : int
        Items that a call goes through.
    unit : str
        Such as ``"images/s"``.
    n_rounds : int
        How often.

    Returns
    -------
    result : dict
        As `alternate` returns it: a ratio above 1 is in our favor.
    """
    ours()
    peer()
    return alternate(
        lambda: n_items / measure_seconds(ours),
        lambda: n_items / measure_seconds(peer),
        n_rounds=n_rounds,
        unit=unit,
    )


def alternate(measure_ours, measure_peer, *, n_rounds, unit="s"):
    """Measure both sides in turn, the other one first in every second round.

    Parameters
    ----------
    measure_ours, measure_peer : callable
        Return a number.
    n_rounds : int
        How often.
    unit : str, default="s"
        Of the numbers.

    Returns
    -------
    result : dict
        Medians `ours` and `theirs`, the median `ratio` of the rounds, and the smallest and the
        largest, `ratio_range`.
    """
    rounds = []
    for i in range(n_rounds):
        if i % 2:
            theirs = measure_peer()
            rounds.append((measure_ours(), theirs))
        else:
            rounds.append((measure_ours(), measure_peer()))
    return summarize_rounds(rounds, unit)


def summarize_rounds(rounds, unit):
    """Return medians and ratios of rounds, each with our number and that of the peer."""
    ours, theirs = zip(*rounds, strict=True)
    ratios = [a / b for a, b in rounds]
    return {
        "ours": statistics.median(ours),
        "theirs": statistics.median(theirs),
        "unit": unit,
        "ratio": statistics.median(ratios),
        "ratio_range": [min(ratios), max(ratios)],
        "n_rounds": len(rounds),
    }


def find_peer(module):
    """Import a peer; where it is not installed, say so and return None."""
    try:
        return importlib.import_module(module)
    except ImportError:
        print(f"{module} is not installed: not measured. pip install '.[bench]' installs it.")
        return None


def keep(arguments, name, *, work, peer, aim, result):
    """Write a result to a file of its own, and print it in a line.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of `parse_arguments`.
    name : str
        Of the file, without its ending.
    work, peer : str
        What was done, and against what.
    aim : str or None
        The number that is judged and its bound, such as ``"ratio <= 1.2"``. The number is `ratio`,
        `difference` (ours less theirs) or `ours`. None where nothing is aimed at.
    result : dict
        With `ours`, `theirs`, `unit` and `ratio`.
    """
    record = {
        "work": work,
        "peer": peer,
        "aim": aim,
        "is_short": arguments.short,
        # The aims are for the full form: small work is mostly overhead.
        "is_met": None if arguments.short or aim is None else meets(result, aim),
        **result,
        "machine": describe_machine(),
        "versions": list_versions(),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / f"{name}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    verdicts = {True: "met", False: "MISSED", None: "not judged"}
    print(
        f"{work}: {result['ours']:.3g} against {result['theirs']:.3g} {result['unit']} of {peer}, "
        f"ratio {result['ratio']:.3g}; aim {aim}: {verdicts[record['is_met']]}",
        flush=True,
    )


def meets(result, aim):
    """Whether a result is within the bound of an aim such as ``"ratio <= 1.2"``."""
    name, sign, bound = aim.split()
    numbers = result | {"difference": result["ours"] - result["theirs"]}
    return bool(_SIGNS[sign](numbers[name], float(bound)))


def describe_machine():
    """Return the processor, the cores and the system."""
    return f"{_read_processor()}, {os.cpu_count()} cores, {platform.system()}"


def _read_processor():
    """Return the processor's name where Linux has it, else its architecture."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def list_versions():
    """Return the versions of Python and of the packages that are measured."""
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
