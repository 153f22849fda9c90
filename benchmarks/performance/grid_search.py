"""A grid search over gamma, against scikeras with Keras' focal loss.

5 gammas x 3 stratified folds, MobileNetV2 without weights at 96 px, 2 epochs on 400 images, batches
of 16, no augmentation, no validation part. Both sides train the same network with the same
optimizer for the same number of steps, and predict each test fold in the same batches. scikeras is
given the folds, for it does not stratify by itself, and a scorer, for today's scikit-learn does not
take it for a classifier.

Each search runs in a process of its own and is timed there, imports apart: so our one trace is
part of our time, and the memory that networks leave behind slows nobody else.
"""

import logging

import keras
import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from timing import alternate, keep, measure_apart, measure_seconds, parse_arguments

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.backbones import build_network

# TensorFlow warns of every network after the fourth; here, training many is the point.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

EPOCHS = 2
# Network, its name, image size, number of images, gammas, folds.
FULL = ("mobilenetv2", "MobileNetV2", 96, 400, [0.0, 0.5, 1.0, 2.0, 5.0], 3)
SHORT = ("small_cnn", "small CNN", 32, 96, [0.0, 1.0, 2.0], 2)


def make_ours(backbone):
    return BBFLClassifier(
        backbone,
        weights=None,
        sampling=None,
        augmentation=None,
        learning_rate=1e-4,
        learning_rate_schedule=None,
        epochs=EPOCHS,
        batch_size=16,
        random_state=0,
        predict__batch_size=32,
    )


def make_peer(backbone, image_shape):
    from scikeras.wrappers import KerasClassifier

    def build(gamma):
        network = build_network(backbone, image_shape, 1)
        probability = keras.layers.Activation("sigmoid")(network.output)
        model = keras.Model(network.input, probability)
        loss = keras.losses.BinaryFocalCrossentropy(gamma=gamma)
        model.compile(keras.optimizers.Adam(1e-4), loss)
        return model

    return KerasClassifier(
        build, gamma=2.0, epochs=EPOCHS, batch_size=16, verbose=0, predict__batch_size=32
    )


def score(estimator, X, y):
    return accuracy_score(y, estimator.predict(X))


def search(arguments):
    """Return the seconds of one search."""
    backbone, _, size, n_images, gammas, n_folds = SHORT if arguments.short else FULL
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (n_images, size, size, 3), dtype=np.uint8)
    y = (np.arange(n_images) % 5 == 0).astype(int)
    folds = list(StratifiedKFold(n_folds, shuffle=True, random_state=0).split(X, y))
    is_ours = arguments.side == "ours"
    estimator = make_ours(backbone) if is_ours else make_peer(backbone, X.shape[1:])
    grid = GridSearchCV(
        estimator, {"gamma": gammas}, cv=folds, scoring=score, refit=False, error_score="raise"
    )
    return measure_seconds(lambda: grid.fit(X, y))


def main():
    arguments = parse_arguments(__doc__, n_rounds=3, n_rounds_short=1)
    if arguments.side:
        print(search(arguments))
        return
    _, network, size, n_images, gammas, n_folds = SHORT if arguments.short else FULL
    keep(
        arguments,
        "grid_search",
        work=f"`GridSearchCV`, {len(gammas)} gammas x {n_folds} folds, {network}, {n_images} "
        f"images of {size} px",
        peer="scikeras",
        aim="ratio <= 0.35",
        result=alternate(
            lambda: measure_apart(arguments, "ours"),
            lambda: measure_apart(arguments, "peer"),
            n_rounds=arguments.n_rounds,
        ),
    )


if __name__ == "__main__":
    main()
