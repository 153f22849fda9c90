"""Pictures are drawn in memory, and closed after each test."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def images():
    X = np.random.default_rng(0).integers(0, 256, (24, 12, 10, 3), dtype=np.uint8)
    return X, np.repeat(["a", "b", "c"], [12, 8, 4])


@pytest.fixture(scope="session")
def classifier(images):
    classifier = BBFLClassifier("small_cnn", head_units=(8,), epochs=0, random_state=0)
    return classifier.fit(*images)


@pytest.fixture
def runs():
    """Two runs of two methods on three classes, one of them perfect."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [8, 6, 4])

    def run(is_perfect):
        proba = np.eye(3)[y] if is_perfect else rng.dirichlet(np.ones(3), len(y))
        return {"y_true": y, "y_proba": proba, "y_pred": proba.argmax(axis=1)}

    return {"bbfl": [run(True), run(True)], "ros": [run(False), run(False)]}
