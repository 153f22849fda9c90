"""Runs on a Dask cluster of two worker processes: the same results, and none lost with a worker."""

import importlib
import os
import signal
import threading
import time

import cv2
import numpy as np
import pytest
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV

from imblearn_bbfl import BBFLClassifier, ImageFeatures
from imblearn_bbfl.model_selection import compare_strategies

distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of Dask's own dependencies
]


@pytest.fixture(scope="module")
def client():
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


@pytest.fixture
def paths(tmp_path):
    """Write 40 images of noise, the second class brighter; return their paths and labels."""
    y = np.repeat([0, 1], [28, 12])
    rng = np.random.default_rng(0)
    paths = [str(tmp_path / f"{i}.png") for i in range(40)]
    for path, label in zip(paths, y, strict=True):
        cv2.imwrite(path, rng.integers(0, 128 + 100 * label, (8, 8, 3), dtype=np.uint8))
    return np.array(paths), y


@pytest.fixture
def classifier():
    return BBFLClassifier("small_cnn", epochs=2, validation_fraction=None, random_state=0)


def compare(classifier, data, **arguments):
    return compare_strategies(
        classifier, *data, strategies=["baseline", "bbfl"], n_repeats=3, verbose=0, **arguments
    )


def assert_same_predictions(first, second):
    pairs = zip(first.predictions_, second.predictions_, strict=True)
    assert all(np.array_equal(a.y_proba, b.y_proba) for a, b in pairs)


def test_a_comparison_gives_the_same_as_without(client, classifier, paths):
    with parallel_config(backend="dask"):
        there = compare(classifier, paths)
    assert_same_predictions(there, compare(classifier, paths))


def test_a_grid_search_gives_the_same_as_without(client, classifier, paths):
    grid = GridSearchCV(classifier, {"gamma": [0.0, 2.0]}, cv=2, scoring="neg_log_loss")
    with parallel_config(backend="dask"):
        there = grid.fit(*paths).cv_results_["mean_test_score"]
    assert np.array_equal(there, grid.fit(*paths).cv_results_["mean_test_score"])


def test_features_are_the_same_as_without(client, paths, tmp_path):
    features = ImageFeatures("small_cnn", checkpoint=tmp_path / "features")
    with parallel_config(backend="dask"):
        there = features.transform(paths[0])
    assert len(list((tmp_path / "features").iterdir())) == 1  # of one block
    assert np.array_equal(there, ImageFeatures("small_cnn").transform(paths[0]))


def test_a_killed_worker_loses_no_finished_run(client, classifier, paths, tmp_path):
    folder = tmp_path / "runs"

    def kill_one_worker():
        while len(list(folder.glob("*.npz"))) < 2:
            time.sleep(0.05)
        pid = next(iter(client.run(os.getpid).values()))
        finished.update({path: path.stat().st_mtime_ns for path in folder.glob("*.npz")})
        os.kill(pid, signal.SIGKILL)

    # joblib puts X on one worker, from which the others fetch it as soon as they answer, which they
    # do not while they import TensorFlow.
    client.run(importlib.import_module, "keras")
    finished = {}
    killer = threading.Thread(target=kill_one_worker)
    killer.start()
    with parallel_config(backend="dask"):
        there = compare(classifier, paths, checkpoint=folder)
    killer.join()
    assert len(finished) >= 2
    assert all(path.stat().st_mtime_ns == written for path, written in finished.items())
    assert_same_predictions(there, compare(classifier, paths))
