"""Eight methods, five repeats, on frozen features, against the same methods that train all layers.

IDRiD in four classes, its official parts, MobileNetV2 with ImageNet weights at 224 px: ours is one
`compare_strategies` of all methods with a head alone (20 epochs, ``epochs=0``), the pass over the
images and all predictions included. The peer is the first version's training, 15 epochs of all
layers on augmented images. Forty such runs take hours, so one of them, of BBFL, is taken times
forty: a run of 2 epochs, in which nothing is traced, and 13 times its second epoch. All numbers are
of one process, imports apart.

The full form needs the folders that `IMBLEARN_BBFL_DATA` (IDRiD) and `IMBLEARN_BBFL_WEIGHTS` name.
The short form has made-up images and a small network whose weights are random, others in each
repeat, so that it makes a pass over the images for each.
"""

import os
import time
import warnings
from pathlib import Path

import keras
import numpy as np
from timing import alternate, keep, measure_apart, measure_seconds, parse_arguments

from imblearn_bbfl import PAPER_STRATEGIES, RECIPES, BBFLClassifier
from imblearn_bbfl.datasets import load_image_table
from imblearn_bbfl.model_selection import compare_strategies

EPOCHS = 15
DATA, WEIGHTS = (os.environ.get(f"IMBLEARN_BBFL_{name}") for name in ("DATA", "WEIGHTS"))


class Clock(keras.callbacks.Callback):
    """Notes how long each epoch took, its validation included."""

    seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        """Start."""
        Clock.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Stop."""
        self.seconds.append(time.perf_counter() - Clock.start)


def load(is_short):
    """Return images, labels, the one split, and the parameters of the network."""
    if is_short:
        X = np.random.default_rng(0).integers(0, 256, (96, 32, 32, 3), dtype=np.uint8)
        split = np.arange(72), np.arange(72, 96)
        return X, np.arange(96) % 4, split, {"backbone": "small_cnn", "weights": None}
    table = load_image_table(
        Path(DATA) / "idrid" / "labels.csv",
        path_column="file",
        label_column="dr_grade",
        split_column="split",
    )
    is_test = table.split == "test"
    network = {
        "backbone": "mobilenetv2",
        "weights": Path(WEIGHTS) / "mobilenet_v2_1.0_224_no_top.weights.h5",
        "image_size": 224,
        "preprocessing": "backbone",
    }
    severity = np.maximum(table.target.astype(int), 1)  # grades 0 and 1 are one class
    return table.data, severity, (np.flatnonzero(~is_test), np.flatnonzero(is_test)), network


def time_probes(X, y, split, network, n_repeats):
    """Return the seconds of a comparison of all methods on frozen features."""
    probe = BBFLClassifier(**network, head_epochs=20, epochs=0, random_state=0)
    return measure_seconds(
        lambda: compare_strategies(
            probe,
            X,
            y,
            strategies=PAPER_STRATEGIES,
            cv=[split],
            n_repeats=n_repeats,
            verbose=0,
        )
    )


def time_training(X, y, split, network):
    """Return the seconds of one run that trains all layers, by its second epoch."""
    train, test = split
    X = np.asarray(X)

    def run(epochs):
        recipe = RECIPES["v1"] | network | {"epochs": epochs}
        classifier = BBFLClassifier(**recipe, callbacks=Clock, random_state=0)
        classifier.set_params(**PAPER_STRATEGIES["bbfl"]).fit(X[train], y[train])
        for _ in range(3):  # as a run of a comparison does
            classifier.predict_proba(X[test])

    run(1)  # traces
    return measure_seconds(lambda: run(2)) + (EPOCHS - 2) * Clock.seconds[-1]


def main():
    arguments = parse_arguments(__doc__, n_rounds=1, n_rounds_short=1)
    if not arguments.short and not (DATA and WEIGHTS):
        print("IMBLEARN_BBFL_DATA and IMBLEARN_BBFL_WEIGHTS name no folders: not measured.")
        return
    n_repeats = 2 if arguments.short else 5
    n_runs = len(PAPER_STRATEGIES) * n_repeats
    if arguments.side:
        warnings.filterwarnings("ignore", "The same image")  # IDRiD has some twice
        work = load(arguments.short)
        is_ours = arguments.side == "ours"
        print(time_probes(*work, n_repeats) if is_ours else n_runs * time_training(*work))
        return
    what = "small CNN" if arguments.short else "IDRiD at 224 px, MobileNetV2"
    keep(
        arguments,
        "shared_features",
        work=f"{len(PAPER_STRATEGIES)} methods x {n_repeats} repeats with `epochs=0`, {what}",
        peer=f"{EPOCHS} epochs of all layers, one run times {n_runs}",
        aim="ratio <= 0.0333",
        result=alternate(
            lambda: measure_apart(arguments, "ours"),
            lambda: measure_apart(arguments, "peer"),
            n_rounds=arguments.n_rounds,
        ),
    )


if __name__ == "__main__":
    main()
