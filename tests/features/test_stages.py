import keras
import pytest

from imblearn_bbfl.backbones import build_network
from imblearn_bbfl.features._stages import choose_maps, find_stages


def _build(backbone, side=32):
    return build_network(backbone, (side, side, 3), 1, preprocessing="backbone", head_units=())


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
    network = _build(_branched)
    expected = [network.get_layer(name).output for name in ("gated", "joined")]
    assert [id(stage) for stage in find_stages(network)] == list(map(id, expected))


def test_the_last_stage_is_what_the_classifier_pools():
    network = _build("small_cnn")
    assert find_stages(network)[-1] is network.get_layer("features").input


def test_each_stage_has_a_resolution_of_its_own():
    sizes = [stage.shape[1] for stage in find_stages(_build("small_cnn"))]
    assert sizes == [32, 16, 8, 4]


def test_features_that_are_no_map_are_the_last_stage():
    network = _build(lambda x: keras.layers.Dense(5)(keras.layers.Flatten()(_branched(x))))
    assert [stage.shape[1:] for stage in find_stages(network)] == [(32, 32, 4), (16, 16, 6), (5,)]


def test_scaled_pixels_are_no_stage():
    network = _build(keras.layers.Conv2D(2, 3, strides=2))
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
    assert [stage.shape[-1] for stage in find_stages(_build(backbone, 64))] == channels


def test_layers_are_found_by_name():
    maps = choose_maps(_build(_branched), ["joined", "gated"])
    assert {name: tensor.shape[-1] for name, tensor in maps.items()} == {"joined": 6, "gated": 4}


def test_an_unknown_layer_is_an_error_with_the_nearest_name():
    with pytest.raises(ValueError, match=r"'joint' is not a layer .* Did you mean 'joined'"):
        choose_maps(_build(_branched), ["joint"])


def test_more_stages_than_there_are_is_an_error_that_lists_them():
    with pytest.raises(ValueError, match=r"has 2 stages .*\(32x32, 16x16\)\. Use .* <= 2"):
        choose_maps(_build(_branched), 3)
