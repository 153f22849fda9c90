"""Grad-CAM: the formula, the places it shows, and bad input."""

import cv2
import keras
import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.inspection import GradCAMDisplay
from imblearn_bbfl.inspection._grad_cam import compute_heatmaps, cut

tensorflow_only = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the independent formula is in TensorFlow"
)


@tensorflow_only
@pytest.mark.parametrize("column", [0, 2])
def test_it_agrees_with_the_published_formula(classifier, images, column):
    """Computed as in the example of keras.io: one image, tape around the whole network."""
    import tensorflow as tf

    network = classifier.model_
    feature_map = network.get_layer("features").input
    both = keras.Model(network.input, [feature_map, network.output])
    head, tail = cut(network)
    for image in images[0][:3]:
        with tf.GradientTape() as tape:
            features, logits = both(image[np.newaxis])
            score = logits[:, column]
        gradients = tape.gradient(score, features)
        pooled = tf.reduce_mean(gradients, axis=(0, 1, 2))
        expected = tf.nn.relu(tf.squeeze(features[0] @ pooled[..., tf.newaxis], -1))
        ours = compute_heatmaps(head, tail, image[np.newaxis], np.array([column]))[0]
        assert np.allclose(ours, expected, atol=1e-5)


@pytest.mark.parametrize("column", [0, 2])
def test_weights_are_the_slopes_of_the_logit(classifier, images, column):
    """Measured by raising and lowering each channel, on any backend."""
    head, tail = cut(classifier.model_)
    step = 1e-2
    for image in images[0][:3]:
        features = keras.ops.convert_to_numpy(head(image[np.newaxis]))[0]
        steps = step * np.eye(features.shape[-1], dtype=np.float32)[:, np.newaxis, np.newaxis]
        same = np.repeat(image[np.newaxis], len(steps), axis=0)
        up, down = (
            keras.ops.convert_to_numpy(tail([features + way * steps, same]))[:, column]
            for way in (1, -1)
        )
        slopes = (up - down) / (2 * step * features[..., 0].size)
        expected = np.maximum(features @ slopes, 0.0)
        ours = compute_heatmaps(head, tail, image[np.newaxis], np.array([column]))[0]
        assert np.allclose(ours, expected, atol=1e-3 * max(expected.max(), 1.0))


def make_patches(n_images, seed):
    """Draw noise with a patch at a random place: of stripes, or of the same stripes turned."""
    rng = np.random.default_rng(seed)
    X = rng.integers(90, 160, (n_images, 32, 32, 3), dtype=np.uint8)
    y = np.arange(n_images) % 2
    corners = rng.integers(0, 24, (n_images, 2))
    stripes = np.tile(np.repeat([0, 255], 2), (8, 2)).astype(np.uint8)[..., np.newaxis]
    for image, label, (row, column) in zip(X, y, corners, strict=True):
        patch = stripes if label else stripes.transpose(1, 0, 2)
        image[row : row + 8, column : column + 8] = patch
    return X, y, corners


def convolve(x):
    """Build a small network that keeps an eighth of the resolution."""
    for filters in (16, 32, 32):
        x = keras.layers.Conv2D(filters, 3, strides=2 if filters == 16 else 1, padding="same")(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
    return x


@pytest.mark.slow
def test_the_peak_is_in_the_patch_that_decides():
    X, y, _ = make_patches(400, seed=0)
    classifier = BBFLClassifier(
        convolve,
        preprocessing="minmax",
        head_units=(32,),
        dropout=0.0,
        augmentation=None,
        learning_rate=3e-3,
        learning_rate_schedule=None,
        epochs=12,
        validation_fraction=None,
        random_state=0,
    ).fit(X, y)
    X_test, y_test, corners = make_patches(100, seed=1)
    assert classifier.score(X_test, y_test) >= 0.95
    display = GradCAMDisplay.from_estimator(classifier, X_test, target=y_test)
    peaks = np.array([np.unravel_index(m.argmax(), m.shape) for m in display.heatmaps])
    is_inside = ((peaks >= corners) & (peaks < corners + 8)).all(axis=1)
    assert is_inside.mean() >= 0.95


def test_maps_have_the_size_of_the_images(classifier, images):
    display = GradCAMDisplay.from_estimator(classifier, images[0][:3])
    assert display.heatmaps.shape == (3, 12, 10)
    assert display.overlay().shape == (3, 12, 10, 3)
    assert display.overlay().dtype == np.uint8


def test_the_white_of_the_estimator_is_white_in_the_overlay(images):
    X, y = images[0].astype(np.uint16) * 16, images[1]
    classifier = BBFLClassifier(
        "small_cnn", pixel_max=4080, epochs=0, random_state=0, compile__run_eagerly=True
    ).fit(X, y)
    display = GradCAMDisplay.from_estimator(classifier, X[:2])
    np.testing.assert_array_equal(display.overlay(alpha=0), images[0][:2])


@pytest.mark.slow
def test_maps_are_scaled_image_by_image(classifier, images):
    heatmaps = GradCAMDisplay.from_estimator(classifier, images[0]).heatmaps
    assert heatmaps.min() >= 0
    assert set(heatmaps.max(axis=(1, 2)).round(6)) <= {0.0, 1.0}


def test_batches_do_not_change_the_maps(classifier, images):
    whole = GradCAMDisplay.from_estimator(classifier, images[0][:5])
    parts = GradCAMDisplay.from_estimator(classifier, images[0][:5], batch_size=2)
    assert np.allclose(whole.heatmaps, parts.heatmaps, atol=1e-5)


def test_the_predicted_class_is_the_default_target(classifier, images):
    display = GradCAMDisplay.from_estimator(classifier, images[0][:4])
    assert display.targets.tolist() == classifier.predict(images[0][:4]).tolist()


def test_each_image_may_have_its_own_target(classifier, images):
    display = GradCAMDisplay.from_estimator(classifier, images[0][:2], target=["c", "a"])
    proba = classifier.predict_proba(images[0][:2])
    assert display.targets.tolist() == ["c", "a"]
    assert np.allclose(display.proba, [proba[0, 2], proba[1, 0]])


def test_the_first_of_two_classes_has_the_negative_of_the_logit(images):
    X, y = images[0], np.repeat([0, 1], 12)
    classifier = BBFLClassifier("small_cnn", head_units=(8,), epochs=0, random_state=0).fit(X, y)
    head, tail = cut(classifier.model_)
    maps = [compute_heatmaps(head, tail, X[:4], np.full(4, code)) for code in (0, 1)]
    assert (maps[0] * maps[1] == 0).all()
    assert (maps[0] + maps[1]).any()


def test_any_layer_with_a_feature_map_can_be_looked_at(classifier, images):
    names = [layer.name for layer in classifier.model_.layers if "conv" in layer.name]
    display = GradCAMDisplay.from_estimator(classifier, images[0][:1], layer=names[0])
    assert display.heatmaps.shape == (1, 12, 10)


def branch(pixels):
    x = keras.layers.Conv2D(4, 3, strides=2, activation="relu", name="early")(pixels)
    side = keras.layers.Conv2D(4, 1, activation="tanh", name="side")(x)
    x = keras.layers.Add(name="sum")([x, side])
    return keras.layers.Conv2D(6, 3, strides=2, name="late")(x)


@pytest.fixture(scope="module")
def of_two_layers(images):
    classifier = BBFLClassifier(
        branch, feature_layers=["late", "sum"], head_units=(), epochs=0, random_state=0
    ).fit(*images)
    weights = classifier.model_.get_layer("logits").kernel  # which are 0 before training
    weights.assign(np.random.default_rng(0).normal(size=weights.shape))
    return classifier


def test_of_several_layers_the_deepest_is_explained(of_two_layers, images):
    default = GradCAMDisplay.from_estimator(of_two_layers, images[0][:3])
    named = GradCAMDisplay.from_estimator(of_two_layers, images[0][:3], layer="late")
    other = GradCAMDisplay.from_estimator(of_two_layers, images[0][:3], layer="sum")
    np.testing.assert_array_equal(default.heatmaps, named.heatmaps)
    assert not np.array_equal(default.heatmaps, other.heatmaps)


@pytest.mark.parametrize("layer", ["late", "sum", "side", "early", "inputs"])
def test_the_gradient_includes_every_path_from_the_map_to_the_logit(of_two_layers, images, layer):
    network, image = of_two_layers.model_, images[0][:1]
    head, tail = cut(network, layer)
    features = keras.ops.convert_to_numpy(head(image))
    whole, in_parts = map(keras.ops.convert_to_numpy, (network(image), tail([features, image])))
    np.testing.assert_allclose(in_parts, whole, rtol=1e-5)
    slopes = []
    for step in 1e-2 * np.eye(features.shape[-1], dtype=np.float32):
        up, down = (
            keras.ops.convert_to_numpy(tail([features + way * step, image])) for way in (1, -1)
        )
        slopes.append((up - down)[0, 1] / 2e-2 / features[0, ..., 0].size)
    expected = np.maximum(features @ np.array(slopes), 0)
    ours = compute_heatmaps(head, tail, image, np.array([1]))
    np.testing.assert_allclose(ours, expected, atol=1e-3 * max(expected.max(), 1))


@pytest.mark.slow
def test_paths_are_read_at_the_size_of_the_network(images, tmp_path):
    path = str(tmp_path / "image.png")
    cv2.imwrite(path, images[0][0])
    classifier = BBFLClassifier("small_cnn", image_size=16, epochs=0, random_state=0)
    classifier.fit(*images)
    assert GradCAMDisplay.from_estimator(classifier, [path]).heatmaps.shape == (1, 16, 16)


def test_the_titles_say_what_the_image_is_what_it_was_taken_for_and_its_file(
    classifier, images, tmp_path
):
    path = tmp_path / "eye.png"
    cv2.imwrite(str(path), images[0][0])
    display = GradCAMDisplay.from_estimator(classifier, [str(path)], y=["c"], target="a")
    (predicted,) = classifier.predict([str(path)])
    left, right = display.axes_[0]
    assert left.get_title(loc="left") == f"c, predicted {predicted}\neye.png"
    assert right.get_title() == f"a: {display.proba[0]:.0%}"


def test_a_map_of_2x2_or_less_is_warned_of(of_two_layers, images):
    with pytest.warns(UserWarning, match=r"map is 2x1, so Grad-CAM cannot show.*earlier layer"):
        GradCAMDisplay.from_estimator(of_two_layers, images[0][:1])


@pytest.mark.parametrize("backbone", ["mobilenetv2", "resnet50"])
@pytest.mark.slow
def test_networks_of_keras_work(backbone):
    X = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    classifier = BBFLClassifier(backbone, weights=None, epochs=0, random_state=0)
    classifier.fit(np.repeat(X, 3, axis=0), np.repeat([0, 1], 6))
    assert GradCAMDisplay.from_estimator(classifier, X).heatmaps.shape == (4, 32, 32)


class TestBadInput:
    def test_a_backbone_without_a_convolution(self, images):
        classifier = BBFLClassifier(keras.layers.Flatten(), epochs=0).fit(*images)
        with pytest.raises(ValueError, match=r"needs a feature map.*Use a backbone with convol"):
            GradCAMDisplay.from_estimator(classifier, images[0])

    def test_channels_that_cannot_be_drawn_before_any_map_is_computed(self, monkeypatch):
        X = np.zeros((40, 8, 8, 4), dtype="float32")
        classifier = BBFLClassifier("small_cnn", epochs=0).fit(X, np.repeat([0, 1], 20))
        monkeypatch.setattr(classifier, "predict_proba", None)
        with pytest.raises(ValueError, match="4 channels, but only gray"):
            GradCAMDisplay.from_estimator(classifier, X)

    def test_a_table(self):
        X, y = np.zeros((40, 3), dtype="float32"), np.repeat([0, 1], 20)
        classifier = BBFLClassifier("mlp", epochs=0).fit(X, y)
        with pytest.raises(ValueError, match="needs a feature map"):
            GradCAMDisplay.from_estimator(classifier, X)

    def test_an_unknown_class(self, classifier, images):
        with pytest.raises(ValueError, match=r"not among the classes \['a', 'b', 'c'\]: \['d'\]"):
            GradCAMDisplay.from_estimator(classifier, images[0], target="d")

    def test_an_unknown_layer_gets_the_nearest_name(self, classifier, images):
        with pytest.raises(ValueError, match="Did you mean 'features'"):
            GradCAMDisplay.from_estimator(classifier, images[0], layer="feature")
