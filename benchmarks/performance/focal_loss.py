"""The focal loss, forward and backward, against Keras' cross-entropy from logits.

4096 x 1000 logits, float32, both traced into a TensorFlow function that returns the gradient.
"""

import keras
import numpy as np
import tensorflow as tf
from timing import compare, keep, parse_arguments

from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy


def trace(loss, labels, logits):
    """Return a function that computes the gradient of a loss."""

    @tf.function
    def differentiate():
        with tf.GradientTape() as tape:
            tape.watch(logits)
            value = loss(labels, logits)
        return tape.gradient(value, logits)

    return lambda: differentiate().numpy()


def main():
    arguments = parse_arguments(__doc__, n_rounds=51, n_rounds_short=5)
    n_rows, n_classes = (512, 100) if arguments.short else (4096, 1000)
    rng = np.random.default_rng(0)
    logits = tf.constant(rng.normal(size=(n_rows, n_classes)).astype(np.float32))
    labels = tf.constant(rng.integers(0, n_classes, n_rows))
    ours = SparseCategoricalFocalCrossentropy(gamma=2.0, from_logits=True)
    peer = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    keep(
        arguments,
        "focal_loss",
        work=f"focal loss, forward and backward, {n_rows} x {n_classes} logits",
        peer="Keras' cross-entropy",
        aim="ratio <= 1.2",
        result=compare(
            trace(ours, labels, logits),
            trace(peer, labels, logits),
            n_rounds=arguments.n_rounds,
        ),
    )


if __name__ == "__main__":
    main()
