"""What the command makes of names of files, columns and parts."""

import json
import os
from pathlib import Path

import click
import numpy as np
import pytest
from sklearn.utils import Bunch

from imblearn_bbfl.cli._comparison import leave_out_unordered
from imblearn_bbfl.cli._data import name_parts, shorten_paths
from imblearn_bbfl.cli._images import find_images
from imblearn_bbfl.cli._model_file import choose_bound, describe_bound
from imblearn_bbfl.cli._network import parse_setting
from imblearn_bbfl.cli._out import describe_source, open_folder
from imblearn_bbfl.cli._source import Source
from imblearn_bbfl.cli._training import choose_rows


@pytest.fixture
def folder(tmp_path):
    for name in ("b/é 1.png", "a 2.JPG", "notes.txt", ".hidden.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


class TestImages:
    def test_a_folder_is_searched_at_any_depth(self, folder):
        names = [path.removeprefix(f"{folder}/") for path in find_images([str(folder)])]
        assert sorted(names) == ["a 2.JPG", "b/é 1.png"]

    def test_a_pattern_and_a_file_name_an_image_once(self, folder):
        found = find_images([f"{folder}/*.JPG", f"{folder}/a 2.JPG"])
        assert found == [f"{folder}/a 2.JPG"]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])  # as PowerShell does
    def test_a_list_names_files_from_its_folder_on(self, folder, encoding):
        (folder / "notes.txt").write_text("b/é 1.png\n\n a 2.JPG\n", encoding=encoding)
        found = find_images([f"{folder}/notes.txt"])
        assert found == [f"{folder}/b/é 1.png", f"{folder}/a 2.JPG"]

    def test_a_table_names_files_in_a_column(self, folder):
        (folder / "new.csv").write_text("eye;image\n1;a 2.JPG\n")
        assert find_images([f"{folder}/new.csv"], "image") == [f"{folder}/a 2.JPG"]
        with pytest.raises(ValueError, match="no column file, but eye, image"):
            find_images([f"{folder}/new.csv"])

    @pytest.mark.parametrize(
        ("word", "text"), [("*.png", "matches no file"), ("c.png", "does not exist")]
    )
    def test_what_names_nothing_is_wrong_usage(self, folder, word, text):
        with pytest.raises(click.UsageError, match=text):
            find_images([f"{folder}/{word}"])

    def test_a_folder_without_images_is_told(self, tmp_path):
        with pytest.raises(ValueError, match=r"has no images in it .* It holds nothing\."):
            find_images([str(tmp_path)])
        (tmp_path / "1.HEIC").touch()
        with pytest.raises(ValueError, match=r"has no images in it .* It holds 1 \.heic\."):
            find_images([str(tmp_path)])

    def test_images_in_a_folder_that_cannot_be_read_are_warned_of(self, folder):
        (folder / "b" / "1.heic").touch()
        with pytest.warns(UserWarning, match=r"left out, .*: 1 \.heic\."):
            assert len(find_images([str(folder)])) == 2


class TestPaths:
    def test_they_are_told_from_the_root_on(self):
        assert shorten_paths(["/x/data/a/1.png"], "/x/data") == ["a/1.png"]

    def test_those_of_other_places_are_told_from_what_they_share(self):
        assert shorten_paths(["/x/a/1.png", "/x/b/2.png"], "/y") == ["a/1.png", "b/2.png"]

    @pytest.mark.parametrize("root", [None, "/x", "/y"])
    def test_a_folder_is_looked_at_once_whatever_the_number_of_its_files(self, monkeypatch, root):
        looked_at = []
        for name in ("abspath", "relpath"):
            look = getattr(os.path, name)
            monkeypatch.setattr(
                os.path, name, lambda *args, look=look: looked_at.append(args) or look(*args)
            )
        paths = [f"/x/{label}/{i}.png" for label in ("a", "b") for i in range(100)]
        assert shorten_paths(paths, root) == [path.removeprefix("/x/") for path in paths]
        assert len(looked_at) < 20

    @pytest.mark.parametrize(
        ("paths", "names"),
        [
            (["a.png", "./b/../c.png"], ["a.png", "c.png"]),
            (["/x/a.png"], ["a.png"]),
            (["/x/a.png", "/x/a/1.png"], ["a.png", "a/1.png"]),
            (["~/a.png", Path.home() / "b" / "1.png"], ["a.png", "b/1.png"]),
            ([], []),
        ],
    )
    def test_they_are_told_from_the_folder_that_all_share(self, paths, names):
        assert shorten_paths(paths) == names

    def test_a_source_is_told_from_the_folder_of_results_on(self, tmp_path):
        described = describe_source(Source(str(tmp_path / "photos")), tmp_path / "results")
        assert described["path"] == "../photos"


def test_parts_are_known_by_usual_names():
    names = ["train", "Test set", "valid", "seg_train"]
    assert name_parts(names).tolist() == ["train", "test", "validation", "train"]
    with pytest.raises(ValueError, match="but there is 'fold 1'"):
        name_parts(["fold 1"])


class TestRows:
    def make(self, parts=None):
        from imblearn_bbfl.cli._data import Data

        paths = np.array([f"{i}.png" for i in range(40)])
        y = np.repeat(["a", "b"], [30, 10])
        return Data(paths, y, np.arange(40) // 2, parts, ".")

    def test_whole_patients_are_held_out(self):
        train, valid = choose_rows(self.make(), 0.2, 0)
        assert not set(train.groups) & set(valid.groups)
        assert len(train.y) + len(valid.y) == 40

    def test_the_test_part_is_left_alone(self):
        parts = np.tile(["train", "train", "test", "validation"], 10)
        train, valid = choose_rows(self.make(parts), 0.1, 0)
        assert (len(train.y), len(valid.y)) == (20, 10)
        assert len(choose_rows(self.make(parts), 0, 0)[0].y) == 30


def test_methods_for_grades_are_left_out_where_nothing_tells_the_order():
    def leave_out(labels, order=None):
        compared = Bunch(data=Bunch(y=np.array(labels)), classifier=Bunch(class_order=order))
        said = []
        names = ["baseline", "soft_ordinal"]
        left = leave_out_unordered(compared, names, Bunch(say=said.append))
        return left == names, " ".join(said)

    is_whole, said = leave_out(["none", "mild", "severe"])
    assert not is_whole
    assert said.endswith("--set class_order=[mild,none,severe]")
    assert leave_out(["none", "mild", "severe"], ["none", "mild", "severe"]) == (True, "")
    assert leave_out([0, 1, 2]) == leave_out(["healthy", "sick"]) == (True, "")


def test_the_bound_flags_a_tenth_of_the_held_out_images():
    largest = np.linspace(0.5, 0.99, 100)
    proba = np.stack([largest, 1 - largest], axis=1)
    y = np.where(np.arange(100) < 5, 1, 0)
    bound = choose_bound(proba, y, np.zeros(100), "held-out images")
    assert np.sum(largest < bound["value"]) == 10
    assert (bound["wrong below"], bound["wrong above"]) == (0.5, 0)
    assert "Of those flagged 50% were wrong, of the others 0%" in describe_bound(bound)


class TestSettings:
    known = ("batch_size", "gamma", "epochs")

    def test_values_are_literals_or_else_text(self):
        assert parse_setting("batch_size=32", self.known, is_method_free=True)[1] == 32
        order = parse_setting("gamma=[none,mild, 3]", self.known, is_method_free=False)[1]
        assert order == ["none", "mild", 3]
        pair = parse_setting("backbone__alpha=auto", self.known, is_method_free=True)
        assert pair == ("backbone__alpha", "auto")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("batch_sise=3", "Did you mean batch_size"),
            ("batch_size", "must be NAME=VALUE"),
            ("gamma=1", "each method has a gamma of its own"),
            ("epochs=3", "use the option --epochs"),
        ],
    )
    def test_what_would_do_nothing_is_refused(self, text, message):
        with pytest.raises(click.UsageError, match=message):
            parse_setting(text, self.known, is_method_free=True)


class TestOut:
    @pytest.fixture(autouse=True)
    def context(self):
        with click.Context(click.Command("train")):
            yield

    def test_other_settings_are_refused_and_named(self, tmp_path):
        open_folder(tmp_path / "out", "training.json", {"seed": 0})
        open_folder(tmp_path / "out", "training.json", {"seed": 0})
        with pytest.raises(ValueError, match=r"seed is 0, not 1\. Name another folder"):
            open_folder(tmp_path / "out", "training.json", {"seed": 1})

    def test_a_folder_of_something_else_is_refused(self, folder):
        with pytest.raises(ValueError, match=r"not a folder of this command: it holds a 2\.JPG"):
            open_folder(folder, "training.json", {})

    def test_settings_are_kept_as_json(self, tmp_path):
        open_folder(tmp_path, "training.json", {"method": "bbfl"})
        assert json.loads((tmp_path / "training.json").read_text()) == {"method": "bbfl"}
