import keras
import numpy as np
import pytest

from imblearn_bbfl.backbones import build_network
from imblearn_bbfl.backbones._feature_layers import choose_maps, find_stages, list_pooled_maps


def _build(backbone, side=32, **params):
    return build_network(
        backbone, (side, side, 3), 1, preprocessing="backbone", head_units=(), **params
    )


def _build_trunk(backbone, side=32):
    network = _build(backbone, side)
    return keras.Model(network.input, network.get_layer("features").input)


def _branched(pixels):
    x = keras.layers.Conv2D(4, 3, padding="same", name="begin")(pixels)
    squeezed = keras.layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = keras.layers.Conv2D(4, 1, activation="sigmoid", name="gate")(squeezed)
    x = keras.layers.Multiply(name="gated")([x, gate])
    padded = keras.layers.ZeroPadding2D(2, name="padded")(x)
    left = keras.layers.Conv2D(3, 5, strides=2, name="left")(padded)
    right = keras.layers.Conv2D(3, 5, strides=2, name="right")(padded)
    return keras.layers.Concatenate(name="joined")([left, right])


def test_stages_end_where_all_paths_meet_before_the_resolution_falls():
    network = _build_trunk(_branched)
    expected = [network.get_layer(name).output for name in ("gated", "joined")]
    assert [id(stage) for stage in find_stages(network)] == list(map(id, expected))


def test_the_last_stage_is_what_the_classifier_pools():
    network = _build("small_cnn", feature_layers=3)
    last = _build_trunk("small_cnn")
    assert find_stages(last)[-1] is last.output
    assert list_pooled_maps(network)[-1].shape == last.output.shape


def test_each_stage_has_a_resolution_of_its_own():
    sizes = [stage.shape[1] for stage in find_stages(_build_trunk("small_cnn"))]
    assert sizes == [32, 16, 8, 4]


def test_features_that_are_no_map_are_the_last_stage():
    network = _build_trunk(lambda x: keras.layers.Dense(5)(keras.layers.Flatten()(_branched(x))))
    assert [stage.shape[1:] for stage in find_stages(network)] == [(32, 32, 4), (16, 16, 6), (5,)]


def test_scaled_pixels_are_no_stage():
    network = _build_trunk(keras.layers.Conv2D(2, 3, strides=2))
    assert [stage.shape[1:] for stage in find_stages(network)] == [(15, 15, 2)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backbone", "channels"),
    [
        ("mobilenetv2", [96, 144, 192, 576, 1280]),
        ("resnet50", [64, 256, 512, 1024, 2048]),
        ("efficientnetb0", [96, 144, 240, 672, 1280]),
        ("vgg16", [64, 128, 256, 512, 512, 512]),
        ("convnexttiny", [96, 192, 384, 768]),
    ],
)
def test_networks_of_keras_have_the_stages_of_their_papers(backbone, channels):
    assert [stage.shape[-1] for stage in find_stages(_build_trunk(backbone, 64))] == channels


def test_layers_are_pooled_in_the_order_in_which_they_are_named():
    network = _build(_branched, feature_layers=["joined", "gated"])
    assert [tensor.shape[-1] for tensor in list_pooled_maps(network)] == [6, 4]
    assert network.get_layer("features").output.shape == (None, 10)


def test_a_network_with_several_layers_is_flat_and_ends_in_features_and_logits():
    network = _build("small_cnn", feature_layers=2)
    names = ["features", "standardization", "logits"]
    assert [layer.name for layer in network.layers[-3:]] == names
    assert not any(isinstance(layer, keras.Model) for layer in network.layers)


def test_features_are_the_means_of_the_maps():
    rng = np.random.default_rng(0)
    network = _build(_branched, feature_layers=2)
    maps = list_pooled_maps(network)
    both = keras.Model(network.input, [*maps, network.get_layer("features").output])
    *values, features = both(rng.uniform(0, 255, (2, 32, 32, 3)).astype(np.float32))
    means = [np.mean(keras.ops.convert_to_numpy(value), axis=(1, 2)) for value in values]
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(features), np.concatenate(means, axis=1), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize(
    ("feature_layers", "message"),
    [
        (["joint"], r"'joint' is not a layer .* Did you mean 'joined'"),
        ([7], "'7' is not a layer of the backbone"),
        (["joined", "joined"], r"names \['joined'\] more than once"),
        ([], "is an empty list"),
        ("joined", r"Use \['joined'\] for the layer of that name"),
        (3, r"has 2 stages .*\(32x32, 16x16\)\. Use .* <= 2"),
        (0, "must be at least 1"),
    ],
)
def test_layers_that_cannot_be_had_are_an_error_with_the_remedy(feature_layers, message):
    with pytest.raises(ValueError, match=message):
        choose_maps(_build_trunk(_branched), feature_layers)


def test_a_table_has_no_stages_but_may_have_layers_by_name():
    def dense(rows):
        return keras.layers.Dense(5)(keras.layers.Dense(4, name="first")(rows))

    network = build_network(dense, (3,), 1, feature_layers=["first"])
    assert network.get_layer("features").output.shape == (None, 4)
    with pytest.raises(ValueError, match=r"a table has none of\. Use feature_layers='last'"):
        build_network("mlp", (3,), 1, feature_layers=2)
