"""What the command says of facts, scores and errors, by the functions that say it."""

import re
from types import SimpleNamespace

import click
import numpy as np
import pytest

from imblearn_bbfl.cli._advice import advise
from imblearn_bbfl.cli._comparison import (
    choose_for_fine_tuning,
    list_finished,
    make_cv,
    report_again,
)
from imblearn_bbfl.cli._data import Data
from imblearn_bbfl.cli._errors import describe_error
from imblearn_bbfl.cli._evaluation import count_known, measure
from imblearn_bbfl.cli._evaluation_table import print_evaluation
from imblearn_bbfl.cli._facts import describe_copies
from imblearn_bbfl.cli._facts_table import print_facts
from imblearn_bbfl.cli._network import take_network
from imblearn_bbfl.cli._training import choose_rows, find_best

FOLDER = SimpleNamespace(path=".")
COMMAND = "imblearn-bbfl compare DATA"


def make_facts(n_rarest=16, **changes):
    """Return what `collect_facts` returns of sound data."""
    classes = [
        {"class": label, "images": n, "share": n / (4 * n_rarest), "patients": n}
        for label, n in [("healthy", 3 * n_rarest), ("sick", n_rarest)]
    ]
    plan = {"n": n_rarest, "found": n_rarest - 1, "way": "at once", "low": 0.6, "high": 0.9}
    return {
        "images": 4 * n_rarest,
        "ratio": 3.0,
        "classes": classes,
        "broken": [],
        "copies": [],
        "patients": {
            "number": 4 * n_rarest,
            "in several parts": 0,
            "images each": [1, 1, 1],
            "of several classes": 0,
        },
        "files": {"go with classes": [], "sizes": {"8 x 8": 2}, "modes": {}, "endings": {}},
        "precision": {
            "unit": "images",
            "class": "sick",
            "plans": [{**plan, "least_difference": 6}],
        },
        **changes,
    }


@pytest.mark.parametrize(
    ("n_rarest", "conclusion", "is_more_wanted"),
    [(16, "too little to choose", True), (30, "large differences", False), (100, None, False)],
)
def test_what_numbers_can_show_depends_on_the_rarest_class(n_rarest, conclusion, is_more_wanted):
    advice = advise(make_facts(n_rarest), FOLDER)
    assert advice["findings"] == []
    assert len(advice["conclusions"]) == 2 + (conclusion is not None)
    assert conclusion is None or conclusion in advice["conclusions"][-1]
    assert any("Collect more images" in step for step in advice["next"]) == is_more_wanted


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ({"classes": ["a", "b"]}, "1 image occurs with different classes: 1.png = 2.png."),
        ({"parts": ["train", "test"]}, "1 image occurs in different parts: 1.png = 2.png."),
        ({"patients": ["p", "q"]}, "1 image occurs under different patients: 1.png = 2.png."),
        ({"patients": ["p"]}, "1 image occurs more than once: 1.png = 2.png."),
    ],
)
def test_copies_are_told_once_by_the_worst_that_they_are(marks, said):
    entry = {"files": ["1.png", "2.png"], "classes": ["a"], **marks}
    (finding,) = advise(make_facts(copies=[entry]), FOLDER)["findings"]
    assert finding.startswith(said)


def test_a_class_that_a_part_lacks_is_told():
    classes = [
        {"class": "healthy", "images": 5, "train": 3, "test": 2},
        {"class": "sick", "images": 3, "train": 3, "test": 0},
        {"class": "dead", "images": 1, "train": 0, "test": 1},
    ]
    assert advise(make_facts(classes=classes), FOLDER)["findings"] == [
        "The train part has no images of dead, so it cannot be learnt.",
        "The test part has no images of sick, so it cannot be measured.",
    ]


def test_the_table_of_facts_counts_patients_where_they_are_known(capsys):
    facts = make_facts()
    print_facts(facts | advise(facts, FOLDER), COMMAND)
    out = capsys.readouterr().out
    assert "64, with 1 to 1 images each (median 1); 0 of several classes" in out
    assert "What to know" not in out
    assert out.rstrip().endswith(COMMAND)
    print_facts(facts | advise(facts, FOLDER) | {"patients": None}, COMMAND)
    assert "Patients" not in capsys.readouterr().out


def test_of_one_class_no_command_is_named(capsys):
    facts = make_facts()
    facts["classes"] = facts["classes"][:1]
    print_facts(facts | advise(facts, FOLDER), COMMAND)
    out = capsys.readouterr().out
    assert "64 images in 1 class" in out
    assert COMMAND not in out


def test_copies_are_told_with_their_parts_and_patients(tmp_path):
    for name in ("1.png", "2.png"):
        (tmp_path / name).write_bytes(b"the same")
    paths = [str(tmp_path / name) for name in ("1.png", "2.png")]
    data = make_data(["a", "a"], X=paths, parts=["train", "test"], groups=["p", "q"])
    (entry,) = describe_copies(data, np.array(["1.png", "2.png"]))
    assert entry == {
        "files": ["1.png", "2.png"],
        "classes": ["a"],
        "parts": ["test", "train"],
        "patients": ["p", "q"],
    }


def make_data(y, X=None, parts=None, groups=None):
    """Return data as the loader does."""
    arrays = [X or [f"{i}.png" for i in range(len(y))], y, groups, parts]
    return Data(*[None if array is None else np.array(array) for array in arrays], root=".")


def test_folds_are_as_many_as_images_or_patients_allow():
    y = ["healthy"] * 6 + ["sick"] * 3
    assert make_cv(make_data(y), 5) == (3, 3)
    assert make_cv(make_data(y, groups=[*"abcdef", *"xxy"]), 5) == (2, 2)
    with pytest.raises(ValueError, match="Class sick has 1 of the patients that a test needs 2 of"):
        make_cv(make_data(y, groups=[*"abcdef", *"xxx"]), 5)
    with pytest.raises(ValueError, match="There is one class only, sick"):
        make_cv(make_data(["sick"] * 3), 5)


def test_a_part_named_test_is_the_only_split():
    cv, n_splits = make_cv(make_data(["a", "b"] * 2, parts=["train"] * 2 + ["test"] * 2), 5)
    assert n_splits == 1
    assert cv.get_n_splits() == 1


def test_no_method_is_fine_tuned_unless_asked_for():
    assert choose_for_fine_tuning(None, 0) == []


def test_a_report_needs_a_comparison_with_the_runs_of_its_reference(tmp_path):
    with pytest.raises(ValueError, match=r"has no comparison. Name a folder that `compare` wrote"):
        report_again(tmp_path, None)
    for name in ("bbfl-repeat0-split0.npz", "splits.npz", "drw-repeat0-split0.npz"):
        (tmp_path / name).touch()
    assert set(list_finished(tmp_path, "bbfl")) == {"bbfl", "drw"}
    with pytest.raises(ValueError, match="baseline"):
        list_finished(tmp_path, "baseline")


def test_a_model_that_names_no_images_says_nothing_of_what_it_was_trained_on():
    assert count_known(["1.png"], {}) is None


def test_a_single_class_has_no_area_under_a_curve():
    y, classes = np.array(["a", "a"]), np.array(["a", "b"])
    found = measure(y, y, np.array([[0.9, 0.1], [0.8, 0.2]]), classes, None, np.array([0.5, 0.5]))
    assert "AUC" not in found["scores"]
    assert found["scores"]["accuracy"]["value"] == 1
    of_b = found["classes"][1]
    assert of_b["recall"] == of_b["precision"] == {"value": None, "low": None, "high": None, "n": 0}


@pytest.mark.parametrize("is_plain", [True, False])
def test_the_table_of_scores_warns_of_what_is_there_only(capsys, is_plain):
    y, classes = np.array(["a", "a", "b"]), np.array(["a", "b"])
    proba = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]])
    found = {
        **measure(y, y, proba, classes, None, np.array([0.5, 0.5])),
        "images": 3,
        "patients": None if is_plain else 3,
        "part": None if is_plain else "test",
        "unit": "image",
        "unreadable": 0 if is_plain else 2,
        "trained on": 0 if is_plain else 1,
        "bound": None if is_plain else 0.75,
        "unsure": 1,
        "wrong of unsure": 0,
        "wrong of others": 0,
    }
    found["scores"]["AUC"] |= {"low": None, "high": None}  # where no sample has both classes
    print_evaluation(found)
    out = " ".join(capsys.readouterr().out.split())
    assert out.startswith("3 images Score" if is_plain else "3 images of the test part, 3 patients")
    for text in (
        "2 more cannot be read",
        "Warning: the model was trained on 1 of these images",
        "Wrong are 0 of the 1 decisions flagged as unsure (below 0.750), and 0 of the other 2.",
    ):
        assert (text in out) != is_plain
    assert re.search(r"AUC 1.000 (?!\d)", out)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            FileNotFoundError(2, "No such file or directory", "a.png"),
            "No such file or directory: a",
        ),
        (OSError(28, "No space left on device"), "No space left on device."),
        (ValueError("image_size=3 is too small."), "--image-size=3 is too small."),
        (
            KeyError("a"),
            "KeyError: 'a'\nThis is a fault of the program. The same command with --de",
        ),
        (ValueError(), "ValueError"),
    ],
)
def test_an_error_is_told_in_the_words_of_the_command(error, said):
    assert describe_error(error).startswith(said)


def test_weights_that_are_no_file_are_wrong_usage():
    with pytest.raises(click.UsageError, match=r"--weights gone.h5 is not a file. Use auto, imag"):
        take_network({"weights": "gone.h5"})


def test_without_a_comparison_a_method_has_to_be_named(tmp_path):
    assert find_best(tmp_path, "bbfl", is_named=False) is None
    with pytest.raises(click.UsageError, match="Which method"):
        find_best(tmp_path, None, is_named=False)
    with pytest.raises(
        click.UsageError, match=r"has no finished comparison. Run `imblearn-bbfl co"
    ):
        find_best(tmp_path, None, is_named=True)


def test_another_method_than_the_best_has_no_bound(tmp_path):
    (tmp_path / "best.json").write_text(
        '{"strategy": "bbfl", "network": {}, "bound": {"value": 1}}'
    )
    assert find_best(tmp_path, None, is_named=True)["bound"] == {"value": 1}
    assert find_best(tmp_path, "bbfl", is_named=True)["bound"] == {"value": 1}
    other = find_best(tmp_path, "cb_focal", is_named=True)
    assert (other["strategy"], other["bound"]) == ("cb_focal", None)


def test_rows_to_train_on_are_those_of_the_part_of_that_name():
    y = ["a", "b"] * 3
    data = make_data(y, parts=["train"] * 2 + ["validation"] * 2 + ["test"] * 2)
    train, valid = choose_rows(data, 0.2, 0)
    assert train.X.tolist() == ["0.png", "1.png"]
    assert valid.X.tolist() == ["2.png", "3.png"]
    train, valid = choose_rows(data, 0, 0)
    assert sorted(train.X) == ["0.png", "1.png", "2.png", "3.png"]
    assert valid is None
    with pytest.raises(ValueError, match=r"none is named train. Rename one"):
        choose_rows(make_data(y, parts=["test"] * 6), 0.2, 0)
