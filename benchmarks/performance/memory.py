"""How much the memory of a process grows with each fit, against the same loop with scikeras.

20 fits and predictions in one process, another gamma each time: MobileNetV2 without weights, 32
images of 64 px, one epoch in batches of 16. Both sides train the same network for the same steps,
each in a process of its own. The growth is that of resident memory from the third fit to the last,
garbage collected, by fit: what the first fits load once is left out.
"""

import gc
import logging
import sys

import keras
import numpy as np
from timing import alternate, find_peer, keep, measure_apart, parse_arguments

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.backbones import build_network

# TensorFlow warns of every network after the fourth; here, training many is the point.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

N_WARM = 3
IMAGE_SHAPE = (64, 64, 3)


def make_ours(backbone, gamma):
    return BBFLClassifier(
        backbone,
        weights=None,
        gamma=gamma,
        sampling=None,
        augmentation=None,
        validation_fraction=None,
        epochs=1,
        batch_size=16,
        random_state=0,
    )


def make_peer(backbone, gamma):
    from scikeras.wrappers import KerasClassifier

    def build():
        network = build_network(backbone, IMAGE_SHAPE, 1)
        probability = keras.layers.Activation("sigmoid")(network.output)
        model = keras.Model(network.input, probability)
        loss = keras.losses.BinaryFocalCrossentropy(gamma=gamma)
        model.compile(keras.optimizers.Adam(1e-4), loss)
        return model

    return KerasClassifier(build, epochs=1, batch_size=16, verbose=0)


def refit(arguments, psutil):
    """Fit again and again; return the growth by fit in MB."""
    X = np.random.default_rng(0).integers(0, 256, (32, *IMAGE_SHAPE), dtype=np.uint8)
    y = np.arange(32) % 2
    make = make_ours if arguments.side == "ours" else make_peer
    backbone, n_fits = ("small_cnn", 6) if arguments.short else ("mobilenetv2", 20)
    resident = []
    for i in range(n_fits):
        make(backbone, gamma=i / 4).fit(X, y).predict(X)
        gc.collect()
        resident.append(psutil.Process().memory_info().rss / 1e6)
    return (resident[-1] - resident[N_WARM - 1]) / (n_fits - N_WARM)


def main():
    arguments = parse_arguments(__doc__, n_rounds=1, n_rounds_short=1)
    psutil = find_peer("psutil")
    if psutil is None:
        sys.exit()
    if arguments.side:
        print(refit(arguments, psutil))
        return
    network = "small CNN" if arguments.short else "MobileNetV2"
    keep(
        arguments,
        "memory",
        work=f"growth of memory with each fit in one process, {network}",
        peer="scikeras",
        aim="ours <= 20",
        result=alternate(
            lambda: measure_apart(arguments, "ours"),
            lambda: measure_apart(arguments, "peer"),
            n_rounds=arguments.n_rounds,
            unit="MB",
        ),
    )


if __name__ == "__main__":
    main()
