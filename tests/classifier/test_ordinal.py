"""Ordinal targets, and the order of grades in targets, monitors, decisions and comparisons."""

import keras
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl.classifier import _preparation
from imblearn_bbfl.decisions import CostMatrix, TunedThresholds
from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy
from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.probabilities import normalize_log

KAPPA = "kappa_quadratic"
RNG = np.random.default_rng(0)
ORDER = ["none", "mild", "moderate", "severe"]
GRADES = np.repeat([0, 1, 2, 3], [30, 12, 12, 6])
Y = np.array(ORDER)[GRADES]
X = RNG.normal(size=(60, 4)).astype("float32") + GRADES[:, np.newaxis]
WEIGHT = RNG.uniform(0.5, 2, 60)


def make(**params):
    defaults = {
        "head_epochs": 0,
        "epochs": 1,
        "targets": "ordinal",
        "class_order": ORDER,
        "sampling": None,
        "random_state": 0,
        "compile__run_eagerly": True,  # which is faster here than a trace
    }
    return BBFLClassifier("mlp", **{**defaults, **params})


@pytest.fixture(scope="module")
def fitted():
    return make(epochs=0).fit(X, Y)


def measure_by_loop(classifier, X, grades, gamma):
    """Return what each row costs, grade by grade, in float64."""
    logits = classifier.model_.predict(X, verbose=0).astype(float)
    loss = classifier.model_.loss.get_config()
    seen = logits + np.array(loss["logit_offset"])
    costs = np.zeros(len(X))
    for i, grade in enumerate(grades):
        shares = [np.exp(-((k - grade) ** 2.0)) for k in range(4)]
        log_p = seen[i] - np.log(np.sum(np.exp(seen[i])))
        for k, label in enumerate(ORDER):
            column = sorted(ORDER).index(label)
            cost = -((1 - np.exp(log_p[column])) ** gamma) * log_p[column]
            costs[i] += shares[k] / sum(shares) * loss["alpha"][column] * cost
    return costs


def test_a_row_costs_what_all_grades_cost_by_how_near_they_are():
    params = {"gamma": 1.5, "tau": 0.5, "class_weight": "balanced", "batch_size": 60}
    start = make(epochs=0, **params).fit(X, Y)
    trained = make(**params).fit(X, Y, sample_weight=WEIGHT)
    start.model_.loss = trained.model_.loss  # whose offsets are by weight
    expected = np.mean(WEIGHT * measure_by_loop(start, X, GRADES, 1.5))
    assert trained.history_["loss"] == pytest.approx([expected], rel=1e-4)


def test_the_validation_loss_is_that_of_ordinal_targets():
    classifier = make(gamma=0.0).fit(X, Y, validation_data=(X, Y))
    expected = measure_by_loop(classifier, X, GRADES, 0.0).mean()
    assert classifier.history_["val_loss"] == pytest.approx([expected], rel=1e-4)


def test_mixtures_hold_the_ordinal_targets_of_their_rows(monkeypatch):
    batches, mix_batch = [], _preparation.mix_batch

    def note(X, y, *args, **params):
        batches.append(y)
        return mix_batch(X, y, *args, **params)

    monkeypatch.setattr(_preparation, "mix_batch", note)
    make(mixup=0.4, remix=True, batch_size=60).fit(X, Y)
    nearest = sorted(ORDER).index("none")
    rows = batches[0][batches[0].argmax(axis=1) == nearest]
    expected = np.exp([-1.0, -4.0, 0.0, -9.0])  # of mild, moderate, none and severe
    np.testing.assert_allclose(rows, np.tile(expected / expected.sum(), (30, 1)), rtol=1e-5)


def test_two_classes_are_trained_as_if_they_had_no_order():
    rows = GRADES > 1
    losses = [
        make(targets=targets, class_order=None, target_prior="data")
        .fit(X[rows], Y[rows])
        .history_["loss"]
        for targets in ("ordinal", "nominal")
    ]
    assert losses[0] == losses[1]


MESSAGE = r"target_prior='.*' needs a way back .* targets='ordinal' leaves none.*temperature='fit'"


@pytest.mark.parametrize("params", [{"target_prior": "data"}, {"thresholding": "prior"}], ids=str)
def test_a_posterior_is_refused_before_training_and_after_it(params, tmp_path):
    for epochs in ({}, {"epochs": 0, "retrain_head_epochs": 1}):
        with pytest.raises(ValueError, match=f"{MESSAGE}.*or train with targets='nominal'"):
            make(**params, **epochs).fit(X, Y)
    make().fit(X, Y).save(tmp_path / "ordinal.keras")
    loaded = BBFLClassifier.load(tmp_path / "ordinal.keras")
    assert list(loaded.class_order) == ORDER
    with pytest.raises(ValueError, match=MESSAGE):
        loaded.set_params(**params, targets="nominal").predict_proba(X)


@pytest.mark.filterwarnings("ignore:temperature='fit' is fitted", "ignore:The temperature that")
@pytest.mark.filterwarnings("ignore:1 of 4 classes")
def test_a_temperature_divides_the_outputs_as_they_are():
    classifier = make(temperature="fit").fit(X, Y)
    logits = classifier.model_.predict(X, verbose=0)
    expected = np.exp(normalize_log(logits / classifier.temperature_))
    np.testing.assert_allclose(classifier.predict_proba(X), expected, rtol=1e-4)


def test_a_loss_of_ones_own_that_takes_no_soft_targets_is_refused():
    loss = SparseCategoricalFocalCrossentropy(from_logits=True)
    message = r"targets='ordinal' makes soft targets.*one-hot rows.*or targets='nominal'"
    with pytest.raises(ValueError, match=message):
        make(loss=loss).fit(X, Y)
    taken = make(loss=keras.losses.CategoricalCrossentropy(from_logits=True)).fit(X, Y)
    assert np.isfinite(taken.history_["loss"]).all()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"class_order": None}, r"class_order=None takes the labels in the order \['mild'"),
        ({"class_order": ORDER[1:]}, r"must name each of the classes .* leaves out \['none'\]"),
        (
            {"class_order": [*ORDER, "dead"], "targets": "nominal"},
            r"has the unknown \['dead'\]",
        ),
        ({"class_order": [*ORDER, "mild"]}, r"repeats \['mild'\]"),
        (
            {"class_order": None, "targets": "nominal", "monitor": KAPPA},
            "class_order=None takes",
        ),
        (
            {
                "class_order": None,
                "targets": "nominal",
                "thresholding": TunedThresholds(KAPPA),
            },
            "order=None takes",
        ),
        ({"targets": "ordered"}, "The 'targets' parameter"),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:thresholding")
def test_an_order_that_is_wrong_or_lacking_is_told_before_training(params, message):
    classifier = make(**params)
    with pytest.raises(ValueError, match=message):
        classifier.fit(X, Y)
    assert not hasattr(classifier, "model_")
    if "monitor" not in params:  # which partial_fit has no rows for
        with pytest.raises(ValueError, match=f"{message}|holds none out"):
            classifier.partial_fit(X, Y)


def test_the_quadratic_kappa_is_monitored_in_the_order_of_the_grades():
    classifier = make(monitor=KAPPA).fit(X, Y, validation_data=(X, Y))
    predicted = [ORDER.index(label) for label in classifier.predict(X)]
    expected = cohen_kappa_score(GRADES, predicted, weights="quadratic")
    assert classifier.history_["val_kappa_quadratic"] == pytest.approx([expected])
    assert classifier.best_epoch_ == 0


@pytest.mark.parametrize("rule", [CostMatrix("quadratic"), CostMatrix("linear")], ids=str)
def test_a_decision_about_grades_takes_their_order_from_the_classifier(fitted, rule):
    proba = RNG.dirichlet(np.ones(4), 50)
    told = CostMatrix(rule.costs, order=ORDER).fit(np.eye(4), fitted.classes_, fitted.classes_)
    decided = fitted.set_params(thresholding=rule).decide(proba)
    assert decided.tolist() == told.predict(proba).tolist()
    backwards = CostMatrix(rule.costs, order=["mild", "moderate", "none", "severe"])
    own = backwards.fit(np.eye(4), fitted.classes_, fitted.classes_).predict(proba)
    assert fitted.set_params(thresholding=backwards).decide(proba).tolist() == own.tolist()
    assert rule.order is None


def test_costs_of_probabilities_that_ordinal_targets_have_spread_are_warned_of():
    with pytest.warns(UserWarning, match=r"at their word.* Use temperature='fit'"):
        make(thresholding=CostMatrix("quadratic"), epochs=0).fit(X, Y)


def test_a_matrix_of_costs_stays_in_the_order_of_the_classes(fitted):
    costs = RNG.uniform(1, 9, (4, 4))
    fitted.set_params(thresholding=CostMatrix(costs))
    proba = RNG.dirichlet(np.ones(4), 50)
    assert fitted.decide(proba).tolist() == fitted.classes_[(proba @ costs).argmin(axis=1)].tolist()


def test_thresholds_are_tuned_for_the_kappa_of_the_order():
    proba = RNG.dirichlet(np.ones(4), 60)
    rule = TunedThresholds(KAPPA, order=ORDER).fit(proba, Y)
    predicted = [ORDER.index(label) for label in rule.predict(proba)]
    assert rule.score_ == pytest.approx(cohen_kappa_score(GRADES, predicted, weights="quadratic"))


@pytest.mark.filterwarnings("ignore:The calibration of 'soft_ordinal'")
def test_a_comparison_measures_the_kappa_of_the_order():
    settings = {"cv": [(np.arange(0, 60, 2), np.arange(1, 60, 2))], "n_repeats": 1, "verbose": 0}
    methods = {name: STRATEGIES[name] for name in ("baseline", "soft_ordinal")}
    settings |= {"strategies": methods, "reference": "baseline"}
    comparison = compare_strategies(
        make(targets="nominal"), X, Y, scoring=["kappa_quadratic", "f1_macro"], **settings
    )
    expected = []
    for run in comparison.predictions_:
        true, predicted = (list(map(ORDER.index, labels)) for labels in (run.y_true, run.y_pred))
        expected.append(cohen_kappa_score(true, predicted, weights="quadratic"))
    for results in (comparison.results_, comparison.score("kappa_quadratic")):
        found = results.loc[results["metric"] == "kappa_quadratic", "value"]
        assert found.tolist() == pytest.approx(expected)
    with pytest.raises(ValueError, match="class_order=None takes"):
        compare_strategies(
            make(targets="nominal", class_order=None),
            X,
            Y,
            scoring={"kappa": "kappa_quadratic"},
            **settings,
        )
