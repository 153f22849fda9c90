"""What training asks of layers, devices, processes and keys before it begins."""

import os

import keras
import numpy as np
import pytest

from imblearn_bbfl.training import _forking
from imblearn_bbfl.training._batch_norm import reestimate_statistics, set_batch_norm
from imblearn_bbfl.training._devices import check_devices
from imblearn_bbfl.training._network_key import _check_determined, _number


@pytest.fixture(scope="module")
def network():
    return keras.Sequential([keras.Input((3,)), keras.layers.BatchNormalization(momentum=0.7)])


def test_the_momentum_of_the_backbone_is_kept_unless_another_is_given(network):
    set_batch_norm(network, "moving", None)
    assert (network.layers[0].momentum, network.layers[0].trainable) == (0.7, True)
    set_batch_norm(network, "frozen", 0.9)
    assert (network.layers[0].momentum, network.layers[0].trainable) == (0.9, False)


def test_frozen_statistics_are_not_estimated_again(network):
    set_batch_norm(network, "frozen", None)
    before = [w.copy() for w in network.get_weights()]
    reestimate_statistics(network, None, np.arange(4), batch_size=2, seed=0)  # reads no image
    assert all(map(np.array_equal, before, network.get_weights()))


@pytest.mark.parametrize(("batch_size", "sizes"), [(7, "6 or 9"), (2, "3")])
def test_batches_that_devices_cannot_share_are_told_with_those_that_they_can(batch_size, sizes):
    check_devices(6, 3)
    with pytest.raises(ValueError, match=f"evenly over 3 devices. Use batch_size={sizes}"):
        check_devices(batch_size, 3)


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


def test_names_of_layers_become_numbers_wherever_they_stand():
    assert _number({"a": ["x", 3], "b": {"c": "y"}}, {"x": 0, "y": 1}) == {
        "a": [0, 3],
        "b": {"c": 1},
    }


@pytest.mark.parametrize(
    "value",
    [
        {"class_name": "Mine", "registered_name": "Mine", "module": None},
        {"class_name": "Mine", "registered_name": "Mine", "module": "mine.layers"},
        {"class_name": "__lambda__", "registered_name": None, "module": "builtins"},
    ],
)
def test_what_its_configuration_does_not_determine_has_no_key(value):
    with pytest.raises(TypeError, match=r"is not (determined by its configuration|registered)"):
        _check_determined(value, set())
