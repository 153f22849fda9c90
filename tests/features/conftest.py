import numpy as np
import pytest


@pytest.fixture(scope="session")
def images():
    """Return 37 small images, which differ in brightness."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 156, (37, 16, 16, 3), dtype=np.uint8)
    return X + np.arange(37, dtype=np.uint8)[:, None, None, None]
