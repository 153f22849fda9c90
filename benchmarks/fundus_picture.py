"""Draw the picture of the README: photographs of IDRiD, and where the network looks in them.

Trains the defaults on the official training part in four classes, and shows, for each class, the
test image that is recognized most surely, with Grad-CAM of its class below::

    python benchmarks/fundus_picture.py --data-home DATA --weights WEIGHTS

WEIGHTS is MobileNetV2's ImageNet weights file without its top. IDRiD is by Porwal et al. 2018,
under CC BY 4.0; whoever shows the picture has to name them.
"""

import argparse
from pathlib import Path

import data_sets
import matplotlib.pyplot as plt
import numpy as np

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
    figure = draw(classifier, [data.X[i] for i in test], data.y[test], data.y[train])
    figure.savefig(arguments.out, dpi=110, pil_kwargs={"quality": 85})


def draw(classifier, X, y, y_train):
    """Return a figure with a column for each class: an image, its map, and how many are found."""
    proba = classifier.predict_proba(X)
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
    for column, label in enumerate(classifier.classes_):
        axes[0, column].imshow(display.images[column])
        axes[1, column].imshow(overlays[column])
        is_class = y == label
        found = np.sum(predicted[is_class] == label)
        axes[0, column].set_title(
            f"{GRADES[column]}\n{np.sum(y_train == label)} training images", fontsize=11
        )
        axes[1, column].text(
            0.5,
            -0.04,
            f"found: {found} of {is_class.sum()}\ntest images",
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
