"""Fingerprints: other for what gives another result, alike in every process."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import h5py
import keras
import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import InstanceHardnessThreshold
from sklearn.pipeline import make_pipeline

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.model_selection import _fingerprint
from imblearn_bbfl.model_selection._fingerprint import (
    fingerprint_data,
    fingerprint_settings,
)
from imblearn_bbfl.training._keras_settings import read_keras_settings


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


def test_labels_and_groups_count_by_value_whatever_array_holds_them():
    X, text = np.zeros((3, 1, 1, 1)), ["b", "a", "b"]
    for kinds in (
        [np.array(text), np.array(text, object), pd.Series(text).to_numpy()],
        [np.array([1, 0, 1], np.int64), np.array([1, 0, 1], np.uint8), np.array([1.0, 0.0, 1.0])],
    ):
        assert len({fingerprint_data(X, y, None) for y in kinds}) == 1
        assert len({fingerprint_data(X, np.arange(3), groups) for groups in kinds}) == 1


def test_groups_are_no_labels():
    X, one, two = np.zeros((2, 1, 1, 1)), np.array([0, 1]), np.array([5, 6])
    assert fingerprint_data(X, one, two) != fingerprint_data(X, two, one)


def test_images_in_memory_count_by_value_wherever_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(_fingerprint, "_BLOCK", 10)  # two rows and a half
    X, y = np.arange(28, dtype=np.uint8).reshape(7, 2, 2, 1), np.zeros(7)
    np.save(tmp_path / "X.npy", X)
    kinds = [X, list(X), np.asfortranarray(X), np.load(tmp_path / "X.npy", "r")]
    assert len({fingerprint_data(X, y, None) for X in kinds}) == 1
    assert fingerprint_data(X[:, :, :, 0], y, None) != fingerprint_data(X, y, None)
    assert fingerprint_data(X[::-1], y, None) != fingerprint_data(X, y, None)


def test_what_is_in_a_file_changes_the_fingerprint_and_where_it_lies_does_not(tmp_path):
    path, y = tmp_path / "image.bmp", np.array([0])
    path.write_bytes(b"1")
    before = fingerprint_data([str(path)], y, None)
    moved = path.rename(tmp_path / "moved.bmp")
    assert fingerprint_data(pd.Series([str(moved)]), y, None) == before
    moved.write_bytes(b"2")
    assert fingerprint_data([str(moved)], y, None) != before


def test_images_on_disk_count_by_their_pixels(tmp_path):
    y, X = np.arange(40) % 2, np.zeros((40, 2, 2, 1))
    with h5py.File(tmp_path / "images.h5", "w") as file:
        first, twin, other = (file.create_dataset(name, data=X) for name in "abc")
        other[39, 1, 1] = 1
        before = fingerprint_data(first, y, None)
        assert fingerprint_data(twin, y, None) == fingerprint_data(X, y, None) == before
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


@pytest.mark.parametrize("name", ["verbose", "workers", "random_state", "fit__verbose"])
def test_parameters_that_change_no_result_are_left_out(name):
    assert fingerprint(**{name: 2}) == fingerprint()


def test_so_they_are_in_the_steps_of_a_pipeline():
    one, two = (make_pipeline(BBFLClassifier("mlp", random_state=seed)) for seed in (1, 2))
    assert fingerprint_settings(one) == fingerprint_settings(two)
    one.set_params(bbflclassifier__gamma=0.5)
    assert fingerprint_settings(one) != fingerprint_settings(two)


EQUALS = {
    "whole numbers": ("gamma", [2, 2.0, np.float32(2), np.int64(2)]),
    "numbers": ("learning_rate", [0.125, np.float64(0.125), np.float16(0.125)]),
    "truth values": ("warm_start", [True, np.True_]),
    "sequences": ("head_units", [(512, 256), [512, 256], np.array([512, 256]), [512.0, 256]]),
    "factors": ("alpha", [[1, 3], (1.0, 3.0), np.array([1, 3])]),
    "keys": ("class_weight", [{0: 1, 1: 5}, {np.int64(1): 5.0, 0: np.float64(1)}]),
    "sides of a square": ("image_size", [8, (8, 8), np.array([8, 8])]),
    "text": ("backbone", ["mlp", np.str_("mlp")]),
    "what parts of a part print": (
        "callbacks",
        [keras.callbacks.EarlyStopping(verbose=verbose) for verbose in (0, 1)],
    ),
    "jobs of a sampler": (
        "sampling",
        [InstanceHardnessThreshold(n_jobs=n_jobs) for n_jobs in (None, 2)],
    ),
}


@pytest.mark.parametrize(("name", "values"), EQUALS.values(), ids=EQUALS)
def test_other_ways_to_write_a_value_have_one_fingerprint(name, values):
    assert len({fingerprint(**{name: value}) for value in values}) == 1


def test_numbers_too_large_for_a_float_are_told_apart():
    one, other = (RandomOverSampler(random_state=2**60 + i) for i in range(2))
    assert fingerprint(sampling=one) != fingerprint(sampling=other)


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "first.weights.h5"
    path.write_bytes(b"1")
    return path


def change(path):
    """Give a file another content, of the same size."""
    path.write_bytes(bytes([path.read_bytes()[0] + 1]))


@pytest.mark.parametrize("kind", [str, Path])
def test_weights_files_count_by_what_is_in_them(weights, kind):
    before = fingerprint(weights=kind(weights))
    moved = weights.rename(weights.with_name("moved.h5"))
    assert fingerprint(weights=kind(moved)) == before
    change(moved)
    assert fingerprint(weights=kind(moved)) != before


@pytest.mark.parametrize("name", ["auto", "imagenet"])
def test_a_file_with_the_name_of_weights_does_not_count(tmp_path, monkeypatch, name):
    before = fingerprint(weights=name)
    monkeypatch.chdir(tmp_path)
    Path(name).touch()
    assert fingerprint(weights=name) == before


def build_from(image, weights):
    return keras.applications.MobileNetV2(weights=weights)(image)


PATH = None  # a file of weights


def build_from_global(image):
    return keras.applications.MobileNetV2(weights=PATH)(image)


WAYS = {
    "parameter of the backbone": lambda path: {"backbone__weights": path},
    "partial function": lambda path: {"backbone": functools.partial(build_from, weights=path)},
    "default": lambda path: {"backbone": lambda image, weights=path: build_from(image, weights)},
    "closure": lambda path: {"backbone": lambda image: build_from(image, path)},
    "global": lambda path: {"backbone": build_from_global},
    "literal": lambda path: {"backbone": eval(f"lambda image: build_from(image, {path!r})")},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_so_do_files_that_a_backbone_names(weights, monkeypatch, way):
    monkeypatch.setitem(globals(), "PATH", str(weights))
    before = fingerprint(**way(str(weights)))
    assert fingerprint(**way(str(weights))) == before
    change(weights)
    assert fingerprint(**way(str(weights))) != before


def test_files_that_callbacks_write_do_not_count(weights):
    def logger():
        return keras.callbacks.CSVLogger(str(weights))

    before = fingerprint(callbacks=[logger()])
    change(weights)
    assert fingerprint(callbacks=[logger()]) == before


SETTINGS_OF_KERAS = {
    "dtype policy": (keras.config.set_dtype_policy, "mixed_float16", "float32"),
    "floatx": (keras.config.set_floatx, "float16", "float32"),
    "epsilon": (keras.config.set_epsilon, 1e-3, 1e-7),
    "image data format": (
        keras.config.set_image_data_format,
        "channels_first",
        "channels_last",
    ),
}


@pytest.mark.parametrize(
    ("set_", "other", "default"), SETTINGS_OF_KERAS.values(), ids=list(SETTINGS_OF_KERAS)
)
def test_settings_of_keras_are_told_apart(set_, other, default):
    before = read_keras_settings().describe()
    set_(other)
    try:
        assert read_keras_settings().describe() != before
    finally:
        set_(default)
    assert read_keras_settings().describe() == before


def test_backends_are_told_apart(monkeypatch):
    before = read_keras_settings().describe()
    monkeypatch.setattr(keras.config, "backend", lambda: "another")
    assert read_keras_settings().describe() == before.replace(keras.backend.backend(), "another")


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


@pytest.mark.slow
def test_each_process_finds_the_same():
    command = [sys.executable, "-c", PROCESS]
    environments = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    one, other = (subprocess.check_output(command, env=env) for env in environments)
    assert one == other
