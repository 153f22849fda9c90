import gzip
import os
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from imblearn_bbfl.datasets import load_image_table
from imblearn_bbfl.exceptions import BrokenFilesError

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


@pytest.mark.skipif(os.path.sep != "/", reason="Windows itself knows such paths")
def test_paths_written_on_windows_are_found(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").touch()
    (tmp_path / "odd\\name.jpg").touch()
    frame = pd.DataFrame({"file": ["images\\a.jpg ", "odd\\name.jpg"], "grade": [0, 1]})
    data = load_image_table(frame, **COLUMNS, folder=tmp_path).data
    assert data.tolist() == [f"{tmp_path}/images/a.jpg", f"{tmp_path}/odd\\name.jpg"]


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
    with pytest.warns(UserWarning, match="'0012' and '12'"):
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


def test_several_labels_in_one_field_are_refused():
    frame = pd.DataFrame({"file": ["a.jpg", "b.jpg"], "grade": [["x"], ["x", "y"]]})
    with pytest.raises(ValueError, match=r"'grade' \(label_column\) .* row 0 has \['x'\]"):
        load_image_table(frame, **COLUMNS)


def test_paths_that_are_no_paths_are_refused():
    with pytest.raises(ValueError, match="must hold paths, got 5 in row 0"):
        load_image_table(pd.DataFrame({"file": [5], "grade": [1]}), **COLUMNS)


def test_a_table_without_rows_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        load_image_table(pd.DataFrame({"file": [], "grade": []}), **COLUMNS)


# ---- what a tuple holds


@pytest.mark.parametrize("names", [[], ["groups"], ["split"], ["groups", "split"]])
def test_a_tuple_holds_what_columns_were_named_for(csv, names):
    columns = {"groups": {"group_column": "patient"}, "split": {"split_column": "split"}}
    columns = COLUMNS | {key: value for name in names for key, value in columns[name].items()}
    bunch = load_image_table(csv, **columns)
    values = load_image_table(csv, **columns, return_X_y=True)
    assert len(values) == 2 + len(names)
    for value, name in zip(values, ["data", "target", *names], strict=True):
        assert value.tolist() == bunch[name].tolist()


# ---- blanks, and several ways to write the same


def _write(tmp_path, *rows):
    (tmp_path / "t.csv").write_text("\n".join(["file,grade,patient,split", *rows]), "utf-8")
    return tmp_path / "t.csv"


def _load(table):
    return load_image_table(table, **COLUMNS, group_column="patient", split_column="split")


@pytest.mark.parametrize("blank", [" ", "\t", "  ", "\xa0"])
def test_blanks_around_fields_do_not_count(tmp_path, blank):
    rows = ["a.jpg,x,P0,train", "b.jpg,x,P0,train", "c.jpg,y,P1,test", "d.jpg,y,P1,test"]
    rows[1] = ",".join(f"{blank}{field}{blank}" for field in rows[1].split(","))
    for table in (_write(tmp_path, *rows), pd.read_csv(_write(tmp_path, *rows))):
        data = _load(table)
        assert os.path.basename(data.data[1]) == "b.jpg"
        assert data.target.tolist() == ["x", "x", "y", "y"]
        assert data.groups.tolist() == ["P0", "P0", "P1", "P1"]
        assert data.split.tolist() == ["train", "train", "test", "test"]
        assert data.frame["patient"].tolist() == data.groups.tolist()


def test_blanks_around_numbers_do_not_make_text_of_them(tmp_path):
    data = _load(_write(tmp_path, "a.jpg, 1 ,P0,2", "b.jpg,\xa01,P1,\xa02"))
    assert data.target.tolist() == [1, 1]
    assert data.split.tolist() == [2, 2]


def test_blanks_before_quotes_do_not_count(tmp_path):
    data = _load(_write(tmp_path, 'a.jpg, "x, y", "P0" ,train'))
    assert (data.target[0], data.groups[0]) == ("x, y", "P0")


@pytest.mark.parametrize("header", [" file , grade", "\ufefffile,grade ", '"file ",\xa0grade'])
@pytest.mark.parametrize("read", [lambda path: path, pd.read_csv])
def test_blanks_around_the_names_of_columns_do_not_count(tmp_path, header, read):
    (tmp_path / "t.csv").write_text(f"{header}\na.jpg,x\n", "utf-8")
    assert load_image_table(read(tmp_path / "t.csv"), **COLUMNS).target.tolist() == ["x"]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_semicolons_and_tabs_separate_columns_as_commas_do(tmp_path, mark):
    header = f"file{mark} grade {mark}patient"
    rows = [f"a.jpg{mark}mild, left{mark}012", f"b.jpg{mark} severe{mark}"]
    (tmp_path / "t.csv").write_text("\n".join([header, *rows]), "utf-8-sig")
    data = load_image_table(tmp_path / "t.csv", **COLUMNS)
    assert data.target.tolist() == ["mild, left", "severe"]
    assert data.frame["patient"].isna().tolist() == [False, True]
    with pytest.raises(ValueError, match=r"'patient' \(group_column\) must not be empty"):
        load_image_table(tmp_path / "t.csv", **COLUMNS, group_column="patient")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_the_encodings_of_unicode_are_told_apart(tmp_path, recwarn, encoding):
    (tmp_path / "t.csv").write_text("file;grade\na.jpg;groß\n", encoding)
    data = load_image_table(tmp_path / "t.csv", **COLUMNS)
    assert (data.target.tolist(), len(recwarn)) == (["groß"], 0)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_a_file_in_no_unicode_is_read_as_windows_writes_it_with_a_warning(tmp_path, encoding):
    (tmp_path / "t.csv").write_text("file,grade\na.jpg,groß\n", encoding)
    with pytest.warns(UserWarning, match=r"t\.csv is not encoded in UTF-8.*encoding=.*groß"):
        data = load_image_table(tmp_path / "t.csv", **COLUMNS)
    assert data.target.tolist() == ["groß"]


def test_the_encoding_that_is_given_is_taken_without_a_word(tmp_path, recwarn):
    (tmp_path / "t.csv").write_text("file,grade\na.jpg,większy\n", "cp1250")
    data = load_image_table(tmp_path / "t.csv", **COLUMNS, encoding="cp1250")
    assert (data.target.tolist(), len(recwarn)) == (["większy"], 0)


@pytest.mark.parametrize("encoding", ["utf-8", "no-such"])
def test_an_encoding_that_does_not_fit_is_refused(tmp_path, encoding):
    (tmp_path / "t.csv").write_text("file,grade\na.jpg,groß\n", "latin-1")
    with pytest.raises(ValueError, match=f"t.csv cannot be read with encoding='{encoding}'"):
        load_image_table(tmp_path / "t.csv", **COLUMNS, encoding=encoding)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"PK\3\4\0\0\0\0")
    with pytest.raises(ValueError, match=r"is no text file.*pd\.read_excel"):
        load_image_table(tmp_path / "t.csv", **COLUMNS)


def test_a_compressed_file_is_read(tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(CSV.encode("utf-16")))
    assert load_image_table(tmp_path / "t.csv.gz", **COLUMNS).target.tolist() == [2, 0, 2]


def test_what_systems_add_to_an_archive_is_not_the_table(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.mkdir("data")
        archive.writestr("__MACOSX/data/._t.csv", b"\0\5\x16")
        archive.writestr("data/t.csv", CSV)
    assert load_image_table(tmp_path / "t.zip", **COLUMNS).target.tolist() == [2, 0, 2]


@pytest.mark.parametrize(
    ("names", "says"), [([], "no file"), (["a.csv", "b/c.png"], r"2 files: a\.")]
)
def test_an_archive_of_anything_but_one_table_is_refused(tmp_path, names, says):
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        for name in names:
            archive.writestr(name, CSV)
    with pytest.raises(ValueError, match=f"but holds {says}"):
        load_image_table(tmp_path / "t.zip", **COLUMNS)


@pytest.mark.parametrize(
    "text", ["sep=|\nfile|grade\na.jpg|x\n", "file;grade;a, b\na.jpg;x;2\n", "file|grade\na.jpg|x"]
)
def test_the_separator_is_the_one_that_gives_the_columns_asked_for(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    assert load_image_table(tmp_path / "t.csv", **COLUMNS).target.tolist() == ["x"]


ONE_HOT = pd.DataFrame({"file": ["a.jpg", "b.jpg", "c.jpg"], "MEL": [0, 1, 0], "NV": [1, 0, 1]})


@pytest.mark.parametrize(
    "fields", [("0", "1"), ("0.0", "1.0"), ("0,0", "1,0"), ("False", "True"), (False, True)]
)
def test_the_labels_of_one_hot_columns_are_their_names(fields):
    frame = ONE_HOT.assign(**{name: np.array(fields)[ONE_HOT[name]] for name in ("MEL", "NV")})
    data = load_image_table(frame, path_column="file", label_column=["NV", "MEL"])
    assert data.target.tolist() == ["NV", "MEL", "NV"]
    assert data.class_counts == {"MEL": 1, "NV": 2}


@pytest.mark.parametrize(
    ("row", "says"), [((0, 0), "no 1"), ((1, 1), "2 ones .*'MEL', 'NV'"), ((0.5, 0.5), "0.5")]
)
def test_a_row_of_one_hot_columns_without_a_single_1_is_named(row, says):
    frame = ONE_HOT.astype({"MEL": float, "NV": float})
    frame.loc[1, ["MEL", "NV"]] = row
    with pytest.raises(ValueError, match=f"columns MEL, NV .*1 of 3 rows.*row 1 .*{says}"):
        load_image_table(frame, path_column="file", label_column=["MEL", "NV"])


def test_a_one_hot_column_without_a_1_is_left_out_with_a_warning():
    columns = {"path_column": "file", "label_column": ["MEL", "NV", "UNK"]}
    with pytest.warns(UserWarning, match="no row with a 1 in the column UNK"):
        data = load_image_table(ONE_HOT.assign(UNK=0.0), **columns)
    assert data.target_names == ["MEL", "NV"]


def test_columns_in_one_text_are_answered_with_the_list():
    with pytest.raises(ValueError, match="Several columns are a list"):
        load_image_table(ONE_HOT, path_column="file", label_column="MEL,NV")


def test_a_list_of_one_column_is_that_column(csv):
    data = load_image_table(csv, path_column="file", label_column=["grade"])
    assert data.target.tolist() == [2, 0, 2]


@pytest.fixture
def without_endings(tmp_path):
    """Return a table whose names have no endings, beside the images."""
    for name in ("a.JPG", "b.c.png", "d.jpg", "d.png", "d.txt"):
        (tmp_path / name).touch()
    return pd.DataFrame({"file": ["a", "b.c"], "grade": [0, 1]})


def test_names_without_endings_stand_for_the_one_image_of_that_name(
    without_endings, tmp_path, recwarn
):
    data = load_image_table(without_endings, **COLUMNS, folder=tmp_path).data
    assert [Path(path).name for path in data] == ["a.JPG", "b.c.png"]
    assert not recwarn


def test_a_name_of_several_images_needs_the_extension(without_endings, tmp_path):
    frame = without_endings.assign(file=["a", "d"])
    with pytest.raises(ValueError, match=r"d: d\.jpg, d\.png.*extension='\.jpg'"):
        load_image_table(frame, **COLUMNS, folder=tmp_path)
    data = load_image_table(frame, **COLUMNS, folder=tmp_path, extension=".jpg").data
    assert [Path(path).name for path in data] == ["a.JPG", "d.jpg"]


@pytest.mark.parametrize("extension", [".jpg", "jpg"])
def test_the_extension_is_added_where_there_are_no_files_and_no_ending(extension):
    frame = pd.DataFrame({"file": ["x/1", "x/2.png"], "grade": [0, 1]})
    data = load_image_table(frame, **COLUMNS, extension=extension).data
    assert data.tolist() == ["x/1.jpg", "x/2.png"]


def test_names_without_endings_and_without_files_are_warned_of():
    frame = pd.DataFrame({"file": ["x/1", "x/2"], "grade": [0, 1]})
    with pytest.warns(UserWarning, match=r"x/1, with an ending or without.*folder=.*extension="):
        load_image_table(frame, **COLUMNS)


@pytest.mark.parametrize("extension", ["", ".", 3])
def test_what_is_no_ending_is_refused(extension):
    with pytest.raises(ValueError, match=r"extension=.* is not an ending"):
        load_image_table(ONE_HOT, path_column="file", label_column="NV", extension=extension)


def test_broken_images_are_left_out_if_asked_with_a_warning(tmp_path):
    (tmp_path / "good.png").write_bytes(cv2.imencode(".png", np.zeros((2, 2)))[1].tobytes())
    (tmp_path / "bad.png").write_bytes(b"bad")
    frame = pd.DataFrame({"file": ["bad.png", "good.png", "gone.png"], "grade": ["x", "y", "z"]})
    with pytest.warns(UserWarning, match=r"2 of 3 images .*bad\.png \(not an im.*gone\.png \(mis"):
        data = load_image_table(frame, **COLUMNS, folder=tmp_path, skip_broken=True)
    assert data.data.tolist() == [str(tmp_path / "good.png")]
    assert (data.target.tolist(), len(data.frame)) == (["y"], 1)
    assert list(data.broken_files) == [str(tmp_path / name) for name in ("bad.png", "gone.png")]


def test_broken_images_only_are_refused_with_what_may_be_meant(tmp_path):
    (tmp_path / "A.JPG").touch()
    with pytest.raises(BrokenFilesError, match=r"None of the 3 .*a\.jpg \(missing\).* is .*A\.JPG"):
        load_image_table(
            ONE_HOT, path_column="file", label_column="NV", folder=tmp_path, skip_broken=True
        )


def test_a_column_that_is_there_twice_is_refused():
    frame = pd.DataFrame([["a.jpg", 1, 2]], columns=["file", "grade", "grade"])
    with pytest.raises(ValueError, match="'grade' is the name of 2 columns"):
        load_image_table(frame, **COLUMNS)


def test_a_file_whose_name_ends_in_a_blank_is_found(tmp_path):
    (tmp_path / "a ").touch()
    paths, _ = load_image_table(_write(tmp_path, "a ,1,,", "b ,1,,"), **COLUMNS, return_X_y=True)
    assert [os.path.basename(path) for path in paths] == ["a ", "b"]


def test_the_table_of_the_caller_stays_as_it_is():
    frame = pd.DataFrame({"file": [" a.jpg"], "grade": [" x"]})
    load_image_table(frame, **COLUMNS)
    assert frame.to_numpy().tolist() == [[" a.jpg", " x"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [("12", "12.0"), ("12", "012"), ("p0", "P0"), ("P\xa00", "P  0"), ("\uff11", "1")],
)
@pytest.mark.parametrize("column", ["patient", "grade", "split"])
def test_values_that_look_the_same_are_kept_apart_with_one_warning(column, one, other):
    frame = pd.DataFrame({"file": ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]})
    frame = frame.assign(grade="x", patient=["P1", "P2", "P3", "P4"], split="all")
    frame[column] = [one, other, one, "other"]
    with pytest.warns(UserWarning, match=f"'{column}' .* differ only in the way") as caught:
        data = _load(frame)
    assert len(caught) == 1
    assert repr(one) in str(caught[0].message)
    assert repr(other) in str(caught[0].message)
    assert caught[0].filename == __file__
    assert len(set(data.frame[column])) == 3


@pytest.mark.parametrize("values", [["001", "002"], ["1e2", "100"], ["P1", "P2"], ["1.5", "1"]])
def test_values_that_differ_are_no_reason_to_warn(recwarn, values):
    frame = pd.DataFrame({"file": ["a.jpg", "b.jpg"], "grade": [0, 1], "patient": values})
    load_image_table(frame, **COLUMNS, group_column="patient")
    assert not recwarn.list


@pytest.mark.parametrize("column", ["patient", "grade", "split"])
def test_text_beside_other_values_is_refused(column):
    frame = pd.DataFrame({"file": ["a.jpg", "b.jpg"], "grade": 1, "patient": 1, "split": 1})
    frame[column] = pd.Series(["12", 12], dtype=object)
    with pytest.raises(ValueError, match=f"'{column}' .* row 0 has '12' and row 1 12. Use table"):
        _load(frame)


@pytest.mark.parametrize("name", ["nan", "None", "NA"])
def test_groups_that_are_named_as_if_missing_are_counted(tmp_path, name):
    table = _write(tmp_path, f"a.jpg,1,{name},x", f"b.jpg,1,{name},x", "c.jpg,1,P1,x")
    with pytest.warns(UserWarning, match=f"'patient' .* has '{name}' in 2 rows"):
        _load(table)


# ---- the same image more than once


def test_a_path_with_several_labels_is_named(tmp_path):
    rows = ["a.jpg,1,P0,x", "./a.jpg,2,P0,x", "b.jpg,1,P0,x", "c.jpg,2,P1,x"]
    with pytest.warns(UserWarning, match=r"labels: .*a\.jpg is listed with 1 and 2\.") as caught:
        _load(_write(tmp_path, *rows))
    assert len(caught) == 1


def test_a_path_with_several_groups_is_named(tmp_path):
    table = _write(tmp_path, "a.jpg,1,P0,x", "a.jpg,1,P1,x", "b.jpg,2,P1,x")
    with pytest.warns(UserWarning, match=r"groups: .*a\.jpg is listed with P0 and P1\.") as caught:
        _load(table)
    assert len(caught) == 1


def test_rows_that_repeat_a_path_are_counted(tmp_path):
    table = _write(tmp_path, *["a.jpg,1,P0,x"] * 3, "b.jpg,2,P1,x", "./b.jpg,2,P1,x")
    says = r"3 of 5 rows repeat an image, such as .*a\.jpg\. .*drop_duplicates\('file'\)"
    with pytest.warns(UserWarning, match=says) as caught:
        _load(table)
    assert len(caught) == 1


@pytest.mark.parametrize("name", ["a.jpg", "copy.jpg", "link.jpg", "./a.jpg"])
def test_an_image_in_two_parts_of_the_split_is_named(tmp_path, name):
    (tmp_path / "a.jpg").write_bytes(b"image")
    (tmp_path / "b.jpg").write_bytes(b"other")
    (tmp_path / "copy.jpg").write_bytes(b"image")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "a.jpg")
    table = _write(tmp_path, "a.jpg,1,P0,train", f"{name},1,P0,test", "b.jpg,1,P1,test")
    with pytest.warns(UserWarning, match=r"a\.jpg \(train\) and .*jpg \(test\)\.") as caught:
        _load(table)
    assert len(caught) == 1


def test_a_path_in_two_parts_of_the_split_is_named_before_there_are_files(tmp_path):
    table = _write(tmp_path, "a.jpg,1,P0,train", "a.jpg,1,P0,test")
    with pytest.warns(UserWarning, match=r"a\.jpg \(train\) and"):
        _load(table)


@pytest.mark.real_data
def test_the_copy_that_idrid_has_in_its_test_part_is_named(data_folder):
    table = data_folder / "idrid" / "labels.csv"
    columns = {"path_column": "file", "label_column": "dr_grade", "split_column": "split"}
    with pytest.warns(UserWarning, match=r"IDRiD_118\.jpg \(train\) and .*test_IDRiD_064"):
        load_image_table(table, **columns)


@pytest.mark.filterwarnings("ignore:The same image")
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


@pytest.mark.parametrize("header", ["path,label,label", "path, label,label ", "path,path,label"])
def test_a_column_that_a_file_has_twice_is_refused(tmp_path, header):
    (tmp_path / "t.csv").write_text(f"{header}\na.png,b.png,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"t.csv has 2 columns named '(path|label)'"):
        load_image_table(tmp_path / "t.csv", path_column="path", label_column="label")


@pytest.mark.parametrize(
    ("name", "error", "told"),
    [
        ("", IsADirectoryError, "is a folder, not a table"),
        ("no.csv", FileNotFoundError, "There is no table .*no.csv"),
        ("empty.csv", ValueError, "empty.csv is empty"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name(tmp_path, name, error, told):
    (tmp_path / "empty.csv").touch()
    with pytest.raises(error, match=told):
        load_image_table(tmp_path / name, path_column="path", label_column="label")
