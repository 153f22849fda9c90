"""scikit-learn's callbacks: training is a task to them, and each epoch a task within it."""

import keras

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # before scikit-learn 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Supports none."""

    def with_callbacks(method):
        """Return a method as it is."""
        return method


__all__ = ["CallbackSupportMixin", "make_epoch_tasks", "with_callbacks"]


def make_epoch_tasks(classifier, train, n_epochs):
    """Begin the task of a fit.

    Parameters
    ----------
    classifier : estimator
        With `set_callbacks`, if scikit-learn has callbacks.
    train : Part
        What is trained on.
    n_epochs : int
        How many there will be, at most.

    Returns
    -------
    callbacks : list of keras callback
        Tells scikit-learn's callbacks of the epochs and of the end; none where none are set.
    """
    if not getattr(classifier, "_skl_callbacks", None):
        return []
    return [_EpochTasks(classifier, train, n_epochs)]


class _EpochTasks(keras.callbacks.Callback):
    """Calls scikit-learn's callbacks at both ends of each epoch and of the training."""

    def __init__(self, classifier, train, n_epochs):
        super().__init__()
        self._classifier = classifier
        # Read when a callback asks for them.
        self._data = {
            "X": lambda: train.images.read(train.rows),
            "y": lambda: classifier.classes_[train.codes[train.rows]],
        }
        self._fit = classifier._init_callback_context(max_subtasks=n_epochs)
        self._fit.call_on_fit_task_begin(estimator=classifier, **self._data)

    def on_epoch_begin(self, epoch, logs=None):
        """Begin the task of an epoch."""
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(estimator=self._classifier, **self._data)

    def on_epoch_end(self, epoch, logs=None):
        """End it, and training as well if a callback says so."""
        if self._end(self._epoch):
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        """End the task of the fit."""
        self._end(self._fit)

    def _end(self, task):
        return task.call_on_fit_task_end(
            estimator=self._classifier, reconstruction_attributes=self._describe, **self._data
        )

    def _describe(self):
        """Return what makes a classifier ready to predict, by what is learnt from rows at last."""
        rule = self._classifier.thresholding
        return {
            "model_": self.model,
            "temperature": None,
            "thresholding": rule if rule == "prior" else None,
        }
