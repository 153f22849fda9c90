"""The figures of a comparison: of all methods from their predictions, of some from a network."""

from pathlib import Path

import numpy as np
from sklearn.base import clone

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl.inspection import (
    ConfusionMatrixPanel,
    EmbeddingDisplay,
    GradCAMDisplay,
    HistoryDisplay,
    PrecisionRecallPanel,
    RocCurvePanel,
)

_N_EASY = 2  # Grad-CAM of so many easy and so many difficult images, as the paper's Fig. 4


def draw_comparison(comparison):
    """Return figures of all methods: name -> (figure, caption)."""
    runs = count_runs(comparison)
    return {
        "scores": (comparison.plot(), f"Scores of {runs} (dots), and mean ± standard deviation."),
        "roc": (RocCurvePanel.from_comparison(comparison).figure_, f"ROC curves, mean of {runs}."),
        "precision_recall": (
            PrecisionRecallPanel.from_comparison(comparison).figure_,
            f"Precision against recall, mean of {runs}.",
        ),
        "confusion": (
            ConfusionMatrixPanel.from_comparison(comparison).figure_,
            f"What each class is taken for, in percent of the class; mean of {runs}.",
        ),
    }


def count_runs(comparison):
    """Say how many runs the methods have, which differs where some failed."""
    counts = [
        sum(run.method == method for run in comparison.predictions_)
        for method in comparison.methods_
    ]
    few, many = min(counts), max(counts)
    return f"{few} runs of each method" if few == many else f"{few} to {many} runs of each method"


def draw_networks(comparison, classifier, data, methods, folder):
    """Train some methods once more on the first split, and return figures of their networks.

    The networks are kept in `folder`, so that a second start need not train them again.
    """
    figures = {}
    test = comparison.predictions_[0].test
    train = np.setdiff1d(np.arange(len(data.y)), test)
    for method in methods:
        path = Path(folder) / f"{method}.keras"
        if not path.exists():
            fitted = clone(classifier).set_params(**STRATEGIES[method])
            groups = None if data.groups is None else data.groups[train]
            fitted.fit(data.X[train], data.y[train], groups=groups).save(path)
        fitted = BBFLClassifier.load(path)
        figures |= _draw_network(method, fitted, data.X[train], data.y[train])
        figures |= _draw_grad_cam(method, fitted, data.X[test], data.y[test])
    return figures


def _draw_network(method, fitted, X, y):
    return {
        f"history_{method}": (
            HistoryDisplay.from_estimator(fitted).figure_,
            f"Training of {method}.",
        ),
        f"embedding_{method}": (
            EmbeddingDisplay.from_estimator(fitted, X, y, random_state=0).figure_,
            f"t-SNE of the GAP features of training images, as the paper's Fig. 5: {method}.",
        ),
    }


def _draw_grad_cam(method, fitted, X, y):
    """Show where the network looks for the true class: of the surest right and wrong images."""
    proba = fitted.predict_proba(X)
    of_truth = proba[np.arange(len(y)), np.searchsorted(fitted.classes_, y)]
    order = np.argsort(-of_truth)
    chosen = np.concatenate([order[:_N_EASY], order[-_N_EASY:]])
    display = GradCAMDisplay.from_estimator(fitted, X[chosen], target=y[chosen])
    return {
        f"grad_cam_{method}": (
            display.figure_,
            f"Grad-CAM for the true class: two easy and two difficult test images, {method}.",
        )
    }
