"""The focal loss, forward and backward, against Keras' cross-entropy from logits.

4096 x 1000 logits, float32, both in a traced function with a gradient tape.
"""

import keras
import numpy as np
import tensorflow as tf
from timing import compare, keep, parse_arguments

from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy


def main():
    arguments = parse_arguments(__doc__)
    n_rows, n_classes = (512, 100) if arguments.short else (4096, 1000)
    rng = np.random.default_rng(0)
    logits = tf.constant(rng.normal(size=(n_rows, n_classes)).astype(np.float32))
    labels = tf.constant(rng.integers(0, n_classes, n_rows))

    def trace(loss):
        @tf.function
        def step():
            with tf.GradientTape() as tape:
                tape.watch(logits)
                value = loss(labels, logits)
            return tape.gradient(value, logits)

        return lambda: step().numpy()

    ours = trace(SparseCategoricalFocalCrossentropy(gamma=2.0, from_logits=True))
    peer = trace(keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    keep(
        arguments,
        "focal_loss",
        work=f"focal loss, {n_rows} x {n_classes} logits, forward and backward",
        peer="Keras' cross-entropy",
        aim="<= 1.2",
        result=compare(ours, peer, n_rounds=5 if arguments.short else 31),
    )


if __name__ == "__main__":
    main()
