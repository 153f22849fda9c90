"""Two at once on one folder, network file systems, clocks that jump, and disks that are full.

Threads stand for processes: names of unfinished files are drawn at random, so both are the same to
them. `kill_command.py` and `fill_disk.py` try the command in processes of its own.
"""

import errno
import json
import os
import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import cv2
import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from imblearn_bbfl import BBFLClassifier, _files
from imblearn_bbfl._images import _digests, _pixels, as_images
from imblearn_bbfl.classifier._persistence import save_classifier
from imblearn_bbfl.cli._comparison import list_finished
from imblearn_bbfl.cli._errors import describe_error
from imblearn_bbfl.cli._kept_predictions import KeptPredictions
from imblearn_bbfl.cli._narrator import Narrator
from imblearn_bbfl.cli._out import open_folder
from imblearn_bbfl.features import ImageFeatures
from imblearn_bbfl.features._blocks import FeatureFolder
from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.model_selection._checkpoint import Checkpoint
from imblearn_bbfl.model_selection._kept_splits import KeptSplits
from imblearn_bbfl.training._checkpoint import TrainingCheckpoint

rng = np.random.default_rng(0)
Y = np.repeat([0, 1], [30, 10])
TABLE = rng.normal(size=(40, 4)).astype("float32") + Y[:, np.newaxis]
IMAGES = rng.integers(0, 256, (40, 8, 8, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(_files, "_PAUSE", 0)
    monkeypatch.setattr(_files, "_NO_MORE", 0)


# ---- two at once


def compare(folder):
    comparison = compare_strategies(
        LogisticRegression(random_state=0),
        TABLE,
        Y,
        strategies={"a": {}, "b": {"C": 0.1}},
        reference="a",
        n_repeats=1,
        cv=2,
        scoring="f1",
        checkpoint=folder,
        verbose=0,
    )
    return comparison.results_["value"].to_numpy()


def fit(folder):
    classifier = BBFLClassifier("mlp", epochs=2, validation_fraction=None, random_state=0)
    return classifier.fit(TABLE, Y, checkpoint=folder).predict_proba(TABLE)


def transform(folder):
    return ImageFeatures("small_cnn", checkpoint=folder, random_state=0).transform(IMAGES)


@pytest.mark.parametrize("compute", [compare, pytest.param(fit, marks=pytest.mark.slow), transform])
def test_two_that_compute_the_same_in_one_folder_get_what_one_alone_gets(compute, tmp_path):
    expected = compute(tmp_path / "alone")
    with ThreadPoolExecutor(2) as pool:
        for found in pool.map(compute, [tmp_path / "both"] * 2):
            np.testing.assert_array_equal(found, expected)
    assert not any(map(_files.is_unfinished, tmp_path.rglob("*")))


def test_two_fits_that_begin_at_once_and_differ_cannot_both_have_the_folder(tmp_path, monkeypatch):
    with monkeypatch.context() as patched:  # neither sees the file of the other
        patched.setattr(Path, "exists", lambda self: False)
        TrainingCheckpoint(tmp_path, "one")
        with pytest.raises(ValueError, match="belongs to another fit"):
            TrainingCheckpoint(tmp_path, "another")


def test_a_training_outlives_the_removal_of_its_folder_by_one_that_was_sooner_done(tmp_path):
    folder = tmp_path / "training"
    checkpoint = TrainingCheckpoint(folder, "one")
    (folder / "training.json").unlink()
    folder.rmdir()
    path = checkpoint._write_identity()
    assert json.loads(path.read_text()) == "one"


def test_two_that_predict_to_one_file_lose_nothing_that_either_has_predicted(tmp_path):
    model = tmp_path / "model.keras"
    model.write_bytes(b"model")

    def open_file():
        return KeptPredictions(tmp_path / "table.csv.unfinished", model)

    def find(kept):
        return kept.find(["a", "b", "c"], np.empty((3, 1))).tolist()

    one, other = open_file(), open_file()
    one.add(["a"], [None], np.ones((1, 1)))
    with open(one.path, "ab") as file:  # what one is writing when the other begins
        file.write(b'["b", nu')
    other = open_file()
    other.add(["c"], [None], np.ones((1, 1)))
    assert find(open_file()) == [True, False, True]
    one.remove()
    other.add(["b"], [None], np.ones((1, 1)))  # and is killed before its table is there
    assert find(open_file()) == [False, True, False]


def test_names_of_unfinished_files_are_never_shared_and_are_gone_in_the_end(tmp_path):
    path = tmp_path / "model.keras"
    with _files.replace_when_done(path) as one, _files.replace_when_done(path) as other:
        assert one != other
        assert one.suffix == ".keras"
        one.write_bytes(b"one")
        other.write_bytes(b"other")
    assert path.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["model.keras"]


def test_a_folder_whose_command_was_killed_while_it_made_it_is_still_its_own(tmp_path):
    (tmp_path / "comparison.0123456789ab.unfinished.json").write_bytes(b"{")
    with click.Context(click.Command("compare")):
        open_folder(tmp_path, "comparison.json", {"folds": 2})
        (tmp_path / "comparison.json").unlink()
        (tmp_path / "thesis.txt").touch()
        with pytest.raises(ValueError, match=r"it holds thesis\.txt"):
            open_folder(tmp_path, "comparison.json", {"folds": 2})


# ---- network file systems


@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO, errno.ETIMEDOUT])
def test_a_file_system_that_fails_once_is_tried_again(tmp_path, monkeypatch, number):
    path, replace, fails = tmp_path / "kept.npz", os.replace, [True]

    def fail_once(*args):
        if fails and fails.pop():
            raise OSError(number, os.strerror(number))
        return replace(*args)

    monkeypatch.setattr(os, "replace", fail_once)
    _files.write_arrays(path, {"a": [1, 2]})
    assert _files.read_arrays(path, "")["a"].tolist() == [1, 2]
    assert os.listdir(tmp_path) == ["kept.npz"]


def test_the_view_of_arrays_is_released_also_if_they_cannot_be_written(monkeypatch):
    views = []

    def fail(path, content):
        views.append(content)
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(_files, "write_whole", fail)
    with pytest.raises(OSError, match="Stale"):
        _files.write_arrays("kept.npz", {"a": [1]})
    with pytest.raises(ValueError, match="released"):
        views[0].tobytes()


def test_a_file_system_that_fails_again_is_told_with_the_name_of_the_file(tmp_path, monkeypatch):
    def fail(*args):
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match=r"Stale file handle: .*kept\.npz'") as caught:
        _files.write_arrays(tmp_path / "kept.npz", {"a": [1]})
    assert not _files.is_unfinished(caught.value.filename)
    assert os.listdir(tmp_path) == []


def test_a_file_system_that_is_gone_is_not_waited_for_with_each_file(monkeypatch):
    monkeypatch.setattr(_files, "_NO_MORE", 60)
    n_calls = []

    @_files.try_again
    def read():
        n_calls.append(1)
        raise OSError(errno.ESTALE, "Stale file handle")

    for n_tries in (2, 3, 4):
        with pytest.raises(OSError, match="Stale"):
            read()
        assert len(n_calls) == n_tries


def test_an_image_that_a_file_system_fails_to_read_once_is_read(tmp_path, monkeypatch):
    path = str(tmp_path / "a.png")
    cv2.imwrite(path, IMAGES[0][..., ::-1])
    fails = []

    def open_late(*args, **kwargs):
        fails.append(1)
        if len(fails) % 2:
            raise OSError(errno.ESTALE, "Stale file handle")
        return open(*args, **kwargs)

    for module in (_pixels, _digests):
        monkeypatch.setattr(module, "open", open_late, raising=False)
    images = as_images([path])
    np.testing.assert_array_equal(images.read([0])[0], IMAGES[0])
    assert images.digest([0]) != [None]


def test_runs_whose_files_are_seen_late_are_made_again_and_come_out_the_same(tmp_path, monkeypatch):
    expected = compare(tmp_path)
    read, unseen = Checkpoint.read, iter([True, False, True])

    def read_late(*args):
        return None if next(unseen, False) else read(*args)

    monkeypatch.setattr(Checkpoint, "read", read_late)
    np.testing.assert_array_equal(compare(tmp_path), expected)


# ---- clocks


def test_a_clock_that_is_set_while_runs_are_made_changes_no_result_and_no_order(
    tmp_path, monkeypatch
):
    expected = compare(tmp_path / "steady")
    now, n_calls = time.time, []

    def tell_time():
        n_calls.append(1)
        return now() + 4e8 * (len(n_calls) % 2)  # twelve years forwards, and back again

    monkeypatch.setattr(time, "time", tell_time)
    np.testing.assert_array_equal(compare(tmp_path / "jumping"), expected)
    np.testing.assert_array_equal(compare(tmp_path / "jumping"), expected)
    for name, date in (("b", 10), ("a", 10**9)):
        for path in (tmp_path / "jumping").glob(f"{name}-*.npz"):
            os.utime(path, (date, date))
    assert list_finished(tmp_path / "jumping", "a", ["a", "b"]) == ["a", "b"]


def test_arrays_are_written_before_1980_as_well(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 0.0)  # as on a machine whose clock has no battery
    _files.write_arrays(tmp_path / "kept.npz", {"a": [1.5]})
    assert np.load(tmp_path / "kept.npz")["a"].tolist() == [1.5]


def test_a_model_is_not_saved_before_1980_and_the_clock_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 0.0)
    with pytest.raises(ValueError, match=r"The clock of this machine stands at .*Set the clock"):
        save_classifier(BBFLClassifier(), tmp_path / "model.keras")


# ---- full disks


def fill_disk(monkeypatch, number=errno.ENOSPC):
    def fail(*args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)


@pytest.mark.parametrize(
    ("number", "remedy"), [(errno.ENOSPC, "make room on that disk"), (errno.EFBIG, "ulimit -f")]
)
def test_a_full_disk_is_told_with_the_file_and_the_remedy(tmp_path, monkeypatch, number, remedy):
    path = tmp_path / "table.md"
    _files.write_whole(path, b"before")
    fill_disk(monkeypatch, number)
    with pytest.raises(OSError, match=rf"{remedy}.*table\.md'") as caught:
        _files.write_whole(path, b"after")
    assert describe_error(caught.value).endswith(f"): {path}.")
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["table.md"]


def test_features_that_cannot_be_kept_are_returned_and_warned_of(tmp_path, monkeypatch):
    expected = transform(None)
    fill_disk(monkeypatch)
    with pytest.warns(UserWarning, match="Features cannot be kept in .*make room"):
        np.testing.assert_array_equal(transform(tmp_path), expected)


def test_predictions_that_cannot_be_kept_name_their_file(tmp_path, monkeypatch):
    model = tmp_path / "model.keras"
    model.write_bytes(b"model")
    kept = KeptPredictions(tmp_path / "table.csv.unfinished", model)
    fill_disk(monkeypatch)
    with pytest.raises(OSError, match=r"make room.*table\.csv\.unfinished'"):
        kept.add(["a"], [None], np.ones((1, 1)))


def test_a_log_that_cannot_be_written_ends_and_the_command_goes_on(tmp_path, capsys):
    class Full:
        name = "log.txt"

        def write(self, text):
            raise OSError(errno.ENOSPC, "No space left on device")

    with Narrator(tmp_path / "log.txt") as narrator:
        narrator._file.close()
        narrator._file = Full()
        narrator.say("Training.")
        narrator.say("Saved.")
    told = capsys.readouterr().err
    assert told.count("log.txt goes no further: No space left on device.") == 1
    assert "Saved." in told


# ---- files that are damaged, or made to run code


class Harm:
    def __reduce__(self):
        return os.mkdir, (os.environ["HARM"],)


READERS = {
    "run": lambda path: Checkpoint(path.parent).read(path.stem, {}),
    "splits": lambda path: KeptSplits(path.parent, 2, Y, None, 0).read(0),
    "training": lambda path: TrainingCheckpoint(path.parent, "one").read(0),
}
NAMES = {"run": "a-repeat0-split0.npz", "splits": "repeat0.npz", "training": "phase0.npz"}


def write_harm(path, monkeypatch):
    monkeypatch.setenv("HARM", str(path.parent / "harm"))
    harmful = np.empty(1, dtype=object)
    harmful[0] = Harm()
    names = ("facts", "origin", "variables0", "block")
    np.savez(path, **dict.fromkeys(names, harmful))
    pickle.loads(pickle.dumps(Harm()))  # so it would run
    (path.parent / "harm").rmdir()


def open_features(path):
    """Return the folder of features of a network that is soon made, and the path of its block."""
    inputs = keras.Input((3,))
    network = keras.Model(inputs, keras.layers.Dense(2, kernel_initializer="ones")(inputs))
    return FeatureFolder(path, network, ""), path / "block.npz"


@pytest.mark.parametrize("kind", READERS)
def test_a_checkpoint_file_that_is_made_to_run_code_is_refused_by_name(tmp_path, monkeypatch, kind):
    path = tmp_path / NAMES[kind]
    write_harm(path, monkeypatch)
    with pytest.raises(ValueError, match=rf"{path.name}' is damaged"):
        READERS[kind](path)
    assert not (tmp_path / "harm").exists()


def test_features_made_to_run_code_are_not_taken_and_run_none(tmp_path, monkeypatch):
    folder, path = open_features(tmp_path)
    write_harm(path, monkeypatch)
    with pytest.warns(UserWarning, match=r"block\.npz cannot be read .*computed anew"):
        assert folder.read(path.name, 40) is None
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("damage", ["cut off", "changed", "empty", "of other images", "npy"])
def test_features_that_are_damaged_are_named_and_not_taken(tmp_path, damage):
    folder, path = open_features(tmp_path)
    block = np.ones((40, 20), np.float32)
    folder.write(path.name, block)
    np.testing.assert_array_equal(folder.read(path.name, 40), block)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1  # one bit of a number
    if damage == "of other images":
        folder.write(path.name, block[:-1])
    elif damage == "npy":
        with path.open("wb") as file:
            np.save(file, block)
    else:
        path.write_bytes({"cut off": content[:1000], "changed": content, "empty": b""}[damage])
    with pytest.warns(UserWarning, match=r"of 40 images in .*block\.npz cannot be read"):
        assert folder.read(path.name, 40) is None


def test_damaged_features_are_computed_anew_and_written_again(tmp_path):
    expected = transform(tmp_path)
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(b"PK")
    with pytest.warns(UserWarning, match=rf"{path.name} cannot be read .*computed anew"):
        np.testing.assert_array_equal(transform(tmp_path), expected)
    np.testing.assert_array_equal(_files.read_arrays(path, "")["block"], expected)


def test_archives_of_arrays_with_changed_bytes_are_read_or_refused_by_name(tmp_path):
    path = tmp_path / "kept.npz"
    _files.write_arrays(path, {"a": np.arange(50), "b": "text"})
    content = path.read_bytes()
    draw = np.random.default_rng(0)
    n_refused = n_whole = 0
    for _ in range(100):
        changed = bytearray(content)
        for at in draw.integers(0, len(content), draw.integers(1, 4)):
            changed[at] = draw.integers(0, 256)
        path.write_bytes(changed[: draw.integers(0, len(content)) if draw.random() < 0.3 else None])
        try:
            a = _files.read_arrays(path, "Remove it.").get("a", np.arange(50))
        except ValueError as error:
            n_refused += "kept.npz' is damaged" in str(error)
        else:
            n_whole += np.array_equal(a, np.arange(50))
    assert n_whole + n_refused == 100
    assert n_refused > 60
