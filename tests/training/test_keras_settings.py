"""Workers compute under the Keras settings of the caller, however many there are."""

import keras
import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_config
from sklearn.linear_model import LogisticRegression

from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.training._keras_settings import read_keras_settings


@pytest.fixture
def other_settings():
    """Set what a process that is started anew does not know."""
    with read_keras_settings().adopt():  # and restore it after the test
        keras.config.set_floatx("float64")
        keras.config.set_epsilon(1e-5)
        keras.config.set_image_data_format("channels_first")
        keras.config.set_dtype_policy("mixed_bfloat16")
        yield read_keras_settings().describe()


def describe_under(settings):
    with settings.adopt():
        return read_keras_settings().describe()


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_a_worker_adopts_the_settings_of_the_caller(other_settings, backend):
    assert "mixed_bfloat16, floatx float64, epsilon 1e-05, image data" in other_settings
    settings = read_keras_settings()
    with parallel_config(backend, n_jobs=2):
        described = Parallel()(delayed(describe_under)(settings) for _ in range(2))
    assert described == [other_settings] * 2


def test_a_worker_is_left_as_it_was(other_settings):
    settings = read_keras_settings()
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    before = read_keras_settings().describe()
    assert describe_under(settings) == other_settings
    assert read_keras_settings().describe() == before != other_settings


def test_a_worker_on_another_backend_is_refused():
    settings = read_keras_settings()._replace(backend="another")
    with pytest.raises(RuntimeError, match=r"Set the environment variable KERAS_BACKEND=another"):
        describe_under(settings)


def test_runs_in_threads_are_under_the_settings_of_the_caller(other_settings):
    seen, data = [], (np.arange(40.0)[:, np.newaxis], np.arange(40) % 2)

    class Watched(LogisticRegression):
        def fit(self, X, y):
            seen.append(read_keras_settings().describe())
            return super().fit(X, y)

    with parallel_config("threading", n_jobs=2):
        comparison = compare_strategies(
            Watched(), *data, strategies={"plain": {}}, reference="plain", n_repeats=2, verbose=0
        )
    assert seen == [other_settings] * 2
    assert np.isfinite(comparison.results_["value"]).all()
