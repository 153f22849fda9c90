"""Kill the command at random moments, type it again, and count what was lost.

    python kill_command.py N_KILLS [SEED]

Makes a small folder of images, and runs ``compare``, ``train``, ``predict`` and ``report`` on it
once without being disturbed. Each is then killed by ``kill -9`` N_KILLS / 4 times, at moments that
are spread over the time that it takes, and started again with the same words until it is finished.
Prints for each how often it was killed and finished, how many files that were whole before a kill
were not the same after it, and how many results differ from those of the first run. Then two
processes run the same command in the same folder at the same time. Needs a system with ``fork``.
"""

import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import cv2
import keras  # noqa: F401 (so that processes that are forked need not load it)
import numpy as np

from imblearn_bbfl import BBFLClassifier  # noqa: F401
from imblearn_bbfl.cli import main

SMALL = ["--backbone", "small_cnn", "--image-size", "8", "--epochs", "3"]
SMALL += ["--set", "augmentation=None"]
METHODS = ["--method", "baseline", "--method", "bbfl", "--method", "ros"]
COMMANDS = ["compare", "train", "predict", "report"]


def make_images(folder, counts):
    """Write small images, brighter ones for later classes."""
    rng = np.random.default_rng(0)
    for number, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True)
        for i in range(count):
            image = rng.integers(0, 100, (8, 8, 3)) + 60 * number
            cv2.imwrite(str(folder / name / f"{i}.png"), image.astype(np.uint8))


def start(words):
    """Run the command in a process that is forked from this one; return its id."""
    pid = os.fork()
    if pid:
        return pid
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    try:
        main([str(word) for word in words], standalone_mode=False)
        code = 0
    except BaseException as error:
        code = getattr(error, "code", 1)
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
        return ["report", folder]
    methods = METHODS if command == "compare" else METHODS[:2]
    return [command, data / "photos", "--out", folder, *SMALL, *methods]


def prepare(command, data, folder):
    """Make the folder that a command needs."""
    if command == "report":
        shutil.copytree(data / "compare", folder)
        (folder / "report.html").unlink()
    else:
        folder.mkdir()


def list_whole(command, folder):
    """Return the content of what is finished: of each run of a comparison, or line predicted."""
    if command == "predict":
        path = folder / "new.csv.unfinished"
        text = path.read_bytes() if path.exists() else b""
        return {line: line for line in text[: text.rfind(b"\n") + 1].splitlines()}
    paths = list(folder.rglob("*.npz"))
    if command == "train":  # each epoch is written in the place of the one before
        return {path.name: path.name for path in paths}
    return {path.name: path.read_bytes() for path in paths}


def read_results(command, folder):
    """Return what a finished command has made, in a form that can be compared."""
    if command == "predict":
        return (folder / "new.csv").read_bytes()
    if command == "report":
        page = (folder / "report.html").read_text(encoding="utf-8")
        return page.rstrip().endswith("</html>")
    if command == "train":
        loaded = folder / "predicted.csv"
        words = ["predict", folder / "model.keras", folder.parent / "photos", "--out", loaded]
        assert wait(start(words)) == 0
        return loaded.read_bytes()
    files = [np.load(path) for path in sorted((folder / "checkpoint").rglob("*.npz"))]
    proba = [file["y_proba"].tobytes() for file in files if "y_proba" in file]
    return proba, (folder / "report.html").exists()


def kill_often(command, data, expected, seconds, n_kills, rng):
    """Kill a command at random moments; return how often it finished, and what was lost."""
    n_killed = n_finished = n_lost = n_differing = 0
    folder, whole = None, {}
    while n_killed < n_kills or folder is not None:
        if folder is None:
            folder, whole = data / f"{command}-{n_finished}", {}
            prepare(command, data, folder)
        pid = start(list_words(command, data, folder))
        patience = rng.uniform(0, seconds) if n_killed < n_kills else np.inf
        code = wait(pid, patience)
        if code is None:
            os.kill(pid, signal.SIGKILL)
            wait(pid)
            n_killed += 1
            now = list_whole(command, folder)
            n_lost += sum(now.get(name) != content for name, content in whole.items())
            whole = now
            continue
        n_differing += code != 0 or read_results(command, folder) != expected
        n_finished += 1
        folder = None
    return n_killed, n_finished, n_lost, n_differing


def run_twice_at_once(command, data, expected):
    """Run a command in two processes at the same time; say whether its results are the same."""
    folder = data / f"{command}-twice"
    prepare(command, data, folder)
    pids = [start(list_words(command, data, folder)) for _ in range(2)]
    codes = [wait(pid) for pid in pids]
    return codes, read_results(command, folder) == expected


def count_losses(n_kills, seed):
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as root:
        data = Path(root)
        make_images(data / "photos" / "train", {"healthy": 24, "sick": 9})
        make_images(data / "photos" / "test", {"healthy": 6, "sick": 4})
        make_images(data / "new", {"some": 700})
        first = {}
        for command in COMMANDS:
            folder = data / command
            prepare(command, data, folder)
            begin = time.monotonic()
            assert wait(start(list_words(command, data, folder))) == 0, command
            seconds = time.monotonic() - begin
            if command == "train":
                shutil.copy(folder / "model.keras", data)
            first[command] = read_results(command, folder), seconds
        print("command   killed  finished  lost  differing  seconds")
        for command in COMMANDS:
            expected, seconds = first[command]
            counts = kill_often(command, data, expected, seconds, n_kills // 4, rng)
            print(
                command.ljust(9), *(str(n).rjust(7) for n in counts), f"{seconds:10.1f}", flush=True
            )
        for command in COMMANDS[:3]:
            print(
                "two at once:",
                command,
                *run_twice_at_once(command, data, first[command][0]),
                flush=True,
            )


if __name__ == "__main__":
    count_losses(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
