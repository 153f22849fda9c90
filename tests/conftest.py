"""Fixtures for the whole suite."""

import os
import sys
from pathlib import Path

# Data as small as that of the tests gain nothing from more threads, whose waiting for each other is
# most of what a t-SNE of 12 points costs. The libraries read this when they are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["TF_NUM_INTRAOP_THREADS"] = "1"

import pytest

collect_ignore = ["use_with_types.py"]  # for the type checker: its images do not exist


def pytest_collection_finish(session):
    """Make room for the networks of all tests, so that each graph is traced once in a process.

    Tracing is most of the time of a small fit. That a used network trains as a new one does is
    tested for itself. Not done where this file is imported, for the process that hands out tests to
    others imports it too, and need not load Keras.
    """
    if "keras" in sys.modules:  # else no test collected trains
        from imblearn_bbfl import set_shared_networks

        set_shared_networks(100)


def pytest_runtest_setup():
    """Have each test compute the features of images itself, so that none passes by another's."""
    if "imblearn_bbfl.training" in sys.modules:
        from imblearn_bbfl import clear_shared_features

        clear_shared_features()


def pytest_addoption(parser, pluginmanager):
    parser.addoption(
        "--without-scikeras",
        action="store_true",
        help="run as where scikeras is not installed: the classifier then has another base class",
    )
    # Before options are parsed, the conftest.py of folders below import the classifier.
    if "--without-scikeras" in pluginmanager.get_plugin("pytestconfig").invocation_params.args:
        sys.modules["scikeras"] = None  # what Python takes for a module that cannot be imported


@pytest.fixture(scope="session")
def data_folder():
    """Return the folder of real data sets named by IMBLEARN_BBFL_DATA; skip the test without."""
    folder = os.environ.get("IMBLEARN_BBFL_DATA")
    if not folder:
        pytest.skip("IMBLEARN_BBFL_DATA does not name a folder of real data sets")
    if not Path(folder).is_dir():
        pytest.skip(f"IMBLEARN_BBFL_DATA={folder} is not a folder")
    return Path(folder)
