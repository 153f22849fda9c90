"""The fitted network in other runtimes."""

import json

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra 'onnx'")
if keras.backend.backend() != "tensorflow":
    pytest.skip("export is tested under TensorFlow", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning:keras")  # np.object


def run_onnx(path, X):
    session = onnxruntime.InferenceSession(str(path))
    name = session.get_inputs()[0].name
    return session.run(None, {name: X.astype("float32")})[0]


def test_onnx_predicts_two_classes_as_the_classifier(fitted, images, tmp_path):
    fitted.export(tmp_path / "network.onnx")
    proba = run_onnx(tmp_path / "network.onnx", images.X)
    np.testing.assert_allclose(proba, fitted.predict_proba(images.X), atol=1e-4)


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


def test_onnx_holds_the_labels(fitted, tmp_path):
    fitted.export(tmp_path / "network.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "network.onnx"))
    labels = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
    assert labels == ["healthy", "sick"]
    assert [path.name for path in tmp_path.iterdir()] == ["network.onnx"]


def test_saved_model_predicts_as_the_classifier(fitted, images, tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    fitted.export(tmp_path / "network", format="tf_saved_model")
    served = tensorflow.saved_model.load(str(tmp_path / "network"))
    proba = served.serve(images.X.astype("float32")).numpy()
    np.testing.assert_allclose(proba, fitted.predict_proba(images.X), atol=1e-4)
    labels = (tmp_path / "network" / "assets.extra" / "classes.json").read_text()
    assert json.loads(labels) == ["healthy", "sick"]


def test_bad_arguments_are_refused(fitted, tiny, tmp_path):
    with pytest.raises(ValueError, match=r"must end in '\.onnx'"):
        fitted.export(tmp_path / "network")
    with pytest.raises(ValueError, match=r"format='pmml' is not known\. Use one of"):
        fitted.export(tmp_path / "network.onnx", format="pmml")
    with pytest.raises(NotFittedError):
        clone(tiny).export(tmp_path / "network.onnx")


def test_a_missing_package_is_named(fitted, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"needs \['onnx', 'tf2onnx'\]. Install them"):
        fitted.export(tmp_path / "network.onnx")
