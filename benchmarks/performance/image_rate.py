"""Images per second of one processor core, for features and predictions, and what a million cost.

MobileNetV2 with random weights at 224 px, on 96 JPEG files of 256 px: reading them alone,
`ImageFeatures` with the three stages that the head sees by default, and `predict_proba`. Each is
measured after a call that does not count. The seconds are those of the processor, all threads
together, so that a machine that is busy with other work changes them little. The hours on the clock
are at least those of the processor divided by the number of cores::

    python benchmarks/performance/image_rate.py
"""

import argparse
import statistics
import tempfile
import time
import warnings
from pathlib import Path

import cv2
import numpy as np
from timing import describe_machine, list_versions

from imblearn_bbfl import BBFLClassifier, ImageFeatures, set_shared_features
from imblearn_bbfl._images import as_images

N_FILES, FILE_SIZE, IMAGE_SIZE, BACKBONE = 96, 256, 224, "mobilenetv2"


def write_files(folder):
    """Write photographs that are smooth, as real ones are; return their paths."""
    rng = np.random.default_rng(0)
    paths = [str(folder / f"{i}.jpg") for i in range(N_FILES)]
    for path in paths:
        coarse = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        image = cv2.resize(coarse, (FILE_SIZE, FILE_SIZE), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(path, image)
    return np.array(paths)


def read(paths):
    images = as_images(paths, image_size=IMAGE_SIZE)
    for rows in np.split(np.arange(len(paths)), len(paths) // 16):
        images.read(rows)


def main(n_rounds):
    set_shared_features(0)  # else they would only be looked up from the second round on
    features = ImageFeatures(BACKBONE, weights=None, image_size=IMAGE_SIZE, feature_layers=3)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        paths = write_files(Path(folder))
        classifier = BBFLClassifier(
            BACKBONE,
            weights=None,
            image_size=IMAGE_SIZE,
            head_epochs=0,
            epochs=0,  # what was learnt does not change how long it takes
            validation_fraction=None,
            random_state=0,
        ).fit(paths[:16], np.arange(16) % 2)
        work = {
            "reading the files": read,
            "`ImageFeatures`": features.transform,
            "`predict_proba`": classifier.predict_proba,
        }
        for function in work.values():
            function(paths[:32])
        seconds = {name: [] for name in work}
        for _ in range(n_rounds):
            for name, function in work.items():
                start = time.process_time()
                function(paths)
                seconds[name].append(time.process_time() - start)
    print("| work | images per processor second (range) | processor hours for a million |")
    print("|---|---|---|")
    for name, taken in seconds.items():
        rates = [N_FILES / each for each in taken]
        rate = statistics.median(rates)
        hours = 1e6 / rate / 3600
        print(f"| {name} | {rate:.3g} ({min(rates):.3g} to {max(rates):.3g}) | {hours:.2g} |")
    versions = ", ".join(f"{name} {version}" for name, version in list_versions().items())
    print(f"\n{describe_machine()}; {versions}.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often to measure")
    main(parser.parse_args().rounds)
