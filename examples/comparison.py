"""What the examples share: the methods they compare, the scores, and the table."""

import pandas as pd
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score

METHODS = {
    "baseline": "Baseline",
    "ros": "Over-sampling",
    "cost_sensitive": "Cost-sensitive",
    "bbfl": "BBFL",
}
"""Keys of STRATEGIES, and what the tables and pictures call them."""


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
