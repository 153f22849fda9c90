"""The call of ``keras.Model.fit``, and what must hold around it."""

from numbers import Real

import keras
import numpy as np


def fit_network(network, batches, callbacks, *, epochs, first_epoch=0, verbose=0):
    """Train a network on batches.

    Parameters
    ----------
    network : keras.Model
        Compiled.
    batches : BatchGenerator
        Whose epoch is `first_epoch`.
    callbacks : list of keras callbacks
        In the order in which they are called.
    epochs : int
        How many, at most.
    first_epoch : int, default=0
        Number of the first.
    verbose : int, default=0
        As in Keras.

    Returns
    -------
    history : dict of str to list of float
        What was logged in each epoch.
    """
    _build_for_training(network, batches[0])
    # Under a strategy of TensorFlow, Keras looks at a first batch in any case; see below.
    vars(network)["_maybe_symbolic_build"] = lambda iterator: None
    try:
        history = network.fit(
            batches,
            epochs=first_epoch + epochs,
            initial_epoch=first_epoch,
            callbacks=callbacks,
            shuffle=False,  # the rows are; Keras would draw the order of batches unseeded
            verbose=verbose,
        )
    finally:
        vars(network).pop("_maybe_symbolic_build", None)
    return history.history


def join_histories(before, n_before, after):
    """Append what was logged to what was logged before; NaN is for epochs that did not log it.

    Parameters
    ----------
    before : dict of str to list of float
        Of the epochs before.
    n_before : int
        Their number.
    after : dict of str to list of float
        Of the epochs after.

    Returns
    -------
    history : dict of str to list of float
        All lists are of the same length.
    """
    n_after = len(after.get("loss", ()))
    return {
        name: [*_fill_up(before.get(name, ()), n_before), *_fill_up(after.get(name, ()), n_after)]
        for name in [*before, *(name for name in after if name not in before)]
    }


def has_schedule(network):
    """Say whether the learning rate of a network follows a schedule, or another function."""
    optimizer = getattr(network.optimizer, "inner_optimizer", network.optimizer)
    return not isinstance(optimizer.get_config()["learning_rate"], Real)


def _build_for_training(network, batch):
    """Build what Keras would else build from a first look at the batches.

    Under JAX and PyTorch that look starts an epoch, whose batches the workers read ahead and then
    hand out in the place of others.
    """
    # TensorFlow would else trace the step twice, for the first trace makes variables, and over
    # several devices fail at the second.
    if not network.optimizer.built:
        network.optimizer.build(network.trainable_variables)
    X, y, *weight = map(keras.ops.convert_to_tensor, batch)
    weight = weight[0] if weight else None
    y_pred = keras.ops.zeros((len(batch[1]), *network.output_shape[1:]), network.output.dtype)
    network.compute_loss(x=X, y=y, y_pred=y_pred, sample_weight=weight)
    if len(network.metrics) > 1:  # else there is the loss alone
        network.compute_metrics(X, y, y_pred, weight)
        network.reset_metrics()


def _fill_up(values, length):
    return [*values, *[np.nan] * (length - len(values))]
