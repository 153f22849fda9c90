"""Processes forked from one in which a network ran: TensorFlow and JAX wait there forever."""

import os

import keras

_first_process = None


def check_process():
    """Remember the process that first runs a network; raise in one that is forked from it."""
    global _first_process
    if _first_process is None:
        _first_process = os.getpid()
    if os.getpid() != _first_process and keras.backend.backend() != "torch":
        raise RuntimeError(
            f"This process was forked from one that had run a network already; "
            f"{keras.backend.backend()} would wait in it forever. Use joblib, whose workers start "
            "fresh, or multiprocessing.get_context('spawn')."
        )
