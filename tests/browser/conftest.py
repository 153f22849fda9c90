"""A headless Chromium, where one is installed."""

import importlib.util
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def load_reading():
    """Import `reading.py`, which is no module of a package."""
    path = Path(__file__).with_name("reading.py")
    spec = importlib.util.spec_from_file_location("browser_reading", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def reading():
    """What reads pages, and the browser that it does so with."""
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("needs Playwright: pip install '.[browser]'")
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(f"needs Chromium on the PATH, under one of the names {', '.join(NAMES)}")
    module = load_reading()
    with module.open_browser(executable) as module.browser:
        yield module
