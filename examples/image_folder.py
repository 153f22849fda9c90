"""Compare methods against class imbalance on your own images: one sub-folder per class.

    python examples/image_folder.py FOLDER --backbone mobilenetv2 --image-size 224

Where the folder has a test part (FOLDER/train and FOLDER/test, each with one sub-folder per class),
the methods are tested on it and trained on everything else. Otherwise a fifth of the images is
held out, the same for all methods. Images that belong together, such as those of one patient, may
then land on both sides: pass `groups` to `compare_strategies` if you know them.

The command ``imblearn-bbfl compare FOLDER --out results`` does the same and more without any
Python. This script is for you to change.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.model_selection import PredefinedSplit, StratifiedShuffleSplit

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.datasets import load_image_folder
from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.report import write_html

METHODS = ["baseline", "ros", "cost_sensitive", "bbfl"]


def main():
    arguments = parse_arguments()
    images = load_image_folder(arguments.folder)
    print(f"Images of each class: {images.class_counts}\n")
    given = {"learning_rate": arguments.learning_rate, "epochs": arguments.epochs}
    classifier = BBFLClassifier(
        arguments.backbone,
        weights=arguments.weights,
        image_size=arguments.image_size,
        verbose=arguments.verbose,
        random_state=0,
        **{name: value for name, value in given.items() if value is not None},
    )
    comparison = compare_strategies(
        classifier,
        images.data,
        images.target,
        strategies=METHODS,
        cv=make_cv(images),
        n_repeats=1,
    )
    print(f"\n{comparison.to_markdown()}\n")
    print(f"Report: {write_html(comparison, arguments.out, X=images.data)}")


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="has one sub-folder of images per class")
    parser.add_argument("--backbone", default="mobilenetv2", help="default: %(default)s")
    parser.add_argument("--weights", default="auto", help="imagenet, or a file; default: auto")
    parser.add_argument("--image-size", type=int, default=224, help="default: %(default)s")
    parser.add_argument("--learning-rate", type=float, help="default: as in BBFLClassifier")
    parser.add_argument("--epochs", type=int, help="of all layers; default: as in BBFLClassifier")
    parser.add_argument("--verbose", type=int, default=0, help="1 shows a progress bar")
    parser.add_argument("--out", type=Path, default=Path("demo_output") / "image_folder.html")
    return parser.parse_args()


def make_cv(images):
    """Return the splits: the test part, where there is one, else a fifth that is held out."""
    if images.split is not None:
        is_test = np.array([part.lower() in ("test", "testing") for part in images.split])
        if is_test.any():
            return PredefinedSplit(np.where(is_test, 0, -1))
    return StratifiedShuffleSplit(n_splits=1, test_size=0.2, random_state=0)


if __name__ == "__main__":
    main()
