"""The views of an image that predictions are averaged over."""

import keras
import numpy as np
import pytest

from imblearn_bbfl._images import as_images, average_over_views, check_views, list_views

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 6, 6, 3), dtype=np.uint8)
FLIPS = [IMAGES, IMAGES[:, :, ::-1], IMAGES[:, ::-1], IMAGES[:, ::-1, ::-1]]


def to_set(views, row):
    return {np.asarray(view[row]).tobytes() for view in views}


def test_flips_are_the_image_its_mirror_image_and_both_upside_down():
    assert to_set(list_views(IMAGES, "flips"), 0) == to_set(FLIPS, 0)


def test_flips_and_turns_are_all_turns_of_the_image_and_of_its_mirror_image():
    turned = [np.rot90(view, n, axes=(1, 2)) for view in FLIPS[:2] for n in range(4)]
    views = list_views(IMAGES, "flips+turns")
    assert len(views) == len(to_set(views, 0)) == 8
    assert to_set(views, 0) == to_set(turned, 0)


@pytest.mark.parametrize("kind", ["flips", "flips+turns"])
def test_tensors_have_the_same_views_in_the_same_order(kind):
    views = list_views(keras.ops.convert_to_tensor(IMAGES), kind, keras.ops)
    for view, expected in zip(views, list_views(IMAGES, kind), strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(view), expected)


class Noting:
    """Images that note which rows were read, in which batch."""

    def __init__(self, images):
        self._images = images
        self.batches = []

    def __len__(self):
        return len(self._images)

    def read(self, rows):
        self.batches.append(list(rows))
        return self._images.read(rows)


def weigh(images, rows, size=8):
    """Predict in batches, by weights that no view leaves as they are."""
    rows = np.arange(len(images)) if rows is None else rows
    weights = np.arange(108.0).reshape(1, 6, 6, 3) ** 2
    batches = [images.read(batch) for batch in np.split(rows, range(size, len(rows), size))]
    return np.concatenate([(weights * batch).sum(axis=(1, 2)) for batch in batches])


@pytest.mark.parametrize("rows", [None, [4, 0, 3, 0]])
@pytest.mark.parametrize("kind", [None, "flips", "flips+turns"])
def test_predictions_are_the_mean_over_the_views(kind, rows):
    rows = None if rows is None else np.array(rows)
    expected = np.mean([weigh(as_images(v), rows) for v in list_views(IMAGES, kind)], axis=0)
    found = average_over_views(weigh, as_images(IMAGES), rows, kind=kind)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_each_image_is_read_once_and_a_batch_has_no_more_views_than_it_would_have_images():
    images = Noting(as_images(IMAGES))
    average_over_views(weigh, images, kind="flips")
    assert images.batches == [[0, 1], [2, 3], [4]]


def test_the_outputs_of_all_views_are_held_for_some_images_at_a_time(monkeypatch):
    monkeypatch.setattr("imblearn_bbfl._images._views._BLOCK_ROWS", 2)
    calls = []

    def note(images, rows):
        calls.append(len(rows))
        return weigh(images, rows)

    found = average_over_views(note, as_images(IMAGES), kind="flips+turns")
    assert calls == [16, 16, 8]
    np.testing.assert_array_equal(
        found, average_over_views(weigh, as_images(IMAGES), kind="flips+turns")
    )


def test_half_precision_is_averaged_in_single():
    def near_the_largest(images, rows):
        return np.full((len(rows), 1), 6e4, dtype=np.float16)

    assert average_over_views(near_the_largest, as_images(IMAGES), kind="flips")[0, 0] < np.inf


@pytest.mark.parametrize(
    ("kind", "images", "message"),
    [
        ("flip", IMAGES, "'flip' is not known. Use None, 'flips' or 'flips\\+turns'"),
        ("flips", IMAGES[:, 0, :, 0], "X is a 2-D table. Use test_time_augmentation=None"),
        ("flips+turns", IMAGES[:, :4], "have 4 x 6 pixels. Use 'flips', or .* image_size=4"),
    ],
)
def test_views_that_cannot_be_had_are_an_error_with_the_remedy(kind, images, message):
    with pytest.raises(ValueError, match=message):
        check_views(kind, images.shape[1:])


def test_images_that_are_not_square_can_be_mirrored():
    check_views("flips", (4, 6, 3))
