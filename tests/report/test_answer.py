"""The answer: what is measured of the rare class, and what is said of it."""

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import Bunch

from imblearn_bbfl.metrics import wilson_interval
from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.report._answer import write_answer
from imblearn_bbfl.report._rare_class import (
    Found,
    Share,
    compute_precision,
    find_rare_class,
    measure_rare_class,
)


def make_found(method, hits, false_alarms=0.1, precision=0.4):
    """Return what a method found of so many cases, which are 1 or 0."""
    share = float(np.mean(hits))
    return Found(
        method,
        recall=Share(share, *wilson_interval(share, len(hits))),
        precision=None if precision is None else Share(precision, 0.2, 0.6),
        false_alarms=Share(false_alarms, 0.05, 0.2),
        shares={(i, i): float(hit) for i, hit in enumerate(hits)},
    )


@pytest.fixture
def say(comparison):
    def run(*found, reference="bbfl"):
        asked = Bunch(**vars(comparison), best_method_="bbfl", summary=comparison.summary)
        asked.reference_ = reference
        headline, sentences = write_answer(asked, list(found), "severe", "images")
        return headline.replace("\u00a0", " "), [s.replace("\u00a0", " ") for s in sentences]

    return run


def hits(n_found, n=40):
    return np.repeat([1, 0], [n_found, n - n_found])


def test_the_rarest_tested_class_is_what_the_answer_is_about(comparison):
    assert find_rare_class(comparison) == "severe"


def test_shares_are_those_of_scikit_learn_over_all_runs(comparison):
    (found,) = (f for f in measure_rare_class(comparison, "severe") if f.method == "ros")
    runs = [run for run in comparison.predictions_ if run.method == "ros"]
    y_true, y_pred = (np.concatenate([run[k] for run in runs]) for k in ("y_true", "y_pred"))
    options = {"labels": ["severe"], "average": "macro"}
    assert found.recall.value == pytest.approx(recall_score(y_true, y_pred, **options))
    assert found.precision.value == pytest.approx(precision_score(y_true, y_pred, **options))
    assert found.false_alarms.value == pytest.approx(
        (y_pred[y_true != "severe"] == "severe").mean()
    )


def test_testing_the_same_images_again_makes_no_interval_narrower(comparison):
    (found, *_) = measure_rare_class(comparison, "severe")
    assert len(found.shares) == 12  # in each of two repeats
    ends = wilson_interval(found.recall.value, 12)
    assert (found.recall.low, found.recall.high) == pytest.approx(ends)


def test_images_of_one_patient_count_as_one():
    rng = np.random.default_rng(0)
    y, patients = np.tile(np.repeat([0, 1], [8, 4]), 12), np.repeat(np.arange(36), 4)
    X = rng.normal(size=(len(y), 2)) + y[:, np.newaxis]
    compared = compare_strategies(
        GaussianNB(),
        X,
        y,
        strategies={"bbfl": {}},
        cv=StratifiedGroupKFold(3),  # before scikit-learn 1.8, shuffled ones may lack a class
        n_repeats=1,
        groups=patients,
        verbose=0,
    )
    (found,) = measure_rare_class(compared, 1)
    assert len(found.shares) == 48
    ends = wilson_interval(found.recall.value, 12)
    assert (found.recall.low, found.recall.high) == pytest.approx(ends)


def test_two_that_are_level_and_ahead_of_the_baseline_are_said_to_be(say):
    headline, _ = say(
        make_found("baseline", hits(8)), make_found("ros", hits(25)), make_found("bbfl", hits(23))
    )
    assert headline == (
        "ROS found 62 % (95 % interval 47 to 76 %) of the images of class severe, BBFL 57 % (42 to "
        "71 %): no difference between them can be shown. Both are ahead of the baseline, which "
        "found 20 % (10 to 35 %)."
    )


def test_a_difference_that_can_be_told_is_told(say):
    headline, _ = say(make_found("ros", hits(36)), make_found("bbfl", hits(10)))
    assert "BBFL 25 % (14 to 40 %): the difference is 47 to 76 percentage points." in headline


def test_what_is_not_ahead_of_the_baseline_is_said(say):
    baseline, bbfl = make_found("baseline", hits(20)), make_found("bbfl", hits(22))
    assert (
        "Neither can be told apart from the baseline"
        in say(baseline, bbfl, make_found("ros", hits(21)))[0]
    )
    assert (
        "Only ROS is surely ahead of the baseline"
        in say(baseline, bbfl, make_found("ros", hits(38)))[0]
    )


def test_one_method_alone_has_an_answer(say):
    headline, _ = say(make_found("bbfl", hits(10)))
    assert headline == "BBFL found 25 % (95 % interval 14 to 40 %) of the images of class severe."


def test_a_method_that_never_names_the_class_has_no_precision(say):
    _, sentences = say(make_found("bbfl", hits(0), precision=None))
    assert sentences[0] == "None of these methods takes any of the images for severe."


def test_a_method_to_use_that_finds_none_of_the_class_is_said_to(say):
    _, sentences = say(make_found("ros", hits(25)), make_found("bbfl", hits(0), precision=None))
    assert (
        "But BBFL found none of the images of class severe: it was chosen by Macro-F1, not by how "
        "much of that class it finds. If that is what matters, use ROS, which found 62 % (95 % "
        "interval 47 to 76 %)."
    ) in sentences


def test_a_method_to_use_is_only_said_to_find_less_where_that_is_sure(say):
    def warns(n_found):
        found = make_found("ros", hits(25)), make_found("bbfl", hits(n_found))
        return any(sentence.startswith("But BBFL found") for sentence in say(*found)[1])

    assert warns(5)
    assert not warns(23)


def test_a_class_that_no_method_finds_is_said_not_to_be_found(say):
    headline, sentences = say(make_found("ros", hits(0, 4)), make_found("bbfl", hits(0, 4)))
    assert headline == (
        "None of the methods found any of the images of class severe (95 % interval 0 to 49 %)."
    )
    assert not any(sentence.startswith("But") for sentence in sentences)


def test_few_cases_are_said_to_be_few(say):
    sentence = say(make_found("bbfl", hits(5, 10)))[1][-1]
    assert "on 10 different images, in 6 runs" in sentence
    assert "With so few images, only large differences can be shown; more images" in sentence
    assert "With so few" not in say(make_found("bbfl", hits(5)))[1][-1]


def test_precision_at_the_share_of_the_test_data_is_that_which_was_measured(comparison):
    (found, *_) = measure_rare_class(comparison, "severe")
    assert compute_precision(found, np.array([12 / 48])) == pytest.approx(found.precision.value)


def test_precision_falls_with_the_share_of_the_class_by_bayes():
    found = make_found("ros", hits(20), false_alarms=0.1)
    at = compute_precision(found, np.array([0.001, 0.01, 0.5, 1.0]))
    assert at == pytest.approx([0.0005 / 0.1004, 0.005 / 0.104, 0.25 / 0.3, 1.0])
    nothing = make_found("ros", hits(0), false_alarms=0.0)
    assert np.isnan(compute_precision(nothing, np.array([0.1]))).all()
