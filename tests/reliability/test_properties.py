"""Properties that hold for any input, looked for by hypothesis."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import ops

from imblearn_bbfl._images import as_images
from imblearn_bbfl.augmentation import ImageAugmenter
from imblearn_bbfl.losses import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalFocalCrossentropy,
)
from imblearn_bbfl.sampling import BatchBalancedSampler

quick = settings(max_examples=40, deadline=None, derandomize=True)


@quick
@given(
    counts=st.lists(st.integers(1, 40), min_size=2, max_size=6),
    extra=st.integers(0, 20),
    epoch=st.integers(0, 3),
    seed=st.integers(0, 2**31 - 1),
)
def test_each_batch_is_balanced_to_one_row(counts, extra, epoch, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    plan = BatchBalancedSampler(len(counts) + extra, random_state=seed).fit(y)
    for rows in plan.sample_epoch(epoch):
        in_batch = np.bincount(y[rows], minlength=len(counts))
        assert in_batch.sum() == len(counts) + extra
        assert in_batch.max() - in_batch.min() <= 1


logits = arrays("float32", (4, 3), elements=st.floats(-200, 200, width=32))
gammas = st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0])
codes = arrays("int32", 4, elements=st.integers(0, 2))


@pytest.mark.slow
@quick
@given(logits=logits, codes=codes, gamma=gammas)
def test_the_focal_loss_is_finite_and_at_most_the_cross_entropy(logits, codes, gamma):
    options = {"from_logits": True, "reduction": None}
    focal = SparseCategoricalFocalCrossentropy(gamma=gamma, **options)(codes, logits)
    entropy = SparseCategoricalFocalCrossentropy(gamma=0.0, **options)(codes, logits)
    focal, entropy = ops.convert_to_numpy(focal), ops.convert_to_numpy(entropy)
    assert np.isfinite(focal).all()
    assert (focal >= 0).all()
    assert (focal <= entropy * (1 + 1e-6)).all()


@pytest.mark.slow
@quick
@given(logits=logits, codes=codes, gamma=gammas)
def test_sparse_and_one_hot_labels_give_the_same_loss(logits, codes, gamma):
    options = {"gamma": gamma, "from_logits": True, "reduction": None}
    sparse = SparseCategoricalFocalCrossentropy(**options)(codes, logits)
    one_hot = np.eye(3, dtype="float32")[codes]
    categorical = CategoricalFocalCrossentropy(**options)(one_hot, logits)
    sparse, categorical = ops.convert_to_numpy(sparse), ops.convert_to_numpy(categorical)
    np.testing.assert_allclose(sparse, categorical, rtol=1e-5)


@pytest.mark.slow
@quick
@given(logit=st.floats(-200, 200, width=32), gamma=gammas)
def test_the_binary_loss_is_that_of_two_classes(logit, gamma):
    options = {"gamma": gamma, "from_logits": True, "reduction": None}
    pair = np.array([[0.0, logit]], dtype="float32")
    binary = BinaryFocalCrossentropy(**options)(np.ones((1, 1), "float32"), pair[:, 1:])
    two = SparseCategoricalFocalCrossentropy(**options)(np.array([1]), pair)
    binary, two = ops.convert_to_numpy(binary), ops.convert_to_numpy(two)
    np.testing.assert_allclose(binary, two, rtol=1e-5, atol=1e-30)


@quick
@given(
    shape=st.tuples(
        st.integers(1, 4), st.integers(2, 20), st.integers(2, 20), st.sampled_from([1, 3])
    ),
    is_float=st.booleans(),
    seed=st.integers(0, 2**31 - 1),
)
def test_augmentation_keeps_shape_dtype_and_range(shape, is_float, seed):
    images = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    if is_float:
        images = (images / 255).astype("float32")
    before = images.copy()
    changed = ImageAugmenter().augment(
        images, np.random.default_rng(seed), pixel_max=1.0 if is_float else 255.0
    )
    assert (changed.shape, changed.dtype) == (images.shape, images.dtype)
    assert changed.min() >= 0
    assert changed.max() <= (1 if is_float else 255)
    assert np.array_equal(images, before)


@quick
@given(
    image=arrays("uint8", st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3))),
    ending=st.sampled_from([".png", ".bmp", ".tif"]),
)
def test_a_lossless_file_gives_its_pixels_back(tmp_path_factory, image, ending):
    path = str(tmp_path_factory.getbasetemp() / f"image{ending}")
    cv2.imwrite(path, image[..., ::-1])
    assert np.array_equal(as_images([path]).read([0])[0], image)
