"""Keras with its backend, imported before what needs it, or an error that says what to install.

Packages whose files import Keras import this module first.
"""

import sys

from imblearn_bbfl._extras import advise, is_installed

BACKENDS = ("tensorflow", "jax", "torch")


def load_keras():
    """Import Keras; where it misses its backend, say what to install."""
    before = set(sys.modules)
    try:
        import keras  # noqa: F401
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in (*BACKENDS, "jaxlib"):
            raise
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == "keras":  # half imported, it would fail otherwise
                del sys.modules[name]
        raise ImportError(
            f"Keras needs a backend, but {missing!r} is not installed. {_find_way(missing)}"
        ) from error


def _find_way(missing):
    """Say what to install, or which backend is there."""
    there = [backend for backend in BACKENDS if backend != missing and is_installed(backend)]
    if there:
        use = f"Set the environment variable KERAS_BACKEND={there[0]}, which is installed, or i"
    else:
        use = "I"
    backend = missing if missing in BACKENDS else "jax"
    others = " or ".join(each for each in BACKENDS if each != backend)
    return (
        f"{use}{advise([backend], backend)[1:]} (for {others} in its place, set the environment "
        f"variable KERAS_BACKEND as well)."
    )


load_keras()
