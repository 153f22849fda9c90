"""What a million paths take before training begins: processor time and memory, step by step.

The files are hard links to 64 PNG files of 32 px, in 1,000 folders, below a temporary folder that
is removed (`TMPDIR` says where it lies). Each step is measured once. The seconds are those of the
processor, all threads together, which a machine that is busy with other work changes little; the
memory is the most that the process had by then, in all::

    python benchmarks/performance/many_paths.py --files 1000000
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

N_IMAGES, N_FOLDERS = 64, 1000
MEGABYTE = 1024  # of what getrusage counts on Linux


def make_tree(root, n_files):
    """Write images, and link to them from folders of two classes, the second of one in ten."""
    rng = np.random.default_rng(0)
    originals = root / "originals"
    originals.mkdir()
    for i in range(N_IMAGES):
        cv2.imwrite(f"{originals}/{i}.png", rng.integers(0, 256, (32, 32, 3), dtype=np.uint8))
    for folder in range(N_FOLDERS):
        label = "rare" if folder % 10 == 0 else "common"
        place = root / "photographs" / label / str(folder)
        place.mkdir(parents=True)
        for i in range(n_files // N_FOLDERS):
            os.link(f"{originals}/{(folder + i) % N_IMAGES}.png", f"{place}/{i}.png")
    return root / "photographs"


class Steps:
    """Prints what each step takes, as a row of a table."""

    def __init__(self):
        print("| step | processor seconds | most memory so far |\n|---|---|---|")

    def measure(self, name, function):
        """Call a function; print the row of its step."""
        start = time.process_time()
        result = function()
        seconds = time.process_time() - start
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
        print(f"| {name} | {seconds:.2f} | {most:,.0f} MB |", flush=True)
        return result


def main(n_files):
    steps = Steps()
    with tempfile.TemporaryDirectory() as root:
        folder = make_tree(Path(root), n_files)
        steps.measure("importing the package with TensorFlow", import_package)
        from imblearn_bbfl._images import as_images, find_copies
        from imblearn_bbfl.cli._data import shorten_paths
        from imblearn_bbfl.cli._images import find_images
        from imblearn_bbfl.datasets import load_image_folder
        from imblearn_bbfl.generators import BatchGenerator
        from imblearn_bbfl.sampling import BatchBalancedSampler

        paths, y = steps.measure(
            "listing them, by `load_image_folder`",
            lambda: load_image_folder(folder, return_X_y=True),
        )
        images = steps.measure("taking them as images", lambda: as_images(paths, image_size=32))
        codes = np.unique(y, return_inverse=True)[1]
        plan = steps.measure(
            "planning balanced batches",
            lambda: BatchBalancedSampler(32, random_state=0).fit(codes),
        )
        batches = BatchGenerator(images, codes, plan)
        steps.measure("the first batch of 32 images", lambda: batches[0])
        steps.measure("the rows of a whole epoch", lambda: plan.sample_epoch(0))
        found = steps.measure("`imblearn-bbfl predict`: the list", lambda: find_images([folder]))
        steps.measure("`imblearn-bbfl predict`: the names", lambda: shorten_paths(found))
        steps.measure(
            "looking for copies, which here reads each file", lambda: find_copies(paths, y)
        )
        steps.measure("checking, which decodes each file", images.verify)


def import_package():
    import imblearn_bbfl

    return imblearn_bbfl.BBFLClassifier


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1_000_000)
    main(parser.parse_args().files)
