"""Tiny folders of images, and the command."""

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from imblearn_bbfl.cli import main


@pytest.fixture
def run():
    """Return a function that runs the command with some words."""

    def run_command(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    return run_command


@pytest.fixture(scope="session")
def make_folder():
    """Return a function that writes 8 x 8 images, brighter ones for later classes."""

    def write(folder, counts):
        rng = np.random.default_rng(len(folder.name))  # other images in train than in test
        for i, (name, count) in enumerate(counts.items()):
            (folder / name).mkdir(parents=True)
            for j in range(count):
                image = rng.integers(0, 40, (8, 8, 3)) + 200 * i // max(1, len(counts) - 1)
                path = folder / name / f"p{j // 2}_{j}.png"
                path.write_bytes(cv2.imencode(".png", image.astype(np.uint8))[1].tobytes())
        return folder

    return write
