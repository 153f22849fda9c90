"""Fit on images in memory, without augmentation, against Keras' own `fit`.

Both sides build the same network, compile it with Adam and a focal loss, and train it for 3 epochs
in batches of 16: MobileNetV2 without weights on 800 images of 96 px, and a small CNN on 4,000 of
32 px, where the time between the steps shows. Keras shuffles the rows, and so do we.

Each fit runs in a process of its own and is timed there, imports apart, from images to the trained
network: building and tracing are part of both times.
"""

import keras
import numpy as np
from timing import alternate, keep, measure_apart, measure_seconds, parse_arguments

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.backbones import build_network

EPOCHS, BATCH_SIZE = 3, 16
# Network, its name, image size, number of images in the full and in the short form.
CASES = {
    "fit": ("mobilenetv2", "MobileNetV2", 96, 800, 32),
    "fit_small": ("small_cnn", "small CNN", 32, 4000, 320),
}


def fit_ours(backbone, X, y):
    BBFLClassifier(
        backbone,
        weights=None,
        sampling=None,
        augmentation=None,
        learning_rate=1e-4,
        learning_rate_schedule=None,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        random_state=0,
    ).fit(X, y)


def fit_peer(backbone, X, y):
    model = build_network(backbone, X.shape[1:], 1)
    loss = keras.losses.BinaryFocalCrossentropy(gamma=2.0, from_logits=True)
    model.compile(keras.optimizers.Adam(1e-4), loss)
    model.fit(X, y, epochs=EPOCHS, batch_size=BATCH_SIZE, verbose=0)


def fit(case, side, is_short):
    """Return the seconds of one fit."""
    backbone, _, size, n_images, n_images_short = CASES[case]
    n_images = n_images_short if is_short else n_images
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (n_images, size, size, 3), dtype=np.uint8)
    y = (np.arange(n_images) % 5 == 0).astype(int)
    run = fit_ours if side == "ours" else fit_peer
    return measure_seconds(lambda: run(backbone, X, y))


def compare_case(arguments, case):
    _, network, size, n_images, n_images_short = CASES[case]
    n_images = n_images_short if arguments.short else n_images
    keep(
        arguments,
        case,
        work=f"`fit`, {network}, {n_images:,} images of {size} px, {EPOCHS} epochs",
        peer="Keras",
        aim="ratio <= 1.03",
        result=alternate(
            lambda: measure_apart(arguments, f"{case} ours"),
            lambda: measure_apart(arguments, f"{case} peer"),
            n_rounds=arguments.n_rounds,
        ),
    )


def main():
    arguments = parse_arguments(__doc__, n_rounds=5, n_rounds_short=1)
    if arguments.side:
        print(fit(*arguments.side.split(), arguments.short))
        return
    for case in ["fit_small"] if arguments.short else CASES:
        compare_case(arguments, case)


if __name__ == "__main__":
    main()
