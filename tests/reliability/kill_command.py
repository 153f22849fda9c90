"""Kill the command at random moments, type it again, and count what was lost.

    python kill_command.py FOLDER [N_KILLS]

Makes a small set of images in FOLDER, and runs ``compare``, ``train``, ``predict`` and ``report``
once without being disturbed. They are then killed by ``kill -9``, N_KILLS times in all, 50 by
default, at moments that are spread over the time that each takes, and started again with the same
words until they are finished. Prints for each how often it was killed and finished, how many files
or lines that were whole before a kill were not the same after it, and how many results differ from
those of the first run. Then two processes run the same command in the same folder, the second of
them a random moment later.

Each count is written to FOLDER as it is made: stopped and started again, the script goes on.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
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

N_KILLS, N_PAIRS = 50, 3


class Notes:
    """What has happened so far: a line of JSON for each event."""

    def __init__(self, path):
        self._path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.events = [json.loads(line) for line in lines]

    def add(self, **event):
        self.events.append(event)
        with self._path.open("a") as file:
            file.write(f"{json.dumps(event)}\n")

    def find(self, command, kind):
        return [e for e in self.events if e["command"] == command and e["kind"] == kind]

    def sum(self, command, kind, name):
        return sum(event[name] for event in self.find(command, kind))


def kill_often(command, data, notes, n_kills):
    """Kill a command at random moments, and have it finish in the end."""
    seconds = notes.find(command, "undisturbed")[0]["seconds"]
    folder = data / f"{command}-killed"
    while len(notes.find(command, "killed")) < n_kills or folder.exists():
        n_killed = len(notes.find(command, "killed"))
        if not folder.exists():
            prepare(command, data, folder)
        whole = list_whole(command, folder)
        pid = start(list_words(command, data, folder), data / f"{command}-killed.txt")
        rng = np.random.default_rng([COMMANDS.index(command), len(notes.events)])
        code = wait(pid, rng.uniform(0, seconds) if n_killed < n_kills else np.inf)
        if code is None:
            os.kill(pid, signal.SIGKILL)
            wait(pid)
            now = list_whole(command, folder)
            n_lost = sum(now.get(name) != content for name, content in whole.items())
            notes.add(command=command, kind="killed", lost=n_lost)
        else:
            is_same = code == 0 and is_as_expected(command, data, folder)
            notes.add(command=command, kind="finished", differing=int(not is_same))
            if not is_same:
                shutil.move(folder, data / f"{command}-differs-{len(notes.events)}")
            shutil.rmtree(folder, ignore_errors=True)


def is_as_expected(command, data, folder):
    return read_results(command, data, folder) == read_results(command, data, data / command)


def run_twice(command, data, notes):
    """Run a command in two processes, one a little after the other."""
    seconds = notes.find(command, "undisturbed")[0]["seconds"]
    for number in range(len(notes.find(command, "twice")), N_PAIRS):
        folder = data / f"{command}-twice-{number}"
        shutil.rmtree(folder, ignore_errors=True)
        prepare(command, data, folder)
        rng = np.random.default_rng([COMMANDS.index(command), number])
        pids = []
        for i in range(2):
            told = data / f"{command}-twice-{number}-{i}.txt"
            pids.append(start(list_words(command, data, folder), told))
            time.sleep(rng.uniform(0, seconds) if i == 0 else 0)
        codes = [wait(pid) for pid in pids]
        is_same = codes == [0, 0] and is_as_expected(command, data, folder)
        notes.add(command=command, kind="twice", codes=codes, differing=int(not is_same))


def main(data, n_kills):
    data.mkdir(parents=True, exist_ok=True)
    make_data(data)
    notes = Notes(data / "notes.jsonl")
    for command in COMMANDS:
        if not notes.find(command, "undisturbed"):
            seconds = run_undisturbed(command, data)
            notes.add(command=command, kind="undisturbed", seconds=seconds)
    for number, command in enumerate(COMMANDS):
        kill_often(command, data, notes, (n_kills + number) // len(COMMANDS))
        run_twice(command, data, notes)
    print("command   killed  finished  lost  differing  pairs  differing")
    total = Counter()
    for command in COMMANDS:
        counts = {
            "killed": len(notes.find(command, "killed")),
            "finished": len(notes.find(command, "finished")),
            "lost": notes.sum(command, "killed", "lost"),
            "differing": notes.sum(command, "finished", "differing"),
            "pairs": len(notes.find(command, "twice")),
            "of pairs": notes.sum(command, "twice", "differing"),
        }
        total.update(counts)
        print(command.ljust(9), *(str(n).rjust(7) for n in counts.values()))
    print("all".ljust(9), *(str(n).rjust(7) for n in total.values()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else N_KILLS)
