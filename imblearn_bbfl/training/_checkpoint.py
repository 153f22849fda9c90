"""The state of a training on disk, so that one that was killed goes on and ends as it would have.

A file for each phase, and one for the epochs of the phase that runs. What depends on the number of
an epoch alone is not in them: batches, augmentation, the learning rate of a schedule.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from imblearn_bbfl._files import name_damaged, read_arrays, read_json, write_arrays, write_once

_WATCHED = (
    *("wait", "best", "best_loss", "best_epoch", "best_weights"),
    *("cooldown_counter", "stopped_epoch"),
)


class State(NamedTuple):
    """What a phase was at the end of an epoch.

    Attributes
    ----------
    n_epochs : int
        How many are done.
    is_over : bool
        Whether the phase has ended, with the weights that it keeps.
    is_stopped : bool
        Whether a callback of the user has stopped the training.
    best_epoch : int or None
        Of a phase that has ended, the one kept.
    logs : dict of str to list of float
        What was logged in the epochs of the phase.
    watched : list of dict
        Of each callback that watches scores, what it knows.
    variables, optimizer : list of ndarray
        Of the network that is trained.
    generator : ndarray or None
        State of PyTorch's own generator.
    """

    n_epochs: int
    is_over: bool
    is_stopped: bool
    best_epoch: int | None
    logs: dict
    watched: list
    variables: list
    optimizer: list
    generator: np.ndarray | None


class TrainingCheckpoint:
    """A folder with the state of one training.

    Parameters
    ----------
    folder : str or path
        Made if it is not there.
    identity : str
        Tells this training from others.

    Raises
    ------
    ValueError
        If the folder has the state of another training.
    """

    def __init__(self, folder, identity):
        self._folder = Path(folder)
        self._identity = identity
        path = self._write_identity()
        if read_json(path, "Pass another folder, or remove this one.") != identity:
            raise ValueError(
                f"checkpoint={str(folder)!r} belongs to another fit: of other rows or labels, with "
                "other parameters or another random_state. Pass another folder, or remove this one."
            )

    def read(self, number):
        """Return the state of a phase, the latest there is; None if it has not got to an epoch."""
        for path in (self._path(number), self._epochs_path(number)):
            with suppress(FileNotFoundError):  # another process may just have removed it
                remedy = "Remove it, or the folder, to train from the start."
                arrays = read_arrays(path, remedy)
                with name_damaged(path, remedy):
                    return _unpack(arrays)
        return None

    def write(self, number, state):
        """Write the state of a phase."""
        self._write_identity()  # another process that finished first may have removed the folder
        path = (self._path if state.is_over else self._epochs_path)(number)
        write_arrays(path, _pack(state), is_compressed=False)
        if state.is_over:
            self._epochs_path(number).unlink(missing_ok=True)

    def _write_identity(self):
        """Have the folder tell whose it is, unless it does; return the path of that file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / "training.json"
        if not path.exists():
            write_once(path, json.dumps(self._identity).encode())
        return path

    def _path(self, number):
        return self._folder / f"phase{number}.npz"

    def _epochs_path(self, number):
        return self._folder / f"phase{number}-epochs.npz"


class StateKeeper(keras.callbacks.Callback):
    """Writes the state of a phase after each epoch, and takes it over from one that was killed.

    Must come after all others, whose logs and knowledge it keeps.

    Parameters
    ----------
    checkpoint : TrainingCheckpoint or None
        None keeps nothing.
    number : int
        Of the phase.
    network : keras.Model
        What is trained.
    watchers : list of keras callbacks
        Those that watch scores.
    """

    def __init__(self, checkpoint, number, network, watchers):
        super().__init__()
        self._checkpoint = checkpoint
        self._number = number
        self._network = network
        self._watchers = watchers
        self._state = None if checkpoint is None else checkpoint.read(number)
        self.logs = {} if self._state is None else self._state.logs

    @property
    def state(self):
        """The state that was found, or None."""
        return self._state

    def restore(self):
        """Bring the network to the state that was found, if any was."""
        if self._state is None:
            return
        if not self._network.optimizer.built:
            self._network.optimizer.build(self._network.trainable_variables)
        _assign(self._network.variables, self._state.variables)
        _assign(self._network.optimizer.variables, self._state.optimizer)

    def on_train_begin(self, logs=None):
        """Have those that watch scores know what they knew: they forget it when training begins."""
        if self._state is None:
            return
        for watcher, known in zip(self._watchers, self._state.watched, strict=True):
            vars(watcher).update(known)
        if self._state.generator is not None:
            import torch

            torch.set_rng_state(torch.from_numpy(self._state.generator))

    def on_epoch_end(self, epoch, logs=None):
        """Note the logs of an epoch, and write what came of it."""
        for name, value in logs.items():
            self.logs.setdefault(name, []).append(value)
        # An epoch that ends the training is done again: what follows it belongs to the phase.
        if not self.model.stop_training:
            self._write()

    def end(self, *, best_epoch, is_stopped):
        """Write what came of the phase."""
        self._write(is_over=True, best_epoch=best_epoch, is_stopped=is_stopped)

    def _write(self, *, is_over=False, best_epoch=None, is_stopped=False):
        if self._checkpoint is None:
            return
        network = self._network
        state = State(
            len(self.logs.get("loss", ())),
            is_over,
            is_stopped,
            best_epoch,
            self.logs,
            [{k: v for k, v in vars(w).items() if k in _WATCHED} for w in self._watchers],
            [keras.ops.convert_to_numpy(v.value) for v in network.variables],
            [keras.ops.convert_to_numpy(v.value) for v in network.optimizer.variables],
            _read_generator(),
        )
        self._checkpoint.write(self._number, state)


def _read_generator():
    if keras.backend.backend() != "torch":
        return None
    import torch

    return torch.get_rng_state().numpy()


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _pack(state):
    """Return a state as arrays; what is none goes into the JSON text ``facts``."""
    arrays = {"generator": state.generator} if state.generator is not None else {}
    for name in ("variables", "optimizer"):
        arrays |= {f"{name}{i}": value for i, value in enumerate(getattr(state, name))}
    watched = []
    for i, known in enumerate(state.watched):
        weights = known.get("best_weights")
        for j, weight in enumerate(weights or ()):
            arrays[f"best{i}.{j}"] = weight
        plain = {name: value for name, value in known.items() if name != "best_weights"}
        watched.append({**plain, "n_weights": None if weights is None else len(weights)})
    facts = state._replace(variables=None, optimizer=None, generator=None, watched=watched)
    sizes = {name: len(getattr(state, name)) for name in ("variables", "optimizer")}
    return {"facts": np.array(json.dumps([facts._asdict(), sizes], default=float)), **arrays}


def _unpack(arrays):
    """Undo `_pack`."""
    facts, sizes = json.loads(str(arrays["facts"]))
    for name, size in sizes.items():
        facts[name] = [arrays[f"{name}{i}"] for i in range(size)]
    for i, known in enumerate(facts["watched"]):
        n_weights = known.pop("n_weights")
        if n_weights is not None:
            known["best_weights"] = [arrays[f"best{i}.{j}"] for j in range(n_weights)]
    return State(**{**facts, "generator": arrays.get("generator")})
