"""How much the memory of a process grows by each fit, against the same loop with scikeras.

MobileNetV2 without weights, 32 images of 64 px, one epoch, another gamma each time. Each loop runs
in a process of its own. Growth is that of resident memory from the third fit to the last, by fit.
"""

import subprocess
import sys

import keras
import numpy as np
import psutil
from scikeras.wrappers import KerasClassifier
from timing import keep, parse_arguments

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.backbones import build_network

N_WARM = 3


def build(gamma):
    network = build_network("mobilenetv2", (64, 64, 3), 1)
    probability = keras.layers.Activation("sigmoid")(network.output)
    model = keras.Model(network.input, probability)
    model.compile("adam", keras.losses.BinaryFocalCrossentropy(gamma=gamma))
    return model


def make(name, gamma):
    if name == "scikeras":
        return KerasClassifier(build, gamma=gamma, epochs=1, batch_size=16, verbose=0)
    return BBFLClassifier(
        "mobilenetv2",
        weights=None,
        gamma=gamma,
        augmentation=None,
        validation_fraction=None,
        epochs=1,
        random_state=0,
    )


def refit(name, n_fits):
    """Fit again and again; print the growth in MB by fit."""
    X = np.random.default_rng(0).integers(0, 256, (32, 64, 64, 3), dtype=np.uint8)
    y = np.arange(32) % 2
    resident = []
    for i in range(n_fits):
        make(name, float(i)).fit(X, y).predict(X)
        resident.append(psutil.Process().memory_info().rss / 2**20)
    print((resident[-1] - resident[N_WARM - 1]) / (n_fits - N_WARM))


def main():
    if sys.argv[1:2] == ["--loop"]:
        refit(sys.argv[2], int(sys.argv[3]))
        return
    arguments = parse_arguments(__doc__)
    n_fits = 6 if arguments.short else 20
    growth = {}
    for name in ("imblearn_bbfl", "scikeras"):
        command = [sys.executable, __file__, "--loop", name, str(n_fits)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        growth[name] = float(output.splitlines()[-1])
    keep(
        arguments,
        "memory",
        work="growth of memory by each fit, MB",
        peer="scikeras",
        aim="<= 20",
        result={"ratio": growth["imblearn_bbfl"], "peer_mb": growth["scikeras"], "n_fits": n_fits},
    )


if __name__ == "__main__":
    main()
