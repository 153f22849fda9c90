"""Thresholds, calibration, pipelines, votes and metadata routing."""

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from imblearn.under_sampling import RandomUnderSampler
from scipy.stats import rankdata
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GroupKFold,
    StratifiedGroupKFold,
    TunedThresholdClassifierCV,
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
def fitted_on_three_classes(eager, images_of_three_classes):
    return clone(eager).fit(*images_of_three_classes)


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


def test_fixed_threshold_is_applied(eager, data):
    classifier = FixedThresholdClassifier(eager, threshold=0.3, pos_label="sick").fit(*data)
    is_sick = classifier.predict_proba(data.X)[:, 1] >= 0.3
    np.testing.assert_array_equal(classifier.predict(data.X), np.where(is_sick, "sick", "healthy"))


def test_threshold_is_tuned(eager, data):
    classifier = TunedThresholdClassifierCV(eager, cv=0.5, random_state=0).fit(*data)
    is_sick = classifier.predict_proba(data.X)[:, 1] >= classifier.best_threshold_
    np.testing.assert_array_equal(classifier.predict(data.X), np.where(is_sick, "sick", "healthy"))
    assert 0.5 <= classifier.best_score_ <= 1  # 0.5 is what one label for all gets


@pytest.mark.parametrize("method", METHODS)
def test_calibrated_probabilities_sum_to_one(eager, data, method):
    classifier = CalibratedClassifierCV(eager, method=method, cv=2).fit(*data)
    proba = classifier.predict_proba(data.X)
    assert proba.shape == (60, 2)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)


@pytest.mark.parametrize("method", METHODS)
def test_calibration_of_a_fitted_classifier_keeps_its_ranking(fitted, images, method):
    classifier = CalibratedClassifierCV(FrozenEstimator(fitted), method=method).fit(*images)
    order = np.argsort(fitted.predict_proba(images.X)[:, 1])
    calibrated = classifier.predict_proba(images.X)[order, 1]
    assert np.all(np.diff(calibrated) >= -1e-9)


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


def test_pipeline_crops_the_retina_first(eager, discs):
    X, y = discs
    pipeline = make_pipeline(RetinaCropper(image_size=16), clone(eager)).fit(X, y)
    cropped = RetinaCropper(image_size=16).fit_transform(X)
    assert pipeline[-1].image_shape_ == (16, 16, 3)
    np.testing.assert_array_equal(pipeline.predict(X), pipeline[-1].predict(cropped))


def test_pipeline_with_a_cropper_is_cross_validated(eager, discs):
    pipeline = make_pipeline(RetinaCropper(image_size=16), clone(eager).set_params(epochs=3))
    results = cross_validate(
        pipeline, *discs, cv=2, scoring="balanced_accuracy", error_score="raise"
    )
    assert results["test_score"].mean() > 0.7


def test_pipeline_applies_a_function_first(eager, images):
    pipeline = make_pipeline(FunctionTransformer(_halve), clone(eager)).fit(*images)
    np.testing.assert_array_equal(
        pipeline.predict_proba(images.X), pipeline[-1].predict_proba(images.X[:, ::2, ::2])
    )


def test_features_feed_the_next_step_of_a_pipeline(fitted, images):
    pipeline = make_pipeline(FrozenEstimator(fitted), FunctionTransformer(rankdata))
    features = pipeline.fit_transform(*images)
    np.testing.assert_array_equal(features, rankdata(fitted.transform(images.X)))


def test_pipeline_of_imbalanced_learn_takes_images(eager, images):
    pipeline = make_imblearn_pipeline(FunctionTransformer(_halve), clone(eager)).fit(*images)
    assert pipeline.predict_proba(images.X).shape == (60, 2)


def test_pipeline_of_imbalanced_learn_samples_a_table_first(eager):
    X = np.random.default_rng(0).standard_normal((60, 4))
    y = (X[:, 0] > 0.7).astype(int)
    table = clone(eager).set_params(backbone="mlp", sampling=None)
    pipeline = make_imblearn_pipeline(RandomUnderSampler(random_state=0), table).fit(X, y)
    np.testing.assert_allclose(pipeline[-1].class_prior_, 0.5)
    assert pipeline.predict(X).shape == (60,)


def test_soft_vote_is_the_mean_of_the_probabilities(eager, data):
    other = clone(eager).set_params(sampling=None, gamma=0.0)
    vote = VotingClassifier([("bbfl", eager), ("baseline", other)], voting="soft").fit(*data)
    mean = np.mean([member.predict_proba(data.X) for member in vote.estimators_], axis=0)
    np.testing.assert_allclose(vote.predict_proba(data.X), mean)
    np.testing.assert_array_equal(vote.predict(data.X), vote.classes_[mean.argmax(axis=1)])


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


def test_routed_weights_count_in_training(untrained, images):
    weight = np.where(images.y == "sick", 3.0, 1.0)
    with config_context(enable_metadata_routing=True):
        baseline = untrained.set_params(sampling=None).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(FunctionTransformer(), baseline)
        pipeline.fit(*images, sample_weight=weight)
    np.testing.assert_allclose(pipeline[-1].class_prior_, [0.5, 0.5])


def test_features_come_as_a_table_with_names_where_asked(eager, images):
    classifier = clone(eager).set_output(transform="pandas").fit(*images)
    features = classifier.transform(images.X)
    assert list(features.columns) == list(classifier.get_feature_names_out())
    assert features.columns[0] == "bbflclassifier0"
