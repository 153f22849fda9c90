"""Probabilities of images in memory, against Keras' `predict` of the same network.

2,000 images of 96 px through MobileNetV2 without weights, batches of 32. Keras returns logits; ours
turns them into probabilities. Both have traced in a round that does not count.
"""

import numpy as np
from timing import compare, keep, parse_arguments

from imblearn_bbfl import BBFLClassifier


def main():
    arguments = parse_arguments(__doc__, n_rounds=7)
    size, n_images, backbone, network = (
        (32, 320, "small_cnn", "small CNN")
        if arguments.short
        else (96, 2000, "mobilenetv2", "MobileNetV2")
    )
    X = np.random.default_rng(0).integers(0, 256, (n_images, size, size, 3), dtype=np.uint8)
    classifier = BBFLClassifier(
        backbone,
        weights=None,
        augmentation=None,
        validation_fraction=None,
        epochs=1,
        random_state=0,
        predict__batch_size=32,
    )
    classifier.fit(X[:32], np.arange(32) % 2)
    keep(
        arguments,
        "predict",
        work=f"`predict_proba`, {network}, {n_images:,} images of {size} px",
        peer="Keras' `predict`",
        aim="ratio <= 1.05",
        result=compare(
            lambda: classifier.predict_proba(X),
            lambda: classifier.model_.predict(X, batch_size=32, verbose=0),
            n_rounds=arguments.n_rounds,
        ),
    )


if __name__ == "__main__":
    main()
