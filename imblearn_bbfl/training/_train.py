"""One training, in phases: the callbacks around it, on networks that may be shared."""

from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import keras

from imblearn_bbfl.generators import BatchGenerator
from imblearn_bbfl.training._checkpoint import StateKeeper
from imblearn_bbfl.training._devices import AverageStatistics
from imblearn_bbfl.training._fit import fit_network, has_schedule, join_histories
from imblearn_bbfl.training._messages import describe_epoch, report
from imblearn_bbfl.training._network_key import make_key
from imblearn_bbfl.training._relay import CallbackRelay
from imblearn_bbfl.training._schedule import follow
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

    def make_callbacks(self, network, keeps_best):
        """Return the callbacks; the last one keeps the best epoch, if that is wanted."""
        if not keeps_best:
            return [self.make_scores(network)]
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


class Phase(NamedTuple):
    """A stretch of training, with an optimizer and a choice of the best epoch of its own.

    Attributes
    ----------
    name : {"head", "all", "retrain_head"}
        What is trained.
    network : keras.Model
        Compiled. The whole network, or a part that shares its weights.
    batches : BatchGenerator
        With weights. Its epoch is set to the phase's first.
    epochs : int
        How many, at most.
    watch : Watch or None
        None without a validation part.
    keeps_best : bool
        Whether what is watched ends the phase, lowers its learning rate and chooses the epoch
        that is kept. Otherwise it is measured only.
    on_epoch : callable
        Called without arguments at the end of each epoch.
    decay : callable or None
        Takes the number of an epoch, from 0, and returns the factor of the learning rate.
    """

    name: str
    network: keras.Model
    batches: BatchGenerator
    epochs: int
    watch: Watch | None
    keeps_best: bool
    on_epoch: Callable[[], None]
    decay: Callable[[int], float] | None = None


class Training:
    """The phases of one fit, which are one training to the callbacks of users.

    Parameters
    ----------
    lent : Engine or Predictor
        What is trained in the place of the user's network.
    relay : CallbackRelay
        Of the user's callbacks.
    history : dict of str to list
        Of training that this one goes on from.
    is_shared : bool
        Whether a head that is traced already may be trained in the place of this one's.
    verbose : int
        As in Keras.
    checkpoint : TrainingCheckpoint or None
        What the training goes on from, and where its state is written after each epoch.

    Attributes
    ----------
    network : keras.Model
        The whole network.
    features : keras.Model
        Its part up to the features.
    history : dict of str to list
        What was logged in each epoch so far, and the name of its phase.
    best_epoch : int or None
        Number of the epoch whose weights the latest phase kept, if any was chosen.
    finite_loss : FiniteLoss
        Knows whether training diverged.
    """

    def __init__(self, lent, relay, history, *, is_shared, verbose, checkpoint=None):
        self.network = lent.network
        self.history = history
        self.best_epoch = None
        self.finite_loss = FiniteLoss()
        self._lent = lent
        self._relay = relay
        self._is_shared = is_shared
        self._verbose = verbose
        self._checkpoint = checkpoint
        self._n_phases = 0

    @property
    def features(self):
        """The part of the network up to the features."""
        return self._lent.features

    @property
    def epoch(self):
        """Number of the next epoch."""
        return len(self.history.get("loss", ()))

    @property
    def is_stopped(self):
        """Whether a callback of the user, or a loss that is no number, has stopped it."""
        return self._relay.is_stopped or self.finite_loss.stopped_at is not None

    def run(self, phase):
        """Train in a phase, and keep its best epoch if there is a validation part.

        Parameters
        ----------
        phase : Phase
            Its network has the trained weights afterwards, also where training was interrupted.
        """
        is_part = phase.network is not self.network  # else it is lent already
        key = make_key(phase.network) if is_part and self._is_shared else None
        optimizer = self.network.optimizer
        keeps_best = phase.watch is not None and phase.keeps_best
        with POOL.lend_for_training(phase.network, key) as lent:
            self._relay.follow(lent, phase.network)
            self.network.optimizer = lent.network.optimizer  # what callbacks look for it at
            watchers = phase.watch.make_callbacks(lent.network, keeps_best) if phase.watch else []
            keeper = StateKeeper(self._checkpoint, self._n_phases, lent.network, watchers)
            try:
                with follow(phase.decay, lent.network, self.epoch) as callbacks:
                    keeper.restore()
                    if keeper.state is None or not keeper.state.is_over:
                        self._fit(
                            phase, lent, [*callbacks, *self._watch(phase, lent, watchers), keeper]
                        )
            finally:
                self.network.optimizer = optimizer
            self.best_epoch = watchers[-1].best_epoch if keeps_best and phase.epochs else None
            if keeper.state is not None:
                self._take_over(phase, keeper.state)
            if self.finite_loss.stopped_at is None:
                keeper.end(best_epoch=self.best_epoch, is_stopped=self._relay.is_stopped)
        logged = dict(keeper.logs)
        if logged:
            logged["phase"] = [phase.name] * len(logged["loss"])
        self.history = join_histories(self.history, self.epoch, logged)
        self._n_phases += 1

    def _watch(self, phase, lent, watchers):
        """Return the callbacks of a phase, the user's last."""
        return [
            self.finite_loss,
            keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: phase.on_epoch()),
            keras.callbacks.LambdaCallback(on_epoch_end=partial(_log_learning_rate, lent.network)),
            AverageStatistics(),
            *watchers,
            keras.callbacks.LambdaCallback(on_epoch_end=self._report_epoch),
            self._relay,
        ]

    def _report_epoch(self, epoch, logs):
        """Tell of an epoch in the log alone: the screen has Keras' own bar or line."""
        report(0, describe_epoch(epoch, self._relay.n_epochs, logs))

    def _fit(self, phase, lent, callbacks):
        """Train for the epochs of a phase that are not done yet."""
        state = callbacks[-1].state
        n_done = 0 if state is None else state.n_epochs
        if n_done:
            report(self._verbose, "Going on after epoch %d", self.epoch + n_done)
        is_traced = lent.network.train_function is not None
        if phase.epochs > n_done and not is_traced and keras.backend.backend() != "torch":
            report(self._verbose, "Tracing the network, which makes the first step a long one")
        phase.batches.epoch = self.epoch + n_done
        fit_network(
            lent.network,
            phase.batches,
            callbacks,
            epochs=phase.epochs - n_done,
            first_epoch=self.epoch + n_done,
            verbose=self._verbose,
        )

    def _take_over(self, phase, state):
        """Take over what is known of the epochs that an earlier process trained."""
        for _ in range(state.n_epochs):
            phase.on_epoch()
        if state.is_over:
            self.best_epoch = state.best_epoch
            self._relay.is_stopped |= state.is_stopped


def _log_learning_rate(network, epoch, logs):
    """Write the learning rate of the epoch, which schedules of Keras lower after this."""
    rate = network.optimizer.learning_rate
    logs["learning_rate"] = float(keras.ops.convert_to_numpy(rate))


@contextmanager
def begin_training(
    model, callbacks=(), *, epochs, history=None, is_shared, verbose=0, checkpoint=None
):
    """Begin a training, and end it after this block.

    Parameters
    ----------
    model : keras.Model
        Compiled. Has the trained weights afterwards, also where training was interrupted.
    callbacks : list of keras callbacks, default=()
        The user's, called after our own.
    epochs : int
        How many, at most, in all phases.
    history : dict of str to list, default=None
        Of the training that this one goes on from.
    is_shared : bool
        Whether a network of the same graph that is traced already may be trained in its place.
    verbose : int, default=0
        As in Keras.
    checkpoint : TrainingCheckpoint, default=None
        What the training goes on from, and where its state is written after each epoch.

    Yields
    ------
    training : Training
        Runs the phases.
    """
    with (
        POOL.lend_for_training(model, make_key(model) if is_shared else None) as lent,
        write_uncompiled(lent.network),
    ):
        first_epoch = len((history or {}).get("loss", ()))
        relay = CallbackRelay(list(callbacks), lent.network, first_epoch + epochs)
        yield Training(
            lent,
            relay,
            history or {},
            is_shared=is_shared,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        relay.end()


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
