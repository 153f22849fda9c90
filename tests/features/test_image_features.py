import pickle
import threading

import cv2
import joblib
import keras
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import validate_data

from imblearn_bbfl import BBFLClassifier, ImageFeatures, clear_shared_networks
from imblearn_bbfl._images import LazyRows, list_views
from imblearn_bbfl.features import _blocks, _network

TWO_STAGES = ImageFeatures("small_cnn", feature_layers=2)
FLIPS = ImageFeatures("small_cnn", test_time_augmentation="flips")


@pytest.fixture(scope="module", params=[TWO_STAGES, FLIPS], ids=["stages", "flips"])
def transformer(request):
    return request.param


@pytest.fixture(scope="module")
def features(images):
    return TWO_STAGES.transform(images)


def _save(images, folder):
    paths = [str(folder / f"{i}.png") for i in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        cv2.imwrite(path, image[..., ::-1])
    return paths


# ---- an image alone decides on its features


def test_features_do_not_depend_on_what_else_is_in_X(images, transformer):
    whole = transformer.transform(images)
    order = np.random.default_rng(1).permutation(len(images))
    for rows in ([0], [36], order, order[:20], [5] * 18):
        np.testing.assert_array_equal(transformer.transform(images[rows]), whole[rows])


@pytest.fixture
def blocks_of_16(monkeypatch):
    monkeypatch.setattr(_blocks, "_BLOCK_ROWS", 16)


@pytest.mark.usefixtures("blocks_of_16")
@pytest.mark.parametrize("kind", ["floats", "on disk", "files"])
@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_features_do_not_depend_on_the_number_of_jobs(images, features, backend, kind, tmp_path):
    X = {
        "floats": lambda: images.astype(np.float32),  # the last ones alone could be of [0, 255]
        "on disk": lambda: LazyRows(images, np.arange(len(images))),
        "files": lambda: _save(images, tmp_path),
    }[kind]()
    with joblib.parallel_config(backend):
        found = clone(TWO_STAGES).set_params(n_jobs=2).transform(X)
    np.testing.assert_array_equal(found, features)


def test_jobs_are_told_by_joblib_where_none_are_named(images, features, blocks_of_16, monkeypatch):
    seen, compute_block = [], _blocks._compute_block
    monkeypatch.setattr(
        _blocks,
        "_compute_block",
        lambda *args: seen.append(threading.current_thread().name) or compute_block(*args),
    )
    with joblib.parallel_config("threading", n_jobs=2):
        np.testing.assert_array_equal(TWO_STAGES.transform(images), features)
    assert len(seen) == 3
    assert "MainThread" not in seen


def test_features_do_not_depend_on_the_number_of_workers(images, features):
    with_workers = clone(TWO_STAGES).set_params(workers=3)
    np.testing.assert_array_equal(with_workers.transform(images), features)


@pytest.mark.parametrize("kind", ["list", "files", "on disk", "floats"])
def test_images_are_taken_however_they_come(images, features, tmp_path, kind):
    X = {
        "list": lambda: list(images),
        "files": lambda: _save(images, tmp_path),
        "on disk": lambda: LazyRows(images, np.arange(len(images))),
        "floats": lambda: images.astype(np.float32),
    }[kind]()
    np.testing.assert_array_equal(TWO_STAGES.transform(X), features)


# ---- a checkpoint


@pytest.mark.usefixtures("blocks_of_16")
def test_features_of_a_checkpoint_are_not_computed_again(images, features, tmp_path, monkeypatch):
    computed, compute = [], _network.Computation.__call__

    def note(self, block):
        if len(computed) == 2:
            raise KeyboardInterrupt
        computed.append(len(block))
        return compute(self, block)

    kept = clone(TWO_STAGES).set_params(checkpoint=tmp_path / "features")
    monkeypatch.setattr(_network.Computation, "__call__", note)
    with pytest.raises(KeyboardInterrupt):
        kept.transform(images)
    computed.clear()
    np.testing.assert_array_equal(kept.transform(images), features)
    assert computed == [5]
    np.testing.assert_array_equal(kept.transform(images), features)
    assert computed == [5]


@pytest.mark.usefixtures("blocks_of_16")
def test_what_has_changed_is_computed_anew_beside_a_checkpoint(images, features, tmp_path):
    kept = clone(TWO_STAGES).set_params(checkpoint=tmp_path / "features")
    paths = _save(images, tmp_path)
    kept.transform(paths)
    cv2.imwrite(paths[3], images[4][..., ::-1])
    np.testing.assert_array_equal(kept.transform(paths)[3], features[4])
    other = clone(kept).set_params(random_state=1)
    assert not np.allclose(other.transform(paths)[4:], features[4:])


class _Own(keras.layers.Layer):
    def call(self, x):
        return x


def test_a_checkpoint_refuses_layers_that_nothing_describes(images, tmp_path):
    own = ImageFeatures(lambda pixels: _Own()(pixels), checkpoint=tmp_path)
    with pytest.raises(ValueError, match="of which nothing tells whether they are still the same"):
        own.transform(images)


# ---- what they are


def test_features_are_means_over_the_maps_of_stages(images, features):
    assert (features.shape, features.dtype) == ((37, 128 + 128), np.float32)
    last = ImageFeatures("small_cnn").transform(images)
    np.testing.assert_array_equal(features[:, 128:], last)


def test_features_are_averaged_over_the_views(images):
    plain = ImageFeatures("small_cnn")
    averaged = ImageFeatures("small_cnn", test_time_augmentation="flips+turns")
    views = list_views(images, "flips+turns")
    expected = np.mean([plain.transform(view) for view in views], axis=0)
    np.testing.assert_allclose(averaged.transform(images), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("feature_layers", ["last", 2])
def test_an_untrained_classifier_has_the_same_features(images, feature_layers):
    classifier = BBFLClassifier(
        "small_cnn",
        preprocessing="backbone",
        feature_layers=feature_layers,
        epochs=0,
        validation_fraction=None,
        random_state=3,
    )
    classifier.fit(images, np.arange(37) % 2)
    plain = ImageFeatures("small_cnn", feature_layers=feature_layers, random_state=3)
    np.testing.assert_array_equal(classifier.transform(images), plain.transform(images))
    np.testing.assert_array_equal(classifier.transform(images[5:8]), plain.transform(images)[5:8])


def test_other_seeds_are_other_random_weights(images, features):
    other = clone(TWO_STAGES).set_params(random_state=1).transform(images)
    assert not np.allclose(other, features)


def _one_layer(pixels, n_channels=3):
    return keras.layers.Conv2D(n_channels, 3)(pixels)


def test_parameters_of_the_backbone_reach_it(images):
    wide = ImageFeatures(_one_layer, backbone__n_channels=5)
    assert wide.fit_transform(images).shape == (37, 5)
    assert clone(wide).get_params()["backbone__n_channels"] == 5
    assert wide.get_feature_names_out().tolist()[-1] == "_one_layer_4"


def test_the_size_of_images_is_brought_to_that_of_the_network(images):
    small = ImageFeatures(_one_layer, image_size=8, feature_layers=1).fit(images)
    assert small.image_shape_ == (8, 8, 3)
    assert small.get_feature_names_out()[0] == "_one_layer_6x6_0"


@pytest.mark.slow
def test_a_weights_file_that_has_changed_is_read_anew(images, tmp_path):
    path = tmp_path / "a.weights.h5"
    network = keras.applications.MobileNetV2(
        (32, 32, 3), alpha=0.35, include_top=False, weights=None
    )
    transformer = ImageFeatures("mobilenetv2", weights=path, image_size=32, backbone__alpha=0.35)
    network.save_weights(path)
    before = transformer.transform(images)
    np.testing.assert_array_equal(transformer.transform(images), before)
    network.set_weights([0.9 * weight for weight in network.get_weights()])
    network.save_weights(path)
    assert not np.array_equal(transformer.transform(images), before)


# ---- a transformer without a state


def test_transform_works_without_fit(images, features):
    np.testing.assert_array_equal(clone(TWO_STAGES).transform(images), features)


def test_fit_reads_the_first_image_only(images, tmp_path):
    paths = _save(images[:1], tmp_path)
    fitted = clone(TWO_STAGES).fit([*paths, "gone.png"])
    assert fitted.image_shape_ == (16, 16, 3)


def test_the_network_is_no_part_of_the_state(images, features):
    transformer = clone(TWO_STAGES).fit(images)
    before = joblib.hash(transformer)
    transformer.transform(images)
    assert joblib.hash(transformer) == before
    copy = pickle.loads(pickle.dumps(transformer))
    np.testing.assert_array_equal(copy.transform(images), features)


def test_a_pipeline_with_memory_computes_features_once(images, tmp_path, monkeypatch):
    calls, transform = [], ImageFeatures.transform

    def note(self, X):
        calls.append(len(X))
        return transform(self, X)

    monkeypatch.setattr(ImageFeatures, "transform", note)
    y = np.arange(37) % 2
    for C in (0.1, 1.0):
        pipeline = make_pipeline(clone(TWO_STAGES), LogisticRegression(C=C), memory=str(tmp_path))
        pipeline.fit(images, y)
    assert calls == [37]


def test_the_network_is_built_once_in_a_process(images, monkeypatch):
    clear_shared_networks()
    built, build = [], _network.build_network

    def note(*args, **kwargs):
        built.append(args[0])
        return build(*args, **kwargs)

    monkeypatch.setattr(_network, "build_network", note)
    for _ in range(2):
        ImageFeatures(_one_layer).transform(images)
    assert built == [_one_layer]
    clear_shared_networks()
    ImageFeatures(_one_layer).transform(images)
    assert built == [_one_layer] * 2


def test_pandas_output_names_the_features(images, features):
    frame = clone(TWO_STAGES).set_output(transform="pandas").fit_transform(images)
    assert isinstance(frame, pd.DataFrame)
    assert frame.columns[[0, 127, 128, 255]].tolist() == [
        "small_cnn_4x4_0",
        "small_cnn_4x4_127",
        "small_cnn_2x2_0",
        "small_cnn_2x2_127",
    ]
    np.testing.assert_array_equal(frame, features)


def test_names_of_the_last_layer_are_numbers_after_the_backbone():
    names = ImageFeatures("small_cnn", image_size=16).get_feature_names_out()
    assert (names[0], names[-1], len(names)) == ("small_cnn_0", "small_cnn_127", 128)


def test_progress_is_shown_when_asked_for(images, capsys):
    TWO_STAGES.transform(images)
    assert capsys.readouterr().out == ""
    clone(TWO_STAGES).set_params(verbose=1).transform(images)
    assert "3/3" in capsys.readouterr().out


# ---- bad input


def test_a_table_is_refused():
    with pytest.raises(ValueError, match="ImageFeatures needs images"):
        ImageFeatures("mlp").transform(np.zeros((4, 3)))


def test_images_that_are_not_square_cannot_be_turned(images):
    turning = ImageFeatures("small_cnn", test_time_augmentation="flips+turns")
    with pytest.raises(ValueError, match="have 8 x 16 pixels"):
        turning.fit(images[:, :8])


def test_an_unknown_backbone_is_an_error_before_images_are_read():
    with pytest.raises(ValueError, match="Did you mean 'resnet50'"):
        ImageFeatures("resnet5").fit(["gone.png"])


def test_a_parameter_of_no_part_is_refused_as_by_python():
    with pytest.raises(TypeError, match="unexpected parameter 'head__units'"):
        ImageFeatures(head__units=3)


def test_random_weights_must_have_a_seed(images):
    with pytest.raises(ValueError, match="'random_state' parameter of ImageFeatures"):
        ImageFeatures("small_cnn", random_state=None).fit(images)


def test_images_of_another_size_than_in_fit_are_refused(images):
    fitted = clone(TWO_STAGES).fit(images)
    with pytest.raises(ValueError, match=r"\(8, 8, 3\), but ImageFeatures was fitted on"):
        fitted.transform(images[:, :8, :8])


def test_a_missing_file_is_named(images, tmp_path):
    paths = [*_save(images[:2], tmp_path), str(tmp_path / "gone.png")]
    with pytest.raises(ValueError, match=r"gone\.png \(missing\)"):
        TWO_STAGES.transform(paths)


def test_pictures_of_12_bit_without_their_white_are_warned_of(images):
    with pytest.warns(UserWarning, match="pixel_max=4095"):
        ImageFeatures(_one_layer).transform(np.full((2, 8, 8, 3), 4095, dtype=np.uint16))


# ---- scikit-learn's checks


class FeaturesOfTables(ImageFeatures):
    """Takes a row of a table for an image of one row, whose pixels are the columns."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.no_validation = False
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = tags.input_tags.string = False
        return tags

    def fit(self, X, y=None):
        X = validate_data(self, X, dtype=np.float32)
        return super().fit(expit(X)[:, None, :, None])

    def transform(self, X):
        X = validate_data(self, X, dtype=np.float32, reset=False)
        return super().transform(expit(X)[:, None, :, None])


class Flatten:
    """A backbone whose name has no address in it, so that each worker finds the same tests."""

    def __call__(self, pixels):
        return keras.layers.Flatten()(pixels)

    def __repr__(self):
        return "Flatten()"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([FeaturesOfTables(Flatten())])
def test_scikit_learn_check(estimator, check):
    check(estimator)
