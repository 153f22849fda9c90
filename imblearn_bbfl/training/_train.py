"""One training: the callbacks around it, on a network that may be shared, and what came of it."""

from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

import keras

from imblearn_bbfl.training._devices import AverageStatistics
from imblearn_bbfl.training._fit import fit_network, has_schedule
from imblearn_bbfl.training._network_key import make_key
from imblearn_bbfl.training._shared_networks import POOL
from imblearn_bbfl.training._validation import FiniteLoss, ValidationScores, watch_plateau


class Watch(NamedTuple):
    """What is watched while a network trains, and what follows from it.

    Attributes
    ----------
    make_scores : callable
        Returns the `ValidationScores` of a network.
    monitor : str
        Name of the score in the epoch's logs, such as ``"val_loss"``.
    mode : {"min", "max"}
        Which way is better.
    patience, learning_rate_patience, learning_rate_factor
        As in `watch_plateau`.
    """

    make_scores: Callable[[keras.Model], ValidationScores]
    monitor: str
    mode: str
    patience: int | None
    learning_rate_patience: int | None
    learning_rate_factor: float

    def make_callbacks(self, network):
        """Return the callbacks; the last one keeps the best epoch."""
        lowers = self.learning_rate_patience is not None and not has_schedule(network)
        return [
            self.make_scores(network),
            *watch_plateau(
                self.monitor,
                self.mode,
                patience=self.patience,
                learning_rate_patience=self.learning_rate_patience if lowers else None,
                learning_rate_factor=self.learning_rate_factor,
            ),
        ]


class Training(NamedTuple):
    """What came of a training.

    Attributes
    ----------
    history : dict of str to list of float
        What was logged in each epoch.
    best_epoch : int or None
        Number of the epoch whose weights were kept, if any was chosen.
    finite_loss : FiniteLoss
        Knows whether training diverged.
    """

    history: dict
    best_epoch: int | None
    finite_loss: FiniteLoss


def train(
    model, batches, *, epochs, first_epoch=0, is_shared, watch, on_epoch, callbacks=(), verbose=0
):
    """Train a network.

    Parameters
    ----------
    model : keras.Model
        Compiled. Has the trained weights afterwards, also where training was interrupted.
    batches : BatchGenerator
        With weights.
    epochs : int
        How many, at most.
    first_epoch : int, default=0
        Number of the first.
    is_shared : bool
        Whether a network of the same graph that is traced already may be trained in its place.
    watch : Watch or None
        None without a validation part.
    on_epoch : callable
        Called without arguments at the end of each epoch.
    callbacks : list of keras callbacks, default=()
        The user's, called last.
    verbose : int, default=0
        As in Keras.

    Returns
    -------
    training : Training
        What came of it.
    """
    finite_loss = FiniteLoss()
    with POOL.lend_for_training(model, make_key(model) if is_shared else None) as network:
        own = [
            finite_loss,
            keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: on_epoch()),
            AverageStatistics(),
            *(watch.make_callbacks(network) if watch else ()),
        ]
        with write_uncompiled(network):
            history = fit_network(
                network,
                batches,
                [*own, *callbacks],
                epochs=epochs,
                first_epoch=first_epoch,
                verbose=verbose,
            )
    best_epoch = own[-1].best_epoch if watch and epochs else None
    return Training(history, best_epoch, finite_loss)


@contextmanager
def write_uncompiled(network):
    """Have files of a network hold no loss in this block, so that Keras alone can read them.

    Keras finds the classes of this package only in processes that have imported it. Weights and
    state of the optimizer are in the files all the same.
    """
    vars(network)["get_compile_config"] = dict  # as of a network that is not compiled
    try:
        yield
    finally:
        del vars(network)["get_compile_config"]
