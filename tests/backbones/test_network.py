"""Networks by name: what they are made of, what enters them and where their weights come from."""

import os
from pathlib import Path

import keras
import numpy as np
import pytest

from imblearn_bbfl import RECIPES
from imblearn_bbfl.backbones import build_network, list_applications, list_backbones

# Keras says which parts of a file it skips, besides raising an error.
pytestmark = pytest.mark.filterwarnings("ignore:Skipping nested container:UserWarning")

LEAST_SIZE = {"inceptionresnetv2": 75, "inceptionv3": 75, "xception": 71}  # all others: 32
# The smallest of each: deeper ones are built by the same code.
FAMILIES = (
    "convnexttiny",
    "densenet121",
    "efficientnetb0",
    "efficientnetv2b0",
    "inceptionresnetv2",
    "inceptionv3",
    "mobilenet",
    "mobilenetv2",
    "mobilenetv3small",
    "nasnetmobile",
    "resnet50",
    "resnet50v2",
    "vgg16",
    "xception",
)
# Zeros around the image in front of the first convolution.
PADDING = {"densenet121": 3, "efficientnetb0": 1}
IMAGES = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.float32)
GRAY = IMAGES[..., :1]
NARROW = {"alpha": 0.25}  # makes a MobileNet of 219 thousand parameters


def call(network, images=IMAGES):
    return keras.ops.convert_to_numpy(network(images))


def output_of(network, layer, images=IMAGES):
    return call(keras.Model(network.input, network.get_layer(layer).output), images)


def entering_first_convolution(network, images=IMAGES):
    layer = next(layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D))
    return call(keras.Model(network.input, layer.input), images)


def randomize(network):
    """Give all weights new values, under which an image still makes a difference at the end."""
    rng = np.random.default_rng(0)
    for variable in network.weights:
        shape = variable.shape
        if len(shape) == 1:
            variable.assign(rng.uniform(0.5, 1.5, shape))
        else:
            n_inputs = np.prod(shape[:2] if shape[-1] == 1 else shape[:-1])  # 1: depthwise
            variable.assign(rng.normal(0, np.sqrt(2 / n_inputs), shape))
    return network


def make_plain(function, **params):
    return function(weights=None, include_top=False, input_shape=(32, 32, 3), **params)


@pytest.fixture(scope="module")
def plain():
    """Return Keras' own network, with weights that are not those of any start."""
    return randomize(make_plain(keras.applications.MobileNet, **NARROW))


@pytest.fixture(scope="module")
def weights_file(plain, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "mobilenet.weights.h5"
    plain.save_weights(path)
    return path


@pytest.fixture(scope="session")
def weights_folder():
    folder = os.environ.get("IMBLEARN_BBFL_WEIGHTS")
    if not folder:
        pytest.skip("IMBLEARN_BBFL_WEIGHTS does not name a folder of weights files")
    return Path(folder)


def test_every_network_of_keras_applications_has_its_name_in_lower_case():
    functions = {name for name in dir(keras.applications) if name[0].isupper()}
    assert set(list_applications()) == {name.lower() for name in functions}
    assert {"resnet50", "inceptionv3", "mobilenetv2"} <= set(list_applications())


def test_backbones_are_the_applications_and_two_of_our_own():
    assert set(list_backbones()) == {*list_applications(), "small_cnn", "mlp"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("resnet5O", "Did you mean 'resnet50'"),
        ("MobileNetV2", "Did you mean 'mobilenetv2'"),
        ("smallcnn", "Did you mean 'small_cnn'"),
        ("?", "list_backbones"),
        (50, "backbone=50 is not known"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name, hint):
    with pytest.raises(ValueError, match=hint):
        build_network(name, (32, 32, 3), 1)


@pytest.mark.parametrize("n_outputs", [1, 5])
def test_the_head_of_the_paper_is_pooling_512_256_with_dropout_and_logits(n_outputs):
    head_units = RECIPES["paper"]["head_units"]
    layers = build_network("small_cnn", (16, 16, 3), n_outputs, head_units=head_units).layers[-7:]
    assert isinstance(layers[0], keras.layers.GlobalAveragePooling2D)
    layers = layers[1:]
    assert [layer.units for layer in layers[1::2]] == [512, 256, n_outputs]
    assert [layer.rate for layer in layers[2::2]] == [0.5, 0.5]
    relu, linear = keras.activations.relu, keras.activations.linear
    assert [layer.activation for layer in layers[1::2]] == [relu, relu, linear]


@pytest.mark.parametrize("head_units", [(2.5,), (8, 0), (-1,), ("8",), (True,), [np.nan]])
def test_a_width_that_is_no_whole_number_is_refused(head_units):
    with pytest.raises(ValueError, match="the width of a dense layer is a whole number"):
        build_network("small_cnn", (16, 16, 3), 3, head_units=head_units)


def test_head_units_may_be_an_array():
    network = build_network("mlp", (4,), 1, head_units=np.array([7, 5]))
    assert network.get_layer("head_dense_1").units == 5


def test_head_units_and_dropout_are_free():
    network = build_network("small_cnn", (16, 16, 3), 3, head_units=(7,), dropout=0.25)
    names = ["features", "standardization", "head_dense_0", "head_dropout_0", "logits"]
    assert [layer.name for layer in network.layers[-5:]] == names
    assert (network.layers[-3].units, network.layers[-2].rate) == (7, 0.25)


def test_a_head_without_units_is_the_logits_of_standardized_features():
    network = build_network("small_cnn", (16, 16, 3), 3)
    names = ["features", "standardization", "logits"]
    assert [layer.name for layer in network.layers[-3:]] == names


def test_standardization_changes_nothing_until_it_has_statistics():
    network = build_network("small_cnn", (16, 16, 3), 3)
    layer = network.get_layer("standardization")
    values = np.random.default_rng(0).normal(size=(5, 128)).astype(np.float32)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer(values)), values)
    assert not layer.trainable


def test_logits_are_float32_under_mixed_precision():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network = build_network("small_cnn", (16, 16, 3), 3)
    finally:
        keras.config.set_dtype_policy("float32")
    assert network.get_layer("features").output.dtype == "float16"
    assert network.output.dtype == "float32"


@pytest.mark.parametrize(
    "backbone",
    [
        "small_cnn",
        "mobilenet",
        pytest.param("mobilenetv3small", marks=pytest.mark.slow),
        pytest.param("resnet50", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("preprocessing", ["backbone", "minmax", None])
def test_no_layer_is_a_model(backbone, preprocessing):
    network = build_network(backbone, (32, 32, 1), 1, preprocessing=preprocessing)
    assert not [layer.name for layer in network.layers if isinstance(layer, keras.Model)]


@pytest.mark.slow
@pytest.mark.parametrize("backbone", FAMILIES)
def test_an_application_of_each_family_is_built_flat_at_its_least_size(backbone):
    size = LEAST_SIZE.get(backbone, 32)
    network = build_network(backbone, (size, size, 3), 4, preprocessing="backbone")
    assert not [layer.name for layer in network.layers if isinstance(layer, keras.Model)]
    assert isinstance(network.get_layer("features"), keras.layers.GlobalAveragePooling2D)
    assert network.output_shape == (None, 4)
    keras.backend.clear_session()


@pytest.mark.slow
def test_a_flattened_network_is_the_nested_one_of_keras(tmp_path):
    nested = randomize(make_plain(keras.applications.ConvNeXtTiny))
    nested.save_weights(tmp_path / "convnext.weights.h5")
    network = build_network(
        "convnexttiny",
        (32, 32, 3),
        1,
        weights=tmp_path / "convnext.weights.h5",
        preprocessing="backbone",
        feature_layers="last",
    )
    pooled = call(nested).mean(axis=(1, 2))
    np.testing.assert_allclose(output_of(network, "features"), pooled, rtol=1e-4)


@pytest.mark.parametrize(
    ("backbone", "size", "least"),
    [("inceptionv3", 74, 75), ("xception", 70, 71), ("resnet50", 31, 32), ("mobilenetv2", 16, 32)],
)
def test_too_small_an_image_is_answered_with_the_least_size(backbone, size, least):
    with pytest.raises(ValueError, match=rf"too small for .*{backbone}.* image_size={least} "):
        build_network(backbone, (100, size, 3), 1)


@pytest.mark.parametrize("size", [1, 3, 5, 28])
def test_small_cnn_takes_images_of_any_size(size):
    network = build_network("small_cnn", (size, size + 1, 4), 1)
    assert network.get_layer("features").output.shape == (None, 128)


# Preprocessing


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backbone", "module", "pixel_max"),
    [
        ("mobilenetv2", "mobilenet_v2", 1.0),
        ("vgg16", "vgg16", 255.0),
        ("vgg16", "vgg16", 1.0),
        ("densenet121", "densenet", 255.0),
        pytest.param("mobilenetv2", "mobilenet_v2", 255.0, marks=pytest.mark.slow),
        pytest.param("densenet121", "densenet", 1.0, marks=pytest.mark.slow),
    ],
)
def test_preprocessing_backbone_is_what_keras_does_outside(backbone, module, pixel_max):
    network = build_network(backbone, (32, 32, 3), 1, preprocessing="backbone", pixel_max=pixel_max)
    entering = entering_first_convolution(network, IMAGES * (pixel_max / 255))
    margin = PADDING.get(backbone, 0)
    expected = getattr(keras.applications, module).preprocess_input(IMAGES.copy())
    inner = entering[:, margin : margin + 32, margin : margin + 32]
    np.testing.assert_allclose(inner, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("pixel_max", [pytest.param(255.0, marks=pytest.mark.slow), 1.0])
@pytest.mark.parametrize(
    ("backbone", "function"),
    [
        ("mobilenetv3small", keras.applications.MobileNetV3Small),
        pytest.param(
            "efficientnetv2b0", keras.applications.EfficientNetV2B0, marks=pytest.mark.slow
        ),
    ],
)
def test_preprocessing_backbone_is_what_keras_does_inside(backbone, function, pixel_max):
    network = build_network(backbone, (32, 32, 3), 1, preprocessing="backbone", pixel_max=pixel_max)
    entering = entering_first_convolution(network, IMAGES * (pixel_max / 255))
    expected = entering_first_convolution(make_plain(function))
    np.testing.assert_allclose(entering, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backbone", "pixel_max"),
    [
        ("small_cnn", 255.0),
        ("small_cnn", 1.0),
        ("mobilenet", 255.0),
        ("vgg16", 1.0),
        ("mobilenetv3small", 1.0),
        pytest.param("mobilenet", 1.0, marks=pytest.mark.slow),
        pytest.param("vgg16", 255.0, marks=pytest.mark.slow),
        pytest.param("mobilenetv3small", 255.0, marks=pytest.mark.slow),
        pytest.param("efficientnetv2b0", 255.0, marks=pytest.mark.slow),
        pytest.param("efficientnetv2b0", 1.0, marks=pytest.mark.slow),
    ],
)
def test_preprocessing_minmax_is_from_0_to_1(backbone, pixel_max):
    network = build_network(backbone, (32, 32, 3), 1, preprocessing="minmax", pixel_max=pixel_max)
    entering = entering_first_convolution(network, IMAGES * (pixel_max / 255))
    np.testing.assert_allclose(entering, IMAGES / 255, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["small_cnn", "mobilenet", "mobilenetv3small"])
def test_preprocessing_none_leaves_pixels_alone(backbone):
    network = build_network(backbone, (32, 32, 3), 1, preprocessing=None, pixel_max=None)
    np.testing.assert_array_equal(entering_first_convolution(network), IMAGES)


@pytest.mark.parametrize("pixel_max", [255.0, 1.0])
def test_preprocessing_backbone_scales_pixels_to_1_for_networks_of_our_own(pixel_max):
    network = build_network(
        "small_cnn", (32, 32, 3), 1, preprocessing="backbone", pixel_max=pixel_max
    )
    entering = entering_first_convolution(network, IMAGES * (pixel_max / 255))
    np.testing.assert_allclose(entering, IMAGES / 255, atol=1e-6)


def test_a_table_is_never_scaled():
    network = build_network("mlp", (3,), 1, preprocessing="minmax")
    assert network.layers[1].name != "minmax"
    assert network.layers[1].input is network.input


def test_a_backbone_that_always_scales_refuses_minmax():
    with pytest.raises(ValueError, match=r"always scales pixels itself.*preprocessing='backbone'"):
        build_network("efficientnetb0", (32, 32, 3), 1, preprocessing="minmax")


def test_an_unknown_preprocessing_is_refused():
    with pytest.raises(ValueError, match=r"preprocessing='tf' is not known. Use one of"):
        build_network("small_cnn", (32, 32, 3), 1, preprocessing="tf")


@pytest.mark.parametrize("preprocessing", ["backbone", "minmax"])
def test_pixels_of_unknown_range_cannot_be_scaled(preprocessing):
    with pytest.raises(ValueError, match=r"floats outside.*preprocessing=None"):
        build_network("small_cnn", (32, 32, 3), 1, preprocessing=preprocessing, pixel_max=None)


# Weights


@pytest.mark.slow
@pytest.mark.parametrize("as_path", [Path, str])
def test_weights_of_a_file_are_those_of_keras_own_network(plain, weights_file, as_path):
    settings = {"preprocessing": None, "feature_layers": "last", **NARROW}
    network = build_network("mobilenet", (32, 32, 3), 1, weights=as_path(weights_file), **settings)
    n_weights = len(plain.get_weights())
    for ours, theirs in zip(network.get_weights()[:n_weights], plain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    pooled = call(plain).mean(axis=(1, 2))
    np.testing.assert_allclose(output_of(network, "features"), pooled, rtol=1e-4)


@pytest.mark.real_data
@pytest.mark.parametrize("alpha", [0.35, 1.0])
def test_imagenet_weights_of_a_file_give_keras_own_features(weights_folder, alpha):
    path = weights_folder / f"mobilenet_v2_{alpha}_224_no_top.weights.h5"
    theirs = make_plain(keras.applications.MobileNetV2, alpha=alpha)
    theirs.load_weights(path)
    settings = {"weights": path, "preprocessing": "backbone", "feature_layers": "last"}
    network = build_network("mobilenetv2", (32, 32, 3), 1, **settings, alpha=alpha)
    pooled = call(theirs, IMAGES / 127.5 - 1).mean(axis=(1, 2))
    np.testing.assert_allclose(output_of(network, "features"), pooled, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_a_gray_image_is_repeated_three_times(weights_file):
    gray, rgb = (
        build_network("mobilenet", (32, 32, n), 1, weights=weights_file, **NARROW) for n in (1, 3)
    )
    from_gray = output_of(gray, "features", GRAY)
    from_rgb = output_of(rgb, "features", np.repeat(GRAY, 3, axis=-1))
    np.testing.assert_allclose(from_gray, from_rgb, rtol=1e-5)
    assert np.ptp(from_gray, axis=0).max() > 0.01  # the two images do not look alike to it


@pytest.mark.slow
@pytest.mark.filterwarnings("error::UserWarning")
def test_weights_of_another_width_are_refused_in_a_sentence_that_names_the_width(weights_file):
    with pytest.raises(ValueError, match=r"another width. Set backbone__alpha to") as error:
        build_network("mobilenet", (32, 32, 3), 1, weights=weights_file, alpha=0.5)
    assert len(str(error.value)) < 300 + len(str(weights_file))
    assert error.value.__suppress_context__  # Keras says the same in thousands of letters


@pytest.mark.parametrize("backbone", ["vgg16", pytest.param("mobilenetv2", marks=pytest.mark.slow)])
def test_weights_of_another_backbone_are_refused(weights_file, backbone):
    with pytest.raises(
        ValueError, match=f"does not fit backbone='{backbone}': it holds 135 arrays of"
    ):
        build_network(backbone, (32, 32, 3), 1, weights=weights_file)


def test_weights_that_keras_leaves_out_are_missed(monkeypatch, weights_file):
    monkeypatch.setattr(keras.Model, "load_weights", lambda self, path: None)
    with pytest.raises(ValueError, match="no values for 135 weights, such as conv1/kernel"):
        build_network("mobilenet", (32, 32, 3), 1, weights=weights_file, **NARROW)


@pytest.mark.parametrize("name", ["note.txt", "broken.weights.h5", "broken.keras"])
def test_a_file_that_holds_no_weights_is_refused(tmp_path, name):
    (tmp_path / name).write_text("nothing of use")
    with pytest.raises(ValueError, match=f"{name}' does not fit"):
        build_network("mobilenet", (32, 32, 3), 1, weights=tmp_path / name, **NARROW)


@pytest.mark.parametrize("name", ["", "missing.weights.h5"])
def test_a_path_that_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"is not a file. Use 'imagenet', None, or the path"):
        build_network("mobilenet", (32, 32, 3), 1, weights=tmp_path / name)


@pytest.mark.slow
def test_weights_that_cannot_be_fetched_are_an_error_that_says_how_to_pass_a_file(monkeypatch):
    def fail(*args, **kwargs):
        raise Exception("URL fetch failure")  # Keras raises it as bare as this

    monkeypatch.setattr("keras.src.utils.file_utils.get_file", fail)
    with pytest.raises(OSError, match=r"URL fetch failure.*weights='....weights.h5', or weights="):
        build_network("mobilenet", (32, 32, 3), 1, weights="imagenet", **NARROW)


@pytest.mark.slow
def test_fetched_weights_are_those_of_keras_own_network(monkeypatch, plain, weights_file):
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", lambda *_, **__: str(weights_file))
    settings = {"preprocessing": None, "feature_layers": "last", **NARROW}
    network = build_network("mobilenet", (32, 32, 3), 1, weights="imagenet", **settings)
    pooled = call(plain).mean(axis=(1, 2))
    np.testing.assert_allclose(output_of(network, "features"), pooled, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["imagenet", None], ids=["imagenet", "file"])
def test_efficientnet_with_imagenet_weights_scales_pixels_as_keras_does(
    monkeypatch, tmp_path, weights
):
    path = tmp_path / "efficientnet.weights.h5"
    plain = make_plain(keras.applications.EfficientNetB0)
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    scaling = next(x for x in plain.layers if isinstance(x, keras.layers.Normalization))
    scaling.set_weights([mean, deviation, np.array(0)])
    plain.save_weights(path)
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", lambda *_, **__: str(path))
    theirs = keras.applications.EfficientNetB0(include_top=False, input_shape=(32, 32, 3))
    ours = build_network(
        "efficientnetb0", (32, 32, 3), 1, weights=weights or path, preprocessing="backbone"
    )
    entering = entering_first_convolution(ours)[:, :32, :32]
    np.testing.assert_allclose(entering, (IMAGES / 255 - mean) / deviation, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(entering, entering_first_convolution(theirs)[:, :32, :32], atol=1e-4)


@pytest.mark.slow
def test_efficientnet_with_weights_of_its_own_gives_their_features(tmp_path):
    plain = make_plain(keras.applications.EfficientNetB0)
    scaling = next(x for x in plain.layers if isinstance(x, keras.layers.Normalization))
    scaling.set_weights([np.full(3, 0.5), np.full(3, 0.1), np.array(0)])
    scaling.finalize_state()
    plain.save_weights(tmp_path / "own.weights.h5")
    ours = build_network(
        "efficientnetb0",
        (32, 32, 3),
        1,
        weights=tmp_path / "own.weights.h5",
        preprocessing="backbone",
    )
    np.testing.assert_allclose(
        entering_first_convolution(ours), entering_first_convolution(plain), atol=1e-4
    )


def test_networks_of_our_own_have_no_weights_to_load(weights_file):
    with pytest.raises(ValueError, match=r"only networks of keras.applications have published"):
        build_network("small_cnn", (32, 32, 3), 1, weights=weights_file)


# What a backbone may be


def test_parameters_go_to_the_function_of_keras_applications(plain):
    network = build_network("mobilenet", (32, 32, 3), 1, **NARROW)
    assert network.get_layer("conv1").filters == plain.get_layer("conv1").filters == 8


def test_an_application_refuses_four_channels():
    with pytest.raises(ValueError, match="takes images of 1 or 3 channels, got 4"):
        build_network("mobilenet", (32, 32, 4), 1)


def test_a_function_may_return_maps():
    network = build_network(keras.layers.Conv2D(7, 3), (8, 8, 4), 1)
    assert network.get_layer("features").output.shape == (None, 7)


@pytest.mark.parametrize("shape", [(8, 8, 4), (5,)])
def test_a_function_may_return_rows(shape):
    def backbone(x, units):
        return keras.layers.Dense(units)(keras.layers.Flatten()(x))

    network = build_network(backbone, shape, 1, units=9)
    assert network.get_layer("features").output.shape == (None, 9)


@pytest.mark.parametrize(
    ("backbone", "got"), [(lambda x: x[..., 0], r"got \(None, 8, 8\)"), (lambda x: None, "None")]
)
def test_a_function_that_returns_neither_is_refused(backbone, got):
    with pytest.raises(ValueError, match=f"must return features of shape .*{got}"):
        build_network(backbone, (8, 8, 4), 1)


@pytest.mark.parametrize("backbone", ["small_cnn", "resnet50"])
def test_a_table_needs_mlp(backbone):
    with pytest.raises(ValueError, match=r"but X is a 2-D table.*backbone='mlp'"):
        build_network(backbone, (5,), 1)


def test_images_are_nothing_for_mlp():
    with pytest.raises(ValueError, match=r"takes a 2-D table, but X holds images.*small_cnn"):
        build_network("mlp", (8, 8, 3), 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "backbone",
    [
        "small_cnn",
        "mobilenet",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in (
                "convnexttiny",
                "densenet121",
                "efficientnetb0",
                "nasnetmobile",
                "resnet50",
                "vgg16",
            )
        ),
    ],
)
def test_a_saved_network_gives_the_same_outputs(tmp_path, backbone):
    network = build_network(backbone, (32, 32, 1), 3, preprocessing="backbone")
    network.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras", safe_mode=True)
    np.testing.assert_allclose(call(loaded, GRAY), call(network, GRAY), rtol=1e-5)


# ---- Keras' setting of channels first


@pytest.fixture
def _channels_first():
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_image_data_format("channels_last")


@pytest.mark.slow
@pytest.mark.parametrize(("backbone", "params"), [("small_cnn", {}), ("mobilenet", NARROW)])
@pytest.mark.usefixtures("_channels_first")
def test_networks_take_channels_last_whatever_the_setting_of_keras(backbone, params):
    network = build_network(backbone, (32, 32, 3), 1, preprocessing="backbone", **params)
    assert keras.config.image_data_format() == "channels_first"
    under_channels_first = call(network)
    keras.config.set_image_data_format("channels_last")
    twin = build_network(backbone, (32, 32, 3), 1, preprocessing="backbone", **params)
    twin.set_weights(network.get_weights())
    np.testing.assert_allclose(under_channels_first, call(twin), rtol=1e-5)


@pytest.mark.usefixtures("_channels_first")
def test_a_callable_backbone_makes_layers_for_channels_last_whatever_the_setting_of_keras():
    network = build_network(lambda x: keras.layers.Conv2D(5, 3)(x), (32, 16, 3), 1)
    assert network.get_layer("features").input.shape == (None, 30, 14, 5)


@pytest.mark.parametrize("n_channels", [1, 3])
def test_half_precision_keeps_white_of_16_bit_finite(n_channels):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network = build_network(
            "mobilenet", (32, 32, n_channels), 1, preprocessing="minmax", pixel_max=65535, **NARROW
        )
    finally:
        keras.config.set_dtype_policy("float32")
    white = np.full((1, 32, 32, n_channels), 65535, np.float32)
    np.testing.assert_array_equal(output_of(network, "minmax", white), 1)
