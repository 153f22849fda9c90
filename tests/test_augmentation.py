"""Each operation does what its name says; seeded; nothing else changes."""

import pickle

import cv2
import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats
from sklearn.base import clone

from imblearn_bbfl.augmentation import ImageAugmenter

OFF = dict.fromkeys(
    [
        "horizontal_flip",
        "vertical_flip",
        "rotation",
        "transposition",
        "shear",
        "sharpen",
        "blur",
        "gaussian_noise",
        "salt_pepper",
    ],
    0,
)
WHITE = {"uint8": 255, "float32": 1.0, "float64": 1.0}
GEOMETRIC = dict.fromkeys(list(OFF)[:4], 1)


def only(**params):
    return ImageAugmenter(**{**OFF, **params})


def random_images(n_images=6, height=16, width=16, channels=3, dtype="uint8"):
    """Blurred noise: smooth as photographs are, alike in none of its eight turns."""
    rng = np.random.default_rng(0)
    images = [
        cv2.GaussianBlur(rng.random((height, width, channels)), (3, 3), 1) for _ in range(n_images)
    ]
    images = np.reshape(images, (n_images, height, width, channels)) * WHITE[dtype]
    return images.astype(dtype)


def eight_turns(image):
    return [np.rot90(turned, k) for turned in (image, image[:, ::-1]) for k in range(4)]


def edge_energy(image):
    return cv2.Laplacian(image.astype(np.float64), cv2.CV_64F).var()


def gray(n_images=1, size=128, dtype="float32"):
    return np.full((n_images, size, size, 1), 0.5 * WHITE[dtype], dtype=dtype)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("horizontal_flip", lambda images: images[:, :, ::-1]),
        ("vertical_flip", lambda images: images[:, ::-1]),
        ("transposition", lambda images: images.swapaxes(1, 2)),
    ],
)
@pytest.mark.parametrize("channels", [1, 3, 7])
def test_flips_and_transposition_are_those_of_numpy(operation, expected, channels):
    images = random_images(channels=channels)
    np.testing.assert_array_equal(only(**{operation: 1}).augment(images, 0), expected(images))


def test_rotation_is_by_90_180_and_270_degrees_and_never_by_0():
    images = random_images(n_images=1).repeat(60, axis=0)
    turned = only(rotation=1).augment(images, 0)
    counts = [np.sum(np.all(turned == np.rot90(images[0], k), axis=(1, 2, 3))) for k in range(4)]
    assert counts[0] == 0
    assert sum(counts) == 60
    assert min(counts[1:]) > 8


def test_all_eight_turns_come_equally_often_by_default():
    images = random_images(n_images=1, height=8, width=8).repeat(1600, axis=0)
    augmenter = only(**dict.fromkeys(GEOMETRIC, 0.5))
    turned = augmenter.augment(images, 0)
    counts = [np.sum(np.all(turned == turn, axis=(1, 2, 3))) for turn in eight_turns(images[0])]
    assert sum(counts) == 1600
    assert stats.chisquare(counts).pvalue > 0.001


def test_flips_then_rotation_then_transposition_are_applied_in_that_order():
    image = random_images(n_images=1)
    turned = only(**GEOMETRIC).augment(image, 0)[0]
    expected = [np.rot90(image[0, ::-1, ::-1], k).swapaxes(0, 1) for k in (1, 2, 3)]
    assert sum(np.array_equal(turned, turn) for turn in expected) == 1


def test_images_that_are_not_square_turn_by_180_degrees_and_are_not_transposed():
    images = random_images(height=12, width=20)
    turned = only(rotation=1, transposition=1).augment(images, 0)
    np.testing.assert_array_equal(turned, images[:, ::-1, ::-1])


@pytest.mark.parametrize("shape", [(61, 61), (41, 61)])
def test_shear_moves_a_line_by_the_tangent_of_at_most_max_shear(shape):
    height, width = shape
    images = np.zeros((30, height, width, 1), np.float32)
    images[:, :, width // 2] = 1
    sheared = only(shear=1, max_shear=20).augment(images, 0)[..., 0]
    # Where the line crosses the first row, from the center; 0 where columns were sheared.
    shifts = np.array(
        [image[0] @ np.arange(width) / image[0].sum() - width // 2 for image in sheared]
    )
    furthest = np.tan(np.radians(20)) * (height // 2)
    assert np.all(np.abs(shifts) <= furthest + 0.1)
    assert shifts.min() < -furthest / 2
    assert shifts.max() > furthest / 2


def test_shear_is_along_the_rows_or_along_the_columns():
    images = np.zeros((40, 31, 31, 1), np.float32)
    images[:, 15] = images[:, :, 15] = 1
    sheared = only(shear=1, max_shear=20).augment(images, 0)[..., 0]
    row_stays = np.all(sheared[:, 15] > 0.99, axis=1)
    column_stays = np.all(sheared[:, :, 15] > 0.99, axis=1)
    assert np.all(row_stays ^ column_stays)
    assert 5 < row_stays.sum() < 35


def test_shear_reflects_at_the_border():
    images = random_images(n_images=20, height=48, width=48, dtype="float32")
    images = 0.5 + images / 2
    sheared = only(shear=1, max_shear=30).augment(images, 0)
    assert sheared.min() >= 0.5
    np.testing.assert_allclose(sheared.mean(axis=(1, 2)), images.mean(axis=(1, 2)), atol=0.02)


@pytest.mark.parametrize("dtype", WHITE)
def test_sharpening_raises_and_blur_lowers_the_energy_of_edges(dtype):
    image = random_images(n_images=1, height=64, width=64, dtype=dtype)
    sharpened, blurred = (only(**{name: 1}).augment(image, 1)[0] for name in ("sharpen", "blur"))
    assert edge_energy(sharpened) > 1.1 * edge_energy(image[0])
    assert edge_energy(blurred) < 0.9 * edge_energy(image[0])


@pytest.mark.parametrize("operation", ["sharpen", "blur"])
def test_sharpening_and_blur_leave_the_mean_and_even_areas_alone(operation):
    image = random_images(n_images=1, height=64, width=64, dtype="float32") / 4 + 0.4
    changed = only(**{operation: 1}).augment(image, 0)
    assert abs(changed.mean() - image.mean()) < 0.002
    np.testing.assert_allclose(only(**{operation: 1}).augment(gray(), 0), gray(), rtol=1e-6)


def test_blur_spreads_a_point_by_its_sigma():
    images = np.zeros((50, 41, 41, 1))
    images[:, 20, 20] = 1
    profiles = only(blur=1, max_blur=4).augment(images, 0).sum(axis=(1, 3))
    sigmas = np.sqrt(profiles @ (np.arange(41) - 20.0) ** 2)
    assert sigmas.max() <= 4
    assert stats.kstest(sigmas, stats.uniform(0, 4).cdf).pvalue > 0.01


@pytest.mark.parametrize("dtype", WHITE)
def test_noise_is_normal_with_a_deviation_uniform_up_to_its_maximum(dtype):
    noisy = only(gaussian_noise=1, max_gaussian_noise=0.1).augment(gray(60, 64, dtype), 0)
    deviations = noisy.std(axis=(1, 2, 3)) / WHITE[dtype]
    assert deviations.max() < 0.11
    assert stats.kstest(deviations, stats.uniform(0, 0.1).cdf).pvalue > 0.01
    assert abs(noisy.mean() / WHITE[dtype] - 0.5) < 0.003


def test_noise_has_the_quantiles_of_the_normal_distribution():
    noise = only(gaussian_noise=1, max_gaussian_noise=0.1).augment(gray(), 0) - 0.5
    assert stats.kstest(noise.ravel() / noise.std(), stats.norm.cdf).statistic < 0.02


def test_noise_is_unlike_between_pixels_channels_and_images():
    images = np.full((4, 96, 96, 3), 0.5, np.float32)
    noise = only(gaussian_noise=1, max_gaussian_noise=0.1).augment(images, 0) - 0.5
    neighbors = [noise[:, 1:], noise[:, :-1]], [noise[:, :, 1:], noise[:, :, :-1]]
    others = [noise[..., 1:], noise[..., :-1]], [noise[1:], noise[:-1]]
    for one, other in (*neighbors, *others):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.03


def test_no_run_of_noise_comes_twice_in_an_image_or_in_two():
    images = np.zeros((4, 128, 128, 1)) + 0.5
    noisy = only(gaussian_noise=1, max_gaussian_noise=0.1).augment(images, 0)
    runs = sliding_window_view(noisy.reshape(4, -1), 16, axis=1).reshape(-1, 16)
    # The order within a run is the same whatever the strength. Of 16! orders, 65,000 draws
    # are all different but for one time in 10,000.
    orders = runs.argsort(axis=1).astype(np.uint8)
    assert len({order.tobytes() for order in orders}) == len(runs)


@pytest.mark.parametrize("dtype", WHITE)
def test_salt_and_pepper_is_white_or_black_in_all_channels(dtype):
    images = np.full((4, 32, 32, 3), WHITE[dtype] / 2).astype(dtype)
    speckled = only(salt_pepper=1, max_salt_pepper=0.5).augment(images, 0)
    is_set = np.any(speckled != images, axis=3)
    assert set(np.unique(speckled[is_set])) == {0, WHITE[dtype]}
    assert np.ptp(speckled, axis=3).max() == 0


@pytest.mark.parametrize(("n_images", "size"), [(6000, 8), (1000, 28)])
@pytest.mark.parametrize("maximum", [0.02, 1])
def test_salt_and_pepper_sets_half_its_maximum_on_average_as_much_white_as_black(
    n_images, size, maximum
):
    images = np.full((n_images, size, size, 1), 128, np.uint8)
    speckled = only(salt_pepper=1, max_salt_pepper=maximum).augment(images, 0)
    white, black = (speckled == 255).mean(), (speckled == 0).mean()
    np.testing.assert_allclose([white, black], maximum / 4, rtol=0.15)
    np.testing.assert_allclose(white, black, rtol=0.1)


def test_the_fraction_set_by_salt_and_pepper_is_uniform_up_to_its_maximum():
    images = np.full((40, 100, 100, 1), 128, np.uint8)
    speckled = only(salt_pepper=1, max_salt_pepper=0.5).augment(images, 0)
    fractions = (speckled != images).mean(axis=(1, 2, 3))
    assert stats.kstest(fractions, stats.uniform(0, 0.5).cdf).pvalue > 0.01


@pytest.mark.parametrize("operation", OFF)
def test_probability_is_the_share_of_images_that_change(operation):
    images = random_images(n_images=400, height=24, width=24, dtype="float32")
    changed = only(**{operation: 0.3, "max_salt_pepper": 0.5}).augment(images, 0) != images
    assert 0.22 < changed.any(axis=(1, 2, 3)).mean() < 0.38


def test_all_probabilities_zero_give_an_equal_copy():
    images = random_images()
    copied = only().augment(images, 0)
    np.testing.assert_array_equal(copied, images)
    assert not np.shares_memory(copied, images)


@pytest.mark.parametrize("strength", ["shear", "sharpen", "blur", "gaussian_noise", "salt_pepper"])
def test_strength_zero_changes_nothing(strength):
    images = random_images()
    unchanged = only(**{strength: 1, f"max_{strength}": 0}).augment(images, 0)
    np.testing.assert_array_equal(unchanged, images)


@pytest.mark.parametrize("dtype", WHITE)
@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("width", [20, 33])
def test_all_operations_keep_shape_dtype_and_range(dtype, channels, width):
    images = random_images(4, 20, width, channels, dtype)
    kept = images.copy()
    augmented = only(**dict.fromkeys(OFF, 1)).augment(images, 0)
    assert augmented.shape == images.shape
    assert augmented.dtype == images.dtype
    assert 0 <= augmented.min() < augmented.max() <= WHITE[dtype]
    np.testing.assert_array_equal(images, kept)


@pytest.mark.parametrize("operation", ["shear", "sharpen", "blur", *GEOMETRIC])
def test_channels_beyond_four_are_treated_as_the_first_ones(operation):
    image = random_images(channels=1, dtype="float64")
    augmented = only(**{operation: 1}).augment(image.repeat(6, axis=3), 0)
    np.testing.assert_allclose(augmented, augmented[..., :1].repeat(6, axis=3), atol=0.02)


@pytest.mark.parametrize("operation", ["shear", "sharpen", "blur", "gaussian_noise", *GEOMETRIC])
def test_float_and_uint8_images_agree_within_rounding(operation):
    images = random_images(height=32, width=32)
    augmenter = only(**{operation: 1})
    as_float = augmenter.augment((images / 255).astype(np.float32), 0) * 255
    np.testing.assert_allclose(augmenter.augment(images, 0), as_float, atol=1.51)


def test_float_images_may_be_in_0_to_255():
    images = random_images(dtype="float32")
    augmenter = only(**dict.fromkeys(OFF, 1))
    scaled = augmenter.augment(images * 255, 0, pixel_max=255)
    np.testing.assert_allclose(scaled / 255, augmenter.augment(images, 0), atol=1e-5)


def test_same_seed_gives_the_same_and_another_gives_another():
    images = random_images()
    first, same, other = (ImageAugmenter().augment(images, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_generator_in_the_same_state_gives_the_same_and_moves_on():
    images, rng = random_images(), np.random.default_rng(0)
    first, second = (ImageAugmenter().augment(images, rng) for _ in range(2))
    np.testing.assert_array_equal(first, ImageAugmenter().augment(images, 0))
    assert not np.array_equal(first, second)


def test_no_seed_gives_another_each_time():
    images = random_images()
    first, second = (ImageAugmenter().augment(images) for _ in range(2))
    assert not np.array_equal(first, second)


def test_images_of_a_batch_are_changed_each_of_its_own_accord():
    images = random_images(n_images=1).repeat(16, axis=0)
    augmented = ImageAugmenter().augment(images, 0)
    assert len({image.tobytes() for image in augmented}) > 8


def test_seed_of_opencv_is_left_alone():
    numbers = []
    for augmenter in (only(), only(**dict.fromkeys(OFF, 1))):
        cv2.setRNGSeed(0)
        augmenter.augment(random_images(), 0)
        numbers.append(cv2.randu(np.zeros(3), 0, 1).tolist())
    assert numbers[0] == numbers[1]


def test_views_and_read_only_images_are_taken():
    images = random_images(channels=4)[:, ::-1, :, 1:]
    images.flags.writeable = False
    augmenter = only(**dict.fromkeys(OFF, 1))
    expected = augmenter.augment(images.copy(), 0)
    np.testing.assert_array_equal(augmenter.augment(images, 0), expected)


@pytest.mark.parametrize("size", [1, 2])
def test_tiny_images_are_taken(size):
    images = random_images(height=size, width=size)
    assert only(**dict.fromkeys(OFF, 1)).augment(images, 0).shape == images.shape


def test_no_images_give_no_images():
    assert ImageAugmenter().augment(np.zeros((0, 8, 8, 3), np.float32)).shape == (0, 8, 8, 3)


@pytest.mark.parametrize(
    "duplicate", [clone, lambda augmenter: pickle.loads(pickle.dumps(augmenter))]
)
def test_clone_and_pickle_augment_the_same(duplicate):
    images, augmenter = random_images(), ImageAugmenter(blur=0.7, max_blur=2)
    augmented = duplicate(augmenter).augment(images, 0)
    np.testing.assert_array_equal(augmented, augmenter.augment(images, 0))


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"blur": 1.2}, ValueError, r"blur=1.2 is out of range. Use a number in \[0, 1\]"),
        ({"horizontal_flip": -0.1}, ValueError, r"horizontal_flip=-0.1 is out of range"),
        ({"max_blur": -1}, ValueError, r"max_blur=-1 is out of range"),
        ({"max_shear": 90}, ValueError, r"max_shear=90 is out of range"),
        ({"max_salt_pepper": 2}, ValueError, r"max_salt_pepper=2 is out of range"),
        ({"max_sharpen": np.nan}, ValueError, r"max_sharpen=nan is out of range"),
        ({"max_blur": np.inf}, ValueError, r"max_blur=inf is out of range"),
        ({"shear": "often"}, TypeError, r"shear='often' is not a number"),
    ],
)
def test_bad_parameters_are_errors(params, error, message):
    with pytest.raises(error, match=message):
        ImageAugmenter(**params).augment(random_images())


@pytest.mark.parametrize(
    ("images", "error", "message"),
    [
        (np.zeros((8, 8, 3), np.uint8), ValueError, "not 4-D"),
        (np.zeros((2, 8, 8, 3), np.int64), TypeError, "dtype int64"),
        (np.full((2, 8, 8, 3), 255.0), ValueError, r"from 255 to 255, beyond \[0, pixel_max=1\]"),
        (np.full((2, 8, 8, 3), -1.0), ValueError, "from -1 to -1"),
    ],
)
def test_bad_images_are_errors(images, error, message):
    with pytest.raises(error, match=message):
        ImageAugmenter().augment(images)
