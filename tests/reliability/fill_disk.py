"""Run the command on a disk that fills up, make room, type it again, and count what was lost.

    mount -t tmpfs -o size=4m tmpfs DISK
    python fill_disk.py FOLDER DISK

FOLDER gets a small set of images, and the results of ``compare``, ``train``, ``predict`` and
``report`` on a disk with room. Then each of them writes to DISK, a small file system of its own, on
which another file leaves less and less room. Prints for each command how often the disk was full,
how often the command then ended with an error, or a warning, that names a file on that disk, how
many files or lines that were whole then were not the same at the end, and how many results differ
once there was room again and the same words were typed a second time.
"""

import os
import shutil
import sys
from pathlib import Path

from small_commands import (
    COMMANDS,
    list_whole,
    list_words,
    make_data,
    prepare,
    read_results,
    run_undisturbed,
    start,
    wait,
)

FREE_KILOBYTES = {
    "compare": (0, 8, 24, 56, 200),
    "train": (0, 8, 400, 1200, 2000),
    "predict": (0, 8, 48),
    "report": (0, 8, 100),
}


def fill(disk, kilobytes):
    """Write a file that leaves so much room."""
    status = os.statvfs(disk)
    n_bytes = status.f_bavail * status.f_frsize - 1024 * kilobytes
    (disk / "filler").write_bytes(bytes(max(0, n_bytes)))


def fill_disk(command, data, disk, kilobytes):
    """Run a command on a disk with little room; say what came of it; None if it was enough."""
    for path in disk.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    folder = disk / command
    prepare(command, data, folder)
    fill(disk, kilobytes)
    told = data / f"{command}-{kilobytes}.txt"
    code = wait(start(list_words(command, data, folder), told))
    text = told.read_text(encoding="utf-8")
    if code == 0 and "No space left" not in text:
        return None
    is_named = any("No space left" in line and str(folder) in line for line in text.splitlines())
    whole = list_whole(command, folder)
    (disk / "filler").unlink()
    code = wait(start(list_words(command, data, folder), data / f"{command}-{kilobytes}-then.txt"))
    now = list_whole(command, folder)
    n_lost = 0 if command in ("predict", "train") else sum(now.get(k) != whole[k] for k in whole)
    expected = read_results(command, data, data / command)
    is_same = code == 0 and read_results(command, data, folder) == expected
    return is_named, n_lost, not is_same


def main(data, disk):
    data.mkdir(parents=True, exist_ok=True)
    make_data(data)
    for command in COMMANDS:
        run_undisturbed(command, data)
    print("command   full  named  lost  differing")
    for command in COMMANDS:
        found = [fill_disk(command, data, disk, free) for free in FREE_KILOBYTES[command]]
        found = [each for each in found if each is not None]
        counts = [len(found), *(sum(column) for column in zip(*found, strict=True))]
        print(command.ljust(9), *(str(n).rjust(5) for n in counts), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
