"""The page of a comparison."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from imblearn_bbfl._privacy import make_hider
from imblearn_bbfl.inspection._file_names import list_folders
from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.report import write_html
from imblearn_bbfl.report._mistakes import average_runs, find_mistakes
from imblearn_bbfl.report._settings import describe_runs


@pytest.fixture(scope="module")
def page(comparison, paths, tmp_path_factory):
    path = tmp_path_factory.mktemp("out") / "new" / "report.html"
    settings = {"data": paths[0], "command": f"compare --data {paths[0]}"}
    names = {"severe": "severe <3>"}
    write_html(comparison, path, X=paths, settings=settings, class_names=names)
    return path.read_text(encoding="utf-8")


def test_it_needs_no_other_file(page):
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert len(sources) == 2 * 3 + 3 + 2 + 12, "curves, matrices, two more figures, and mistakes"
    assert all(source.startswith("data:image/") for source in sources)
    assert "url(" not in page
    assert "<script" not in page


def test_every_picture_has_a_text_in_its_place(page):
    texts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert len(texts) == page.count("<img ")
    assert all(texts)


def test_it_tells_no_folder_of_the_machine(page, paths):
    assert "eye_" in page
    for secret in ("secret place", "photos/", str(Path(paths[0]).parents[3])):
        assert secret not in page


def test_the_answer_comes_before_tables_and_figures(page):
    places = [page.index(text) for text in (" found ", "<table", "<img ", "scikit-learn")]
    assert places == sorted(places)


def test_names_of_classes_are_used_and_are_no_markup(page):
    assert "of class severe &lt;3&gt;" in page
    assert "<3>" not in page


def test_names_of_files_are_no_markup(page):
    assert "&amp;lt;b.png" in page
    assert "&lt;b" not in page


def test_all_methods_scores_and_settings_are_there(page, comparison):
    for text in ("Baseline", "ROS", "BBFL", "Macro-F1", "Brier score ↓", "lean=2.0", "keras"):
        assert text in page
    means = comparison.summary()["f1_macro", "mean"]
    assert all(f"{mean:.3f}</span>" in page for mean in means)


def test_mistakes_are_those_of_most_runs_and_the_surest_comes_first(comparison, paths):
    names = {label: label for label in comparison.classes_.tolist()}
    tested = average_runs(comparison, comparison.best_method_)
    assert len(tested.rows) == 48
    (_, n_missed, missed), (_, n_others, others) = find_mistakes(
        comparison, "severe", names, X=paths, n_mistakes=100
    )
    assert n_missed + n_others == (tested.y_true != tested.y_pred).sum() == len(missed + others)
    assert {mistake.true for mistake in missed} <= {"severe"}
    for listed in (missed, others):
        assert [m.proba for m in listed] == sorted((m.proba for m in listed), reverse=True)
        assert all(m.name == f"{m.true}/{Path(m.name).name}" for m in listed)


def test_without_images_the_mistakes_are_listed(comparison):
    names = {label: label for label in comparison.classes_.tolist()}
    listed = [m for _, _, part in find_mistakes(comparison, "severe", names) for m in part]
    assert len(listed) == 12
    assert all(m.picture is None and m.name.startswith("image ") for m in listed)


def test_two_classes_one_method_and_no_mistakes_make_a_page_too(tmp_path):
    y = np.repeat([True, False], [12, 30])
    X = np.random.default_rng(0).normal(size=(42, 2)) + 9 * y[:, np.newaxis]
    comparison = compare_strategies(
        GaussianNB(), X, y, strategies={"bbfl": {}}, cv=3, n_repeats=1, verbose=0
    )
    text = write_html(comparison, tmp_path / "report.html", X=X).read_text(encoding="utf-8")
    assert "of the rows of class True" in text
    assert "Mistakes of" not in text
    assert "Can the differences be told?" not in text


def test_failed_runs_are_told_by_the_last_line_of_the_first_error(comparison, monkeypatch):
    error = 'Traceback:\n  File "/srv/a.py", line 3\nValueError: no luck\n'
    monkeypatch.setattr(comparison, "failures_", {"ros, repeat 0, split 0": error})
    told = describe_runs(comparison)
    assert told.endswith(
        "1 more failed, the first of them ros, repeat 0, split 0: ValueError: no luck"
    )


def test_rows_that_were_not_compared_are_refused(comparison, paths, tmp_path):
    with pytest.raises(ValueError, match=r"X has 47 rows, but 48 were compared\. Pass all of them"):
        write_html(comparison, tmp_path / "report.html", X=paths[1:])


def test_names_of_unknown_classes_are_refused(comparison, tmp_path):
    with pytest.raises(ValueError, match=r"class_names names \['grave'\], but the classes are"):
        write_html(comparison, tmp_path / "report.html", class_names={"grave": "x"})


def test_without_matplotlib_the_remedy_is_named(comparison, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"write_html needs matplotlib.*\[plot\]"):
        write_html(comparison, tmp_path / "report.html")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("weights='/srv/models/net.h5', x=1", "weights='net.h5', x=1"),
        ("weights='/srv/my models/net.h5', x='/srv/a/b'", "weights='net.h5', x='b'"),
        ("C:\\Users\\me\\eyes.csv", "eyes.csv"),
        ("from /data of mine/eyes/1.png", "from eyes/1.png"),
        ("https://doi.org/10.1117/1.JMI", "https://doi.org/10.1117/1.JMI"),
        ("1/2 and/or a/b", "1/2 and/or a/b"),
        ("train/test", "train/test"),
        (3, 3),
    ],
)
def test_folders_of_absolute_paths_are_hidden_and_nothing_else(text, shown):
    assert make_hider(["/data of mine"])(text) == shown


def test_the_folders_of_images_are_known():
    assert {"/a/b c", "/a/b c/d"} <= set(list_folders(["/a/b c/d/1.png", "/a/b c/e/2.png"]))
    assert list_folders(np.zeros((2, 3))) == list_folders(None) == []


def test_paths_are_hidden_as_texts_are():
    assert make_hider([])(Path("/srv/models/net.h5")) == "net.h5"


@pytest.mark.parametrize(
    ("seconds", "told"), [(89, "89 seconds"), (90, "2 minutes"), (5400, "1.5 hours")]
)
def test_the_time_of_training_is_told_in_seconds_minutes_or_hours(
    comparison, monkeypatch, seconds, told
):
    run = comparison.predictions_[0]
    monkeypatch.setitem(run, "seconds", seconds)
    monkeypatch.setattr(comparison, "predictions_", [run])
    assert describe_runs(comparison) == f"1 run of 3 methods, {told} of training"
