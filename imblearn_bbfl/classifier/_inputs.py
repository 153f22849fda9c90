"""What goes into `fit` and `predict`: images, labels, weights and groups, checked.

These functions read the parameters and fitted attributes of a classifier and return what they find;
what of it is to be remembered, the classifier stores. Only scikit-learn's `validate_data` stores
the number and the names of a table's columns itself.
"""

from typing import NamedTuple

import numpy as np
from sklearn.exceptions import DataConversionWarning
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from imblearn_bbfl._groups import check_disjoint, check_groups, count_names_of_none
from imblearn_bbfl._images import (
    FileImages,
    as_images,
    check_views,
    count_rows,
    warn_of_unused_range,
)
from imblearn_bbfl._labels import check_labels
from imblearn_bbfl._one_hot import as_labels, warn_of_empty_columns
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl._weights import check_weights
from imblearn_bbfl.backbones import check_backbone
from imblearn_bbfl.backbones._network import check_head_units
from imblearn_bbfl.training import check_process


class Part(NamedTuple):
    """Some rows of a data set."""

    images: object  # as `as_images` returns
    codes: np.ndarray  # (n_samples,), number of each row's class
    weight: np.ndarray | None  # (n_samples,), sample weight of each row
    rows: np.ndarray  # row numbers that belong to this part
    groups: np.ndarray | None = None  # (n_samples,), what must not be torn apart


class ImageKind(NamedTuple):
    """What images look like to a network, which is built for one kind."""

    shape: tuple  # (height, width, channels)
    numbers: str  # "integers" or "floats"
    white: float | None  # value of a white pixel; None where it cannot be told

    def describe_pixels(self):
        """Say which numbers the pixels are, and in which range."""
        if self.white is None:
            return f"{self.numbers} outside [0, 255]"
        return f"{self.numbers} in [0, {self.white:g}]"


def describe_images(images):
    """Return the kind that images are of."""
    is_float = images.read([0]).dtype.kind == "f"
    return ImageKind(images.shape, "floats" if is_float else "integers", images.pixel_max)


def check_training_data(
    classifier, X, y, sample_weight, *, groups=None, classes=None, goes_on=False
):
    """Check what a classifier is to be trained on.

    Parameters
    ----------
    classifier : BBFLClassifier
        Data for training that goes on have to be like those that it knows.
    X, y, sample_weight, groups
        As in `fit`.
    classes : array-like of shape (n_classes,) or None
        All labels that will ever come, for training that begins; None takes those in y.
    goes_on : bool, default=False
        Whether training goes on.

    Returns
    -------
    part : Part
        The rows with a positive weight.
    classes : ndarray of shape (n_classes,)
        The labels, sorted.
    """
    check_process()
    if groups is not None:
        groups = check_groups(groups, count_rows(X))
    images = check_images(classifier, X, reset=not goes_on)
    labels = _check_labels(y, type(classifier).__name__)
    check_consistent_length(X, labels)
    if sample_weight is None:
        sample_weight = np.ones(len(labels))
    _check_has_rows(sample_weight)
    sample_weight = column_or_1d(check_weights(sample_weight)).astype(np.float32)
    check_consistent_length(labels, sample_weight)
    if not sample_weight.any():
        raise ValueError("sample_weight is zero for all rows. Give some rows a positive weight.")
    if goes_on:
        classes = classifier.classes_
    else:
        if classes is None:
            classes = _list_classes(labels, "y", type(classifier).__name__)
        else:
            check_labels(classes, "classes")
            classes = _list_classes(classes, "classes", type(classifier).__name__)
        warn_of_empty_columns(y, classes)
    rows = np.flatnonzero(sample_weight)
    return Part(images, encode_labels(labels, classes), sample_weight, rows, groups), classes


def _check_has_rows(sample_weight):
    """Raise where what is passed as weights is something else, such as a number of epochs."""
    is_pair = isinstance(sample_weight, tuple) and any(np.ndim(part) for part in sample_weight)
    if is_pair or isinstance(sample_weight, str) or np.asarray(sample_weight).ndim == 0:
        raise TypeError(
            "sample_weight, the third argument of fit, must be one number for each row, but it is "
            f"{'a tuple' if is_pair else repr(sample_weight)}. Pass what it is by its name, as in "
            "fit(X, y, validation_data=(X_valid, y_valid)); epochs, batch_size and class_weight "
            "are parameters of the classifier."
        )
    shape = np.asarray(sample_weight).shape
    if len(shape) > 1 and shape[1:] != (1,):
        raise ValueError(
            f"sample_weight has the shape {shape}, but must be one number for each row. Pass one "
            "column of it."
        )


def check_validation_data(classifier, validation_data, train):
    """Check the validation data that the user passed beside the training part; return a part."""
    is_tuple = isinstance(validation_data, (tuple, list)) and len(validation_data) in (2, 3)
    X, y, valid_groups = (*validation_data, None)[:3] if is_tuple else (None, None, None)
    if not is_tuple or (train.groups is None and valid_groups is not None):
        raise ValueError(
            "validation_data must be a tuple (X, y), or (X, y, groups) where fit gets groups as "
            "well. Weights have no part in validation scores."
        )
    if train.groups is not None:
        _check_separate(train.groups[train.rows], valid_groups, count_rows(X))
    images = check_images(classifier, X, reset=False)
    y = column_or_1d(read_labels(y, type(classifier).__name__))
    check_consistent_length(X, y)
    return Part(
        images, encode_labels(y, classifier.classes_, "validation_data"), None, np.arange(len(y))
    )


def check_new_data(classifier, X):
    """Check data to predict on; return images or a table."""
    check_process()
    check_is_fitted(classifier, "model_")
    # Files show what is wrong when they are read; looking at all of them first takes as long.
    return check_images(classifier, X, reset=False, check_files=False)


def check_images(classifier, X, *, reset, check_files=True):
    """Return images or a table as the network of a classifier takes them.

    With `reset` they may be of any kind that the backbone takes, else they have to be of the kind
    that the network was built for.
    """
    images = as_images(X, image_size=classifier.image_size, pixel_max=classifier.pixel_max)
    if reset:
        check_backbone(classifier.backbone, images.is_table)  # before all files are read
        check_head_units(classifier.head_units)
    if classifier.test_time_augmentation is not None:  # else no file need be read for its shape
        check_views(classifier.test_time_augmentation, images.shape)
    if images.is_table:
        if not reset and hasattr(classifier, "image_shape_"):
            raise ValueError(
                f"X is a 2-D table, but {type(classifier).__name__} was fitted on images of shape "
                f"{classifier.image_shape_}. Pass images (n_samples, height, width, channels)."
            )
        return as_images(validate_data(classifier, X, reset=reset, dtype=np.float32))
    if check_files or not isinstance(images, FileImages):
        images.verify()
    if reset:
        warn_of_unused_range(images)
    else:
        _check_same_kind(classifier, images)
    return images


def check_all_classes(train, classes):
    """Raise ValueError unless a training part has rows of each class."""
    missing = np.setdiff1d(np.arange(len(classes)), train.codes[train.rows])
    if len(missing):
        raise ValueError(
            f"Training holds no row of class {classes[missing]} with a positive sample_weight. "
            "Give each class some weight, or leave its rows out of X and y."
        )


def encode_labels(y, classes, name="y"):
    """Return the number of each label among the sorted classes."""
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        known, others = (np.array2string(each, threshold=20) for each in (classes, unknown))
        raise ValueError(
            f"{name} holds labels that are not among the classes {known}: {others}. Fit on all "
            "classes, or pass them as `classes` in the first partial_fit."
        )
    return np.searchsorted(classes, y)


def _check_same_kind(classifier, images):
    """Raise ValueError unless images are of the kind that the network was built for."""
    name, shape = type(classifier).__name__, getattr(classifier, "image_shape_", "a table")
    if images.shape != shape:
        raise ValueError(
            f"X has images of shape {images.shape}, but {name} was fitted on {shape}. "
            f"{_find_remedy(images, shape)}"
        )
    kind, fitted = describe_images(images), ImageKind(shape, *classifier._pixels)
    if classifier.pixel_max is not None and kind.white != fitted.white:
        raise ValueError(
            f"pixel_max={classifier.pixel_max:g} is not the value of white that {name} was fitted "
            f"with: {fitted.describe_pixels()}. Fit anew, or set pixel_max as it was in fit."
        )
    is_brighter = fitted.white is not None and (kind.white is None or kind.white > fitted.white)
    if kind.numbers != fitted.numbers or is_brighter:
        raise ValueError(
            f"X holds {kind.describe_pixels()}, but {name} was fitted on "
            f"{fitted.describe_pixels()}. Scale X as the training images were."
        )


def read_labels(y, name):
    """Return one label for each row, of one-hot rows as well; an error says what else to do."""
    return as_labels(
        y,
        remedy=f"{name} takes one label for each image. For multi-label targets, fit one "
        "classifier for each column, as MultiOutputClassifier of scikit-learn does, or train a "
        "network of your own with BinaryFocalCrossentropy of imblearn_bbfl.losses and the batches "
        "of BalancedBatchGenerator(..., balance_by=...).",
    )


def _find_remedy(images, shape):
    """Say how images become such as the network was fitted on."""
    if shape == "a table" or images.shape[:2] != shape[:2]:
        return "Pass images of that shape, or fit with image_size to have all images resized."
    if isinstance(images, FileImages):
        return (
            "Image files are always read in red-green-blue. Fit on files as well, or read them as "
            "arrays of that shape, as by cv2.imread(path, cv2.IMREAD_GRAYSCALE)[..., np.newaxis]."
        )
    if images.shape[2] == 1:
        return f"Repeat the gray values: np.repeat(X, {shape[2]}, axis=-1)."
    return (
        f"Pass images of {shape[2]} channel{'s' if shape[2] > 1 else ''}, or fit on such as these."
    )


def _check_labels(y, name):
    """Return labels as an array."""
    if y is None:
        raise ValueError(
            f"{name} requires y to be passed, but the target y is None. Pass one label per row."
        )
    y = column_or_1d(labels := read_labels(y, name))
    shape = np.asarray(labels).shape
    if len(shape) == 2:
        warn_user(
            f"A column-vector y was passed when a 1d array was expected: y has the shape "
            f"{shape}. Pass y.ravel().",
            DataConversionWarning,
        )
    assert_all_finite(y, input_name="y")
    if type_of_target(y, input_name="y").startswith("continuous"):
        raise ValueError(
            f"Unknown label type: continuous. y holds numbers such as {_find_fraction(y)}, as of a "
            "regression, but labels are whole numbers or text. Pass the class of each row; if "
            "these numbers are names of classes, y.astype(str)."
        )
    check_classification_targets(y)
    return y


def _find_fraction(y):
    values = np.asarray(y)
    return values[values != np.floor(values)].tolist()[0]


def _list_classes(labels, source, name):
    """Return the different labels, sorted, of which there have to be two."""
    classes = np.unique(labels)
    if len(classes) < 2:
        raise ValueError(
            f"{source} holds one class only, {classes.tolist()[0]!r}. {name} needs rows of at "
            "least 2 classes."
        )
    for label, count in count_names_of_none(labels).items():
        warn_user(
            f"{source} has the label {str(label)!r} in {count} rows, which make up a class of "
            "their own. If it stands for an unknown label, leave these rows out of X and y."
        )
    return classes


def _check_separate(groups, valid_groups, n_valid):
    """Check that no group is in the training rows and in the validation data."""
    if valid_groups is None:
        warn_user(
            "groups are given, but validation_data has none: whether it shares groups with X is "
            "not known. Pass validation_data=(X, y, groups) to have it checked.",
        )
    else:
        check_disjoint(groups, check_groups(valid_groups, n_valid))
