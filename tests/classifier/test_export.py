"""The fitted network in other runtimes."""

import copy
import json

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from imblearn_bbfl.decisions import CostMatrix, Decision, MostProbable

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra 'onnx'")
if keras.backend.backend() == "jax":
    pytest.skip("JAX writes no ONNX, and SavedModel with TensorFlow", allow_module_level=True)

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning:keras"),  # np.object
    # Of PyTorch's exporter, about itself.
    pytest.mark.filterwarnings("ignore:You are using the legacy TorchScript:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The feature will be removed:DeprecationWarning"),
]
on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="PyTorch writes ONNX alone, and more of it"
)


def run_onnx(path, X):
    return run_all_outputs(path, X)[0]


def run_all_outputs(path, X):
    session = onnxruntime.InferenceSession(str(path))
    name = session.get_inputs()[0].name
    return session.run(None, {name: X.astype("float32")})


class Wary(Decision):
    """Names the second class rather than the first: a rule that a user may write."""

    def rank(self, proba):
        return keras.ops.log(proba * np.array([1.0, 3.0]))


class WithNumpy(Decision):
    """Computes with NumPy what tensors would have to go through."""

    def rank(self, proba):
        return np.log(proba)


def test_onnx_predicts_two_classes_as_the_classifier(fitted, images, tmp_path):
    fitted.export(tmp_path / "network.onnx")
    proba = run_onnx(tmp_path / "network.onnx", images.X)
    np.testing.assert_allclose(proba, fitted.predict_proba(images.X), atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("thresholding", [None, "prior"])
def test_onnx_predicts_three_classes_with_the_threshold(
    tiny, images_of_three_classes, tmp_path, thresholding
):
    classifier = tiny.set_params(thresholding=thresholding, sampling=None)
    classifier.fit(*images_of_three_classes)
    X = images_of_three_classes.X
    classifier.export(tmp_path / "network.onnx")
    proba = run_onnx(tmp_path / "network.onnx", X)
    np.testing.assert_allclose(proba, classifier.predict_proba(X), atol=1e-4)


def test_onnx_averages_over_the_views(fitted, images, tmp_path):
    classifier = copy.copy(fitted)
    classifier.set_params(test_time_augmentation="flips+turns", target_prior="data")
    classifier.export(tmp_path / "network.onnx")
    expected = classifier.predict_proba(images.X)
    for X, proba in ((images.X, expected), (images.X[:1], expected[:1])):
        np.testing.assert_allclose(run_onnx(tmp_path / "network.onnx", X), proba, atol=1e-4)


def test_onnx_holds_the_labels(fitted, tmp_path):
    fitted.export(tmp_path / "network.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "network.onnx"))
    labels = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
    assert labels == ["healthy", "sick"]
    assert [path.name for path in tmp_path.iterdir()] == ["network.onnx"]


@pytest.fixture
def half_sick(fitted, images):
    """Return the classifier with costs by which one half of the images is called sick."""
    p = np.median(fitted.predict_proba(images.X)[:, 1])
    return copy.copy(fitted).set_params(thresholding=CostMatrix([[0, p], [1 - p, 0]]))


def test_onnx_has_the_decision_as_its_second_output(half_sick, images, tmp_path):
    half_sick.export(tmp_path / "network.onnx")
    proba, numbers = run_all_outputs(tmp_path / "network.onnx", images.X)
    np.testing.assert_allclose(proba, half_sick.predict_proba(images.X), atol=1e-4)
    assert numbers.shape == (60,)
    labels = half_sick.classes_[numbers]
    assert (labels != half_sick.predict(images.X)).sum() <= 1  # the image at the threshold
    assert 20 < numbers.sum() < 40


def test_a_rule_that_takes_no_tensors_is_refused(fitted, tmp_path):
    classifier = copy.copy(fitted).set_params(thresholding=WithNumpy())
    with pytest.raises(ValueError, match=r"WithNumpy.rank does not take tensors.*keras\.ops"):
        classifier.export(tmp_path / "network.onnx")
    assert list(tmp_path.iterdir()) == []


def with_constants(pixels):
    """Build a network that holds tensors which are no weights, as EfficientNet and ResNet50 do."""
    layer = keras.layers.Normalization()
    layer.adapt(np.linspace(0, 1, 12, dtype="float32").reshape(2, 2, 1, 3))
    x = layer(pixels) - keras.ops.convert_to_tensor(np.float32([0.1, 0.2, 0.3]))
    return keras.layers.Conv2D(4, 3, activation="relu")(x)


@pytest.mark.slow
def test_constants_of_a_network_are_no_inputs_of_the_file(tiny, images, tmp_path):
    classifier = tiny.set_params(backbone=with_constants, test_time_augmentation="flips")
    classifier.fit(*images)
    classifier.export(tmp_path / "network.onnx")
    proba = run_onnx(tmp_path / "network.onnx", images.X)
    np.testing.assert_allclose(proba, classifier.predict_proba(images.X), atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    "policy", ["mixed_float16", pytest.param("mixed_bfloat16", marks=pytest.mark.slow)]
)
def test_a_network_of_mixed_precision_is_written_in_single(tiny, images, tmp_path, policy):
    keras.config.set_dtype_policy(policy)
    try:
        classifier = tiny.fit(*images)
    finally:
        keras.config.set_dtype_policy("float32")
    classifier.set_params(test_time_augmentation="flips")
    classifier.export(tmp_path / "network.onnx")
    proba = run_onnx(tmp_path / "network.onnx", images.X)
    np.testing.assert_allclose(proba, classifier.predict_proba(images.X), atol=1e-2)


@pytest.mark.slow
@on_tensorflow
def test_a_network_that_onnx_cannot_hold_is_refused(tiny, images, tmp_path):
    def with_erfinv(pixels):
        return keras.ops.erfinv(keras.layers.Flatten()(pixels) / 2)

    classifier = tiny.set_params(backbone=with_erfinv).fit(*images)
    with pytest.raises(ValueError, match=r"ONNX has no operations \['Erfinv'\]\. Use format='tf_s"):
        classifier.export(tmp_path / "network.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@on_tensorflow
def test_saved_model_predicts_as_the_classifier(fitted, images, tmp_path):
    import tensorflow

    fitted.export(tmp_path / "network", format="tf_saved_model")
    served = tensorflow.saved_model.load(str(tmp_path / "network"))
    proba = served.serve(images.X.astype("float32")).numpy()
    np.testing.assert_allclose(proba, fitted.predict_proba(images.X), atol=1e-4)
    labels = (tmp_path / "network" / "assets.extra" / "classes.json").read_text()
    assert json.loads(labels) == ["healthy", "sick"]


@pytest.mark.slow
@on_tensorflow
@pytest.mark.parametrize("rule", [Wary(), MostProbable()])
def test_saved_model_has_the_decision_as_its_second_output(fitted, images, tmp_path, rule):
    import tensorflow

    classifier = copy.copy(fitted).set_params(thresholding=rule)
    classifier.export(tmp_path / "network", format="tf_saved_model")
    served = tensorflow.saved_model.load(str(tmp_path / "network"))
    proba, numbers = served.serve(images.X.astype("float32"))
    np.testing.assert_allclose(proba, fitted.predict_proba(images.X), atol=1e-4)
    assert classifier.classes_[numbers].tolist() == classifier.predict(images.X).tolist()


def test_bad_arguments_are_refused(fitted, tiny, tmp_path):
    with pytest.raises(ValueError, match=r"must end in '\.onnx'"):
        fitted.export(tmp_path / "network")
    with pytest.raises(ValueError, match=r"format='pmml' is not known\. Use one of"):
        fitted.export(tmp_path / "network.onnx", format="pmml")
    with pytest.raises(NotFittedError):
        clone(tiny).export(tmp_path / "network.onnx")


def test_views_that_cannot_be_had_are_refused(fitted, tmp_path):
    classifier = copy.copy(fitted).set_params(test_time_augmentation="turns")
    with pytest.raises(ValueError, match="'turns' is not known"):
        classifier.export(tmp_path / "network.onnx")


def test_a_missing_package_is_named(fitted, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"needs onnx and .*Install: pip install onnx"):
        fitted.export(tmp_path / "network.onnx")


def test_a_format_that_the_backend_cannot_write_is_refused(fitted, tmp_path, monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"on the backend 'jax'.*KERAS_BACKEND=tensorflow"):
        fitted.export(tmp_path / "network.onnx")
