"""Train one network in several processes, with PyTorch or JAX, on balanced batches.

    KERAS_BACKEND=torch python examples/several_processes.py
    KERAS_BACKEND=jax python examples/several_processes.py --processes 2

The script trains in one process, then in several on this machine, and says by how much the
probabilities differ: by rounding. Each process reads its share of every batch and trains on it, and
the gradients are averaged over the processes.

With PyTorch, ``BBFLClassifier`` is trained, by an optimizer that averages the gradients. With JAX,
``keras.Model.fit`` trains a network under ``keras.distribution.DataParallel``. The classifier takes
no distribution over several processes there.

The processes find each other by the environment variables of ``torchrun``: RANK, WORLD_SIZE,
MASTER_ADDR and MASTER_PORT. To use several machines, set them yourself and start the script once
for each process; process 0 then writes the probabilities to ``--out``.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
from sklearn.metrics import balanced_accuracy_score

from imblearn_bbfl import BalancedBatchGenerator, BBFLClassifier
from imblearn_bbfl.datasets import load_imbalanced_digits
from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy
from imblearn_bbfl.sampling import BatchBalancedSampler, RowPlan

RANK, N_PROCESSES = (int(os.environ.get(name, n)) for name, n in (("RANK", 0), ("WORLD_SIZE", 1)))
BATCH_SIZE, EPOCHS, LEARNING_RATE = 16, 10, 3e-3


class ShareOfBatches(RowPlan):
    """The share of each balanced batch that one of several processes trains on.

    It is balanced too if it is a multiple of the number of classes, because the rows of a balanced
    batch come in rounds of one row of each class.
    """

    def __init__(self, process=0, n_processes=1, batch_size=32, random_state=None):
        self.process = process
        self.n_processes = n_processes
        self.batch_size = batch_size  # of all processes together
        self.random_state = random_state

    def _fit_plan(self, X, y, codes):
        self.whole_ = BatchBalancedSampler(self.batch_size, random_state=self.seed_).fit(y)
        self.n_batches_ = self.whole_.n_batches_
        self.class_counts_ = self.whole_.class_counts_

    def _sample_batch(self, epoch, batch):
        rows = self.whole_.sample_batch(epoch, batch)
        return np.split(rows, self.n_processes)[self.process]


class AveragingAdam(keras.optimizers.Adam):
    """Adam on the mean of the gradients of all processes, with PyTorch."""

    def apply(self, grads, trainable_variables=None):
        """Average the gradients, and take a step."""
        from torch import distributed

        if distributed.is_initialized():
            for gradient in grads:
                distributed.all_reduce(gradient)
                gradient /= distributed.get_world_size()
        super().apply(grads, trainable_variables)


def make_feature_maps(x):
    """Return feature maps of two convolutions."""
    for width in (16, 32):
        x = keras.layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(x)
    return x


def train_with_torch(X, y):
    """Train the classifier in this process and its peers; return the probabilities of all rows."""
    from torch import distributed

    if N_PROCESSES > 1:
        distributed.init_process_group("gloo")  # or "nccl", for GPUs
    classifier = BBFLClassifier(
        make_feature_maps,
        sampling=ShareOfBatches(RANK, N_PROCESSES),
        optimizer=AveragingAdam,
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        learning_rate=LEARNING_RATE,
        dropout=0.0,  # each process would draw its own
        augmentation=None,  # likewise
        random_state=0,  # the same everywhere: all processes begin with the same weights
    )
    proba = classifier.fit(X, y).predict_proba(X)
    if N_PROCESSES > 1:
        distributed.destroy_process_group()
    return proba


def train_with_jax(X, y):
    """Train a Keras model in this process and its peers; return the probabilities of all rows."""
    if N_PROCESSES > 1:
        address = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
        keras.distribution.initialize(address, N_PROCESSES, RANK)
        everywhere = keras.distribution.DataParallel(auto_shard_dataset=False)  # shares are ours
        keras.distribution.set_distribution(everywhere)
    labels, codes = np.unique(y, return_inverse=True)
    batches = BalancedBatchGenerator(
        X,
        codes,
        sampler=ShareOfBatches(RANK, N_PROCESSES),
        batch_size=BATCH_SIZE,
        random_state=0,
    )
    keras.utils.set_random_seed(0)  # all processes begin with the same weights
    pixels = keras.Input(X.shape[1:])
    maps = make_feature_maps(keras.layers.Rescaling(1 / 255)(pixels))
    logits = keras.layers.Dense(len(labels))(keras.layers.GlobalAveragePooling2D()(maps))
    model = keras.Model(pixels, logits)
    loss = SparseCategoricalFocalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss)
    model.fit(batches, epochs=EPOCHS, shuffle=False, verbose=0)
    # Under the distribution, outputs are spread over the processes, and Keras cannot join them.
    keras.distribution.set_distribution(None)
    return keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(X, verbose=0)))


def train(out):
    """Train as one of the processes, and write the probabilities in the first."""
    trainers = {"torch": train_with_torch, "jax": train_with_jax}
    X, y = load_imbalanced_digits(return_X_y=True)
    proba = trainers[keras.backend.backend()](X, y)
    accuracy = balanced_accuracy_score(y, np.unique(y)[proba.argmax(axis=1)])
    print(
        f"Process {RANK} of {N_PROCESSES}: {BATCH_SIZE // N_PROCESSES} rows of each batch, "
        f"balanced accuracy {accuracy:.2f} on the training rows, {time.process_time():.0f} s of "
        "processor time with imports",
        flush=True,
    )
    if RANK == 0:
        np.save(out, proba)


def start(n_processes, out):
    """Start this script in processes of this machine, and wait for them; return probabilities."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    peers = {"WORLD_SIZE": n_processes, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    environment = os.environ | {name: str(value) for name, value in peers.items()}
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, "--out", out], env={**environment, "RANK": str(rank)}
        )
        for rank in range(n_processes)
    ]
    try:
        while None in (codes := [process.poll() for process in processes]) and not any(codes):
            time.sleep(0.1)
    finally:
        for process in processes:
            process.kill()  # those that wait for one that has failed
    if any(codes):
        raise SystemExit(f"A process of {n_processes} has failed; see above.")
    return np.load(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=2, help="how many to train in")
    parser.add_argument("--out", help="file of the probabilities, such as probabilities.npy")
    arguments = parser.parse_args()
    backend = keras.backend.backend()
    if backend not in ("torch", "jax"):
        parser.error(f"KERAS_BACKEND is {backend}. Set it to torch or jax.")
    if BATCH_SIZE % arguments.processes:
        parser.error(f"--processes must divide the batch of {BATCH_SIZE} rows.")
    if "RANK" in os.environ:
        train(arguments.out or "probabilities.npy")
        return
    with tempfile.TemporaryDirectory() as folder:
        alone, together = (
            start(n, str(Path(folder, f"{n}.npy"))) for n in (1, arguments.processes)
        )
    print(f"Largest difference of a probability: {np.abs(alone - together).max():.1e}")


if __name__ == "__main__":
    main()
