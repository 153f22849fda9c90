"""The table of methods, and the prior that each combination of settings leaves."""

import copy
import pickle
import pydoc

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import clone

from imblearn_bbfl import PAPER_STRATEGIES, RECIPES, STRATEGIES, BBFLClassifier
from imblearn_bbfl.losses import BinaryFocalCrossentropy
from imblearn_bbfl.thresholding import divide_by_prior

PAPER_NAMES = [
    "baseline",
    "thresholding",
    "ros",
    "rus",
    "cost_sensitive",
    "balanced_batch",
    "focal_loss",
    "bbfl",
]
FIELD_NAMES = [
    "logit_adjustment",
    "balanced_softmax",
    "class_balanced",
    "class_balanced_focal",
    "ldam",
    "ldam_drw",
    "vs",
    "drs",
    "drw",
    "deferred_bbfl",
    "crt",
    "tau_norm",
    "mixup",
    "remix",
    "mixup_crt",
    "soft_ordinal",
    "tuned_thresholds",
]
NAMES = PAPER_NAMES + FIELD_NAMES

# A table of 45 rows of class "a" and 15 of class "b".
N_ROWS = np.array([45, 15])
Y = np.repeat(["a", "b"], N_ROWS)
X = np.random.default_rng(0).standard_normal((60, 3)) + (Y == "b")[:, np.newaxis]
WEIGHT = np.concatenate([np.resize([1.0, 3.0, 2.0], 45), np.resize([0.5, 1.5, 4.0], 15)])

SAMPLINGS = {
    "none": (None, [45, 15]),
    "batch": ("batch", [1, 1]),
    "ros": (RandomOverSampler(), [45, 45]),
    "rus": (RandomUnderSampler(), [15, 15]),
    "part_ros": (RandomOverSampler(sampling_strategy=0.6), [45, 27]),
}


def make_classifier(epochs=0, **settings):
    """Make a classifier for the table; without epochs, `fit` measures the prior and no more."""
    params = {"epochs": epochs, "validation_fraction": None, "random_state": 0} | settings
    return BBFLClassifier("mlp", head_units=(4,), **params)


def measure_prior(y=Y, sample_weight=None, **settings):
    classifier = make_classifier(**settings).set_params(backbone=lambda rows: rows, head_units=())
    return classifier.fit(X[: len(y)], y, sample_weight).class_prior_


@pytest.fixture(scope="module")
def baseline():
    """Return a classifier trained on the table as it is."""
    return make_classifier(3, sampling=None, gamma=0.0, learning_rate=1e-2).fit(X, Y)


def test_the_eight_methods_are_in_the_order_of_the_paper():
    assert list(PAPER_STRATEGIES) == PAPER_NAMES


def test_the_methods_of_the_field_follow_those_of_the_paper():
    assert list(STRATEGIES) == NAMES


@pytest.mark.parametrize("name", PAPER_NAMES)
def test_both_tables_have_the_same_under_the_name_of_a_method(name):
    assert repr(PAPER_STRATEGIES[name]) == repr(STRATEGIES[name])


def test_table_is_read_only():
    with pytest.raises(TypeError, match="does not support item assignment"):
        STRATEGIES["bbfl"] = {}


@pytest.mark.parametrize("name", NAMES)
def test_method_names_every_choice(name):
    loss = {"gamma", "alpha", "class_weight", "effective_beta", "tau", "logit_scale", "margin"}
    others = {"sampling", "balance_from", "retrain_head_epochs", "loss", "target_prior"}
    rest = {"mixup", "remix", "targets", "tau_norm", "thresholding"}
    assert set(STRATEGIES[name]) == loss | others | rest


LOOK_UPS = {
    "[]": lambda: STRATEGIES["ros"],
    "get": lambda: STRATEGIES.get("ros"),
    "values": lambda: list(STRATEGIES.values())[2],
    "items": lambda: dict(STRATEGIES.items())["ros"],
    "dict": lambda: dict(STRATEGIES)["ros"],
    "copy method": lambda: STRATEGIES.copy()["ros"],
    "copy module": lambda: copy.copy(STRATEGIES)["ros"],
    "deepcopy": lambda: copy.deepcopy(STRATEGIES)["ros"],
    "pickle": lambda: pickle.loads(pickle.dumps(STRATEGIES))["ros"],
    "|": lambda: (STRATEGIES | {})["ros"],
    "| from the right": lambda: ({} | STRATEGIES)["ros"],
    "unpacking": lambda: {**STRATEGIES["ros"]},
}


@pytest.mark.parametrize("look_up", LOOK_UPS.values(), ids=LOOK_UPS)
def test_each_look_up_makes_the_method_anew(look_up):
    settings = look_up()
    BBFLClassifier(**settings).set_params(sampling__random_state=3)
    assert settings["sampling"].random_state == 3
    settings["gamma"] = 9.0
    for other in (look_up(), STRATEGIES["ros"]):
        assert other["sampling"].random_state is None
        assert other["gamma"] == 0.0


def test_views_kept_for_later_make_methods_anew_too():
    values = STRATEGIES.values()
    first, second = (list(values)[2]["sampling"] for _ in range(2))
    assert first is not second


@pytest.mark.parametrize("name", NAMES)
def test_a_method_leaves_nothing_of_the_estimators_choices(name):
    classifier = BBFLClassifier(
        alpha=0.7,
        class_weight="balanced",
        thresholding="prior",
        gamma=1.0,
        loss=BinaryFocalCrossentropy(from_logits=True),
        target_prior="data",
        tau=1.0,
        logit_scale=0.5,
        margin=0.5,
        balance_from=0.5,
        retrain_head_epochs=3,
        mixup=0.5,
        remix=True,
        tau_norm=0.5,
        targets="ordinal",
    )
    params = classifier.set_params(**STRATEGIES[name]).get_params(deep=False)
    assert repr({key: params[key] for key in STRATEGIES[name]}) == repr(STRATEGIES[name])
    assert params["alpha"] is params["loss"] is params["target_prior"] is None


@pytest.mark.parametrize("table", [STRATEGIES, PAPER_STRATEGIES], ids=["all", "paper"])
def test_the_table_is_equal_to_itself_and_to_its_copies(table):
    assert table == table
    assert copy.deepcopy(table) == table
    assert pickle.loads(pickle.dumps(table)) == table


def test_the_repr_shows_each_method_on_a_line():
    lines = repr(STRATEGIES).splitlines()
    assert [line.strip(" {").split("'")[1] for line in lines] == NAMES
    assert "'sampling': RandomOverSampler(), 'gamma': 0.0, 'alpha': None" in lines[2]


def test_help_says_what_the_table_is():
    text = pydoc.plain(pydoc.render_doc(STRATEGIES))
    assert "Methods for imbalance" in text
    assert "new dict" in text


def test_methods_are_pairwise_different_but_for_one_loss_of_two_names():
    different = {repr(settings) for settings in STRATEGIES.values()}
    assert len(different) == len(NAMES) - 1
    assert STRATEGIES["logit_adjustment"] == STRATEGIES["balanced_softmax"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("thresholding", {"thresholding": "prior"}),
        ("cost_sensitive", {"class_weight": "balanced"}),
        ("balanced_batch", {"sampling": "batch"}),
        ("focal_loss", {"gamma": 2.0}),
        ("bbfl", {"sampling": "batch", "gamma": 2.0}),
        ("logit_adjustment", {"tau": 1.0}),
        ("class_balanced", {"class_weight": "effective"}),
        ("class_balanced_focal", {"class_weight": "effective", "gamma": 2.0}),
        ("ldam", {"margin": 0.5}),
        ("vs", {"tau": 1.25, "logit_scale": 0.15}),
        ("drs", {"sampling": "batch", "balance_from": 0.8}),
        ("deferred_bbfl", {"sampling": "batch", "gamma": 2.0, "balance_from": 0.8}),
        ("crt", {"sampling": "batch", "balance_from": 1.0, "retrain_head_epochs": 10}),
        ("tau_norm", {"tau_norm": 1.0}),
        ("mixup", {"mixup": 0.2}),
        ("remix", {"mixup": 1.0, "remix": True}),
        ("soft_ordinal", {"targets": "ordinal"}),
        ("tuned_thresholds", {"thresholding": "tuned"}),
    ],
)
def test_method_is_the_baseline_but_for(name, change):
    assert dict(STRATEGIES[name]) == {**STRATEGIES["baseline"], **change}


@pytest.mark.parametrize(
    ("name", "sampler"), [("ros", RandomOverSampler), ("rus", RandomUnderSampler)]
)
def test_resampling_is_the_baseline_but_for_its_sampler(name, sampler):
    settings = dict(STRATEGIES[name])
    assert type(settings.pop("sampling")) is sampler
    assert settings.items() <= STRATEGIES["baseline"].items()


def test_a_head_after_mixup_is_that_of_crt():
    assert STRATEGIES["mixup_crt"] == {**STRATEGIES["crt"], "mixup": STRATEGIES["mixup"]["mixup"]}


def test_deferred_weights_are_those_of_ldam_drw_without_its_margin():
    assert STRATEGIES["ldam_drw"] == {**STRATEGIES["drw"], "margin": 0.5}
    assert STRATEGIES["drw"]["balance_from"] == 0.8


@pytest.mark.parametrize("name", PAPER_NAMES)  # those of the field run in compare_strategies
def test_method_trains_a_classifier(name):
    classifier = make_classifier(1, **STRATEGIES[name]).fit(X, Y)
    assert set(classifier.predict(X)) <= {"a", "b"}
    assert np.isfinite(classifier.history_["loss"]).all()


def test_defaults_are_bbfl():
    params = BBFLClassifier().get_params()
    assert {name: params[name] for name in STRATEGIES["bbfl"]} == dict(STRATEGIES["bbfl"])


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("class_weight", [None, "balanced", {"b": 5.0}], ids=str)
@pytest.mark.parametrize("alpha", [None, 0.7, [1.0, 3.0]], ids=str)
def test_prior_is_rows_times_weights_times_alpha(sampling, class_weight, alpha):
    sampler, n_rows = SAMPLINGS[sampling]
    mean_weight = [np.mean(WEIGHT[:45]), np.mean(WEIGHT[45:])]
    class_factor = {"balanced": 60 / (2 * N_ROWS), "None": [1, 1]}.get(str(class_weight), [1, 5])
    alpha_factor = {"None": [1, 1], "0.7": [0.3, 0.7]}.get(str(alpha), [1, 3])
    mass = np.prod([n_rows, mean_weight, class_factor, alpha_factor], axis=0)
    settings = {"sampling": sampler, "class_weight": class_weight, "alpha": alpha}
    prior = measure_prior(sample_weight=WEIGHT, **settings)
    np.testing.assert_allclose(prior, mass / mass.sum(), rtol=1e-6)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_without_weights_the_prior_is_that_of_the_rows(sampling):
    sampler, n_rows = SAMPLINGS[sampling]
    prior = measure_prior(sampling=sampler)
    np.testing.assert_allclose(prior, np.divide(n_rows, np.sum(n_rows)), rtol=1e-6)


def test_balanced_weights_leave_a_uniform_prior():
    prior = measure_prior(sampling=None, class_weight="balanced")
    np.testing.assert_allclose(prior, [0.5, 0.5])


def test_prior_of_balanced_batches_is_uniform_where_the_batch_size_is_no_multiple():
    y = np.repeat(["a", "b", "c"], [30, 18, 12])
    prior = measure_prior(y, sampling="batch", batch_size=16)
    np.testing.assert_allclose(prior, 1 / 3)


def test_rows_of_weight_zero_do_not_count_in_the_prior():
    weight = np.ones(60)
    weight[:30] = 0.0  # leaves 15 rows of each class
    np.testing.assert_allclose(measure_prior(sampling=None, sample_weight=weight), [0.5, 0.5])


def test_prior_is_that_of_the_training_part():
    validation_data = (X[:15], Y[:15])
    classifier = make_classifier(sampling=None)
    classifier.fit(X[15:], Y[15:], validation_data=validation_data)
    np.testing.assert_allclose(classifier.class_prior_, [30 / 45, 15 / 45])


def test_thresholding_divides_by_the_prior_of_training(baseline):
    thresholded = clone(baseline).set_params(thresholding="prior").fit(X, Y)
    expected = divide_by_prior(baseline.predict_proba(X), [0.75, 0.25])
    np.testing.assert_allclose(thresholded.predict_proba(X), expected, rtol=1e-6)


def test_thresholding_calls_more_rows_rare(baseline):
    thresholded = clone(baseline).set_params(thresholding="prior").fit(X, Y)
    assert np.sum(thresholded.predict(X) == "b") > np.sum(baseline.predict(X) == "b")


@pytest.mark.slow
def test_thresholding_does_nothing_to_balanced_batches():
    plain = make_classifier(1, sampling="batch", gamma=0.0).fit(X, Y)
    thresholded = clone(plain).set_params(thresholding="prior").fit(X, Y)
    np.testing.assert_allclose(thresholded.predict_proba(X), plain.predict_proba(X), rtol=1e-6)


@pytest.mark.parametrize("recipe", ["paper", "v1"])
@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_and_a_method_set_different_parameters(recipe, name):
    classifier = BBFLClassifier("mobilenetv2", **RECIPES[recipe], **STRATEGIES[name])
    assert classifier.head_units == (512, 256)
    assert classifier.validation_fraction == 0.1
