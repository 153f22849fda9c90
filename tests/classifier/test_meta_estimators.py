"""Thresholds, calibration, pipelines, votes and metadata routing."""

import warnings

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from imblearn.under_sampling import RandomUnderSampler
from joblib import parallel_config
from scipy.stats import rankdata
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    GroupKFold,
    StratifiedGroupKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.preprocessing import RetinaCropper

_METHODS = CalibratedClassifierCV._parameter_constraints["method"][0].options
METHODS = [
    "sigmoid",
    "isotonic",
    pytest.param(
        "temperature",
        marks=pytest.mark.skipif(
            "temperature" not in _METHODS, reason="scikit-learn before 1.8 has no temperature"
        ),
    ),
]

PATIENTS = np.arange(60) // 2


class RecordingClassifier(BBFLClassifier):
    """Remembers the metadata that reach `fit`."""

    def fit(self, X, y, sample_weight=None, groups=None, validation_data=None):
        """Fit and remember."""
        self.metadata_ = {"sample_weight": sample_weight, "groups": groups}
        return super().fit(X, y, sample_weight, groups, validation_data)


@pytest.fixture(params=["array", "paths"])
def data(request, images, image_files):
    """Return the images in memory, and as a list of paths."""
    return images if request.param == "array" else image_files


@pytest.fixture(scope="module")
def fitted_on_three_classes(small, images_of_three_classes):
    return clone(small).fit(*images_of_three_classes)


@pytest.fixture(scope="module")
def discs():
    """Return 24 photographs of discs, off the center, red or green, and their colors."""
    rows, columns = np.mgrid[:32, :40]
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat(["green", "red"], [16, 8]))
    X = np.zeros((24, 32, 40, 3), dtype=np.uint8)
    for image, color, (i, j) in zip(X, y, rng.integers((14, 14), (18, 26), (24, 2)), strict=True):
        disc = (rows - i) ** 2 + (columns - j) ** 2 < 12**2
        image[disc] = (220, 60, 40) if color == "red" else (60, 220, 40)
    return X, y


def _halve(X):
    return X[:, ::2, ::2]


def test_fixed_threshold_is_applied(small, data):
    classifier = FixedThresholdClassifier(small, threshold=0.3, pos_label="sick").fit(*data)
    is_sick = classifier.predict_proba(data.X)[:, 1] >= 0.3
    np.testing.assert_array_equal(classifier.predict(data.X), np.where(is_sick, "sick", "healthy"))


@pytest.mark.slow
def test_threshold_is_tuned(small, data):
    classifier = TunedThresholdClassifierCV(small, cv=0.5, random_state=0).fit(*data)
    is_sick = classifier.predict_proba(data.X)[:, 1] >= classifier.best_threshold_
    np.testing.assert_array_equal(classifier.predict(data.X), np.where(is_sick, "sick", "healthy"))
    assert 0.5 <= classifier.best_score_ <= 1  # 0.5 is what one label for all gets


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_calibrated_probabilities_sum_to_one(small, images, method):
    classifier = CalibratedClassifierCV(small, method=method, cv=2).fit(*images)
    proba = classifier.predict_proba(images.X)
    assert proba.shape == (60, 2)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)


@pytest.mark.slow
def test_calibration_takes_paths(small, image_files):
    classifier = CalibratedClassifierCV(small, cv=2).fit(*image_files)
    assert classifier.predict_proba(image_files.X).shape == (60, 2)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_calibration_of_a_fitted_classifier_keeps_its_ranking(fitted, images, method):
    classifier = CalibratedClassifierCV(FrozenEstimator(fitted), method=method).fit(*images)
    order = np.argsort(fitted.predict_proba(images.X)[:, 1])
    calibrated = classifier.predict_proba(images.X)[order, 1]
    assert np.all(np.diff(calibrated) >= -1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_three_classes_are_calibrated(fitted_on_three_classes, images_of_three_classes, method):
    X, y = images_of_three_classes
    frozen = FrozenEstimator(fitted_on_three_classes)
    classifier = CalibratedClassifierCV(frozen, method=method).fit(X, y)
    assert classifier.classes_.tolist() == ["mild", "none", "severe"]
    np.testing.assert_allclose(classifier.predict_proba(X).sum(axis=1), 1.0)


def test_paths_and_arrays_get_the_same_probabilities(fitted, images, image_files):
    np.testing.assert_array_equal(
        fitted.predict_proba(image_files.X), fitted.predict_proba(images.X)
    )


@pytest.mark.slow
def test_pipeline_crops_the_retina_first(small, discs):
    X, y = discs
    pipeline = make_pipeline(RetinaCropper(image_size=16), clone(small)).fit(X, y)
    cropped = RetinaCropper(image_size=16).fit_transform(X)
    assert pipeline[-1].image_shape_ == (16, 16, 3)
    np.testing.assert_array_equal(pipeline.predict(X), pipeline[-1].predict(cropped))


@pytest.mark.slow
def test_pipeline_with_a_cropper_is_cross_validated(small, discs):
    pipeline = make_pipeline(RetinaCropper(image_size=16), clone(small).set_params(epochs=3))
    results = cross_validate(
        pipeline, *discs, cv=2, scoring="balanced_accuracy", error_score="raise"
    )
    assert results["test_score"].mean() > 0.7


@pytest.mark.slow
def test_pipeline_applies_a_function_first(small, images):
    pipeline = make_pipeline(FunctionTransformer(_halve), clone(small)).fit(*images)
    np.testing.assert_array_equal(
        pipeline.predict_proba(images.X), pipeline[-1].predict_proba(images.X[:, ::2, ::2])
    )


def test_features_feed_the_next_step_of_a_pipeline(fitted, images):
    pipeline = make_pipeline(FrozenEstimator(fitted), FunctionTransformer(rankdata))
    features = pipeline.fit_transform(*images)
    np.testing.assert_array_equal(features, rankdata(fitted.transform(images.X)))


def test_pipeline_of_imbalanced_learn_takes_images(small, images):
    pipeline = make_imblearn_pipeline(FunctionTransformer(_halve), clone(small)).fit(*images)
    assert pipeline.predict_proba(images.X).shape == (60, 2)


@pytest.mark.slow
def test_pipeline_of_imbalanced_learn_samples_a_table_first(small):
    X = np.random.default_rng(0).standard_normal((60, 4))
    y = (X[:, 0] > 0.7).astype(int)
    table = clone(small).set_params(backbone="mlp", sampling=None)
    pipeline = make_imblearn_pipeline(RandomUnderSampler(random_state=0), table).fit(X, y)
    np.testing.assert_allclose(pipeline[-1].class_prior_, 0.5)
    assert pipeline.predict(X).shape == (60,)


@pytest.mark.slow
def test_soft_vote_is_the_mean_of_the_probabilities(small, data):
    other = clone(small).set_params(sampling=None, gamma=0.0)
    vote = VotingClassifier([("bbfl", small), ("baseline", other)], voting="soft").fit(*data)
    mean = np.mean([member.predict_proba(data.X) for member in vote.estimators_], axis=0)
    np.testing.assert_allclose(vote.predict_proba(data.X), mean)
    np.testing.assert_array_equal(vote.predict(data.X), vote.classes_[mean.argmax(axis=1)])


@pytest.mark.slow
@pytest.mark.parametrize("splitter", [GroupKFold(3), StratifiedGroupKFold(3)])
def test_groups_and_weights_are_routed_to_fit(untrained, images, splitter):
    metadata = {"groups": np.arange(60) // 2, "sample_weight": np.linspace(1, 2, 60)}
    returned = {"return_estimator": True, "return_indices": True, "error_score": "raise"}
    recorder = RecordingClassifier(**untrained.get_params()).set_params(validation_fraction=0.3)
    with config_context(enable_metadata_routing=True):
        recorder.set_fit_request(groups=True, sample_weight=True)
        recorder.set_score_request(sample_weight=False)
        results = cross_validate(recorder, *images, cv=splitter, params=metadata, **returned)
    for fitted, train in zip(results["estimator"], results["indices"]["train"], strict=True):
        for name, values in metadata.items():
            np.testing.assert_array_equal(fitted.metadata_[name], values[train])


class UntrainedClassifier(BBFLClassifier):
    """Has no network: `fit` remembers the groups, and `predict` says the first class."""

    def fit(self, X, y, groups=None):
        """Remember the groups."""
        self.classes_, self.groups_ = np.unique(y), groups
        return self

    def predict(self, X):
        """Return the first class for each row."""
        return np.full(len(X), self.classes_[0])


HOLDS_ROWS_OUT = UntrainedClassifier(validation_fraction=0.1)


class ByPatient(ClassifierMixin, BaseEstimator):
    """Takes the patients from the first column, for the classifier that it clones."""

    def __init__(self, validation_fraction=0.1):
        self.validation_fraction = validation_fraction

    def fit(self, X, y):
        """Fit a clone by patients."""
        classifier = clone(UntrainedClassifier(validation_fraction=self.validation_fraction))
        self.classifier_ = classifier.fit(X, y, groups=X[:, 0])
        self.classes_ = self.classifier_.classes_
        return self

    def predict(self, X):
        """Predict by it."""
        return self.classifier_.predict(X)


def grid_search(classifier, X, y, *, groups, cv, n_jobs=None):
    GridSearchCV(classifier, {"gamma": [0, 1]}, cv=cv, n_jobs=n_jobs).fit(X, y, groups=groups)


def cross_validate_pipeline(classifier, X, y, **options):
    cross_validate(make_pipeline(FunctionTransformer(), classifier), X, y, **options)


def list_unrouted(function, classifier=None, **options):
    """Return the warnings of unrouted groups of a cross-validation by patients."""
    classifier = HOLDS_ROWS_OUT if classifier is None else classifier
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        function(classifier, PATIENTS[:, None], PATIENTS % 2, **{"cv": GroupKFold(3)} | options)
    return [warning for warning in caught if "hands groups to the splitter" in str(warning.message)]


@pytest.mark.parametrize("options", [{}, {"n_jobs": 2}], ids=str)
@pytest.mark.parametrize(
    ("function", "name"),
    [
        (cross_validate, "cross_validate"),
        (cross_val_score, "cross_val_score"),
        (cross_val_predict, "cross_val_predict"),
        (cross_validate_pipeline, "cross_validate"),
        (grid_search, "GridSearchCV.fit"),
    ],
)
def test_groups_that_do_not_reach_fit_get_one_warning_a_call(function, name, options):
    for _ in range(2):
        with parallel_config("threading"):
            (warning,) = list_unrouted(function, groups=PATIENTS, **options)
        assert str(warning.message).startswith(
            f"{name} hands groups to the splitter but not to fit"
        )
        assert warning.filename == __file__


@pytest.mark.parametrize("learner", [{"temperature": "fit"}, {"thresholding": "tuned"}], ids=str)
def test_rows_that_are_held_out_to_learn_from_need_groups_too(learner):
    (warning,) = list_unrouted(cross_validate, UntrainedClassifier(**learner), groups=PATIENTS)
    assert str(*learner.values()) in str(warning.message)


@pytest.mark.parametrize(
    ("classifier", "options"),
    [
        (HOLDS_ROWS_OUT, {"groups": PATIENTS, "params": {"groups": PATIENTS}}),
        (UntrainedClassifier(), {"groups": PATIENTS}),
        (HOLDS_ROWS_OUT, {"cv": 3}),
        (ByPatient(), {"groups": PATIENTS}),
    ],
    ids=["passed on", "nothing held out", "no groups", "clones in fit"],
)
def test_groups_that_fit_gets_or_needs_not_get_no_warning(classifier, options):
    assert list_unrouted(cross_validate, classifier, **options) == []


def test_groups_that_are_routed_get_no_warning():
    with config_context(enable_metadata_routing=True):
        classifier = clone(HOLDS_ROWS_OUT).set_fit_request(groups=True)
        assert list_unrouted(cross_validate, classifier, params={"groups": PATIENTS}) == []


def test_groups_reach_fit_as_params_without_routing():
    found = cross_validate(
        UntrainedClassifier(),
        PATIENTS[:, None],
        PATIENTS % 2,
        groups=PATIENTS,
        params={"groups": PATIENTS},
        cv=GroupKFold(3),
        return_estimator=True,
        return_indices=True,
    )
    for classifier, train in zip(found["estimator"], found["indices"]["train"], strict=True):
        np.testing.assert_array_equal(classifier.groups_, PATIENTS[train])


def test_routed_weights_count_in_training(untrained, images):
    weight = np.where(images.y == "sick", 3.0, 1.0)
    with config_context(enable_metadata_routing=True):
        baseline = untrained.set_params(sampling=None).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(FunctionTransformer(), baseline)
        pipeline.fit(*images, sample_weight=weight)
    np.testing.assert_allclose(pipeline[-1].class_prior_, [0.5, 0.5])


def test_features_come_as_a_table_with_names_where_asked(small, images):
    classifier = clone(small).set_output(transform="pandas").fit(*images)
    features = classifier.transform(images.X)
    assert list(features.columns) == list(classifier.get_feature_names_out())
    assert features.columns[0] == "bbflclassifier0"


@pytest.mark.parametrize("make", [lambda paths: np.array(paths)[:, np.newaxis], pd.DataFrame])
def test_a_sampler_of_imbalanced_learn_hands_on_paths_in_the_one_column_of_a_table(
    untrained, image_files, make
):
    X, y = make(image_files.X), image_files.y
    untrained.set_params(image_size=8)
    pipeline = make_imblearn_pipeline(RandomUnderSampler(random_state=0), untrained).fit(X, y)
    assert pipeline[-1].data_prior_.tolist() == [0.5, 0.5]
    np.testing.assert_array_equal(pipeline.predict_proba(X), untrained.predict_proba(image_files.X))
