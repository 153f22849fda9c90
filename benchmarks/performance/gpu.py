"""Throughput of training on a GPU from image files, against one batch that stays in memory.

ResNet50 without weights at 224 px, mixed precision (bfloat16), balanced batches of 64 from 6,400
JPEG files of 256 x 256 pixels, which are decoded and resized by as many workers as there are cores.
The peer trains the same compiled network for as many steps on one batch of the same shape that is
never read again, so its speed is the GPU's own. The files are hard links to 16 JPEG files, which
the system keeps in memory: a slow disk is not part of this.

It runs on any backend of Keras::

    KERAS_BACKEND=jax python benchmarks/performance/gpu.py

Without a GPU nothing is measured but in the short form, which shows that the script works.
"""

import os
import tempfile

import keras
import numpy as np
from image_files import write_files
from timing import compare_speed, keep, parse_arguments

from imblearn_bbfl import BalancedBatchGenerator
from imblearn_bbfl.backbones import build_network

# Network, its name, image size, size of the files, number of files, rows of a batch.
FULL = ("resnet50", "ResNet50", 224, 256, 6400, 64)
SHORT = ("small_cnn", "small CNN", 32, 64, 64, 16)


class CachedBatch(keras.utils.PyDataset):
    """The same batch, again and again."""

    def __init__(self, batch, n_batches):
        super().__init__()
        self.batch = batch
        self.n_batches = n_batches

    def __len__(self):
        return self.n_batches

    def __getitem__(self, index):
        return self.batch


def find_gpu():
    """Return the name of the first GPU that the backend has, or None."""
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    if backend == "jax":
        import jax

        return next((d.device_kind for d in jax.devices() if d.platform == "gpu"), None)
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return tf.config.experimental.get_device_details(gpus[0])["device_name"] if gpus else None


def main():
    arguments = parse_arguments(__doc__, n_rounds=5)
    gpu = find_gpu()
    if gpu is None and not arguments.short:
        print(f"{keras.backend.backend()} sees no GPU: not measured. --short tries the script.")
        return
    backbone, name, size, file_size, n_files, batch_size = SHORT if arguments.short else FULL
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = build_network(backbone, (size, size, 3), 1)
    model.compile("adam", keras.losses.BinaryFocalCrossentropy(from_logits=True))
    with tempfile.TemporaryDirectory() as folder:
        files = BalancedBatchGenerator(
            *write_files(folder, n_files, file_size),
            batch_size=batch_size,
            image_size=size,
            workers=os.cpu_count() or 1,
            random_state=0,
        )
        batch = tuple(np.array(part) for part in files[0])
        cached = CachedBatch(batch, len(files))
        result = compare_speed(
            lambda: model.fit(files, shuffle=False, verbose=0),
            lambda: model.fit(cached, shuffle=False, verbose=0),
            n_items=len(files) * batch_size,
            unit="images/s",
            n_rounds=arguments.n_rounds,
        )
    keep(
        arguments,
        f"gpu_{keras.backend.backend()}",
        work=f"training from {n_files:,} JPEG files, {name} at {size} px, mixed precision, "
        f"{keras.backend.backend()} on {gpu or 'the CPU'}",
        peer="one cached batch",
        aim="ratio >= 0.95",
        result=result,
    )


if __name__ == "__main__":
    main()
