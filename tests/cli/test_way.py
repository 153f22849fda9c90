"""The whole way from a folder to a report and a table of predictions, and its stops."""

import json
import re
import runpy
import shutil
from pathlib import Path

import pandas as pd
import pytest

SMALL = ["--backbone", "small_cnn", "--image-size", 8, "--epochs", 2, "--set", "augmentation=None"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(make_folder, tmp_path_factory):
    root = tmp_path_factory.mktemp("Größe 1") / "photos"
    make_folder(root / "train", {"healthy": 16, "sick": 6})
    make_folder(root / "test", {"healthy": 6, "sick": 4})
    return root


@pytest.fixture(scope="module")
def results(folder):
    """Return the folder of a comparison and a model that was trained after it."""
    out = folder.parent / "results"
    methods = ["--method", "baseline", "--method", "bbfl"]
    compared = run_words("compare", folder, "--out", out, *SMALL, *methods)
    assert compared.exit_code == 0, compared.output
    assert "Warning" not in compared.stderr, compared.stderr
    trained = run_words("train", folder, "--out", out)
    assert trained.exit_code == 0, trained.output
    return out


def run_words(*words):
    from click.testing import CliRunner

    from imblearn_bbfl.cli import main

    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_comparison_leaves_a_report_and_says_what_to_type_next(results, folder):
    files = {path.name for path in results.iterdir()}
    assert {"report.html", "table.md", "scores.csv", "log.txt", "model.keras"} <= files
    again = run_words(
        "compare", folder, "--out", results, *SMALL, "--method", "baseline", "--method", "bbfl"
    )
    assert again.exit_code == 0
    assert "of 2 runs" not in again.stderr  # nothing is trained again
    assert again.stdout.splitlines()[-1].startswith("imblearn-bbfl train ")


def test_other_settings_in_the_same_folder_are_refused(results, folder):
    result = run_words("compare", folder, "--out", results, *SMALL, "--seed", 1)
    assert result.exit_code == 1
    assert "Name another folder by --out" in result.stderr


def test_the_model_is_of_the_best_method_and_knows_a_bound(results):
    best = json.loads((results / "best.json").read_text())
    trained = json.loads((results / "training.json").read_text())
    assert trained["method"] == best["strategy"]
    assert 0 < best["bound"]["value"] < 1


def test_predictions_are_a_table_with_flags(results, folder, tmp_path):
    shutil.copytree(folder / "test", tmp_path / "new")
    (tmp_path / "new" / "torn.png").write_bytes(b"torn")
    out = tmp_path / "predictions.csv"
    words = ["--out", out, "--bound", 1]
    result = run_words("predict", results / "model.keras", tmp_path / "new", *words)
    assert result.exit_code == 1  # for the file that cannot be read
    table = pd.read_csv(out, keep_default_na=False)
    assert table.columns.tolist() == [
        "file",
        "probability of healthy",
        "probability of sick",
        "decision",
        "flag",
    ]
    assert table["flag"].tolist() == ["unsure"] * 10 + ["unreadable"]
    assert set(table["decision"][:10]) <= {"healthy", "sick"}
    assert table["file"][0] == "healthy/p0_0.png"


def test_the_number_of_jobs_changes_no_bit_of_the_table(
    results, make_folder, tmp_path, monkeypatch
):
    monkeypatch.setattr("imblearn_bbfl.cli._predictions._BLOCK_FILES", 32)
    make_folder(tmp_path / "new", {"some": 80})
    tables = []
    for jobs in (1, 2):
        out = tmp_path / f"{jobs}.csv"
        words = ["--out", out, "--jobs", jobs]
        result = run_words("predict", results / "model.keras", tmp_path / "new", *words)
        assert result.exit_code == 0, result.stderr
        tables.append(out.read_bytes())
    assert tables[0] == tables[1]
    assert {path.name for path in tmp_path.iterdir()} == {"1.csv", "2.csv", "new"}


def test_evaluation_takes_the_test_part_and_tells_its_prevalence(results, folder):
    words = ["--group-pattern", "^p[0-9]+", "--json"]
    result = run_words("evaluate", results / "model.keras", folder, *words)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["part"], found["images"], found["unit"]) == ("test", 10, "patient")
    assert found["classes"][1]["prevalence"] == 0.4
    assert found["trained on"] == 0


def test_images_that_were_trained_on_are_found(results, folder):
    result = run_words("evaluate", results / "model.keras", folder, "--part", "train")
    assert "was trained on 22 of these images" in " ".join(result.stdout.split())


def test_other_classes_are_refused(results, make_folder, tmp_path):
    make_folder(tmp_path / "data", {"healthy": 2, "ill": 2})
    result = run_words("evaluate", results / "model.keras", tmp_path / "data")
    assert result.exit_code == 1
    assert "does not know: ill" in result.stderr


def test_the_report_can_be_written_anew_and_training_is_not_repeated(results):
    (results / "report.html").unlink()
    before = {path: path.stat().st_mtime_ns for path in (results / "checkpoint").iterdir()}
    result = run_words("report", results)
    assert result.exit_code == 0, result.output
    assert (results / "report.html").exists()
    assert {p: p.stat().st_mtime_ns for p in (results / "checkpoint").iterdir()} == before


def test_nothing_that_is_sent_tells_where_on_this_machine_it_was_made(results, folder):
    place = re.compile(re.escape(str(folder.parent)))
    for name in ("report.html", "table.md", "scores.csv", "best.json", "training.json", "log.txt"):
        assert not place.search((results / name).read_text(encoding="utf-8")), name


def test_the_example_writes_the_report_of_a_folder(folder, tmp_path, monkeypatch, capsys):
    script = Path(__file__).parents[2] / "examples" / "image_folder.py"
    words = [script, folder, "--backbone", "small_cnn", "--image-size", 8, "--epochs", 0]
    monkeypatch.setattr("sys.argv", [str(word) for word in [*words, "--out", tmp_path / "r.html"]])
    runpy.run_path(str(script), run_name="__main__")
    assert "Images of each class: {'healthy': 22, 'sick': 10}" in capsys.readouterr().out
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "The class was tested on 4 different images" in page
