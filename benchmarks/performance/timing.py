"""What the scripts share: alternate two pieces of work, and keep medians and ratios as JSON."""

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import time
from pathlib import Path

_PACKAGES = ["imblearn-bbfl", "numpy", "keras", "tensorflow-cpu", "tensorflow", "imbalanced-learn"]


def parse_arguments(description):
    """Read `short` and `out` from the command line."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="a small form, in seconds")
    parser.add_argument("--out", type=Path, default=Path("performance"), help="folder of the JSON")
    return parser.parse_args()


def measure(function):
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def compare(ours, peer, *, n_rounds):
    """Alternate ours and the peer, each first in turn, after one round that does not count.

    Parameters
    ----------
    ours, peer : callable
        The same work.
    n_rounds : int
        How often.

    Returns
    -------
    result : dict
        Medians in seconds, the median of the ratios of the rounds, and the smallest and largest.
    """
    seconds = {ours: [], peer: []}
    for round_number in range(n_rounds + 1):
        order = (ours, peer) if round_number % 2 else (peer, ours)
        for function in order:
            taken = measure(function)
            if round_number:
                seconds[function].append(taken)
    ratios = [a / b for a, b in zip(seconds[ours], seconds[peer], strict=True)]
    return {
        "ours_s": statistics.median(seconds[ours]),
        "peer_s": statistics.median(seconds[peer]),
        "ratio": statistics.median(ratios),
        "ratio_range": [min(ratios), max(ratios)],
        "n_rounds": n_rounds,
    }


def keep(arguments, name, *, work, peer, aim, result):
    """Write a result, and print it in a line.

    Parameters
    ----------
    arguments : Namespace
        Of `parse_arguments`.
    name : str
        Of the file.
    work, peer, aim : str
        What was done, against what, and the ratio that is aimed at, such as ``"<= 1.2"``.
    result : dict
        With `ratio`.
    """
    record = {
        "work": work,
        "peer": peer,
        "aim": aim,
        "is_short": arguments.short,
        **result,
        # The aims are for the full form: small work is mostly overhead.
        "is_met": None if arguments.short else _meets(result["ratio"], aim),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "versions": _list_versions(),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / f"{name}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    verdict = {True: "met", False: "MISSED", None: "not judged in the short form"}[record["is_met"]]
    print(f"{work} / {peer}: {result['ratio']:.3g}, aim {aim}: {verdict}")


def _meets(ratio, aim):
    sign, number = aim.split()
    return ratio <= float(number) if sign == "<=" else ratio >= float(number)


def _list_versions():
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
