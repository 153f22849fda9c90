"""What a page says of how it came about."""

from types import SimpleNamespace

import pytest

from imblearn_bbfl.report._settings import describe_runs, list_settings


def make_comparison(seconds, **changes):
    runs = [SimpleNamespace(seconds=seconds / 2)] * 2
    given = {"predictions_": runs, "methods_": ["bbfl", "drw"], "failures_": {}}
    return SimpleNamespace(**given | changes)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(3, "3 seconds"), (89, "89 seconds"), (120, "2 minutes"), (5400, "1.5 hours")],
)
def test_the_time_of_training_is_told_in_its_unit(seconds, told):
    text = describe_runs(make_comparison(seconds))
    assert text == f"2 runs of 2 methods, {told} of training"


def test_one_run_and_one_method_are_told_in_the_singular_and_failures_with_their_last_line():
    comparison = make_comparison(
        2,
        predictions_=[SimpleNamespace(seconds=2)],
        methods_=["bbfl"],
        failures_={"bbfl-1": "Traceback\n  File\nMemoryError: no memory\n"},
    )
    assert describe_runs(comparison) == (
        "1 run of 1 method, 2 seconds of training; 1 more failed, the first of them bbfl-1: "
        "MemoryError: no memory"
    )


def test_settings_are_those_that_were_added_of_the_estimator_and_of_the_methods():
    strategies = {"baseline": {}, "bbfl": {"sampling": "batch", "gamma": 2.0}}
    known = SimpleNamespace(estimator_=dict, strategies_=strategies)
    assert list_settings(known, {"data": 3}) == [
        ("data", "3"),
        ("estimator", "<class 'dict'>"),
        ("method Baseline", "no remedy"),
        ("method BBFL", "sampling='batch', gamma=2.0"),
    ]
    assert list_settings(SimpleNamespace(estimator_=None, strategies_=None), None) == []
