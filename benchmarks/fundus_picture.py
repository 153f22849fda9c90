"""Draw the picture of the README: photographs of IDRiD, and where the network looks in them.

Trains the defaults on the official training part in four classes, and shows, for each class, the
test image that is recognized most surely, with Grad-CAM of its class below. How many test images of
each class are found is also written to a table, with which a test compares the README::

    python benchmarks/fundus_picture.py --data-home DATA --weights WEIGHTS

WEIGHTS is MobileNetV2's ImageNet weights file without its top. IDRiD is by Porwal et al. 2018,
under CC BY 4.0; whoever shows the picture has to name them.
"""

import argparse
from pathlib import Path

import data_sets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.inspection import GradCAMDisplay

GRADES = ["grades 0 and 1", "grade 2", "grade 3", "grade 4"]


def main():
    """Train, or load what was trained before, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", type=Path, required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument(
        "--network", type=Path, help="file that keeps the network for another start"
    )
    parser.add_argument("--out", type=Path, default="docs/images/fundus.jpg")
    parser.add_argument(
        "--counts", type=Path, default="benchmarks/results/fundus_picture.csv", help="the table"
    )
    arguments = parser.parse_args()

    data = data_sets.load("idrid", arguments.data_home)
    train, test = np.flatnonzero(~data.is_test), np.flatnonzero(data.is_test)
    if arguments.network and arguments.network.exists():
        classifier = BBFLClassifier.load(arguments.network)
    else:
        classifier = BBFLClassifier(
            "mobilenetv2", weights=arguments.weights, image_size=224, random_state=0
        )
        classifier.fit([data.X[i] for i in train], data.y[train])
        if arguments.network:
            classifier.save(arguments.network)
    X, y = [data.X[i] for i in test], data.y[test]
    proba = classifier.predict_proba(X)
    counts = count(classifier.classes_, data.y[train], y, proba)
    counts.to_csv(arguments.counts, index=False)
    figure = draw(classifier, X, y, proba, counts)
    figure.savefig(arguments.out, dpi=110, pil_kwargs={"quality": 85})


def count(classes, y_train, y, proba):
    """Return a table with the images of each class, and how many of the test part are found."""
    predicted = classes[proba.argmax(axis=1)]
    return pd.DataFrame(
        {
            "grades": GRADES,
            "training_images": [np.sum(y_train == label) for label in classes],
            "test_images": [np.sum(y == label) for label in classes],
            "found": [np.sum((y == label) & (predicted == label)) for label in classes],
        }
    )


def draw(classifier, X, y, proba, counts):
    """Return a figure with a column for each class: an image, its map, and how many are found."""
    predicted = classifier.classes_[proba.argmax(axis=1)]
    surest = [
        np.argmax(np.where((y == label) & (predicted == label), proba[:, column], -1))
        for column, label in enumerate(classifier.classes_)
    ]
    display = GradCAMDisplay.from_estimator(
        classifier, [X[i] for i in surest], target=classifier.classes_
    )
    plt.close(display.figure_)
    figure, axes = plt.subplots(2, len(surest), figsize=(9, 5.2), layout="compressed")
    overlays = display.overlay(alpha=0.35)
    for column, of_class in enumerate(counts.itertuples()):
        axes[0, column].imshow(display.images[column])
        axes[1, column].imshow(overlays[column])
        axes[0, column].set_title(
            f"{of_class.grades}\n{of_class.training_images} training images", fontsize=11
        )
        axes[1, column].text(
            0.5,
            -0.04,
            f"found: {of_class.found} of {of_class.test_images}\ntest images",
            transform=axes[1, column].transAxes,
            ha="center",
            va="top",
            fontsize=11,
        )
    for ax in axes.flat:
        ax.axis("off")
    return figure


if __name__ == "__main__":
    main()
