"""What a million paths take before training begins: time and memory, step by step.

The files are hard links to 64 small PNG files, in 1,000 folders, below a temporary folder that is
removed. Each step is measured once, and the memory is the most that the process had by then, in
all. Files are checked, which decodes each of them, on a part of them, for it takes as long as
reading them once::

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

N_IMAGES, N_FOLDERS, N_CHECKED = 64, 1000, 50_000
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
        print("| step | seconds | most memory so far |\n|---|---|---|")

    def measure(self, name, function):
        """Call a function; print the row of its step."""
        start = time.perf_counter()
        result = function()
        seconds = time.perf_counter() - start
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
        print(f"| {name} | {seconds:.1f} | {most:,.0f} MB |", flush=True)
        return result


def main(n_files):
    steps = Steps()
    with tempfile.TemporaryDirectory() as root:
        folder = make_tree(Path(root), n_files)
        steps.measure("imports, TensorFlow among them", import_package)
        from imblearn_bbfl._images import as_images
        from imblearn_bbfl.cli._data import shorten_paths
        from imblearn_bbfl.cli._images import find_images
        from imblearn_bbfl.datasets import load_image_folder
        from imblearn_bbfl.generators import BatchGenerator
        from imblearn_bbfl.sampling import BatchBalancedSampler

        paths, y = steps.measure(
            f"`load_image_folder` of {n_files:,} files",
            lambda: load_image_folder(folder, return_X_y=True),
        )
        images = steps.measure("one face for all paths", lambda: as_images(paths, image_size=32))
        rows = np.linspace(0, len(paths) - 1, N_CHECKED).astype(int)
        steps.measure(f"checking {N_CHECKED:,} of the files", lambda: images.verify(rows))
        codes = np.unique(y, return_inverse=True)[1]
        plan = steps.measure(
            "a balanced row plan", lambda: BatchBalancedSampler(32, random_state=0).fit(codes)
        )
        steps.measure("the rows of an epoch", lambda: plan.sample_epoch(0))
        batches = BatchGenerator(images, codes, plan)
        steps.measure("the first batch of 32 images", lambda: batches[0])
        found = steps.measure("`imblearn-bbfl predict`: the list", lambda: find_images([folder]))
        steps.measure("`imblearn-bbfl predict`: the names", lambda: shorten_paths(found))


def import_package():
    import imblearn_bbfl

    return imblearn_bbfl.BBFLClassifier


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1_000_000)
    main(parser.parse_args().files)
