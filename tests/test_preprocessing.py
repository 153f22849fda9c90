import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from imblearn_bbfl.preprocessing import RetinaCropper


def _photo(height, width, y, x, radius, noise=3):
    """Return a disc that darkens toward its rim, on a noisy dark background."""
    rows, columns = np.mgrid[:height, :width] + 0.5
    distance = np.hypot(rows - y, columns - x) / radius
    disc = np.where(distance < 1, 200 * (1 - 0.4 * distance**2), 0)
    pixels = disc[..., np.newaxis] * [1.0, 0.6, 0.3]
    pixels += np.random.default_rng(0).normal(noise, noise, pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8)


def _disc_of(image):
    """Return center and horizontal radius of the bright pixels as fractions of the image side."""
    bright = image[..., 0] > 60
    y, x = (np.flatnonzero(bright.any(axis=axis)) for axis in (1, 0))
    side = len(image)
    return (y[0] + y[-1] + 1) / 2 / side, (x[0] + x[-1] + 1) / 2 / side, len(x) / 2 / side


@pytest.mark.parametrize("seed", range(12))
def test_a_whole_disc_is_centered_and_fills_the_output(seed):
    rng = np.random.default_rng(seed)
    height, width = rng.integers(150, 500, 2)
    radius = rng.uniform(0.2, 0.5) * min(height, width)
    y, x = rng.uniform(radius, height - radius), rng.uniform(radius, width - radius)
    cropped = RetinaCropper(image_size=128).transform(_photo(height, width, y, x, radius)[None])
    np.testing.assert_allclose(_disc_of(cropped[0]), [0.5, 0.5, 0.5], atol=0.02)


@pytest.mark.parametrize("shift", [-0.1, 0.0, 0.1])
@pytest.mark.parametrize("zoom", [1.05, 1.2])
def test_a_disc_cut_off_at_top_and_bottom_is_centered_by_its_circle(shift, zoom):
    radius = 100 * zoom
    photo = _photo(200, 320, 100 + shift * radius, 170, radius)
    cropped = RetinaCropper(image_size=128).transform(photo[None])[0]
    _, x, half_width = _disc_of(cropped)
    lit = np.flatnonzero(cropped[:, 64, 0] > 60)
    expected = np.clip([-100 / radius - shift, 100 / radius - shift], -1, 1)
    np.testing.assert_allclose([x, half_width], [0.5, 0.5], atol=0.02)
    np.testing.assert_allclose(np.array([lit[0], lit[-1] + 1]) / 64 - 1, expected, atol=0.04)


def test_a_disc_cut_off_at_the_bottom_only_is_centered_by_its_circle():
    photo = _photo(200, 300, 130, 120, 100)
    cropped = RetinaCropper(image_size=128).transform(photo[None])[0]
    assert np.flatnonzero(cropped[:, 64, 0] > 60)[0] <= 2
    assert np.flatnonzero(cropped[:, 64, 0] > 60)[-1] == pytest.approx(64 * 1.7, abs=3)


@pytest.mark.parametrize("top", [2, 185])
def test_bright_text_beside_the_retina_is_blackened(top):
    photo = _photo(200, 300, 100, 120, 90)
    photo[top : top + 13, 240:290] = 255
    cropped = RetinaCropper(image_size=128, margin=0.7).transform(photo[None])[0]
    assert _disc_of(cropped) == pytest.approx([0.5, 0.5, 0.5 / 1.7], abs=0.02)


def test_a_notch_on_the_rim_does_not_shift_the_circle():
    photo = _photo(200, 300, 100, 120, 80)
    photo[55:75, 180:205] = 200
    cropped = RetinaCropper(image_size=128).transform(photo[None])[0]
    left, right = np.flatnonzero(cropped[64, :, 0] > 60)[[0, -1]]
    assert (left, right) == pytest.approx((0, 127), abs=1)


def test_the_background_is_black():
    cropped = RetinaCropper(image_size=64).transform(_photo(200, 300, 100, 150, 90, noise=8)[None])
    assert (cropped[0, :8, :8] == 0).all()


@pytest.mark.parametrize("margin", [0.0, 0.25, 1.0])
def test_margin_is_a_fraction_of_the_radius(margin):
    cropper = RetinaCropper(image_size=128, margin=margin)
    cropped = cropper.transform(_photo(200, 300, 100, 150, 80)[None])[0]
    assert _disc_of(cropped)[2] == pytest.approx(0.5 / (1 + margin), abs=0.02)


def test_threshold_decides_how_dark_the_retina_may_be():
    photo = _photo(200, 300, 100, 150, 80)
    lower, higher = (
        RetinaCropper(64, threshold=threshold).transform(photo[None])[0].mean()
        for threshold in (0.2, 0.8)
    )
    assert higher > 1.05 * lower  # the bright middle alone fills the output


def test_a_photograph_without_a_rim_is_kept_whole():
    photo = np.random.default_rng(0).integers(80, 255, (32, 32, 3), dtype=np.uint8)
    np.testing.assert_array_equal(RetinaCropper(image_size=32).transform(photo[None])[0], photo)


@pytest.mark.parametrize("radius", [400, 500])
def test_a_photograph_without_dark_background_is_kept_whole(radius):
    photo = _photo(150, 150, 75, 75, radius / 4, noise=0)
    photo = np.where(photo > 0, 180, 0) + np.random.default_rng(0).integers(0, 3, photo.shape)
    cropped = RetinaCropper(image_size=150).transform(photo[None])[0]
    np.testing.assert_array_equal(cropped, photo)


@pytest.mark.real_data
@pytest.mark.parametrize("number", ["042", "071", "082", "098"])
def test_the_middle_of_a_real_photograph_is_kept_whole(data_folder, number):
    with Image.open(data_folder / "idrid" / "images" / f"train_IDRiD_{number}.jpg") as file:
        middle = np.asarray(file)[64:192, 64:192]
    cropped = RetinaCropper(image_size=128).transform(middle[None])[0]
    np.testing.assert_array_equal(cropped, middle)


def test_a_retina_smaller_than_a_hundredth_of_the_photograph_is_none():
    with pytest.raises(ValueError, match="less than 1% of it is brighter than 4% of full"):
        RetinaCropper().transform(_photo(200, 200, 100, 100, 8, noise=0)[None])


def test_all_images_without_retina_are_listed():
    X = np.stack([_photo(60, 60, 30, 30, 25)] * 4)
    X[[1, 3]] = 4
    with pytest.raises(ValueError, match=r"2 of 4 (.|\n)*Image 1 shows no retina(.|\n)*Image 3"):
        RetinaCropper(image_size=16).transform(X)


def test_no_more_than_20_images_without_retina_are_listed():
    with pytest.raises(ValueError, match=r"25 of 25 (.|\n)*Image 19 .*\nand 5 more"):
        RetinaCropper().transform(np.zeros((25, 8, 8, 3), dtype=np.uint8))


def test_files_of_different_sizes_are_cropped(tmp_path):
    for i, photo in enumerate([_photo(90, 120, 40, 60, 30), _photo(150, 140, 70, 70, 60)]):
        Image.fromarray(photo).save(tmp_path / f"{i}.png")
    cropped = RetinaCropper(image_size=64).fit_transform([tmp_path / "0.png", tmp_path / "1.png"])
    assert cropped.shape == (2, 64, 64, 3)
    assert cropped.dtype == np.uint8
    assert _disc_of(cropped[1])[2] == pytest.approx(0.5, abs=0.03)


def test_a_file_that_cannot_be_read_is_listed(tmp_path):
    with pytest.raises(ValueError, match=r"1 of 1 (.|\n)*gone\.png cannot be read \(missing\)"):
        RetinaCropper().transform([tmp_path / "gone.png"])


@pytest.mark.parametrize("scale", [1, 255])
def test_float_images_are_cropped_as_integers_are(scale):
    photo = _photo(90, 120, 40, 60, 30)[None]
    cropped = RetinaCropper(image_size=32).transform(photo * (scale / 255))
    assert cropped.dtype == np.float32
    expected = RetinaCropper(image_size=32).transform(photo)
    np.testing.assert_allclose(cropped, expected * (scale / 255), atol=0.02 * scale)


def test_standardized_images_are_refused():
    with pytest.raises(ValueError, match="Crop before the images are standardized"):
        RetinaCropper().transform(np.full((1, 8, 8, 3), -1.0))


@pytest.mark.parametrize("n_channels", [1, 4, 6])
def test_any_number_of_channels_is_kept(n_channels):
    photo = _photo(90, 120, 40, 60, 30)[..., :1].repeat(n_channels, axis=-1)
    assert RetinaCropper(image_size=16).transform(photo[None]).shape == (1, 16, 16, n_channels)


def test_the_output_need_not_be_square():
    cropped = RetinaCropper(image_size=(32, 64)).transform(_photo(90, 120, 40, 60, 30)[None])
    assert cropped.shape == (1, 32, 64, 3)
    np.testing.assert_allclose(np.ptp(np.nonzero(cropped[0, ..., 0] > 60), axis=1), 31, atol=2)


def test_x_is_not_changed():
    photos = [_photo(90, 120, 40, 60, 30)]
    before = photos[0].copy()
    RetinaCropper(image_size=16).transform(photos)
    np.testing.assert_array_equal(photos[0], before)


def test_tables_are_refused():
    with pytest.raises(ValueError, match="X is a table of 3 features"):
        RetinaCropper().fit(np.zeros((4, 3)))


@pytest.mark.parametrize(
    "parameter", [{"image_size": 0}, {"image_size": (8,)}, {"threshold": 1.5}, {"margin": -1}]
)
def test_invalid_parameters_are_named(parameter):
    with pytest.raises(ValueError, match=next(iter(parameter))):
        RetinaCropper(**parameter).fit(np.zeros((1, 8, 8, 3), dtype=np.uint8))


def test_it_works_cloned_in_a_pipeline():
    cropper = clone(RetinaCropper(image_size=16))
    pipeline = make_pipeline(cropper, FunctionTransformer(lambda X: X.reshape(len(X), -1)))
    assert pipeline.fit_transform(_photo(60, 60, 30, 30, 25)[None]).shape == (1, 16 * 16 * 3)


def test_tags_say_that_no_fit_is_needed():
    tags = RetinaCropper().__sklearn_tags__()
    assert (tags.requires_fit, tags.no_validation, tags.input_tags.two_d_array) == (
        False,
        True,
        False,
    )


def test_photographs_of_12_bit_are_cropped_with_all_their_levels():
    photo = _photo(200, 300, 100, 150, 90)[None]
    deep = RetinaCropper(image_size=64, pixel_max=4095).transform(photo.astype(np.uint16) * 16 + 7)
    assert (deep.dtype, deep.max() <= 4095) == (np.float32, True)
    lit = deep > 4095 / 4
    np.testing.assert_allclose(
        deep[lit] / 4095, RetinaCropper(image_size=64).transform(photo)[lit] / 255, atol=0.01
    )


def test_photographs_of_12_bit_that_are_taken_for_16_are_refused_naming_pixel_max():
    photo = _photo(200, 300, 100, 150, 90)[None].astype(np.uint16) * 8
    with pytest.raises(ValueError, match=r"shows no retina.* pass its value as pixel_max"):
        RetinaCropper().transform(photo)
