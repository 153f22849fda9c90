import os
from pathlib import Path

import pandas as pd
import pytest

from imblearn_bbfl.datasets import load_image_table

CSV = """file,grade,patient,split
images/a.jpg,2,p1,train
images/b.jpg,0,p1,train
/abs/c.jpg,2,p2,test
"""
COLUMNS = {"path_column": "file", "label_column": "grade"}


@pytest.fixture
def csv(tmp_path):
    (tmp_path / "labels.csv").write_text(CSV)
    return tmp_path / "labels.csv"


def test_a_csv_file_gives_paths_labels_groups_and_split(csv):
    data = load_image_table(csv, **COLUMNS, group_column="patient", split_column="split")
    assert data.target.tolist() == [2, 0, 2]
    assert data.groups.tolist() == ["p1", "p1", "p2"]
    assert data.split.tolist() == ["train", "train", "test"]
    assert data.target_names == ["0", "2"]
    assert data.class_counts == {0: 1, 2: 2}


def test_paths_start_from_the_folder_of_the_csv_file(csv):
    paths, _ = load_image_table(str(csv), **COLUMNS, return_X_y=True)
    assert paths.dtype.kind == "U"
    assert paths[0] == os.path.join(csv.parent, "images/a.jpg")


def test_paths_start_from_the_folder_given(csv):
    paths, _ = load_image_table(csv, **COLUMNS, folder="elsewhere", return_X_y=True)
    assert paths[1] == os.path.join("elsewhere", "images/b.jpg")


def test_absolute_paths_stay(csv):
    assert load_image_table(csv, **COLUMNS, folder="elsewhere").data[2] == "/abs/c.jpg"


def test_paths_of_a_data_frame_stay_as_they_are():
    frame = pd.DataFrame({"file": ["x/a.jpg", Path("b.jpg")], "grade": ["no", "yes"]}, index=[7, 7])
    data = load_image_table(frame, **COLUMNS)
    assert data.data.tolist() == ["x/a.jpg", "b.jpg"]
    assert data.target.tolist() == ["no", "yes"]


def test_groups_and_split_are_none_unless_named(csv):
    data = load_image_table(csv, **COLUMNS)
    assert (data.groups, data.split) == (None, None)


def test_paths_that_look_like_numbers_stay_text(tmp_path):
    (tmp_path / "t.csv").write_text("file,grade\n0012,1\n")
    assert load_image_table(tmp_path / "t.csv", **COLUMNS).data[0].endswith("0012")


def test_groups_that_look_like_numbers_stay_text(tmp_path):
    (tmp_path / "t.csv").write_text("file,grade,patient\na.jpg,1,0012\nb.jpg,0,12\n")
    data = load_image_table(tmp_path / "t.csv", **COLUMNS, group_column="patient")
    assert data.groups.tolist() == ["0012", "12"]


def test_labels_that_are_numbers_become_numbers(tmp_path):
    (tmp_path / "t.csv").write_text("file,grade\na.jpg,01\nb.jpg,1\nc.jpg,2\n")
    assert load_image_table(tmp_path / "t.csv", **COLUMNS).target.tolist() == [1, 1, 2]


@pytest.mark.parametrize("row", ["a.jpg,1,x", "a.jpg,1,", "x,y,a.jpg,1"])
def test_more_fields_than_the_header_are_refused(tmp_path, row):
    (tmp_path / "t.csv").write_text(f"file,grade\n{row}\n{row}\n")
    with pytest.raises(ValueError, match=r"more fields than its header, which has 2: file, grade"):
        load_image_table(tmp_path / "t.csv", **COLUMNS)


@pytest.mark.parametrize("label", ["NA", "None", "nan"])
def test_labels_that_look_missing_are_kept(tmp_path, label):
    (tmp_path / "t.csv").write_text(f"file,grade\na.jpg,{label}\nb.jpg,mild\n")
    assert load_image_table(tmp_path / "t.csv", **COLUMNS).target.tolist() == [label, "mild"]


@pytest.mark.parametrize("argument", ["path_column", "label_column", "group_column"])
def test_a_missing_column_is_answered_with_the_nearest_name(csv, argument):
    columns = COLUMNS | {argument: "grde"}
    with pytest.raises(ValueError, match=rf"{argument}='grde' .* Did you mean 'grade'\?"):
        load_image_table(csv, **columns)


def test_a_missing_column_without_a_near_name_lists_the_columns(csv):
    with pytest.raises(ValueError, match=r"table\. Its columns are: file, grade, patient, split"):
        load_image_table(csv, path_column="file", label_column="zzz")


@pytest.mark.parametrize("column", ["file", "grade", "patient", "split"])
@pytest.mark.parametrize("missing", [None, float("nan"), "", "  "])
def test_empty_entries_are_listed_by_row(csv, column, missing):
    frame = pd.read_csv(csv).astype(object)
    frame.loc[[0, 2], column] = missing
    with pytest.raises(ValueError, match=rf"'{column}' .* in 2 rows \(counted from 0\): 0, 2\."):
        load_image_table(frame, **COLUMNS, group_column="patient", split_column="split")


def test_empty_fields_of_a_csv_file_are_listed(tmp_path):
    (tmp_path / "t.csv").write_text("file,grade\na.jpg,1\nb.jpg,\n,0\n")
    with pytest.raises(ValueError, match=r"'file' .* 1 rows .*: 2\."):
        load_image_table(tmp_path / "t.csv", **COLUMNS)


def test_no_more_than_20_empty_entries_are_listed():
    frame = pd.DataFrame({"file": [None] * 25, "grade": range(25)})
    with pytest.raises(ValueError, match=r"25 rows .* 18, 19 and 5 more\."):
        load_image_table(frame, **COLUMNS)


def test_paths_that_are_no_paths_are_refused():
    with pytest.raises(ValueError, match="must hold paths, got 5 in row 0"):
        load_image_table(pd.DataFrame({"file": [5], "grade": [1]}), **COLUMNS)


def test_a_table_without_rows_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        load_image_table(pd.DataFrame({"file": [], "grade": []}), **COLUMNS)


@pytest.mark.real_data
def test_the_idrid_table_names_files_that_exist(data_folder):
    data = load_image_table(
        data_folder / "idrid" / "labels.csv",
        path_column="file",
        label_column="dr_grade",
        split_column="split",
    )
    assert len(data.data) == 516
    assert all(Path(path).is_file() for path in data.data)
    assert data.class_counts == {0: 168, 1: 25, 2: 168, 3: 93, 4: 62}
