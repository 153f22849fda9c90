"""The paper's augmentation of uint8 images at 224 px on one core.

Ours against the nearest pipelines of others:

- albumentations: the same nine operations with the same probabilities and ranges of strength, image
  by image. Its ``Sharpen`` stands for unsharp masking: its ``UnsharpMask``, closer to ours, is many
  times slower. Its quarter turns have "none" among the four.
- Keras' layers, traced into one TensorFlow function over the batch: flips, rotation (by any angle,
  as there is none by quarter turns), shear, sharpness, blur and Gaussian noise. But for flips and
  blur, they change every image; there are none for transposition or salt and pepper.

The process is bound to one core where the system can do that (Linux); OpenCV and TensorFlow are
told to use one thread in any case. albumentations is no longer maintained, and its last release is
measured; its successor is used in its place where that is installed, under the same import.
"""

import os

import cv2
import numpy as np
from timing import compare_speed, find_peer, keep, parse_arguments

from imblearn_bbfl.augmentation import ImageAugmenter

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # it asks the network for its newest version


def use_one_core():
    cv2.setNumThreads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def make_albumentations(albumentations):
    """Return a function of a batch."""
    a = albumentations
    shears = [
        a.Affine(shear=shear, border_mode=cv2.BORDER_REFLECT_101)
        for shear in ({"x": (-10, 10), "y": 0}, {"x": 0, "y": (-10, 10)})
    ]
    pipeline = a.Compose(
        [
            a.HorizontalFlip(p=0.5),
            a.VerticalFlip(p=0.5),
            a.RandomRotate90(p=0.5),
            a.Transpose(p=0.5),
            a.OneOf(shears, p=0.25),
            a.Sharpen(alpha=(0, 1), lightness=(1, 1), p=0.25),
            a.GaussianBlur(blur_limit=0, sigma_limit=(0, 1), p=0.25),
            a.GaussNoise(std_range=(0, 0.02), p=0.25),
            a.SaltAndPepper(amount=(0, 0.002), salt_vs_pepper=(0.5, 0.5), p=0.25),
        ],
        seed=0,
    )
    return lambda images: np.stack([pipeline(image=image)["image"] for image in images])


def make_keras(tf):
    """Return a function of a batch."""
    import keras

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    layers = [
        keras.layers.RandomFlip("horizontal_and_vertical"),
        keras.layers.RandomRotation(0.5),
        keras.layers.RandomShear(0.17, 0.17),
        keras.layers.RandomSharpness((0.5, 1.0), value_range=(0, 1)),
        keras.layers.RandomGaussianBlur(0.25, value_range=(0, 1)),
        keras.layers.GaussianNoise(0.01),
    ]

    @tf.function
    def augment(images):
        for layer in layers:
            images = layer(images, training=True)
        return images

    return lambda images: augment(tf.cast(images, tf.float32) / 255).numpy()


def main():
    arguments = parse_arguments(__doc__, n_rounds=11)
    use_one_core()
    n_images = 16 if arguments.short else 64
    images = np.random.default_rng(0).integers(0, 256, (n_images, 224, 224, 3), dtype=np.uint8)
    augmenter, rng = ImageAugmenter(), np.random.default_rng(0)
    peers = [
        ("albumentations", "albumentations", make_albumentations, "ratio >= 1.5"),
        ("keras", "tensorflow", make_keras, "ratio >= 5"),
    ]
    for name, module, make, aim in peers:
        if (found := find_peer(module)) is None:
            continue
        augment = make(found)
        result = compare_speed(
            lambda: augmenter.augment(images, rng),
            lambda augment=augment: augment(images),
            n_items=n_images,
            unit="images/s",
            n_rounds=arguments.n_rounds,
        )
        keep(
            arguments,
            f"augmentation_{name}",
            work="the paper's augmentation, 224 px, one core",
            peer="Keras' layers" if name == "keras" else name,
            aim=aim,
            result=result,
        )


if __name__ == "__main__":
    main()
