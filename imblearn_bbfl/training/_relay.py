"""The user's callbacks, to which all phases of a fit are one training of one network."""

import keras


class CallbackRelay(keras.callbacks.Callback):
    """Calls callbacks as if a training in phases were one training of the whole network.

    They see one begin, one end, and the whole network as their ``model``, also while its head is
    trained alone. One of them that stops the training stops all phases of it.

    Parameters
    ----------
    callbacks : list of keras callbacks
        In the order in which they are called.
    network : keras.Model
        The whole network.
    n_epochs : int
        Number of the last epoch plus 1, over all phases.

    Attributes
    ----------
    is_stopped : bool
        Whether a callback has stopped the training.
    n_epochs : int
        As given.
    """

    def __init__(self, callbacks, network, n_epochs):
        super().__init__()
        self.is_stopped = False
        self._callbacks = callbacks
        self._network = network
        self.n_epochs = n_epochs
        self._lent = self._trained = None
        self._has_begun = False
        self._logs_of_end = None
        for callback in callbacks:
            callback.set_model(network)

    def follow(self, lent, trained):
        """Relay the training of `lent`, an engine or a predictor, in the place of `trained`.

        `trained` is the whole network or shares its weights with it.
        """
        self._lent, self._trained = lent, trained

    def set_params(self, params):
        """Pass on the parameters of the training, with the epochs of all phases."""
        for callback in self._callbacks:
            callback.set_params({**params, "epochs": self.n_epochs})

    def on_train_begin(self, logs=None):
        """Begin with the first phase."""
        if not self._has_begun:
            self._has_begun = True
            self._relay_with_weights("on_train_begin", logs)

    def on_train_end(self, logs=None):
        """Do not end with a phase."""
        self._logs_of_end = logs

    def end(self):
        """End after the last phase."""
        self._call("on_train_end", self._logs_of_end)

    def on_epoch_begin(self, epoch, logs=None):
        """Begin an epoch."""
        self._relay_with_weights("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        """End an epoch."""
        self._relay_with_weights("on_epoch_end", epoch, logs)

    def on_train_batch_begin(self, batch, logs=None):
        """Begin a step."""
        self._relay("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        """End a step."""
        self._relay("on_train_batch_end", batch, logs)

    def _relay_with_weights(self, hook, *args):
        """Relay a call to callbacks that may read the weights, or change them."""
        if self._callbacks:
            self._lent.unload_weights(self._trained)
            self._relay(hook, *args)
            self._lent.load_weights(self._trained)

    def _relay(self, hook, *args):
        # Stopping on a plateau ends a phase, stopping by a callback of the user all of them.
        ends_phase = self.model.stop_training
        self._network.stop_training = False
        self._call(hook, *args)
        self.is_stopped |= self._network.stop_training
        self.model.stop_training = ends_phase or self.is_stopped

    def _call(self, hook, *args):
        for callback in self._callbacks:
            getattr(callback, hook)(*args)
