"""Fixtures for the whole suite."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_folder():
    """Return the folder of real data sets named by IMBLEARN_BBFL_DATA; skip the test without."""
    folder = os.environ.get("IMBLEARN_BBFL_DATA")
    if not folder:
        pytest.skip("IMBLEARN_BBFL_DATA does not name a folder of real data sets")
    if not Path(folder).is_dir():
        pytest.skip(f"IMBLEARN_BBFL_DATA={folder} is not a folder")
    return Path(folder)
