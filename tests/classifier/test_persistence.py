"""Pickling, and one file for the network and what belongs to it."""

import copy
import json
import pickle
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import joblib
import keras
import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from imblearn_bbfl import BBFLClassifier, losses
from imblearn_bbfl.augmentation import ImageAugmenter
from imblearn_bbfl.classifier import _persistence
from imblearn_bbfl.decisions import MostProbable
from imblearn_bbfl.probabilities import recover_posterior

MEMBER = "imblearn_bbfl.json"

# Run by a fresh interpreter: argv is the .keras file, the pickle, the images, the results.
NEW_PROCESS = """
import pickle, sys
import numpy as np
from imblearn_bbfl import BBFLClassifier
X = np.load(sys.argv[3])
loaded = BBFLClassifier.load(sys.argv[1])
with open(sys.argv[2], "rb") as file:
    unpickled = pickle.load(file)
np.savez(
    sys.argv[4],
    loaded_labels=loaded.predict(X),
    loaded_proba=loaded.predict_proba(X),
    pickled_labels=unpickled.predict(X),
    pickled_proba=unpickled.predict_proba(X),
)
"""


# Run by a fresh interpreter that has Keras only: argv is two .keras files, images and the results.
KERAS_ALONE = """
import sys
import keras, numpy as np
saved, checkpoint = map(keras.saving.load_model, sys.argv[1:3])
assert not [name for name in sys.modules if name.startswith("imblearn")]
X = np.load(sys.argv[3])
np.save(sys.argv[4], saved.predict(X[:, :12, :12], verbose=0))
checkpoint.compile("adam", "mse")
checkpoint.fit(X, np.zeros((len(X), 1)), verbose=0)
"""


@pytest.fixture(scope="module")
def original(small, images):
    """Return a fitted classifier of which every part that can be lost differs from its default."""
    classifier = clone(small).set_params(
        backbone="small_cnn",
        sampling=RandomOverSampler(sampling_strategy=0.7),
        thresholding="prior",
        class_weight={"sick": 2.0},
        optimizer__beta_1=0.8,
        validation_fraction=0.2,
        image_size=(12, 12),
    )
    return classifier.fit(*images)


@pytest.fixture(scope="module")
def saved(original, tmp_path_factory):
    """Return the file that `save` wrote."""
    path = tmp_path_factory.mktemp("saved") / "classifier.keras"
    original.save(path)
    return path


@pytest.fixture(scope="module")
def loaded(saved):
    return BBFLClassifier.load(saved)


@pytest.fixture(scope="module")
def new_process(original, saved, images):
    """Return what the loaded and the unpickled classifier predict in a new process."""
    pickled, X, results = (saved.with_suffix(end) for end in (".pickle", ".npy", ".npz"))
    pickled.write_bytes(pickle.dumps(original))
    np.save(X, images.X)
    command = [sys.executable, "-c", NEW_PROCESS, saved, pickled, X, results]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    with np.load(results) as arrays:
        return dict(arrays)


def _tamper(path, changed, change):
    """Copy a saved file, with its JSON member changed."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == MEMBER:
                document = json.loads(content)
                change(document)
                content = json.dumps(document)
            new.writestr(name, content)
    return changed


@pytest.mark.parametrize(
    "copied",
    [
        lambda classifier, path: pickle.loads(pickle.dumps(classifier)),
        lambda classifier, path: copy.deepcopy(classifier),
        lambda classifier, path: joblib.load(joblib.dump(classifier, path)[0]),
    ],
    ids=["pickle", "deepcopy", "joblib"],
)
def test_copy_predicts_the_same(original, images, tmp_path, copied):
    copied = copied(original, tmp_path / "classifier")
    np.testing.assert_array_equal(copied.predict_proba(images.X), original.predict_proba(images.X))


def test_loaded_classifier_predicts_the_same(original, loaded, images):
    np.testing.assert_array_equal(loaded.predict_proba(images.X), original.predict_proba(images.X))
    np.testing.assert_array_equal(loaded.predict(images.X), original.predict(images.X))


def test_loaded_classifier_has_the_same_parameters(original, loaded):
    assert repr(loaded.get_params()) == repr(original.get_params())


@pytest.mark.parametrize(
    "attribute",
    ["classes_", "class_prior_", "seen_prior_", "image_shape_", "history_", "best_epoch_"],
)
def test_loaded_classifier_has_the_same_attribute(original, loaded, attribute):
    expected, got = getattr(original, attribute), getattr(loaded, attribute)
    assert type(got) is type(expected)
    np.testing.assert_equal(got, expected)


def test_loaded_classifier_gives_the_posterior_of_a_uniform_mix(loaded, images):
    as_trained = copy.deepcopy(loaded).set_params(thresholding=None).predict_proba(images.X)
    expected = recover_posterior(
        as_trained, seen_prior=loaded.seen_prior_, target_prior=[0.5, 0.5], gamma=loaded.gamma
    )
    np.testing.assert_allclose(loaded.predict_proba(images.X), expected)


@pytest.mark.slow
def test_loaded_classifier_can_be_cloned_and_fitted_again(original, loaded, images):
    again = clone(loaded).fit(*images)
    np.testing.assert_allclose(
        again.predict_proba(images.X), original.predict_proba(images.X), atol=1e-6
    )


@pytest.mark.slow
def test_training_goes_on_after_load_as_without(original, saved, images):
    stayed, came_back = clone(original).fit(*images), BBFLClassifier.load(saved)
    for classifier in (stayed, came_back):
        classifier.model_.run_eagerly = True  # a network that is trained on shares no trace
        classifier.partial_fit(*images)
    assert len(came_back.history_["loss"]) == 2
    np.testing.assert_allclose(
        came_back.predict_proba(images.X), stayed.predict_proba(images.X), atol=1e-6
    )


@pytest.mark.slow
@pytest.mark.parametrize("way", ["loaded", "pickled"])
def test_new_process_predicts_the_same(original, new_process, images, way):
    np.testing.assert_allclose(
        new_process[f"{way}_proba"], original.predict_proba(images.X), atol=1e-7
    )
    np.testing.assert_array_equal(new_process[f"{way}_labels"], original.predict(images.X))


def test_plain_keras_opens_the_file(original, saved, images):
    network = keras.saving.load_model(saved)
    for weight, expected in zip(network.weights, original.model_.weights, strict=True):
        np.testing.assert_array_equal(np.array(weight), np.array(expected))


def _read_config(path):
    with zipfile.ZipFile(path) as archive:
        return archive.read("config.json").decode()


def test_the_network_in_the_file_names_nothing_of_this_package(original, saved):
    assert "imblearn_bbfl" not in _read_config(saved)
    assert "imblearn_bbfl" in json.dumps(original.model_.get_compile_config())  # it still does here


@pytest.fixture(scope="module")
def checkpoint(small, images, tmp_path_factory):
    """Return a file that a callback wrote during a fit."""
    path = tmp_path_factory.mktemp("checkpoint") / "network.keras"
    callback = keras.callbacks.ModelCheckpoint(path)
    clone(small).set_params(callbacks=callback).fit(*images)
    return path


def test_the_network_in_files_of_callbacks_names_nothing_of_this_package(checkpoint):
    assert "imblearn_bbfl" not in _read_config(checkpoint)


@pytest.mark.slow
def test_keras_alone_opens_the_files_in_a_new_process(saved, checkpoint, original, images):
    X, results = saved.with_suffix(".npy"), saved.with_suffix(".logits.npy")
    np.save(X, images.X)
    command = [sys.executable, "-c", KERAS_ALONE, saved, checkpoint, X, results]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    pixels = keras.ops.convert_to_tensor(images.X[:, :12, :12])
    expected = keras.ops.convert_to_numpy(original.model_(pixels))
    np.testing.assert_allclose(np.load(results), expected, atol=1e-6)


def test_saving_again_overwrites(fitted, saved, images, tmp_path):
    path = shutil.copy(saved, tmp_path / "classifier.keras")
    fitted.save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["classifier.keras"]
    np.testing.assert_array_equal(
        BBFLClassifier.load(path).predict_proba(images.X), fitted.predict_proba(images.X)
    )


@pytest.mark.slow
def test_table_with_column_names_is_saved(small, tmp_path):
    X = pd.DataFrame(np.eye(6), columns=list("abcdef"))
    classifier = clone(small).set_params(backbone="mlp").fit(X, [False, True] * 3)
    classifier.save(tmp_path / "table.keras")
    loaded = BBFLClassifier.load(tmp_path / "table.keras")
    assert loaded.feature_names_in_.tolist() == list("abcdef")
    assert loaded.classes_.dtype == bool
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))


@pytest.mark.slow
def test_save_warns_of_a_parameter_that_it_cannot_write(small, images, tmp_path):
    def backbone(pixels):
        return keras.layers.Conv2D(4, 3)(pixels)

    classifier = clone(small).set_params(backbone=backbone).fit(*images)
    with pytest.warns(UserWarning, match=r"\['backbone'\] cannot be written"):
        classifier.save(tmp_path / "own.keras")
    loaded = BBFLClassifier.load(tmp_path / "own.keras")
    assert loaded.backbone is None
    np.testing.assert_array_equal(
        loaded.predict_proba(images.X), classifier.predict_proba(images.X)
    )


@pytest.fixture(scope="module")
def network_of_version_1():
    """Return a network as the first version built for a table of six columns."""
    inputs = keras.Input([6], name="inputs")
    features = keras.layers.Dense(64, activation="relu")(inputs)
    features = keras.layers.Identity(name="features")(features)
    return keras.Model(inputs, keras.layers.Dense(1, name="logits")(features))


@pytest.fixture(scope="module")
def of_version_1(network_of_version_1, tmp_path_factory):
    """Return a classifier from what the first version wrote, beside a network like its own."""
    path = tmp_path_factory.mktemp("version_1") / "classifier.keras"
    network_of_version_1.save(path)
    with zipfile.ZipFile(path, "a") as file:
        file.write(Path(__file__).parent / "version_1.json", MEMBER)
    return BBFLClassifier.load(path)


def test_a_file_of_the_first_version_predicts_as_it_did(of_version_1, network_of_version_1):
    logits = keras.ops.convert_to_numpy(network_of_version_1(np.eye(6)))[:, 0]
    proba = of_version_1.predict_proba(np.eye(6))[:, 1]
    np.testing.assert_allclose(proba, 1 / (1 + np.exp(-logits)), rtol=1e-5)
    assert of_version_1.classes_.tolist() == ["healthy", "sick"]


def test_a_classifier_of_the_first_version_trains_as_it_did(of_version_1):
    params = of_version_1.get_params()
    as_before = ("head_epochs", "learning_rate_schedule", "feature_layers", "augmentation")
    assert [params[name] for name in as_before] == [0, "plateau", "last", "auto"]
    assert of_version_1.partial_fit(np.eye(6), ["healthy", "sick"] * 3).history_["loss"]


def test_a_pickle_of_the_first_version_is_brought_up_to_date():
    state = vars(BBFLClassifier(sampling="batch"))
    for name in ("tau", "head_epochs", "learning_rate_schedule", "feature_layers"):
        del state[name]  # which it did not have
    classifier = BBFLClassifier.__new__(BBFLClassifier)
    classifier.__setstate__({**state, "_class_mass": [3.0, 1.0], "class_prior_": [0.75, 0.25]})
    assert (classifier.tau, classifier.head_epochs, classifier.sampling) == (0.0, 0, "batch")
    assert isinstance(classifier.augmentation, ImageAugmenter)
    assert classifier.seen_prior_ == [0.75, 0.25]


def test_what_the_first_version_did_not_keep_is_told(of_version_1):
    asked = copy.copy(of_version_1).set_params(target_prior="data")
    with pytest.raises(ValueError, match="pass the shares as a dict"):
        asked.predict_proba(np.eye(6))


def test_save_before_fit_is_an_error(tiny, tmp_path):
    with pytest.raises(NotFittedError):
        tiny.save(tmp_path / "classifier.keras")


def test_save_to_another_ending_is_an_error(fitted, tmp_path):
    with pytest.raises(ValueError, match=r"must end in '\.keras'"):
        fitted.save(tmp_path / "classifier.h5")
    assert not list(tmp_path.iterdir())


def test_load_of_a_file_by_plain_keras_is_an_error(fitted, tmp_path):
    fitted.model_.save(tmp_path / "network.keras")
    with pytest.raises(ValueError, match="holds a network only"):
        BBFLClassifier.load(tmp_path / "network.keras")


@pytest.mark.parametrize(
    "name", [["os", "system"], ["sklearn.svm", "SVC"], ["imblearn_bbfl.backbones", "build_network"]]
)
def test_load_refuses_to_call_what_is_no_sampler(saved, tmp_path, name):
    def change(document):
        document["params"]["sampling"] = {
            "estimator": name,
            "params": {"dict": []},
            "fitted": {"dict": []},
        }

    changed = _tamper(saved, tmp_path / "changed.keras", change)
    with pytest.raises(ValueError, match="Refused to"):
        BBFLClassifier.load(changed)


POPEN = {
    "module": "subprocess",
    "class_name": "Popen",
    "config": {"args": ["touch", "ran"]},
    "registered_name": None,
}
PARTS_THAT_RUN_CODE = {
    "the loss": lambda file: file["compile_config"].update(loss=POPEN),
    "a part of the loss": lambda file: file["compile_config"]["loss"]["config"].update(gamma=POPEN),
    "the optimizer": lambda file: file["compile_config"].update(optimizer=POPEN),
    "a metric": lambda file: file["compile_config"].update(metrics=[POPEN]),
    "a parameter": lambda file: file["params"].update(loss={"loss": POPEN}),
    "what is no parameter": lambda file: file["params"].update(loss=POPEN),
}


@pytest.mark.parametrize("part", PARTS_THAT_RUN_CODE)
def test_a_file_that_is_made_to_run_code_does_not(saved, tmp_path, monkeypatch, part):
    monkeypatch.chdir(tmp_path)
    changed = _tamper(saved, tmp_path / "changed.keras", PARTS_THAT_RUN_CODE[part])
    with pytest.raises(
        (TypeError, ValueError), match=r"locate class 'Popen'|deserialized|no ver|gamma="
    ):
        BBFLClassifier.load(changed)
    assert not (tmp_path / "ran").exists()


def test_a_network_with_code_in_it_is_refused(saved, tmp_path):
    pixels = keras.Input((4,))
    keras.Model(pixels, keras.layers.Lambda(lambda x: x)(pixels)).save(tmp_path / "code.keras")
    with zipfile.ZipFile(tmp_path / "code.keras", "a") as file, zipfile.ZipFile(saved) as ours:
        file.writestr(MEMBER, ours.read(MEMBER))
    with pytest.raises(ValueError, match="Lambda"):
        BBFLClassifier.load(tmp_path / "code.keras")


def test_load_refuses_unknown_attributes(saved, tmp_path):
    def change(document):
        document["fitted"]["predict"] = "else"

    changed = _tamper(saved, tmp_path / "changed.keras", change)
    with pytest.raises(ValueError, match="unknown attribute 'predict'"):
        BBFLClassifier.load(changed)


@pytest.mark.slow
def test_dates_as_labels_come_back(small, images, tmp_path):
    dates = np.array(["2024-01-01", "2025-01-01"], dtype="datetime64[D]")
    classifier = clone(small).fit(images.X, dates[(images.y == "sick").astype(int)])
    classifier.save(tmp_path / "dates.keras")
    loaded = BBFLClassifier.load(tmp_path / "dates.keras")
    assert np.array_equal(loaded.predict(images.X), classifier.predict(images.X))


@pytest.mark.parametrize(
    "value",
    [
        np.float32(0.5),
        np.int64(3),
        ("a", [1, None], {"b": (2.5, True)}),
        np.array(["2020-01-01", "NaT"], dtype="M8[D]"),
        RandomOverSampler(sampling_strategy={"sick": 5}),
    ],
    ids=str,
)
def test_what_a_parameter_may_be_comes_back_as_it_was(value):
    found = _persistence._decode(json.loads(json.dumps(_persistence._encode(value))))
    assert repr(found) == repr(value.item() if isinstance(value, np.generic) else value)


def test_a_loss_comes_back_and_a_path_as_text():
    loss = losses.SparseCategoricalFocalCrossentropy(gamma=1.5, from_logits=True)
    found = _persistence._decode(json.loads(json.dumps(_persistence._encode(loss))))
    assert type(found) is type(loss)
    assert found.get_config() == loss.get_config()
    assert _persistence._encode(Path("a.png")) == "a.png"


@pytest.mark.parametrize("name", ["rank", "_hidden_", "fit"])
def test_a_file_sets_no_attribute_that_no_fit_sets(name):
    encoded = _persistence._encode(MostProbable())
    encoded["fitted"] = {"dict": [[name, 3]]}
    with pytest.raises(ValueError, match=f"has no fitted attribute '{name}'"):
        _persistence._decode(encoded)
