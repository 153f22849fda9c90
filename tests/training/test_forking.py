"""A network is not run in a process forked from one that ran a network: it would hang there."""

import os

import keras
import pytest

from imblearn_bbfl.training import _forking


def test_a_process_that_was_forked_from_one_that_ran_a_network_is_told(monkeypatch):
    monkeypatch.setattr(_forking, "_first_process", None)
    _forking.check_process()
    _forking.check_process()  # the same process
    monkeypatch.setattr(os, "getpid", lambda: -1)
    if keras.backend.backend() == "torch":
        _forking.check_process()
        return
    with pytest.raises(RuntimeError, match="was forked from one that had run a network"):
        _forking.check_process()
