"""Built models as backbones: copied layer by layer, with their weights, and scaled as they want."""

from functools import partial

import keras
import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.backbones import build_network, is_pretrained
from imblearn_bbfl.backbones._applications import name_application
from imblearn_bbfl.backbones._models import find_application

SHAPE = (8, 8, 3)
PIXELS = np.random.default_rng(0).integers(0, 256, (2, *SHAPE)).astype(np.float32)
layers = keras.layers


def make_sequential(*before, name="mine"):
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            *before,
            layers.Conv2D(4, 3, padding="same", name="features"),  # a name of our own
            layers.BatchNormalization(),
            layers.ReLU(),
        ],
        name=name,
    )


def make_functional():
    """Return a model with a layer that is used twice, an operation, and a model inside a model."""
    inputs = keras.Input(SHAPE)
    twice = layers.Conv2D(3, 3, padding="same")
    x = keras.ops.relu(twice(twice(inputs)) + inputs)
    return keras.Model(inputs, keras.Model(inputs, make_sequential()(x))(inputs, training=False))


def make_tokens():
    inputs = keras.Input(SHAPE)
    x = layers.Reshape((64, 3))(inputs)
    return keras.Model(inputs, layers.MultiHeadAttention(1, 3)(x, x))


def randomize(model):
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.1, 1, w.shape) for w in model.get_weights()])
    return model


def make_adapted():
    normalization = layers.Normalization()
    normalization.adapt(PIXELS)
    return make_sequential(normalization)


def features_of(network, pixels=PIXELS):
    features = keras.Model(network.input, network.get_layer("features").output)
    return keras.ops.convert_to_numpy(features(pixels))


def build(backbone, shape=SHAPE, weights="auto", **params):
    return build_network(backbone, shape, 1, weights=weights, feature_layers="last", **params)


@pytest.mark.parametrize(
    ("make", "scale"),
    [
        (make_sequential, 1 / 255),
        (make_functional, 1 / 255),
        (make_tokens, 1 / 255),
        (partial(make_sequential, layers.Rescaling(2.0)), 1),
        (make_adapted, 1),
        (partial(make_sequential, layers.Lambda(lambda x: 2 * x)), 1 / 255),
    ],
)
def test_a_network_gives_the_features_of_the_model_and_has_no_model_among_its_layers(make, scale):
    model = make()
    if make is not make_adapted:
        randomize(model)
    expected = keras.ops.convert_to_numpy(model(PIXELS * scale))
    network = build(model)
    axes = tuple(range(1, expected.ndim - 1))
    np.testing.assert_allclose(features_of(network), expected.mean(axis=axes), rtol=1e-4)
    assert not [layer.name for layer in network.layers if isinstance(layer, keras.Model)]


def test_the_model_stays_as_it_is():
    model = randomize(make_sequential())
    before = model.get_weights()
    network = build(model)
    for weight in network.weights:
        weight.assign(keras.ops.zeros_like(weight))
    np.testing.assert_equal(model.get_weights(), before)


def test_weights_are_those_of_the_model_new_ones_or_those_of_a_file(tmp_path):
    model, other = randomize(make_sequential()), make_sequential()
    other.save_weights(tmp_path / "other.weights.h5")
    np.testing.assert_array_equal(
        features_of(build(model, weights=tmp_path / "other.weights.h5")), features_of(build(other))
    )
    assert (features_of(build(model, weights=None)) != features_of(build(model))).all()
    assert [is_pretrained(model, weights) for weights in ("auto", None)] == [True, False]


def test_images_may_be_gray_and_of_another_size_where_the_layers_take_them():
    network = build(make_sequential(), shape=(6, 10, 1))
    assert network.input_shape == (None, 6, 10, 1)


def test_a_table_is_for_a_model_of_rows():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    expected = keras.ops.convert_to_numpy(model(np.eye(4)))
    np.testing.assert_allclose(features_of(build(model, shape=(4,)), np.eye(4)), expected)


@pytest.mark.parametrize(
    ("name", "scale"), [("mobilenetv2_0.35_224", 1 / 127.5), ("mobilenetv2_of_mine", 1 / 255)]
)
def test_a_model_with_the_name_of_keras_applications_is_scaled_as_that_is(name, scale):
    model = randomize(make_sequential(name=name))
    expected = keras.ops.convert_to_numpy(model(PIXELS * scale - (scale > 1 / 255)))
    np.testing.assert_allclose(features_of(build(model)), expected.mean(axis=(1, 2)), rtol=1e-4)


def test_a_function_of_keras_applications_is_its_name():
    function = keras.applications.MobileNetV2
    assert name_application(function) == "mobilenetv2"
    assert is_pretrained(function, "auto")
    with pytest.raises(ValueError, match=r"backbone='mobilenetv2', .*backbone__alpha=0\.35"):
        build(partial(function, alpha=0.35))


def test_networks_of_keras_applications_are_known_by_the_names_they_give_themselves():
    assert find_application(keras.Sequential(name="NASNet")) == "nasnetmobile"
    assert find_application(keras.Sequential(name="inception_resnet_v2")) == "inceptionresnetv2"
    assert find_application(keras.Sequential(name="resnet50_of_mine")) is None


def test_a_model_with_its_top_is_warned_of():
    model = keras.Sequential([make_sequential(), layers.Flatten(), layers.Dense(5, "softmax")])
    with pytest.warns(UserWarning, match=r"ends in probabilities.*include_top=False"):
        build(model)


def test_a_layer_is_made_anew_for_each_network():
    layer = layers.Conv2D(2, 3)
    one, other = build(layer), build(layer)
    assert not layer.built
    assert not {id(each) for each in one.layers} & {id(each) for each in other.layers}


def test_a_layer_with_weights_is_refused_which_fits_would_share():
    layer = layers.Conv2D(2, 3, name="mine")
    layer.build((None, *SHAPE))
    with pytest.raises(ValueError, match=r"'mine' is one layer that has weights.*keras\.Model"):
        build(layer)


def test_a_function_that_applies_the_same_layer_in_each_fit_is_warned_of():
    shared = layers.Dense(2, name="shared")
    classifier = BBFLClassifier(
        lambda rows: shared(rows), epochs=0, validation_fraction=None, random_state=0
    )
    X, y = np.ones((4, 3), np.float32), [0, 1] * 2
    classifier.fit(X, y)
    with pytest.warns(UserWarning, match="an earlier network has the same shared.*Make the lay"):
        classifier.fit(X, y)


TWO = keras.Input(SHAPE), keras.Input(SHAPE)


@pytest.mark.parametrize(
    ("backbone", "params", "message"),
    [
        (keras.Sequential([layers.Dense(2)]), {}, "whose layers are not known.*Pass a function"),
        (type("Mine", (keras.Model,), {})(), {}, "whose layers are not known.*Pass a function"),
        (keras.Model(TWO, layers.Add()(TWO)), {}, "has 2 inputs and 1 outputs"),
        (make_sequential(), {"shape": (4,)}, "takes images, but X is a 2-D table"),
        (make_sequential(), {"shape": (8, 8, 4)}, "1 or 3 channels, got 4"),
        (make_sequential(), {"weights": "imagenet"}, "weights='auto', which keeps its own"),
        (make_sequential(), {"alpha": 0.5}, r"built already, so \['alpha'\] cannot be set"),
        (
            make_sequential(layers.Rescaling(1 / 255)),
            {"preprocessing": "minmax"},
            "always scales pixels itself.*preprocessing='backbone'",
        ),
        (
            keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dense(2)]),
            {"shape": (9, 9, 3)},
            r"built for inputs of shape \(8, 8, 3\).*Use image_size=\(8, 8\)",
        ),
    ],
)
def test_what_does_not_fit_a_model_is_refused_with_the_remedy(backbone, params, message):
    with pytest.raises((TypeError, ValueError), match=message):
        build(backbone, **params)
