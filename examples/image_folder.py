"""Four methods against class imbalance, on your own images: one sub-folder per class.

    python examples/image_folder.py FOLDER --backbone mobilenetv2 --image-size 224

Where the folder has a test part (FOLDER/train and FOLDER/test, each with one sub-folder per class),
the methods are measured on it and trained on everything else. Otherwise a fifth of the images of
each class is held out, the same for all methods. Images that belong together (of one patient, say)
may then land on both sides: pass `groups` to `fit` and split by
`sklearn.model_selection.StratifiedGroupKFold` where you know them.
"""

import argparse
import logging
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from comparison import METHODS, format_table, score
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl.datasets import load_image_folder

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of the fifth network


def main():
    arguments = parse_arguments()
    images = load_image_folder(arguments.folder)
    rarest = min(images.class_counts, key=images.class_counts.get)
    print(f"Images of each class: {images.class_counts}\n")
    train, test = split(images)
    paths, paths_test = images.data[train], images.data[test]
    y, y_test = images.target[train], images.target[test]

    given = {"learning_rate": arguments.learning_rate, "epochs": arguments.epochs}
    given = {name: value for name, value in given.items() if value is not None}
    scores, predictions = [], {}
    for strategy, method in METHODS.items():
        print(f"{method} ...", flush=True)
        classifier = BBFLClassifier(
            backbone=arguments.backbone,
            weights=arguments.weights,
            image_size=arguments.image_size,
            verbose=arguments.verbose,
            random_state=0,
            **STRATEGIES[strategy],
            **given,
        )
        predictions[method] = classifier.fit(paths, y).predict(paths_test)
        scores.append({"method": method, **score(y_test, predictions[method], rarest)})

    print(f"\nPercent on {len(y_test)} test images, one run.\n")
    print(format_table(scores))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    draw_figure(y_test, predictions).savefig(arguments.out, dpi=110)
    print(f"\nPicture: {arguments.out}")


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
    parser.add_argument("--out", type=Path, default=Path("demo_output") / "image_folder.png")
    return parser.parse_args()


def split(images):
    """Return the rows to train on and those to measure on."""
    rows = np.arange(len(images.target))
    if images.split is not None:
        is_test = np.array([part.lower() in ("test", "testing") for part in images.split])
        if is_test.any():
            return rows[~is_test], rows[is_test]
    return train_test_split(rows, test_size=0.2, stratify=images.target, random_state=0)


def draw_figure(y_test, predictions):
    """Draw the confusion matrix of each method: shares of each true class, and their colors."""
    fig, axes = plt.subplots(2, 2, figsize=(9, 8.4), sharex=True, sharey=True, layout="constrained")
    for ax, (method, y_pred) in zip(axes.flat, predictions.items(), strict=True):
        display = ConfusionMatrixDisplay.from_predictions(
            y_test,
            y_pred,
            normalize="true",
            values_format=".0%",
            xticks_rotation=45,
            cmap="Blues",
            colorbar=False,
            im_kw={"vmin": 0, "vmax": 1},
            ax=ax,
        )
        for share, text in zip(display.confusion_matrix.flat, display.text_.flat, strict=True):
            text.set_color("white" if share > 0.5 else "black")
        ax.set(title=method, xlabel="", ylabel="")
    fig.supxlabel("predicted")
    fig.supylabel("true")
    return fig


if __name__ == "__main__":
    main()
