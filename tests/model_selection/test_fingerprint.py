"""Fingerprints: other for what gives another result, alike in every process."""

import functools
import os
import subprocess
import sys

import h5py
import keras
import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.pipeline import make_pipeline

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.model_selection._fingerprint import fingerprint_data, fingerprint_settings


def fingerprint(**params):
    return fingerprint_settings(BBFLClassifier(**{"backbone": "mlp", **params}))


def test_one_pixel_changes_the_fingerprint():
    X, y = np.zeros((4, 2, 2, 1), np.uint8), np.array([0, 0, 1, 1])
    other = X.copy()
    other[3, 1, 1, 0] = 1
    assert fingerprint_data(X, y, None) != fingerprint_data(other, y, None)
    assert fingerprint_data(X, y, None) == fingerprint_data(X.copy(), y.copy(), None)


def test_labels_and_groups_change_the_fingerprint():
    X, y = np.zeros((2, 1, 1, 1)), np.array([0, 1])
    prints = {fingerprint_data(X, y, None), fingerprint_data(X, 1 - y, None)}
    assert len(prints | {fingerprint_data(X, y, np.array([5, 6]))}) == 3


def test_the_size_of_a_file_changes_the_fingerprint(tmp_path):
    path, y = tmp_path / "image.png", np.array([0])
    path.write_bytes(b"1")
    before = fingerprint_data([str(path)], y, None)
    assert fingerprint_data(pd.Series([str(path)]), y, None) == before
    path.write_bytes(b"12")
    assert fingerprint_data([str(path)], y, None) != before


def test_images_on_disk_count_by_their_pixels(tmp_path):
    y, X = np.arange(40) % 2, np.zeros((40, 2, 2, 1))
    with h5py.File(tmp_path / "images.h5", "w") as file:
        first, twin, other = (file.create_dataset(name, data=X) for name in "abc")
        other[39, 1, 1] = 1
        before = fingerprint_data(first, y, None)
        assert fingerprint_data(twin, y, None) == before
        assert fingerprint_data(other, y, None) != before


def test_paths_may_be_text_bytes_or_path_objects_in_a_list_or_an_array(tmp_path):
    path, y = tmp_path / "image.png", np.array([0])
    path.write_bytes(b"1")
    text = str(path)
    kinds = [[text], [path], [os.fsencode(path)], np.array([text]), pd.Series([text])]
    assert len({fingerprint_data(X, y, None) for X in kinds}) == 1


def test_the_columns_of_a_table_are_no_paths():
    X, y = pd.DataFrame({"age": [50.0, 60.0], "sex": ["m", "f"]}), np.array([0, 1])
    assert fingerprint_data(X, y, None) == fingerprint_data(X.copy(), y, None)
    assert fingerprint_data(X, y, None) != fingerprint_data(X.assign(age=1.0), y, None)
    assert fingerprint_data(X, y, None) != fingerprint_data(X[["sex", "age"]], y, None)


@pytest.mark.parametrize("name", ["verbose", "workers", "random_state"])
def test_parameters_that_change_no_result_are_left_out(name):
    assert fingerprint(**{name: 2}) == fingerprint()


def test_so_they_are_in_the_steps_of_a_pipeline():
    one, two = (make_pipeline(BBFLClassifier("mlp", random_state=seed)) for seed in (1, 2))
    assert fingerprint_settings(one) == fingerprint_settings(two)
    one.set_params(bbflclassifier__gamma=0.5)
    assert fingerprint_settings(one) != fingerprint_settings(two)


def enclose(number):
    return lambda: number


PAIRS = {
    "numbers": ("gamma", 1.0, 2.0),
    "numbers of an array": ("alpha", np.array([1.0, 2.0]), np.array([1.0, 3.0])),
    "keys": ("class_weight", {0: 1.0}, {1: 1.0}),
    "parameters of a sampler": ("sampling", RandomOverSampler(), RandomOverSampler(shrinkage=0.5)),
    "a sampler's own random state": (
        "sampling",
        RandomOverSampler(random_state=1),
        RandomOverSampler(random_state=2),
    ),
    "optimizers": ("optimizer", keras.optimizers.SGD(1e-6), keras.optimizers.SGD(0.5)),
    "schedules": (
        "optimizer",
        keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)),
        keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)),
    ),
    "callbacks": (
        "callbacks",
        [keras.callbacks.EarlyStopping(patience=1)],
        [keras.callbacks.EarlyStopping(patience=100)],
    ),
    "functions of callbacks": (
        "callbacks",
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.1),
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.2),
    ),
    "numbers in functions": ("backbone", lambda: 1, lambda: 2),
    "names in functions": ("backbone", lambda: keras.ops.sum, lambda: keras.ops.mean),
    "what functions enclose": ("backbone", enclose(1), enclose(2)),
    "functions in functions": ("backbone", lambda: lambda: 1, lambda: lambda: 2),
    "defaults of functions": ("backbone", lambda width=1: width, lambda width=2: width),
    "arguments of partial functions": (
        "backbone",
        functools.partial(enclose, 1),
        functools.partial(enclose, 2),
    ),
}


@pytest.mark.parametrize(("name", "one", "other"), PAIRS.values(), ids=PAIRS)
def test_other_values_change_the_fingerprint(name, one, other):
    assert fingerprint(**{name: one}) != fingerprint(**{name: other})


def test_names_that_keras_counts_up_are_left_out():
    first, second = (keras.Sequential([keras.Input((2,)), keras.layers.ReLU()]) for _ in range(2))
    assert fingerprint(backbone=first) == fingerprint(backbone=second)


def test_addresses_in_memory_are_left_out():
    class Thing:
        pass

    assert fingerprint(alpha=Thing()) == fingerprint(alpha=Thing())


def test_what_holds_itself_has_a_fingerprint():
    loop = []
    loop.append(loop)
    assert fingerprint(callbacks=loop) == fingerprint(callbacks=loop)


PROCESS = """
import keras
from imblearn.over_sampling import RandomOverSampler
from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.model_selection._fingerprint import fingerprint_settings
def build(image, kinds=frozenset({"a", "b", "c"})):
    return (lambda x: x + len({"d", "e"}))(image)
print(fingerprint_settings(BBFLClassifier(
    build, sampling=RandomOverSampler(random_state=1), optimizer=keras.optimizers.SGD(0.1),
    callbacks=[keras.callbacks.EarlyStopping()], class_weight={"x": 1.0, "y": 2.0},
)))
"""


def test_each_process_finds_the_same():
    command = [sys.executable, "-c", PROCESS]
    environments = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    one, other = (subprocess.check_output(command, env=env) for env in environments)
    assert one == other
