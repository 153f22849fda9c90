"""A grid search over gamma, against scikeras with Keras' focal loss on the same network and steps.

5 gammas x 3 stratified folds, MobileNetV2 without weights at 96 px, 2 epochs on 400 images, batches
of 16, no augmentation, no validation part. scikeras' classifier is given the folds, for it does not
stratify by itself, and a scorer, for it is no classifier to today's scikit-learn. Both search with
``refit=False`` in one process; the first search of each, which does not count, has traced already.
"""

import keras
import numpy as np
from scikeras.wrappers import KerasClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from timing import compare, keep, parse_arguments

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.backbones import build_network

GAMMAS = [0.0, 0.5, 1.0, 2.0, 5.0]
EPOCHS = 2


def main():
    arguments = parse_arguments(__doc__)
    size, n_images, backbone = (
        (16, 96, "small_cnn") if arguments.short else (96, 400, "mobilenetv2")
    )
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (n_images, size, size, 3), dtype=np.uint8)
    y = (np.arange(n_images) % 5 == 0).astype(int)
    folds = list(StratifiedKFold(3).split(X, y))

    def build(gamma):
        network = build_network(backbone, X.shape[1:], 1)
        probability = keras.layers.Activation("sigmoid")(network.output)
        model = keras.Model(network.input, probability)
        loss = keras.losses.BinaryFocalCrossentropy(gamma=gamma)
        model.compile(keras.optimizers.Adam(1e-4), loss)
        return model

    def score(estimator, X, y):
        return accuracy_score(y, estimator.predict(X))

    def search(estimator):
        GridSearchCV(estimator, {"gamma": GAMMAS}, cv=folds, scoring=score, refit=False).fit(X, y)

    def search_ours():
        search(
            BBFLClassifier(
                backbone,
                weights=None,
                sampling=None,
                augmentation=None,
                validation_fraction=None,
                epochs=EPOCHS,
                random_state=0,
            )
        )

    def search_peer():
        search(KerasClassifier(build, gamma=2.0, epochs=EPOCHS, batch_size=16, verbose=0))

    result = compare(search_ours, search_peer, n_rounds=1)
    keep(
        arguments,
        "grid_search",
        work=f"GridSearchCV over 5 gammas x 3 folds, {backbone}, {size} px",
        peer="scikeras",
        aim="<= 0.35",
        result=result,
    )


if __name__ == "__main__":
    main()
