"""compare_strategies: paired runs, resumed runs, failing runs, and bad input."""

import io
import os
import re
import signal
import subprocess
import sys
import time
import warnings
from functools import wraps
from inspect import signature

import cv2
import h5py
import keras
import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from rich.console import Console
from sklearn import config_context
from sklearn.linear_model import Perceptron
from sklearn.model_selection import (
    GroupShuffleSplit,
    PredefinedSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from imblearn_bbfl import PAPER_STRATEGIES, STRATEGIES, BBFLClassifier
from imblearn_bbfl._groups import check_groups
from imblearn_bbfl._images import LazyRows
from imblearn_bbfl.classifier import _outputs
from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy
from imblearn_bbfl.model_selection import _progress, compare_strategies
from imblearn_bbfl.model_selection._methods import _warn_of_unused
from imblearn_bbfl.model_selection._run import Run, group_alike
from imblearn_bbfl.model_selection._splits import Split
from imblearn_bbfl.training import _train
from imblearn_bbfl.training._shared_networks import NetworkPool


@pytest.fixture
def compare(estimator, methods, data):
    def run(estimator=estimator, data=data, **arguments):
        defaults = {"strategies": methods, "reference": "plain", "n_repeats": 3, "verbose": 0}
        return compare_strategies(estimator, *data, **{**defaults, **arguments})

    return run


def values_of(comparison):
    return comparison.results_["value"].to_numpy()


def rows_of(comparison):
    return sorted((run.repeat, run.split, *run.test) for run in comparison.predictions_)


def test_results_are_tidy(compare):
    results = compare(scoring=["accuracy", "f1_macro"]).results_
    assert list(results.columns) == ["method", "repeat", "split", "metric", "value", "seconds"]
    assert len(results) == 2 * 3 * 2


def test_methods_share_rows_and_seeds(compare):
    same = compare(strategies={"plain": {"shift": 0}, "twin": {"shift": 0.0}})
    pairs = zip(same.predictions_[::2], same.predictions_[1::2], strict=True)
    assert all(np.array_equal(a.y_proba, b.y_proba) for a, b in pairs)


def test_one_method_under_two_names_is_trained_once(compare, estimator, tmp_path):
    strategies = {"plain": {}, "loss": {"shift": 1.0}, "the_same_loss": {"shift": 1.0}}
    for _ in range(2):  # the second call finds each in the checkpoint
        scores = compare(strategies=strategies, checkpoint=tmp_path).results_
    assert estimator.n_fits == 2 * 3
    one, other = (scores[scores["method"] == name] for name in ("loss", "the_same_loss"))
    assert len(one) == len(other) > 0
    assert one["value"].tolist() == other["value"].tolist()


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        (STRATEGIES["logit_adjustment"], STRATEGIES["balanced_softmax"], True),
        (STRATEGIES["bbfl"], STRATEGIES["focal_loss"], False),
        ({"max_features": 1}, {"max_features": 1.0}, False),  # one of them, or all
        ({"sampling": print}, {"sampling": print}, False),  # what is not text or a number
    ],
)
def test_methods_are_alike_if_all_their_settings_are(one, other, is_alike):
    split = Split(0, 0, np.arange(2), np.arange(2, 4), seed=0)
    runs = [Run("one", split), Run("other", split)]
    assert len(group_alike(runs, {"one": one, "other": other})) == (1 if is_alike else 2)


def test_repeats_differ(compare):
    first, second, _ = (run for run in compare().predictions_ if run.method == "plain")
    assert not np.array_equal(first.test, second.test)


def test_the_same_random_state_gives_the_same_result(compare):
    assert np.array_equal(values_of(compare()), values_of(compare()))


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_jobs_do_not_change_the_result(compare, backend):
    with parallel_config(backend):
        assert np.array_equal(values_of(compare()), values_of(compare(n_jobs=2)))


@pytest.mark.slow
def test_the_paper_holds_out_a_tenth_to_watch_training():
    y = np.repeat([0, 1], [60, 40])
    X = np.random.default_rng(0).normal(size=(100, 3)).astype("float32")
    seen = []

    class Watched(BBFLClassifier):
        def _train(self, train, valid, rng, **options):
            seen.append((len(train.rows), len(valid.rows)))
            return super()._train(train, valid, rng, **options)

    classifier = Watched("mlp", epochs=1, validation_fraction=0.1, random_state=0)
    compare_strategies(classifier, X, y, strategies=["bbfl"], n_repeats=1, verbose=0)
    assert seen == [(80, 10)]


def test_groups_reach_the_splitter_and_fit(compare, data):
    groups = np.arange(60) // 2
    comparison = compare(groups=groups, cv=StratifiedGroupKFold(3))
    assert len(comparison.predictions_) == 2 * 9


@pytest.mark.parametrize("routing", [False, True])
def test_groups_reach_fit_in_a_pipeline_with_and_without_routing(compare, estimator, routing):
    seen = []

    class Watched(type(estimator)):
        def fit(self, X, y, groups=None):
            seen.append(groups)
            return super().fit(X, y)

    with config_context(enable_metadata_routing=routing):
        compare(make_pipeline(StandardScaler(), Watched(random_state=0)), groups=np.arange(60) // 2)
    assert [len(groups) for groups in seen] == [54] * 6


def test_the_last_step_of_a_pipeline_has_the_settings(compare, estimator):
    piped = make_pipeline(StandardScaler(), estimator)
    assert np.array_equal(values_of(compare(piped)), values_of(compare()))


def compare_untrained(data, **settings):
    classifier = BBFLClassifier(
        "mlp", epochs=0, validation_fraction=None, random_state=0, **settings
    )
    names = ["baseline", "bbfl"]
    return compare_strategies(classifier, *data, strategies=names, n_repeats=1, verbose=0)


@pytest.mark.slow
def test_what_no_method_uses_of_the_estimator_is_warned_of(data):
    loss = SparseCategoricalFocalCrossentropy(gamma=3.0, from_logits=True)
    with pytest.warns(
        UserWarning, match=r"loss=.* and target_prior='data' of the BBFL.* used by no"
    ):
        compare_untrained(data, loss=loss, target_prior="data")


@pytest.mark.slow
@pytest.mark.filterwarnings("error:.*used by no method")
def test_what_a_method_agrees_with_is_not_warned_of(data):
    compare_untrained(data, gamma=2.0, sampling=None)


@pytest.mark.filterwarnings("error")
def test_a_setting_that_each_method_makes_itself_is_warned_of():
    _warn_of_unused(BBFLClassifier("mlp", batch_size=16), STRATEGIES)
    with pytest.warns(UserWarning, match="gamma=3.5 of the BBFLClassifier is used by no method"):
        _warn_of_unused(BBFLClassifier("mlp", gamma=3.5), STRATEGIES)


def test_the_estimator_is_left_as_it_was(compare, estimator):
    compare()
    assert estimator.get_params() == {"shift": 0.0, "fails": False, "random_state": 0}
    assert not hasattr(estimator, "classes_")


@pytest.mark.parametrize("kind", ["h5py", "memory map"])
def test_images_on_disk_are_left_for_the_estimator_to_read(
    compare, estimator, data, tmp_path, kind
):
    X, y = np.zeros((60, 2, 2, 1)), data[1]
    seen = []

    class Reader(type(estimator)):
        def fit(self, X, y):
            seen.append(X)
            return super().fit(X, y)

    if kind == "memory map":
        np.save(tmp_path / "images.npy", X)
        compare(Reader(), data=(np.load(tmp_path / "images.npy", mmap_mode="r"), y), n_repeats=1)
    else:
        with h5py.File(tmp_path / "images.h5", "w") as file:
            compare(Reader(), data=(file.create_dataset("X", data=X), y), n_repeats=1)
    assert [(type(X), X.shape) for X in seen] == [(LazyRows, (54, 2, 2, 1))] * 2


@pytest.mark.slow
def test_an_open_data_set_that_other_processes_cannot_read_is_refused_before_training(
    compare, data, tmp_path
):
    with h5py.File(tmp_path / "images.h5", "w") as file:
        X = file.create_dataset("X", data=np.zeros((60, 2, 2, 1)))
        with pytest.raises(ValueError, match=r"be pickled.*Use n_jobs=None"):
            compare(data=(X, data[1]), n_jobs=2, n_repeats=1)


def test_a_pipeline_is_handed_images_on_disk_as_arrays(compare, estimator, data, tmp_path):
    with h5py.File(tmp_path / "images.h5", "w") as file:
        X = file.create_dataset("X", data=np.zeros((60, 2, 2, 1)))
        pipeline = make_pipeline(FunctionTransformer(lambda X: X / 255), estimator)
        assert (
            len(compare(pipeline, data=(X, data[1]), n_repeats=1, scoring=["accuracy"]).results_)
            == 2
        )


@pytest.mark.slow
def test_names_pick_from_the_table(data):
    classifier = BBFLClassifier("mlp", epochs=0, validation_fraction=None, random_state=0)
    comparison = compare_strategies(
        classifier, *data, strategies=["rus", "bbfl"], n_repeats=1, verbose=0
    )
    assert comparison.methods_ == ["rus", "bbfl"]


def test_the_default_is_the_eight_methods_of_the_paper():
    default = signature(compare_strategies).parameters["strategies"].default
    assert default is PAPER_STRATEGIES


@pytest.fixture
def traced(monkeypatch):
    """Return a list that gets an item each time that a dropout layer is traced or run eagerly."""
    calls, call = [], keras.layers.Dropout.call

    @wraps(call)
    def note(self, *args, **kwargs):
        calls.append(self.name)
        return call(self, *args, **kwargs)

    pool = NetworkPool()
    for module in (_outputs, _train):
        monkeypatch.setattr(module, "POOL", pool)
    monkeypatch.setattr(keras.layers.Dropout, "call", note)
    return calls


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The calibration of")
def test_the_methods_of_the_field_run_and_are_traced_once_for_each_head_and_phase(data, traced):
    X, y = data
    rows = np.arange(60)
    classifier = BBFLClassifier(
        "mlp", head_units=(4,), epochs=2, validation_fraction=None, random_state=0
    )
    comparison = compare_strategies(
        classifier,
        X / 240,
        y,
        strategies=[name for name in STRATEGIES if name not in PAPER_STRATEGIES],
        reference="crt",
        cv=[(rows[::2], rows[1::2])],
        n_repeats=1,
        verbose=0,
    )
    assert comparison.methods_ == list(STRATEGIES)[len(PAPER_STRATEGIES) :]
    assert comparison.results_["value"].notna().all()
    if keras.backend.backend() == "tensorflow":
        # Training and prediction, with logits, with cosines and for the soft targets of mixtures;
        # and training of the head alone, for hard and for soft targets.
        assert len(traced) == 8


class TestResume:
    def test_finished_runs_are_not_repeated(self, compare, estimator, tmp_path):
        first = compare(checkpoint=tmp_path)
        assert type(estimator).n_fits == 6
        second = compare(checkpoint=tmp_path)
        assert type(estimator).n_fits == 6
        assert np.array_equal(values_of(first), values_of(second))

    def test_a_missing_run_is_made_up_for(self, compare, estimator, tmp_path):
        whole = compare(checkpoint=tmp_path)
        (tmp_path / "plain-repeat1-split0.npz").unlink()
        resumed = compare(checkpoint=tmp_path)
        assert type(estimator).n_fits == 7
        assert np.array_equal(values_of(whole), values_of(resumed))

    def test_without_a_random_state_the_splits_are_those_begun_with(
        self, compare, estimator, tmp_path
    ):
        estimator.set_params(random_state=None)
        first = compare(checkpoint=tmp_path)
        second = compare(checkpoint=tmp_path)
        assert np.array_equal(values_of(first), values_of(second))

    def test_more_methods_repeats_and_metrics_use_what_is_there(
        self, compare, estimator, methods, tmp_path
    ):
        compare(checkpoint=tmp_path, n_repeats=2)
        more = {**methods, "third": {"shift": 2.0}}
        compare(checkpoint=tmp_path, strategies=more, scoring="accuracy")
        assert type(estimator).n_fits == 9

    def test_other_labels_are_refused(self, compare, data, tmp_path):
        compare(checkpoint=tmp_path)
        with pytest.raises(ValueError, match=r"another comparison.*X, y or groups"):
            compare(data=(data[0], data[1][::-1]), checkpoint=tmp_path)

    def test_other_settings_are_refused(self, compare, methods, tmp_path):
        compare(checkpoint=tmp_path)
        with pytest.raises(ValueError, match=r"another comparison.*parameters"):
            compare(checkpoint=tmp_path, strategies={**methods, "shifted": {"shift": 3.0}})

    def test_another_random_state_is_refused(self, compare, estimator, tmp_path):
        compare(checkpoint=tmp_path)
        estimator.set_params(random_state=1)
        with pytest.raises(ValueError, match=r"another comparison.*random_state"):
            compare(checkpoint=tmp_path)

    def test_a_table_of_pandas_is_resumed(self, compare, estimator, data, tmp_path):
        table = pd.DataFrame(data[0], columns=list("abcd"))
        for _ in range(2):
            compare(data=(table, data[1]), checkpoint=tmp_path)
        assert type(estimator).n_fits == 6

    @pytest.mark.parametrize("cv", [None, 2, StratifiedGroupKFold(2, shuffle=True)])
    def test_a_splitter_that_came_to_draw_other_folds_changes_no_repeat_that_was_begun(
        self, compare, estimator, tmp_path, monkeypatch, cv
    ):
        options = {"groups": np.arange(60) // 2, "cv": cv, "checkpoint": tmp_path}
        begun = compare(**options, n_repeats=1)
        (tmp_path / "shifted-repeat0-split0.npz").unlink()
        draw = StratifiedGroupKFold.split

        def draw_others(self, X, y, groups):
            return draw(self, X, y, groups.max() - groups)

        monkeypatch.setattr(StratifiedGroupKFold, "split", draw_others)
        others = compare(**{**options, "checkpoint": None}, n_repeats=1)
        before, n_fits = rows_of(begun), type(estimator).n_fits
        assert rows_of(others) != before, "the splitter has not changed"
        resumed = compare(**options, n_repeats=2)
        assert rows_of(resumed)[: len(before)] == before
        assert type(estimator).n_fits == n_fits + 1 + len(before)

    @pytest.mark.parametrize("cv", [3, StratifiedKFold(2), PredefinedSplit(np.arange(60) % 2)])
    def test_another_cv_is_refused_and_leaves_the_rows_of_the_first(self, compare, tmp_path, cv):
        options = {"cv": PredefinedSplit(np.arange(60) // 2 % 2), "checkpoint": tmp_path}
        begun = compare(**options)
        with pytest.raises(ValueError, match=r"another comparison.*splits \(cv"):
            compare(**{**options, "cv": cv})
        assert rows_of(compare(**options)) == rows_of(begun)

    def test_the_rows_of_an_iterable_are_kept(self, compare, estimator, tmp_path):
        draw = StratifiedKFold(2).split
        y = np.repeat([0, 1, 2], [30, 20, 10])
        for _ in range(2):
            compare(cv=draw(y, y), checkpoint=tmp_path, n_repeats=1)
        assert type(estimator).n_fits == 4

    def test_a_full_disk_loses_no_result(self, compare, tmp_path, monkeypatch):
        def fail(descriptor):
            raise OSError("No space left on device")

        monkeypatch.setattr("os.fsync", fail)
        with pytest.warns(UserWarning, match=r"could not be written.*No space left"):
            comparison = compare(checkpoint=tmp_path)
        assert len(comparison.predictions_) == 6

    @pytest.mark.slow
    def test_kill_9_loses_only_the_run_it_hit(self, tmp_path):
        script = tmp_path / "compare.py"
        script.write_text(KILLED, encoding="utf-8")
        command = [sys.executable, str(script), str(tmp_path / "runs")]
        process = subprocess.Popen(command, env={**os.environ, "SLOW": "1"})
        while len(list((tmp_path / "runs").glob("*.npz"))) < 2:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        n_finished = len(list((tmp_path / "runs").glob("*.npz")))
        output = subprocess.check_output(command, text=True)
        n_fits, accuracy = output.split()
        assert int(n_fits) == 8 - n_finished
        fresh = subprocess.check_output([*command[:2], str(tmp_path / "fresh")], text=True)
        assert fresh.split()[1] == accuracy


KILLED = """
import os, sys, time
import numpy as np
from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.model_selection import compare_strategies

n_fits = 0

class Counted(BBFLClassifier):
    def fit(self, X, y, **options):
        global n_fits
        n_fits += 1
        if os.environ.get("SLOW") and n_fits > 2:
            time.sleep(60)
        return super().fit(X, y, **options)

rng = np.random.default_rng(0)
X, y = rng.normal(size=(60, 4)).astype("float32"), np.repeat([0, 1], [40, 20])
comparison = compare_strategies(
    Counted("mlp", epochs=1, random_state=0), X, y, strategies=["baseline", "bbfl"],
    n_repeats=4, scoring="neg_log_loss", checkpoint=sys.argv[1], verbose=0,
)
print(n_fits, comparison.results_["value"].sum())
"""


class TestFailures:
    def test_a_failing_method_does_not_lose_the_others(self, compare, methods):
        with pytest.warns(UserWarning, match=r"(?s)3 of 9 runs failed.*always fails"):
            comparison = compare(strategies={**methods, "broken": {"fails": True}})
        assert sorted(comparison.failures_) == [f"broken, repeat {i}, split 0" for i in range(3)]
        assert set(comparison.results_["method"]) == {"plain", "shifted"}

    def test_it_shows_in_the_table(self, compare, methods):
        with pytest.warns(UserWarning, match="failed"):
            comparison = compare(strategies={**methods, "broken": {"fails": True}})
        assert "| broken | 0 | none |" in comparison.to_markdown()

    def test_failed_runs_are_tried_again(self, compare, estimator, methods, tmp_path):
        broken = {**methods, "broken": {"fails": True}}
        for n_fits in (9, 12):
            with pytest.warns(UserWarning, match="failed"):
                compare(strategies=broken, checkpoint=tmp_path)
            assert type(estimator).n_fits == n_fits

    def test_it_is_an_error_if_all_fail(self, compare):
        with pytest.raises(RuntimeError, match="6 of 6 runs failed"):
            compare(strategies={"plain": {"fails": True}, "other": {"fails": True}})

    def test_a_metric_that_fails_costs_its_own_number_only(self, compare):
        def broken(estimator, X, y):
            raise ZeroDivisionError("no luck")

        with pytest.warns(UserWarning, match=r"broken of plain.*no luck"):
            comparison = compare(scoring={"accuracy": "accuracy", "broken": broken})
        present = comparison.results_.groupby("metric")["value"].count()
        assert present.to_dict() == {"accuracy": 6, "broken": 0}


class TestBadInput:
    def test_a_file_that_cannot_be_read_is_told_before_any_run(self, tmp_path):
        paths = [str(tmp_path / f"{i}.png") for i in range(40)]
        for i, path in enumerate(paths):
            cv2.imwrite(path, np.full((4, 4, 3), i, dtype=np.uint8))
        (tmp_path / "39.png").write_bytes(b"torn")
        classifier = BBFLClassifier("small_cnn", epochs=0)
        with pytest.raises(ValueError, match=r"^1 of 40 image files cannot be read: .*39\.png"):
            compare_strategies(classifier, paths, np.arange(40) % 2, cv=2, verbose=0)

    def test_an_order_that_a_method_for_grades_lacks_is_told_before_any_run(self):
        X, y = np.zeros((12, 2)), np.repeat(["mild", "none", "severe"], 4)
        with pytest.raises(ValueError, match=r"^class_order=None takes the labels"):
            compare_strategies(
                BBFLClassifier("mlp"), X, y, strategies=["bbfl", "soft_ordinal"], cv=2, verbose=0
            )

    @pytest.mark.parametrize("name", ["a/b", "a\\b", 1])
    def test_a_name_that_cannot_be_that_of_a_file_is_refused(self, compare, estimator, name):
        with pytest.raises(ValueError, match=r"named .* must be text without / and \\. Use"):
            compare(strategies={"plain": {}, name: {}})
        assert type(estimator).n_fits == 0

    def test_an_unknown_method_gets_the_nearest_name(self, data):
        with pytest.raises(ValueError, match=r"'blance_batch'.*Did you mean 'balanced_batch'"):
            compare_strategies(BBFLClassifier("mlp"), *data, strategies=["blance_batch"])

    def test_an_unknown_parameter_gets_the_nearest_name(self, compare):
        with pytest.raises(ValueError, match=r"'plain' sets 'shif'.*Did you mean 'shift'"):
            compare(strategies={"plain": {"shif": 1}})

    def test_an_unknown_reference_gets_the_nearest_name(self, compare):
        with pytest.raises(ValueError, match=r"reference='plane'.*Did you mean 'plain'"):
            compare(reference="plane")

    def test_an_unknown_metric_gets_the_nearest_name(self, compare):
        with pytest.raises(ValueError, match="Did you mean 'accuracy'"):
            compare(scoring="acuracy")

    def test_bad_input_is_found_before_training(self, compare, estimator):
        with pytest.raises(ValueError, match="no row of class"):
            compare(cv=StratifiedKFold(5), data=(np.zeros((7, 1)), np.array([0] * 6 + [1])))
        assert type(estimator).n_fits == 0

    def test_groups_on_two_sides_are_refused(self, compare):
        with pytest.raises(ValueError, match="Use a splitter that keeps groups together"):
            compare(cv=StratifiedKFold(3, shuffle=True), groups=np.arange(60) // 2)

    @pytest.mark.parametrize(
        ("groups", "reason"),
        [
            ([np.nan] * 2 + list(range(58)), "missing in 2 of 60 rows"),
            ([None] * 2 + list(range(58)), "missing in 2 of 60 rows"),
            (["a"] * 2 + list(range(58)), "mix text and numbers"),
            (range(59), r"inconsistent numbers of samples: \[60, 59\]"),
        ],
    )
    @pytest.mark.parametrize("cv", [None, 2, StratifiedGroupKFold(2)])
    def test_groups_that_are_not_known_are_refused_before_training(
        self, compare, estimator, groups, reason, cv
    ):
        with pytest.raises(ValueError, match=reason):
            compare(groups=groups, cv=cv)
        assert type(estimator).n_fits == 0

    @pytest.mark.parametrize("n_repeats", [0, -1, 1.5])
    def test_the_number_of_repeats_is_a_positive_integer(self, compare, n_repeats):
        with pytest.raises(ValueError, match=f"n_repeats={n_repeats} must be"):
            compare(n_repeats=n_repeats)

    def test_a_classifier_without_probabilities_is_refused(self, compare):
        with pytest.raises(ValueError, match="Perceptron has no predict_proba"):
            compare(Perceptron())

    def test_x_and_y_of_other_lengths_are_refused(self, compare, data):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            compare(data=(data[0][:-1], data[1]))


def test_groups_that_are_named_as_if_missing_are_warned_of_once(compare, estimator):
    class Checked(type(estimator)):
        def fit(self, X, y, groups=None):
            check_groups(groups, len(y))
            return super().fit(X, y)

    groups = ["nan"] * 2 + [f"p{i}" for i in range(58)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compare(Checked(), groups=groups)
    assert sum("groups have 'nan' in 2 rows" in str(w.message) for w in caught) == 1


def test_any_splitter_for_groups_works(compare):
    comparison = compare(cv=GroupShuffleSplit(2, test_size=0.4), groups=np.arange(60))
    assert comparison.results_.groupby("method")["split"].nunique().eq(2).all()


def test_a_line_for_each_run_is_shown_on_demand(compare, capsys):
    compare(verbose=2)
    assert capsys.readouterr().out.count("plain, repeat ") >= 3


def test_names_in_brackets_are_shown_as_they_are(compare, capsys):
    compare(strategies={"plain": {}, "[red]": {}}, verbose=2)
    assert capsys.readouterr().out.count("[red], repeat ") >= 3


def test_where_there_is_no_terminal_each_run_is_a_line_with_the_time_left(compare, capsys):
    compare(verbose=1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert re.fullmatch(
        r"1 of 6 runs, about \d+:\d\d left: .*, repeat \d, split \d, [\d.]+ s", lines[0]
    )
    assert lines[-1].startswith("6 of 6 runs: ")


def test_a_terminal_shows_a_bar_and_on_demand_a_line_for_each_run(compare, monkeypatch):
    for verbose, has_lines in ((1, False), (2, True)):
        terminal = Console(file=io.StringIO(), force_terminal=True, width=120)
        monkeypatch.setattr(_progress, "Console", lambda terminal=terminal: terminal)
        compare(verbose=verbose)
        shown = terminal.file.getvalue()
        assert "6/6" in shown
        assert ("plain, repeat 0, split 0, " in shown) == has_lines


def test_it_is_silent_on_demand(compare, capsys):
    compare(verbose=0)
    assert capsys.readouterr().out == ""
