"""What was compared, and by which versions of what."""

import platform
import re
from importlib.metadata import PackageNotFoundError, version

from imblearn_bbfl.inspection._styles import name_method
from imblearn_bbfl.strategies import STRATEGIES

_PLAIN, _UNKNOWN = STRATEGIES["baseline"], object()
_PACKAGES = (
    "imblearn-bbfl",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "jax",
    "torch",
    "scikit-learn",
    "imbalanced-learn",
    "numpy",
    "opencv-python-headless",
)


def list_settings(comparison, more):
    """Return pairs of names and values: what was added, of the estimator, and of the methods."""
    rows = list((more or {}).items())
    if comparison.estimator_ is not None:
        rows.append(("estimator", _tell(comparison.estimator_)))
    for method, settings in (comparison.strategies_ or {}).items():
        own = {k: v for k, v in settings.items() if repr(v) != repr(_PLAIN.get(k, _UNKNOWN))}
        told = ", ".join(f"{name}={_tell(value)}" for name, value in own.items())
        rows.append((f"method {name_method(method)}", told or "no remedy"))
    return [(str(name), str(value)) for name, value in rows]


def _tell(value):
    """Return a value as text, without what differs from one process to the next."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", re.sub(r"\s+", " ", repr(value)))


def describe_runs(comparison):
    """Say how many runs there were, how long they took, and what failed."""
    runs = comparison.predictions_
    n_runs = f"{len(runs)} run" + ("" if len(runs) == 1 else "s")
    n_methods = len(comparison.methods_)
    methods = "1 method" if n_methods == 1 else f"{n_methods} methods"
    text = f"{n_runs} of {methods}, {_tell_time(sum(run.seconds for run in runs))} of training"
    if not comparison.failures_:
        return text
    name, error = next(iter(comparison.failures_.items()))
    return (
        f"{text}; {len(comparison.failures_)} more failed, the first of them {name}: "
        f"{error.strip().splitlines()[-1]}"
    )


def list_versions():
    """Return pairs of names and versions."""
    versions = [("Python", platform.python_version()), ("machine", platform.machine())]
    for name in _PACKAGES:
        try:
            versions.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return versions


def _tell_time(seconds):
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
