"""Training from image files, against the same images in memory, and memory by number of files.

Time: epochs of 320 JPEG files of 256 x 256 pixels in balanced batches of 16, MobileNetV2 without
weights, read by one worker. Network, batches and their order are the same; one network is traced
for both. TensorFlow's computing threads leave one core free for reading, where there are two. That
a generator looks at each file once when it is made is not part of an epoch.

Memory: resident memory of a new process after 40 batches from 100,000 files, against that from
1,000. The files are hard links to 16 JPEG files: what is read is the same work, but takes no disk.

Reading: a JPEG file of 4288 x 2848 pixels brought to 224 x 224, against decoding all of its pixels.
"""

import os
import tempfile
from pathlib import Path

import cv2
import keras
import numpy as np
from timing import alternate, compare, find_peer, keep, measure_apart, parse_arguments

from imblearn_bbfl import BalancedBatchGenerator
from imblearn_bbfl._images import as_images
from imblearn_bbfl.backbones import build_network

BATCH_SIZE = 16
N_ORIGINALS = 16


def write_image(path, rng, size):
    """Write a JPEG file about as hard to read as a photograph: smooth, with fine noise.

    `size` is (width, height).
    """
    coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    noisy = smooth + rng.normal(0, 4, smooth.shape)
    cv2.imwrite(str(path), np.clip(noisy, 0, 255).astype(np.uint8))


def write_files(folder, n_files, size=256):
    """Fill a folder with files, most of them hard links; return their paths and labels."""
    rng = np.random.default_rng(0)
    paths = [str(Path(folder) / f"{i:06}.jpg") for i in range(n_files)]
    for path in paths[:N_ORIGINALS]:
        write_image(path, rng, (size, size))
    for i, path in enumerate(paths[N_ORIGINALS:]):
        os.link(paths[i % N_ORIGINALS], path)
    return paths, (np.arange(n_files) % 5 == 0).astype(int)


def make_batches(X, y):
    return BalancedBatchGenerator(X, y, batch_size=BATCH_SIZE, random_state=0)


def leave_one_core():
    """Keep TensorFlow's computing threads off one core."""
    tf = find_peer("tensorflow")
    if tf is not None:
        tf.config.threading.set_intra_op_parallelism_threads(max(1, (os.cpu_count() or 1) - 1))


def compare_epochs(arguments):
    leave_one_core()
    n_files, size, backbone, network = (
        (48, 64, "small_cnn", "small CNN")
        if arguments.short
        else (320, 256, "mobilenetv2", "MobileNetV2")
    )
    with tempfile.TemporaryDirectory() as folder:
        paths, y = write_files(folder, n_files, size)
        images = np.stack([cv2.imread(path)[:, :, ::-1] for path in paths])
        model = build_network(backbone, images.shape[1:], 1)
        loss = keras.losses.BinaryFocalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(1e-4), loss)
        of_files, in_memory = make_batches(paths, y), make_batches(images, y)
        result = compare(
            lambda: model.fit(of_files, shuffle=False, verbose=0),
            lambda: model.fit(in_memory, shuffle=False, verbose=0),
            n_rounds=arguments.n_rounds,
        )
    keep(
        arguments,
        "image_files",
        work=f"epoch of {n_files} JPEG files of {size} px, {network}",
        peer="the same images in memory",
        aim="ratio <= 1.05",
        result=result,
    )


def measure_resident(n_files):
    """Return resident memory in MB after some batches."""
    psutil = find_peer("psutil")
    with tempfile.TemporaryDirectory() as folder:
        batches = make_batches(*write_files(folder, n_files))
        for i in range(40):
            batches[i % len(batches)]
        return psutil.Process().memory_info().rss / 1e6


def compare_resident(arguments):
    if find_peer("psutil") is None:
        return
    few, many = (100, 1000) if arguments.short else (1000, 100_000)
    keep(
        arguments,
        "image_files_memory",
        work=f"resident memory with {many:,} files of 256 px",
        peer=f"the same with {few:,} files",
        aim="ratio <= 1.05",
        result=alternate(
            lambda: measure_apart(arguments, str(many)),
            lambda: measure_apart(arguments, str(few)),
            n_rounds=min(3, arguments.n_rounds),  # it hardly varies
            unit="MB",
        ),
    )


def compare_reading(arguments):
    height, width = (712, 1072) if arguments.short else (2848, 4288)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "photograph.jpg")
        write_image(path, np.random.default_rng(0), (width, height))
        images = as_images([path], image_size=224)
        keep(
            arguments,
            "image_files_reading",
            work=f"reading a JPEG file of {width} x {height} pixels at 224 px",
            peer="all of its pixels, resized by OpenCV",
            aim="ratio <= 0.5",
            result=compare(
                lambda: images.read_one(0),
                lambda: read_all_pixels(path),
                n_rounds=arguments.n_rounds,
            ),
        )


def read_all_pixels(path):
    pixels = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
    return cv2.resize(pixels, (224, 224), interpolation=cv2.INTER_AREA)


def main():
    arguments = parse_arguments(__doc__, n_rounds=7)
    if arguments.side:
        print(measure_resident(int(arguments.side)))
        return
    compare_reading(arguments)
    compare_epochs(arguments)
    compare_resident(arguments)


if __name__ == "__main__":
    main()
