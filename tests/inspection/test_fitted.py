"""What displays take besides a fitted classifier: what holds one, and Keras models."""

import keras
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.inspection import (
    EmbeddingDisplay,
    GradCAMDisplay,
    HistoryDisplay,
    MistakesDisplay,
)
from imblearn_bbfl.inspection._fitted import _end_at_logits, unwrap


def flip(X):
    return X[:, ::-1]


@pytest.fixture(scope="module")
def search(classifier):
    """A search over a pipeline, as it is once it was fitted."""
    steps = Pipeline([("flip", FunctionTransformer(flip)), ("classifier", classifier)])
    search = GridSearchCV(steps, {})
    search.best_estimator_ = steps
    return search


@pytest.fixture(scope="module")
def convolution():
    """A Keras model whose convolutions are a model of their own, as in transfer learning."""
    inner = keras.Sequential(
        [keras.Input((12, 10, 3)), keras.layers.Conv2D(4, 3, activation="relu")]
    )
    images = keras.Input((12, 10, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(inner(images))
    return keras.Model(images, keras.layers.Dense(3, activation="softmax")(pooled))


def test_the_classifier_in_a_search_over_a_pipeline_is_explained(search, classifier, images):
    X = images[0][:3]
    inside = GradCAMDisplay.from_estimator(classifier, flip(X))
    np.testing.assert_array_equal(
        GradCAMDisplay.from_estimator(search, X).heatmaps, inside.heatmaps
    )


def test_features_and_mistakes_are_those_of_the_pipeline(search, classifier, images):
    X, y = images
    wrong = classifier.predict(flip(X)) != y
    display = MistakesDisplay.from_estimator(search, X, y, n_mistakes=len(y))
    assert sorted(display.rows) == np.flatnonzero(wrong).tolist()
    assert EmbeddingDisplay.from_estimator(search, X, y, perplexity=5).embedding.shape == (24, 2)


def test_a_keras_model_is_explained_before_its_softmax(convolution, images):
    X = images[0][:4]
    display = GradCAMDisplay.from_estimator(convolution, X, target=2)
    expected = keras.ops.convert_to_numpy(convolution(X.astype("float32")))
    np.testing.assert_allclose(display.proba, expected[:, 2], rtol=1e-5)
    kernel = keras.ops.convert_to_numpy(convolution.layers[-1].kernel)[:, 2]
    features = keras.ops.convert_to_numpy(convolution.layers[1](X.astype("float32")))
    raw = np.maximum(features @ kernel, 0)
    peaks = raw.reshape(4, -1).max(axis=1)
    assert (display.heatmaps.reshape(4, -1).max(axis=1) > 0).tolist() == (peaks > 0).tolist()


@pytest.mark.parametrize("ending", ["activation", "softmax", "linear"])
def test_a_keras_model_may_end_in_a_layer_of_its_own_or_at_the_logits(ending):
    layers = [keras.Input((4,)), keras.layers.Dense(3, bias_initializer="normal")]
    layers += {
        "activation": [keras.layers.Activation("softmax")],
        "softmax": [keras.layers.Softmax()],
        "linear": [],
    }[ending]
    model = keras.Sequential(layers)
    X = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    weights, bias = model.get_weights()
    found = _end_at_logits(model)(X)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), X @ weights + bias, rtol=1e-4)


def test_a_keras_model_of_two_outputs_is_an_error():
    image = keras.Input((4,))
    model = keras.Model(image, [keras.layers.Dense(2)(image), keras.layers.Dense(2)(image)])
    with pytest.raises(ValueError, match="has 1 inputs and 2 outputs, but must have one of each"):
        _end_at_logits(model)


def test_a_sampler_in_a_pipeline_leaves_the_images_alone(classifier, images):
    from imblearn.pipeline import make_pipeline
    from imblearn.under_sampling import RandomUnderSampler

    X = images[0][:3]
    estimator, seen = unwrap(make_pipeline(RandomUnderSampler(), classifier), X)
    assert estimator is classifier
    assert seen is X


def test_the_mistakes_of_a_keras_model_are_of_class_numbers(convolution, images):
    X, y = images[0], np.repeat([0, 1, 2], 8)
    predicted = keras.ops.convert_to_numpy(convolution(X.astype("float32"))).argmax(axis=1)
    display = MistakesDisplay.from_estimator(convolution, X, y, n_mistakes=24)
    assert sorted(display.rows) == np.flatnonzero(predicted != y).tolist()


def test_a_keras_model_that_was_trained_has_a_history():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    model.fit(np.zeros((4, 2)), np.zeros(4), epochs=2, verbose=0)
    assert len(HistoryDisplay.from_estimator(model).history["loss"]) == 2


@pytest.mark.parametrize("display", [GradCAMDisplay, EmbeddingDisplay, HistoryDisplay])
def test_what_has_no_network_is_an_error_that_says_what_is_taken(display, images):
    other = LogisticRegression().fit(np.eye(4), [0, 0, 1, 1])
    data = {EmbeddingDisplay: images, GradCAMDisplay: images[:1]}.get(display, ())
    with pytest.raises(TypeError, match=r"takes a fitted BBFLClassifier.*found a LogisticRegress"):
        display.from_estimator(other, *data)


def test_what_was_not_fitted_is_an_error(images):
    for estimator in (BBFLClassifier(), GridSearchCV(BBFLClassifier(), {})):
        with pytest.raises(NotFittedError):
            GradCAMDisplay.from_estimator(estimator, images[0])
