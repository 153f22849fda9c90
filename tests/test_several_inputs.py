"""Batches of several inputs and outputs, and of targets with several labels."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from imblearn_bbfl import BalancedBatchGenerator
from imblearn_bbfl._images import as_images
from imblearn_bbfl.augmentation import ImageAugmenter

IMAGES = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 3), dtype=np.uint8)
AGE = np.arange(60, dtype=np.float32)  # tells the number of a row
TABLE = np.stack([AGE, 2 * AGE], axis=1)
SEVERAL = {"image": IMAGES, "age": AGE, "table": TABLE}
TARGETS = {"grade": np.repeat([0, 1, 2], [36, 18, 6]), "sex": np.tile([0, 1], 30)}
LABELS = np.stack([TARGETS["sex"], TARGETS["grade"] > 0], axis=1)


def generate(X=SEVERAL, y=TARGETS, batch_size=12, **params):
    return BalancedBatchGenerator(X, y, batch_size=batch_size, random_state=0, **params)


def test_inputs_and_outputs_with_names_are_rows_that_belong_together():
    inputs, targets = pickle.loads(pickle.dumps(generate(balance_by="grade")))[2]
    rows = inputs["age"].astype(int)
    np.testing.assert_array_equal(inputs["image"], IMAGES[rows])
    np.testing.assert_array_equal(inputs["table"], TABLE[rows])
    for name in TARGETS:
        np.testing.assert_array_equal(targets[name], TARGETS[name][rows])
    assert np.bincount(targets["grade"]).tolist() == [4, 4, 4]


@pytest.mark.parametrize("kind", [tuple, list])
def test_inputs_and_outputs_without_names_come_in_tuples(kind):
    X, y = kind(SEVERAL.values()), kind(TARGETS.values())
    (images, ages, _), (_, sex) = generate(X, y, balance_by=1)[0]
    np.testing.assert_array_equal(images, IMAGES[ages.astype(int)])
    assert sex.sum() == 6


def test_several_inputs_may_have_one_output_and_the_other_way_round():
    (_, ages, _), sex = generate(tuple(SEVERAL.values()), TARGETS["sex"])[0]
    np.testing.assert_array_equal(sex, ages.astype(int) % 2)
    table, targets = generate(TABLE, TARGETS, balance_by="sex")[0]
    np.testing.assert_array_equal(targets["sex"], table[:, 0].astype(int) % 2)


@pytest.mark.parametrize("kind", [tuple, list])
def test_tuples_of_rows_are_no_inputs(kind):
    images, labels = generate(kind(IMAGES), kind(TARGETS["sex"].tolist()))[0]
    assert (images.shape, labels.shape) == ((12, 8, 8, 3), (12,))
    rows, _ = generate(kind(TABLE), kind(np.eye(2)[TARGETS["sex"]]))[0]
    assert rows.shape == (12, 2)


def test_each_input_of_images_is_resized_and_changed_and_no_other():
    X = {**SEVERAL, "other": IMAGES.astype(np.float32) / 255}
    changes = {"image_size": 6, "augmentation": ImageAugmenter(), "batch_size": 60}
    inputs, _ = generate(X, TARGETS["sex"], **changes)[0]
    rows = inputs["age"].astype(int)
    assert inputs["image"].shape == inputs["other"].shape == (60, 6, 6, 3)
    assert (inputs["image"] != as_images(IMAGES, image_size=6).read(rows)).any()
    assert inputs["other"].max() <= 1  # by its own white
    assert (np.rint(inputs["other"] * 255) != inputs["image"]).any()  # with draws of its own
    np.testing.assert_array_equal(inputs["table"][:, 0], rows)


def test_weights_are_one_for_each_row_or_one_for_each_output():
    for weight in (AGE, {"grade": AGE, "sex": AGE}):
        inputs, _, weights = generate(balance_by="sex", sample_weight=weight)[0]
        weights = weights["sex"] if isinstance(weight, dict) else weights
        np.testing.assert_array_equal(weights, inputs["age"])


@pytest.mark.parametrize("balance_by", [1, LABELS[:, 1], LABELS[:, 1].tolist()])
@pytest.mark.parametrize("make", [np.array, sparse.csr_array])
def test_targets_of_several_labels_are_balanced_by_a_column_or_by_labels(make, balance_by):
    rows, targets = generate(TABLE, make(LABELS), balance_by=balance_by)[0]
    np.testing.assert_array_equal(targets, LABELS[rows[:, 0].astype(int)])
    assert targets[:, 1].sum() == 6


def test_the_column_of_a_data_frame_of_targets_has_a_name():
    y = pd.DataFrame(LABELS, columns=["sex", "sick"])
    assert generate(TABLE, y, balance_by="sick")[0][1][:, 1].sum() == 6


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({}, "2 outputs, 'grade', 'sex'. Say .* balance_by='grade'"),
        ({"balance_by": "age"}, "'age' is not an output of y: 'grade', 'sex'"),
        ({"balance_by": [0, 1]}, r"balance_by has the shape \(2,\), but there are 60 rows"),
        ({"y": LABELS}, "not one-hot.*multi-label .*balance_by=0"),
        ({"y": TARGETS["sex"], "balance_by": 0}, "has one column of labels"),
        ({"y": {"both": LABELS}}, "output 'both' of y .*one of its columns"),
        ({"y": (AGE, AGE[:3])}, r"differ in length: \[3, 60\]"),
        ({"y": {}}, "at least one array"),
        ({"X": {}, "balance_by": "sex"}, "at least one array"),
        ({"X": {"age": AGE, "table": TABLE[:9]}, "balance_by": "sex"}, "inconsistent numbers"),
        ({"X": {"age": AGE + np.nan}, "balance_by": "sex"}, "contains NaN"),
        ({"balance_by": "sex", "mixup": 0.2}, "mixes one input and one output.*mixup=0"),
        ({"X": {"age": AGE}, "balance_by": "sex", "augmentation": ImageAugmenter()}, "for images"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_remedy(changed, message):
    with pytest.raises(ValueError, match=message):
        generate(**changed)
