"""Forks, and disks that are full."""

import errno
import os
import subprocess
import sys
import zipfile

import keras
import pytest

FORK = """
import os, sys, numpy as np
from imblearn_bbfl import BBFLClassifier
X = np.zeros((8, 16, 16, 3), np.uint8)
classifier = BBFLClassifier("small_cnn", epochs=0, validation_fraction=None).fit(X, [0, 1] * 4)
classifier.predict(X)
child = os.fork()
if child == 0:
    try:
        classifier.predict(X)
    except RuntimeError as error:
        print(error, flush=True)
        os._exit(3)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.skipif(keras.backend.backend() == "torch", reason="PyTorch predicts after a fork")
def test_a_fork_after_a_fit_is_an_error_and_not_a_hang():
    run = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, timeout=120)
    assert run.returncode == 3
    assert "Use joblib, whose workers start fresh" in run.stdout


@pytest.mark.parametrize("where", ["network", "member"])
def test_a_full_disk_leaves_the_saved_file_as_it_was(
    classifier, images, tmp_path, monkeypatch, where
):
    path = tmp_path / "classifier.keras"
    classifier.set_params(epochs=0).fit(*images).save(path)
    before = path.read_bytes()

    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = (keras.Model, "save") if where == "network" else (zipfile.ZipFile, "writestr")
    monkeypatch.setattr(*target, fail)
    with pytest.raises(OSError, match="No space left"):
        classifier.save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["classifier.keras"]
