"""The script that compares methods from the command line."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "compare_strategies.py"

pytestmark = pytest.mark.slow


def compare(out, *more):
    command = [sys.executable, SCRIPT, "--data", "digits", "--backbone", "small_cnn", "--epochs=1"]
    settings = ["--set", "augmentation=None", "validation_fraction=None"]
    methods = ["--strategies", "baseline", "bbfl", "--repeats=2", "--pictures-of", "bbfl"]
    return subprocess.run(
        [*command, *settings, *methods, "--out", out, *more], capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("comparison")
    process = compare(out)
    assert process.returncode == 0, process.stderr
    return out


def test_tables_figures_and_report_are_written(done):
    names = {path.name for path in done.iterdir()}
    assert {"runs.csv", "table.md", "report.html", "roc.png", "confusion.png"} <= names
    assert {"grad_cam_bbfl.png", "embedding_bbfl.png", "history_bbfl.png"} <= names


def test_the_report_needs_no_other_file(done):
    report = (done / "report.html").read_text(encoding="utf-8")
    sources = re.findall(r'(?:src|href)="([^"]*)', report)
    assert len(sources) >= 3, "history, t-SNE and Grad-CAM at least"
    assert all(source.startswith("data:image/") for source in sources)


def test_the_report_has_table_verdict_settings_and_versions(done):
    report = (done / "report.html").read_text(encoding="utf-8")
    for words in ("Macro-F1", "2 runs", "small_cnn", "seed</th><td>0</td>", "scikit-learn"):
        assert words in report


def test_a_second_start_trains_nothing(done):
    files = [*(done / "checkpoint").glob("*.npz"), done / "bbfl.keras"]
    before = {path: path.stat().st_mtime_ns for path in files}
    assert compare(done).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in files} == before


def test_other_settings_are_refused(done):
    process = compare(done, "--learning-rate=0.5")
    assert process.returncode != 0
    assert "learning_rate=None, not 0.5. Pass another --out" in process.stderr


def test_a_method_for_pictures_that_is_none_is_refused_at_once(tmp_path):
    process = compare(tmp_path / "out", "--pictures-of", "bbfll")
    assert process.returncode != 0
    assert "invalid choice: 'bbfll'" in process.stderr
    assert not (tmp_path / "out").exists()


def test_a_positive_label_that_the_data_lack_is_refused(tmp_path):
    process = compare(tmp_path, "--pos-label", "4")
    assert process.returncode != 0
    assert "--pos-label 4 is not a label of the data, which are 3, 5, 8, 9" in process.stderr


def test_unknown_data_are_refused(tmp_path):
    process = compare(tmp_path, "--data", "no_such_folder")
    assert process.returncode != 0
    assert "is not 'digits'" in process.stderr
