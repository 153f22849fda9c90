"""Four methods against class imbalance, on handwritten digits of which some are rare.

The data come with scikit-learn. Two minutes on two cores::

    make demo
"""

import logging
import time
from pathlib import Path

import numpy as np
import pandas as pd
from demo_figure import draw_figure
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl.datasets import load_imbalanced_digits

METHODS = {
    "baseline": "Baseline",
    "ros": "Over-sampling",
    "cost_sensitive": "Cost-sensitive",
    "bbfl": "BBFL",
}
"""Keys of STRATEGIES, and what the tables and pictures call them."""

N_RUNS = 5
FIGURE = Path("demo_output") / "comparison.png"

# TensorFlow warns of every network after the fourth; here, training many is the point.
logging.getLogger("tensorflow").setLevel(logging.ERROR)


def main():
    start = time.perf_counter()
    counts = load_imbalanced_digits().class_counts
    rarest = list(counts)[-1]
    print(f"Training images of each digit: {counts}\n")

    scores, predictions = [], []
    for run in range(N_RUNS):
        # Each run draws its images anew; all methods see the same ones, and start the same way.
        X, y = load_imbalanced_digits(random_state=run, return_X_y=True)
        X_test, y_test = load_imbalanced_digits(subset="test", random_state=run, return_X_y=True)
        # The test part is balanced. Accuracy is given for the mix of classes in training, where
        # it is what misleads.
        as_in_training = np.array([counts[digit] for digit in y_test])

        for strategy, method in METHODS.items():
            classifier = BBFLClassifier(
                backbone="small_cnn",
                augmentation=None,  # a mirrored 3 is not a 3
                learning_rate=1e-3,
                epochs=30,
                random_state=run,
                **STRATEGIES[strategy],
            )
            y_pred = classifier.fit(X, y).predict(X_test)
            scores.append(
                {"method": method, **score(y_test, y_pred, rarest, sample_weight=as_in_training)}
            )
            predictions.append({"method": method, "y_true": y_test, "y_pred": y_pred})
            seconds = time.perf_counter() - start
            print(f"run {run + 1} of {N_RUNS}  {method:15} {seconds:4.0f} s", flush=True)

    print(f"\nPercent on balanced test images, mean ± standard deviation of {N_RUNS} runs.")
    print("Accuracy is weighted to the mix of classes in training.\n")
    print(format_table(scores))

    FIGURE.parent.mkdir(exist_ok=True)
    draw_figure(counts, predictions).savefig(FIGURE, dpi=110)
    print(f"\nPicture: {FIGURE}")


def score(y_true, y_pred, rarest, sample_weight=None):
    """Measure one run. `sample_weight` is for accuracy, which depends on the mix of classes."""
    return {
        "accuracy": accuracy_score(y_true, y_pred, sample_weight=sample_weight),
        "balanced accuracy": balanced_accuracy_score(y_true, y_pred),
        "macro-F1": f1_score(y_true, y_pred, average="macro"),
        f"recall of {rarest!r}": recall_score(y_true, y_pred, labels=[rarest], average="macro"),
    }


def format_table(scores):
    """Return mean ± standard deviation over the runs of each method as text, in percent.

    `scores` is a list of dicts: the result of `score`, and the name of the method.
    """
    runs = pd.DataFrame(scores).groupby("method", sort=False)
    mean, sd = 100 * runs.mean(), 100 * runs.std()
    table = mean.map("{:.1f}".format)
    if (runs.size() > 1).all():
        table += sd.map(" ± {:.1f}".format)
    return table.rename_axis(None).to_string()


if __name__ == "__main__":
    main()
