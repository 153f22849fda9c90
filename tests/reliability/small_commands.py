"""The command on a small folder of images, in processes that are soon there; for the scripts here.

Needs a system with ``fork``.
"""

import os
import shutil
import sys
import time

import cv2
import keras  # noqa: F401 (so that processes that are forked need not load it)
import numpy as np

from imblearn_bbfl import BBFLClassifier  # noqa: F401
from imblearn_bbfl._files import is_unfinished
from imblearn_bbfl.cli import main

SMALL = ["--backbone", "small_cnn", "--image-size", "8", "--epochs", "3"]
SMALL += ["--set", "augmentation=None"]
METHODS = ["--method", "baseline", "--method", "bbfl", "--method", "ros"]
COMMANDS = ["compare", "train", "predict", "report"]


def make_data(data):
    """Write small images, brighter ones for later classes, unless they are there."""
    if (data / "new").exists():
        return
    _make_images(data / "photos" / "train", {"healthy": 24, "sick": 9})
    _make_images(data / "photos" / "test", {"healthy": 6, "sick": 4})
    _make_images(data / "unfinished", {"some": 700})
    (data / "unfinished").rename(data / "new")


def _make_images(folder, counts):
    shutil.rmtree(folder, ignore_errors=True)
    rng = np.random.default_rng(0)
    for number, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True)
        for i in range(count):
            image = rng.integers(0, 100, (8, 8, 3)) + 60 * number
            cv2.imwrite(str(folder / name / f"{i}.png"), image.astype(np.uint8))


def start(words, told=os.devnull):
    """Run the command in a process that is forked from this one; return its id."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    file = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    try:
        main([str(word) for word in words], standalone_mode=False)
        code = 0
    except BaseException as error:
        code = getattr(error, "code", getattr(error, "exit_code", 1))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def wait(pid, seconds=np.inf):
    """Wait for a process; return its exit code, or None if it is not finished by then."""
    end = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            return None
        time.sleep(0.01)


def list_words(command, data, folder):
    """Return the words of a command whose results go to a folder."""
    if command == "predict":
        return ["predict", data / "model.keras", data / "new", "--out", folder / "new.csv"]
    if command == "report":
        return ["report", folder, "--data", data / "photos"]
    methods = METHODS if command == "compare" else METHODS[:2]
    return [command, data / "photos", "--out", folder, *SMALL, *methods]


def run_undisturbed(command, data):
    """Run a command from start to end in a folder of its own; return how many seconds it took."""
    folder = data / command
    shutil.rmtree(folder, ignore_errors=True)
    prepare(command, data, folder)
    begin = time.monotonic()
    assert wait(start(list_words(command, data, folder), data / f"{command}.txt")) == 0, command
    if command == "train":
        shutil.copy(folder / "model.keras", data)
    return time.monotonic() - begin


def prepare(command, data, folder):
    """Make the folder that a command needs."""
    if command == "report":
        shutil.copytree(data / "compare", folder)
        for name in ("report.html", "table.md", "scores.csv"):
            (folder / name).unlink()
    else:
        folder.mkdir()


def list_whole(command, folder):
    """Return the content of what is finished: of each run of a comparison, or line predicted."""
    if command == "predict":
        path = folder / "new.csv.unfinished"
        text = path.read_bytes() if path.exists() else b""
        return {line: line for line in text[: text.rfind(b"\n") + 1].splitlines()}
    paths = [path for path in folder.rglob("*.npz") if not is_unfinished(path)]
    if command == "train":  # each epoch is written in the place of the one before
        return {path.name: path.name for path in paths if path.name.count("-") == 0}
    return {path.name: path.read_bytes() for path in paths}


def read_results(command, data, folder):
    """Return what a finished command has made, in a form that can be compared."""
    if command == "predict":
        return (folder / "new.csv").read_bytes()
    if command == "report":
        page = (folder / "report.html").read_text(encoding="utf-8")
        return page, (folder / "table.md").read_bytes(), (folder / "scores.csv").read_bytes()
    if command == "train":
        table = data / "predicted.csv"
        words = ["predict", folder / "model.keras", data / "photos", "--out", table]
        assert wait(start(words)) == 0
        return table.read_bytes()
    files = [np.load(path) for path in sorted((folder / "checkpoint").glob("*.npz"))]
    proba = [file["y_proba"].tobytes() for file in files]
    return proba, (folder / "report.html").exists()
