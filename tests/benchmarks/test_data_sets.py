"""The data that benchmark scripts load by a folder or a table of the user."""

import importlib
from pathlib import Path

import pytest


@pytest.fixture
def load(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    return importlib.import_module("data_sets").load


def _make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize("name", ["test", "Testing"])
def test_the_test_part_of_a_folder_is_the_official_one(load, tmp_path, name):
    _make(tmp_path, "train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png")
    _make(tmp_path, f"{name}/a/1.png", f"{name}/b/1.png")
    data = load(str(tmp_path), None)
    assert [Path(path).parts[-3] == name for path in data.X] == data.is_test.tolist()
    assert set(data.y) == {"a", "b"}


def test_a_folder_without_a_test_part_has_none(load, tmp_path):
    _make(tmp_path, "train/a/1.png", "val/a/1.png")
    assert load(str(tmp_path), None).is_test is None


def test_a_table_has_its_groups_and_its_test_part(load, tmp_path):
    (tmp_path / "t.csv").write_text("file,label,who,part\na.png,x,p,train\nb.png,y,q,test\n")
    data = load(str(tmp_path / "t.csv"), None, group_column="who", split_column="part")
    assert data.groups.tolist() == ["p", "q"]
    assert data.is_test.tolist() == [False, True]
