"""What goes into `fit` and `predict`: images, labels, weights and groups, checked."""

import warnings
from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from imblearn_bbfl._groups import check_disjoint, check_groups
from imblearn_bbfl._images import FileImages, as_images, count_rows, warn_of_unused_range
from imblearn_bbfl._weights import check_weights
from imblearn_bbfl.backbones import check_backbone
from imblearn_bbfl.classifier._outputs import fit_without_rows
from imblearn_bbfl.decisions import Decision
from imblearn_bbfl.training import check_process
from imblearn_bbfl.validation_split import split_rows

_DECISION_FRACTION = 0.1  # without a validation part, whose share is also that of the decision part
_HARM = {
    "validation": "its scores flatter",
    "decision": "the rule trusts the network more than it should",
}


class Part(NamedTuple):
    """Some rows of a data set."""

    images: object  # as `as_images` returns
    codes: np.ndarray  # (n_samples,), number of each row's class
    weight: np.ndarray | None  # (n_samples,), sample weight of each row
    rows: np.ndarray  # row numbers that belong to this part
    groups: np.ndarray | None = None  # (n_samples,), what must not be torn apart


class InputChecks:
    """The part of the estimator that checks its input, and remembers what it looked like."""

    def _check_fit(self, X, y, sample_weight, *, classes=None, groups=None, goes_on):
        """Check training data; return the rows with a positive weight."""
        check_process()
        if groups is not None:
            groups = check_groups(groups, count_rows(X))
        images = self._check_images(X, reset=not goes_on)
        y = _check_labels(y, type(self).__name__)
        check_consistent_length(X, y)
        if sample_weight is None:
            sample_weight = np.ones(len(y))
        sample_weight = column_or_1d(check_weights(sample_weight)).astype(np.float32)
        check_consistent_length(y, sample_weight)
        if not sample_weight.any():
            raise ValueError(
                "sample_weight is zero for all rows. Give some rows a positive weight."
            )
        if not goes_on:
            self._set_classes(y if classes is None else classes)
        return Part(images, self._encode(y), sample_weight, np.flatnonzero(sample_weight), groups)

    def _check_validation(self, validation_data, train):
        """Check the validation data that the user passed beside the training part."""
        is_tuple = isinstance(validation_data, (tuple, list)) and len(validation_data) in (2, 3)
        X, y, valid_groups = (*validation_data, None)[:3] if is_tuple else (None, None, None)
        if not is_tuple or (train.groups is None and valid_groups is not None):
            raise ValueError(
                "validation_data must be a tuple (X, y), or (X, y, groups) where fit gets groups "
                "as well. Weights have no part in validation scores."
            )
        if train.groups is not None:
            _check_separate(train.groups[train.rows], valid_groups, count_rows(X))
        images = self._check_images(X, reset=False)
        y = column_or_1d(y)
        check_consistent_length(X, y)
        return Part(images, self._encode(y), None, np.arange(len(y)))

    def _check_predict(self, X):
        """Check data to predict on."""
        check_process()
        check_is_fitted(self, "model_")
        # Files show what is wrong when they are read; looking at all of them first takes as long.
        return self._check_images(X, reset=False, check_files=False)

    def _check_images(self, X, *, reset, check_files=True):
        """Return images or a table as the network takes them."""
        images = as_images(X, image_size=self.image_size, pixel_max=self.pixel_max)
        if reset:
            check_backbone(self.backbone, images.is_table)  # before all files are read
        if images.is_table:
            if reset:
                vars(self).pop("image_shape_", None)
            elif hasattr(self, "image_shape_"):
                raise ValueError(
                    f"X is a 2-D table, but {type(self).__name__} was fitted on images of shape "
                    f"{self.image_shape_}. Pass images (n_samples, height, width, channels)."
                )
            return as_images(validate_data(self, X, reset=reset, dtype=np.float32))
        if check_files or not isinstance(images, FileImages):
            images.verify()
        if reset:
            for name in ("n_features_in_", "feature_names_in_"):
                vars(self).pop(name, None)
            warn_of_unused_range(images)
            self.image_shape_ = images.shape
            self._pixels = _describe_pixels(images)
        else:
            self._check_same_images(images)
        return images

    def _check_same_images(self, images):
        """Raise unless shape and pixel range are those that the network was built for."""
        fitted = getattr(self, "image_shape_", "a table")
        if images.shape != fitted:
            raise ValueError(
                f"X has images of shape {images.shape}, but {type(self).__name__} was fitted on "
                f"{fitted}. Pass images of that shape, or fit with image_size to have all images "
                "resized."
            )
        kind, pixel_max = _describe_pixels(images)
        fitted_kind, fitted_max = self._pixels
        if self.pixel_max is not None and pixel_max != fitted_max:
            raise ValueError(
                f"pixel_max={self.pixel_max:g} is not the value of white that "
                f"{type(self).__name__} was fitted with: {_say_pixels(fitted_kind, fitted_max)}. "
                "Fit anew, or set pixel_max as it was in fit."
            )
        brighter = fitted_max is not None and (pixel_max is None or pixel_max > fitted_max)
        if kind != fitted_kind or brighter:
            raise ValueError(
                f"X holds {_say_pixels(kind, pixel_max)}, but {type(self).__name__} was fitted on "
                f"{_say_pixels(fitted_kind, fitted_max)}. Scale X as the training images were."
            )

    def _set_classes(self, labels):
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(
                f"y holds one class only, {self.classes_.tolist()[0]!r}. {type(self).__name__} "
                "needs rows of at least 2 classes."
            )

    def _encode(self, y):
        """Return the number of each label in `classes_`."""
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(
                f"y holds labels that are not among the classes {self.classes_}: {unknown}. Fit "
                "on all classes, or pass them as `classes` in the first partial_fit."
            )
        return np.searchsorted(self.classes_, y)

    def _split(self, part, purpose, before, rng, *, goes_on):
        """Hold rows of a part out of training; return both, the second None if no row can be.

        Training that goes on with the same data holds out the same rows again, whatever
        `random_state` is: those that the fit `before` remembered.
        """
        fraction = self.validation_fraction or _DECISION_FRACTION
        codes = part.codes[part.rows]
        groups = None if part.groups is None else pd.factorize(part.groups[part.rows])[0]
        data = joblib.hash([codes, groups, float(fraction)])
        known_data, held_out = before.get(purpose, (None, None))
        if not (goes_on and data == known_data):
            if goes_on and self.current_epoch:
                warnings.warn(
                    "Training goes on, but the last fit held out other rows or none: the "
                    f"{purpose} part may hold rows that were trained on, so that {_HARM[purpose]}. "
                    "Fit the same rows with the same validation_fraction each time"
                    f"{', or pass validation_data' if purpose == 'validation' else ''}.",
                    UserWarning,
                    stacklevel=3,
                )
            _, held_out = split_rows(codes, groups, fraction, rng, purpose)
        self._held_out[purpose] = data, held_out
        train = part._replace(rows=np.delete(part.rows, held_out))
        return train, part._replace(rows=part.rows[held_out]) if len(held_out) else None

    def _hold_out_for_decision(self, train, before, rng, *, goes_on):
        """Split rows off the training part for a decision rule that learns from some.

        They are rows of its own, for those that chose the epoch would flatter it. Without such a
        rule there are none. One that needs no rows says here, before training, if it is for other
        classes.
        """
        if not isinstance(self.thresholding, Decision):
            return train, None
        if not self.thresholding.needs_rows:
            fit_without_rows(self.thresholding, self.classes_)
            return train, None
        train, held_out = self._split(train, "decision", before, rng, goes_on=goes_on)
        if held_out is None:
            raise ValueError(
                f"thresholding={self.thresholding!r} learns from rows that are not trained on, but "
                f"of {len(train.rows)} rows none can be held out for it. Use more rows, or a rule "
                "that needs none, such as 'prior'."
            )
        return train, held_out

    def _check_all_classes(self, train):
        missing = np.setdiff1d(np.arange(len(self.classes_)), train.codes[train.rows])
        if len(missing):
            raise ValueError(
                f"Training holds no row of class {self.classes_[missing]} with a positive "
                "sample_weight. Give each class some weight, or leave its rows out of X and y."
            )


def _check_labels(y, name):
    """Return labels as an array."""
    if y is None:
        raise ValueError(
            f"{name} requires y to be passed, but the target y is None. Pass one label per row."
        )
    y = column_or_1d(y, warn=True)
    assert_all_finite(y, input_name="y")
    check_classification_targets(y)
    return y


def _check_separate(groups, valid_groups, n_valid):
    """Check that no group is in the training rows and in the validation data."""
    if valid_groups is None:
        warnings.warn(
            "groups are given, but validation_data has none: whether it shares groups with X is "
            "not known. Pass validation_data=(X, y, groups) to have it checked.",
            UserWarning,
            stacklevel=4,
        )
    else:
        check_disjoint(groups, check_groups(valid_groups, n_valid))


def _describe_pixels(images):
    """Return "integers" or "floats", and the value of a white pixel."""
    is_float = images.read([0]).dtype.kind == "f"
    return "floats" if is_float else "integers", images.pixel_max


def _say_pixels(kind, pixel_max):
    return f"{kind} outside [0, 255]" if pixel_max is None else f"{kind} in [0, {pixel_max:g}]"
