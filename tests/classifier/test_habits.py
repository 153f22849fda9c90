"""Names and values that other libraries have, and what is said of them before any work."""

import keras
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.pipeline import make_pipeline

from imblearn_bbfl import RECIPES, STRATEGIES, BBFLClassifier, ImageFeatures
from imblearn_bbfl._elsewhere import NAMES_ELSEWHERE
from imblearn_bbfl.classifier._scikeras import KerasEstimator
from imblearn_bbfl.model_selection._methods import look_up_strategies
from imblearn_bbfl.sampling import make_row_plan
from imblearn_bbfl.training._validation import resolve_monitor

NAMES = {
    "lr": "learning_rate",
    "validation_split": "validation_fraction",
    "batchsize": "batch_size",
    "n_epochs": "epochs",
    "optimiser": "optimizer",
    "seed": "random_state",
    "metrics": "monitor",
    "pretrained": "weights",
    "class_weights": "class_weight",
    "gama": "gamma",
}
VALUES = [
    ("sampling", "ros", r'STRATEGIES\["ros"\]'),
    ("sampling", "Focal-Loss", r'STRATEGIES\["focal_loss"\]'),
    ("sampling", "balanced", "Use 'batch'"),
    ("sampling", "oversampling", r"sampling=RandomOverSampler\(\)"),
    ("sampling", "smote", r"make_pipeline\(ImageFeatures\(\), SMOTE\(\)"),
    ("sampling", SMOTE, r"SMOTE is a class. Pass an instance: sampling=SMOTE\("),
    ("loss", "binary_crossentropy", "gamma=0 is cross-entropy"),
    ("loss", keras.losses.BinaryCrossentropy, "Pass an instance"),
    ("gamma", "2.0", "That is text: use gamma=2.0"),
    ("random_state", "0", "That is text: use random_state=0"),
    ("class_weight", "balance", "Did you mean 'balanced'"),
    ("class_weight", [1, 2], r"\{label: factor\}"),
    ("head_units", 128, r"head_units=\(128,\)"),
    ("thresholding", 0.3, r"imblearn_bbfl\.decisions\.FixedThreshold\(label, 0\.3\)"),
    ("thresholding", "Tuned", "Did you mean 'tuned'"),
    ("augmentation", True, "Use augmentation='auto'"),
    ("weights", False, "Use weights=None"),
    ("validation_fraction", 0.0, "Use validation_fraction=None"),
    ("epochs", None, "Use epochs='auto'"),
    ("learning_rate", keras.optimizers.schedules.CosineDecay(1e-3, 10), "learning_rate_schedule"),
]


def test_names_elsewhere_are_for_parameters_that_there_are():
    known = BBFLClassifier().get_params()
    assert set(NAMES_ELSEWHERE.values()) <= set(known)
    assert not set(NAMES_ELSEWHERE) & set(known)


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_of_another_library_is_refused_with_ours(name):
    told = f"'{name}'.* Did you mean '{NAMES[name]}'"
    with pytest.raises(TypeError, match=told):
        BBFLClassifier(**{name: 1})
    with pytest.raises(ValueError, match=told) as error:
        make_pipeline(BBFLClassifier()).set_params(**{f"bbflclassifier__{name}": 1})
    assert len(str(error.value)) < 150


def test_a_parameter_like_no_other_is_refused_with_where_the_names_are():
    with pytest.raises(TypeError, match=r"ImageFeatures\(\)\.get_params\(\) has all names"):
        ImageFeatures(batch_size=3)


@pytest.mark.parametrize(
    ("method", "name", "told"),
    [
        ("fit", "epochs", r"parameter of the estimator: set_params\(epochs="),
        ("fit", "validation_split", r"set_params\(validation_fraction="),
        ("fit", "eval_set", "Did you mean 'validation_data'"),
        ("fit", "sample_weights", "Did you mean 'sample_weight'"),
        ("fit", "shuffle", "random_state makes that repeatable"),
        ("fit", "xyz", "It takes X, y, sample_weight"),
        ("partial_fit", "verbose", r"set_params\(verbose="),
        ("predict", "batch_size", r"set_params\(predict__batch_size="),
        ("predict_proba", "threshold", r"set_params\(thresholding="),
    ],
)
def test_an_argument_of_another_library_is_refused_with_the_way(method, name, told):
    with pytest.raises(TypeError, match=rf"{method}\(\) has no argument '{name}'.*{told}"):
        getattr(BBFLClassifier("mlp"), method)(X=[[0.0]], **{name: 1})


@pytest.mark.parametrize(("name", "value", "told"), VALUES)
def test_a_value_that_other_libraries_take_is_refused_with_the_way(name, value, told):
    with pytest.raises(ValueError, match=told):
        BBFLClassifier("mlp", **{name: value})._validate_params()


@pytest.mark.parametrize(
    ("monitor", "n_classes", "told"),
    [
        ("val_accuracy", 3, "Use monitor='accuracy'"),
        ("val_loss", 2, "Use monitor='loss'"),
        ("f1", 3, "Use 'f1_macro'"),
        ("val_f1", 3, "Use 'f1_macro'"),
        ("acc", 2, "Did you mean 'accuracy'"),
        ("AUC", 2, "Did you mean 'roc_auc'"),
        ("auc", 3, "Did you mean 'roc_auc_ovr'"),
        ("sensitivity", 3, "Did you mean 'recall_macro'"),
        ("mcc", 3, "Did you mean 'matthews_corrcoef'"),
        (keras.metrics.Recall(), 2, "is a metric of Keras"),
    ],
)
def test_a_score_to_monitor_that_keras_has_is_refused_with_ours(monitor, n_classes, told):
    with pytest.raises(ValueError, match=told):
        resolve_monitor(monitor, n_classes)


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"optimizer": "adamm"}, "'adamm' is not known. Did you mean 'adam'"),
        (
            {"optimizer": "adam", "optimizer__lr": 1},
            "optimizer__lr .* Did you mean 'learning_rate'",
        ),
        ({"optimizer": "sgd", "optimizer__beta_1": 0.9}, "not a parameter of SGD"),
    ],
)
def test_an_optimizer_or_an_argument_of_it_that_there_is_not(params, told):
    with pytest.raises(ValueError, match=told):
        KerasEstimator._make_optimizer(BBFLClassifier("mlp", **params), 0.1)


@pytest.mark.parametrize("sampler", ["ros", SMOTE])
def test_a_sampler_of_a_generator_that_is_none(sampler):
    with pytest.raises(ValueError, match=r"an instance of a sampler of .* such as \w+\(\)"):
        make_row_plan(sampler, 8, 0)


@pytest.mark.parametrize(
    ("table", "name", "told"),
    [(STRATEGIES, "rosss", "Did you mean 'ros'"), (RECIPES, "papers", "'paper' and 'v1'")],
)
def test_an_entry_that_a_table_has_not_is_refused_with_those_it_has(table, name, told):
    with pytest.raises(KeyError, match=told):
        table[name]


def test_one_method_as_text_is_not_taken_for_a_list_of_letters():
    with pytest.raises(ValueError, match=r"Pass a list of names: strategies=\['bbfl'\]"):
        look_up_strategies("bbfl")
