"""What was fitted, out of what it was fitted in."""

import keras
import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from imblearn_bbfl._images import as_images
from imblearn_bbfl.coding import widen_logits

_BATCH_SIZE = 32


class KerasFace:
    """A Keras model that looks like a fitted classifier: its classes are 0, 1, 2, ...

    Attributes
    ----------
    model_ : keras.Model
        From images to logits: without the activation of the last layer.
    classes_ : ndarray of int of shape (n_classes,)
    image_size : tuple (height, width) or None
        What images are resized to.
    pixel_max : None
    """

    pixel_max = None

    def __init__(self, model):
        self.model_ = _end_at_logits(model)
        self.classes_ = np.arange(max(2, self.model_.output_shape[-1]))
        size = self.model_.input_shape[1:3]
        self.image_size = None if None in size or len(size) < 2 else size

    def predict_proba(self, X):
        """Return probabilities of shape (n_images, n_classes)."""
        images = as_images(X, image_size=self.image_size)
        starts = range(0, len(images), _BATCH_SIZE)
        batches = (np.arange(i, min(i + _BATCH_SIZE, len(images))) for i in starts)
        logits = [self.model_(images.read(rows).astype("float32")) for rows in batches]
        logits = np.concatenate([keras.ops.convert_to_numpy(part) for part in logits])
        return keras.ops.convert_to_numpy(keras.ops.softmax(widen_logits(logits)))

    def predict(self, X):
        """Return the most probable class of each image."""
        return self.predict_proba(X).argmax(axis=1)


def unwrap(estimator, X=None):
    """Return the classifier that was fitted inside a search or a pipeline, and what it is given.

    Parameters
    ----------
    estimator : estimator or keras.Model
        A search stands for its best estimator, a pipeline for its last step, and a Keras model for
        a classifier of class numbers.
    X : array-like, default=None
        What the estimator is given.

    Returns
    -------
    step : estimator
        What is inside.
    X : array-like
        What it is given: X after the steps of the pipeline that come before it.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If it was not fitted.
    """
    if isinstance(estimator, keras.Model):
        return KerasFace(estimator), X
    check_is_fitted(estimator)
    inner = getattr(estimator, "best_estimator_", getattr(estimator, "estimator_", None))
    if inner is not None:
        return unwrap(inner, X)
    if isinstance(estimator, Pipeline):
        for _, step in estimator.steps[:-1]:
            if X is not None and hasattr(step, "transform"):  # samplers work in training only
                X = step.transform(X)
        return unwrap(estimator.steps[-1][1], X)
    return estimator, X


def check_has(step, attribute, caller, remedy):
    """Raise TypeError, with what is taken, unless an unwrapped estimator has an attribute."""
    if not hasattr(step, attribute):
        raise TypeError(
            f"{caller} takes a fitted BBFLClassifier, or a pipeline or search that ends in one, "
            f"but found a {type(step).__name__}, which has no {attribute!r}. {remedy}"
        )


def _end_at_logits(model):
    """Return a model without the activation of its last layer, with the same weights."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"The Keras model {model.name!r} has {len(model.inputs)} inputs and "
            f"{len(model.outputs)} outputs, but must have one of each: images, and classes."
        )
    last = model.layers[-1]
    if isinstance(last, (keras.layers.Activation, keras.layers.Softmax)):
        return keras.Model(model.inputs[0], last.input)
    activation = getattr(last, "activation", None)
    if activation in (None, keras.activations.linear):
        return keras.Model(model.inputs[0], model.outputs[0])
    copy = type(last).from_config({**last.get_config(), "activation": "linear"})
    logits = copy(last.input)
    copy.set_weights(last.get_weights())
    return keras.Model(model.inputs[0], logits)
