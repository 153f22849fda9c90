"""`imblearn-bbfl look`."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def folder(make_folder, tmp_path):
    return make_folder(tmp_path / "Fotos öffentlich", {"healthy": 12, "sick": 4})


def look(run, *words):
    result = run("look", *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_classes_sizes_and_modes_are_counted(run, folder):
    facts = look(run, folder)
    counts = {entry["class"]: entry["images"] for entry in facts["classes"]}
    assert counts == {"healthy": 12, "sick": 4}
    assert facts["ratio"] == 3
    assert facts["files"]["sizes"] == {"8 x 8": 16}
    assert facts["files"]["modes"] == {"color, 8 bit": 16}


def test_a_broken_file_is_named_from_the_folder_on(run, folder):
    (folder / "sick" / "torn.png").write_bytes(b"\x89PNG torn")
    broken = look(run, folder)["broken"]
    assert [entry["file"] for entry in broken] == ["sick/torn.png"]
    assert "damaged" in broken[0]["reason"]


def test_missing_files_are_answered_with_what_may_be_meant(run, folder):
    (folder / "labels.csv").write_text("file,label\np0_0.png,0\np1_0.png,1\n")
    result = run("look", folder / "labels.csv")
    assert "2 of 2 files cannot be read. There is healthy/p0_0.png" in result.stderr


def test_labels_that_are_fractions_are_refused(run, tmp_path):
    (tmp_path / "labels.csv").write_text("file,label\na.png,1.0\nb.png,0.25\n")
    result = run("look", tmp_path / "labels.csv")
    assert (result.exit_code, "such as 0.25, as for a regression" in result.stderr) == (1, True)


def test_an_image_of_two_classes_is_found(run, folder):
    shutil.copy(folder / "healthy" / "p0_0.png", folder / "sick" / "again.png")
    facts = look(run, folder)
    assert facts["copies"][0]["files"] == ["healthy/p0_0.png", "sick/again.png"]
    assert any("with different classes" in finding for finding in facts["findings"])


def test_patients_are_read_from_names_and_found_in_two_parts(run, make_folder, tmp_path):
    for part in ("train", "test"):
        make_folder(tmp_path / "data" / part, {"healthy": 4, "sick": 2})
    facts = look(run, tmp_path / "data", "--group-pattern", "^(p[0-9]+)_")
    assert facts["patients"]["number"] == 2
    assert facts["patients"]["in several parts"] == 2
    assert any("several parts" in finding for finding in facts["findings"])


def test_precision_is_of_patients_where_they_are_known(run, folder):
    by_image = look(run, folder)["precision"]
    by_patient = look(run, folder, "--group-pattern", "^p[0-9]+")["precision"]
    assert (by_image["plans"][-1]["n"], by_patient["plans"][-1]["n"]) == (4, 2)


def test_colors_that_go_with_the_class_are_told(run, make_folder, tmp_path):
    import cv2

    folder = make_folder(tmp_path / "data", {"healthy": 12, "sick": 8})
    for path in (folder / "sick").iterdir():
        cv2.imwrite(str(path), cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
    facts = look(run, folder)
    assert facts["files"]["go with classes"] == ["mode"]


def test_a_table_gives_the_same_as_a_folder(run, folder):
    paths = sorted(folder.rglob("*.png"))
    table = pd.DataFrame(
        {
            "file": [path.relative_to(folder) for path in paths],
            "label": [path.parent.name for path in paths],
        }
    )
    table.to_csv(folder / "table.csv", index=False)
    of_table, of_folder = look(run, folder / "table.csv"), look(run, folder)
    assert of_table["classes"] == of_folder["classes"]


def test_one_hot_columns_and_names_without_endings_give_the_same_as_a_folder(run, folder):
    paths = sorted(folder.rglob("*.png"))
    classes = [path.parent.name for path in paths]
    table = pd.get_dummies(pd.Series(classes), dtype=float)
    table["file"] = [path.relative_to(folder).with_suffix("") for path in paths]
    table.to_csv(folder / "table.csv", index=False, sep=";", encoding="utf-16")
    words = [w for name in sorted(set(classes)) for w in ("--label-column", name)]
    of_table, of_folder = look(run, folder / "table.csv", *words), look(run, folder)
    assert of_table["classes"] == of_folder["classes"]


def test_the_next_command_names_all_columns_and_flags(run, folder):
    paths = sorted(folder.rglob("*.png"))
    table = pd.get_dummies(pd.Series([path.parent.name for path in paths]), dtype=int)
    table.assign(file=list(map(str, paths))).to_csv(folder / "t.csv", index=False)
    words = ["--label-column", "healthy", "--label-column", "sick", "--skip-broken"]
    result = run("look", folder / "t.csv", *words)
    assert f"t.csv' {' '.join(words)} --out" in result.stdout.splitlines()[-1]


def test_broken_files_of_a_folder_are_left_out_if_asked(run, folder):
    (folder / "sick" / "torn.png").write_bytes(b"torn")
    result = run("look", folder, "--json", "--skip-broken")
    assert json.loads(result.stdout)["broken"] == []
    assert "1 of 17 images are left out" in result.stderr


def test_the_table_in_the_terminal_ends_in_the_next_command(run, folder):
    result = run("look", folder)
    assert result.exit_code == 0
    assert "What to do next" in result.stdout
    assert result.stdout.splitlines()[-1] == f"imblearn-bbfl compare '{folder}' --out results"


def test_nothing_in_the_json_tells_where_the_folder_lies(run, folder):
    (folder / "sick" / "torn.png").write_bytes(b"torn")
    assert str(folder.parent) not in run("look", folder, "--json").stdout


def test_one_class_is_told(run, make_folder, tmp_path):
    facts = look(run, make_folder(tmp_path / "data", {"healthy": 2}))
    assert "one class only" in facts["next"][0]


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["no such folder"], 2, "does not exist"),
        (["{}", "--label-column", "grade"], 2, "--label-column is for a table"),
        (["{}", "--group-pattern", "^q"], 1, "finds nothing in"),
        (["{}", "--group-pattern", "("], 2, "no regular expression"),
        (["{}/healthy"], 1, "one sub-folder per class"),
    ],
)
def test_wrong_use_is_one_clear_line(run, folder, words, code, text):
    result = run("look", *[word.format(folder) for word in words])
    assert result.exit_code == code
    assert text in result.stderr
    assert "Traceback" not in result.stderr


def test_a_column_that_is_missing_is_named_as_its_option(run, tmp_path):
    (tmp_path / "table.csv").write_text("file,grade\na.png,1\n")
    result = run("look", tmp_path / "table.csv")
    assert result.exit_code == 1
    assert "--label-column='label' is not a column" in result.stderr


@pytest.mark.real_data
def test_the_page_of_the_command_shows_what_is_printed(run, monkeypatch):
    if "IMBLEARN_BBFL_DATA" not in os.environ:
        pytest.skip("IMBLEARN_BBFL_DATA names no folder with idrid/")
    page = Path(__file__).parents[2] / "docs" / "command.md"
    command, *shown = (
        page.read_text(encoding="utf-8").split("$ imblearn-bbfl look ")[1].splitlines()
    )
    monkeypatch.chdir(os.environ["IMBLEARN_BBFL_DATA"])
    monkeypatch.setenv("COLUMNS", "100")
    printed = [line.rstrip() for line in run("look", *command.split()).stdout.splitlines()]
    shown = shown[: shown.index("```")]
    assert [line for line in shown if line != "..." and line not in printed] == []
    assert len(shown) > 30
