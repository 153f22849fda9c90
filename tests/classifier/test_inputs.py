"""Images of any depth and in any place reach the network as they are."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl import BBFLClassifier, ImageFeatures
from imblearn_bbfl.classifier._inputs import ImageKind


@pytest.fixture(scope="module")
def deep(images):
    """Return the images of two classes as pictures of 12 bit in uint16."""
    return images.X.astype(np.uint16) * 16 + 7


@pytest.fixture(scope="module")
def fitted_on_deep(small, images, deep):
    """Return a classifier fitted on 12 bit. Not to be changed."""
    return clone(small).set_params(pixel_max=4095, preprocessing="minmax").fit(deep, images.y)


def test_the_white_that_is_given_is_1_behind_the_preprocessing(fitted_on_deep):
    assert fitted_on_deep.model_.get_layer("minmax").scale == 1 / 4095


def test_levels_between_those_of_8_bit_change_the_prediction(fitted_on_deep, deep):
    one_level_brighter = fitted_on_deep.predict_proba(deep[:4] + 1)
    assert (one_level_brighter != fitted_on_deep.predict_proba(deep[:4])).any(axis=1).all()


@pytest.mark.slow
def test_12_bit_with_its_white_is_learnt_as_the_same_floats_in_0_to_1(
    small, images, deep, fitted_on_deep
):
    X = deep.astype(np.float32) / 4095
    scaled = clone(small).set_params(pixel_max=1, preprocessing="minmax").fit(X, images.y)
    np.testing.assert_allclose(
        scaled.predict_proba(X[:8]), fitted_on_deep.predict_proba(deep[:8]), atol=1e-4
    )


def test_augmentation_goes_up_to_the_white_that_is_given(small, images, deep):
    small = clone(small).set_params(pixel_max=4095, augmentation="auto")
    assert np.isfinite(small.fit(deep, images.y).history_["loss"]).all()


def test_predict_refuses_pixels_brighter_than_the_white_of_fit(fitted_on_deep, deep):
    with pytest.raises(ValueError, match=r"beyond \[0, pixel_max=4095\]"):
        fitted_on_deep.predict(np.full_like(deep[:1], 5000))


def test_predict_refuses_8_bit_where_fit_had_12(fitted_on_deep, images):
    with pytest.raises(ValueError, match="beyond what dtype uint8 can hold"):
        fitted_on_deep.predict(images.X[:1])


@pytest.mark.parametrize("pixel_max", [65535, None])
def test_predict_refuses_another_white_than_that_of_fit(fitted_on_deep, deep, pixel_max):
    changed = pickle.loads(pickle.dumps(fitted_on_deep)).set_params(pixel_max=pixel_max)
    with pytest.raises(ValueError, match=r"fitted (with|on).* \[0, 4095\]"):
        changed.predict(deep[:1])


def test_a_saved_classifier_keeps_its_white(fitted_on_deep, deep, tmp_path):
    fitted_on_deep.save(tmp_path / "deep.keras")
    loaded = BBFLClassifier.load(tmp_path / "deep.keras")
    assert loaded.pixel_max == 4095
    np.testing.assert_array_equal(
        loaded.predict_proba(deep[:4]), fitted_on_deep.predict_proba(deep[:4])
    )


def test_fit_warns_of_12_bit_that_is_taken_for_16_once_and_predict_does_not(
    untrained, images, deep, recwarn
):
    untrained.set_params(compile__run_eagerly=True).fit(deep, images.y).predict(deep[:1])
    (warning,) = [w for w in recwarn if "pixel_max" in str(w.message)]
    assert "pixel_max=4095 if the images have 12 bit" in str(warning.message)


@pytest.mark.parametrize("pixel_max", [0, -1.0, "auto"])
def test_invalid_pixel_max_is_refused_by_fit(untrained, images, pixel_max):
    with pytest.raises(ValueError, match="pixel_max"):
        untrained.set_params(pixel_max=pixel_max).fit(*images)


def test_channels_first_is_refused_by_fit(untrained, images):
    with pytest.raises(ValueError, match=r"channels first.*X\.transpose\(0, 2, 3, 1\)"):
        untrained.fit(images.X.transpose(0, 3, 1, 2), images.y)


class OnDisk:
    """An array that counts the rows of each read, knows nothing but slices, and is no ndarray."""

    def __init__(self, array):
        self._array = array
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim
        self.n_rows_read = []

    def __len__(self):
        return len(self._array)

    def __getitem__(self, key):
        self.n_rows_read.append(len(range(*key.indices(len(self)))))
        return self._array[key]

    def __reduce__(self):
        raise AssertionError("pickled")


@pytest.mark.slow
def test_fit_and_predict_read_an_array_on_disk_batch_by_batch(small, images):
    X = OnDisk(images.X)
    on_disk = clone(small).fit(X, images.y)
    np.testing.assert_array_equal(
        on_disk.predict_proba(X), clone(small).fit(*images).predict_proba(images.X)
    )
    assert max(X.n_rows_read) <= 32
    pickle.dumps(on_disk)  # holds none of it


class Batches(keras.utils.PyDataset):
    """Images in batches of 15."""

    def __init__(self, X, y):
        super().__init__()
        self.data = X, y

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return tuple(part[15 * index : 15 * index + 15] for part in self.data)


def _make_dataset(X, y):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("a Dataset of TensorFlow")
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((X, y == "sick")).batch(15)


@pytest.mark.parametrize(
    ("make", "take_apart", "says"),
    [
        (Batches, lambda X: zip(*X, strict=False), r"Batches, .*PyDataset: X, y ="),
        (
            _make_dataset,
            lambda X: zip(*X.as_numpy_iterator(), strict=True),
            r"BatchDataset, .*tf\.data\.Dataset .*as_numpy_iterator",
        ),
    ],
)
def test_what_hands_out_batches_is_refused_with_a_way_that_leads_to_the_images(
    untrained, fitted, images, make, take_apart, says
):
    X = make(*images)
    for call in (lambda: untrained.fit(X, images.y), lambda: fitted.predict(X)):
        with pytest.raises(TypeError, match=f"X is of type .*{says}"):
            call()
    with pytest.raises(TypeError, match=f"X is of type .*{says}"):
        ImageFeatures("small_cnn", weights=None).fit(X)
    stacked, _ = (np.concatenate(part) for part in take_apart(X))
    np.testing.assert_array_equal(stacked, images.X)


@pytest.mark.parametrize(
    ("white", "told"), [(None, "floats outside [0, 255]"), (255.0, "floats in [0, 255]")]
)
def test_pixels_are_told_by_their_range(white, told):
    assert ImageKind((4, 4, 3), "floats", white).describe_pixels() == told
