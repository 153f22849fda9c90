"""The mistakes that a page shows."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from imblearn_bbfl._images import LazyRows, as_images, count_rows, is_lazy, take_rows
from imblearn_bbfl.inspection import GradCAMDisplay, MistakesDisplay
from imblearn_bbfl.inspection._file_names import name_rows
from imblearn_bbfl.inspection._styles import group_runs
from imblearn_bbfl.report._pictures import Picture, as_photograph


class Mistake(NamedTuple):
    """An image that a method takes for what it is not."""

    name: str
    true: str
    taken_for: str
    proba: float
    picture: Picture | None
    heatmap: Picture | None


def find_mistakes(comparison, label, names, *, X=None, classifier=None, n_mistakes=12):
    """Return the most confident mistakes of the best method, those of the rare class first.

    Parameters
    ----------
    comparison : Comparison
        Whose predictions are read.
    label : label
        The rare class.
    names : dict of label to str
        What to call classes.
    X : array-like, default=None
        All rows, of which those shown are read. Without it, or for a table, there are no pictures.
    classifier : estimator, default=None
        Fitted, for Grad-CAM.
    n_mistakes : int, default=12
        How many at most.

    Returns
    -------
    lists : list of (str, int, list of Mistake)
        Of two lists what they are, how many such mistakes there are, and those to show.

    Raises
    ------
    ValueError
        If X does not have the rows that were compared.
    """
    if X is not None and count_rows(X) != (n_rows := sum(comparison.class_counts_.values())):
        raise ValueError(
            f"X has {count_rows(X)} rows, but {n_rows} were compared. Pass all of them, in the "
            "order in which compare_strategies got them."
        )
    tested = average_runs(comparison, comparison.best_method_)
    is_missed = (tested.y_true == label) & (tested.y_pred != label)
    is_other = (tested.y_true != label) & (tested.y_pred != tested.y_true)
    n_missed = min(-(-n_mistakes // 2), int(is_missed.sum()))
    lists = []
    for title, is_listed, n_shown in (
        (f"Class {names[label]}, missed", is_missed, n_missed),
        ("Other classes, mistaken", is_other, n_mistakes - n_missed),
    ):
        wrong = np.flatnonzero(is_listed)
        shown = wrong[np.argsort(-tested.proba[wrong], kind="stable")[:n_shown]]
        chosen = Bunch(**{name: values[shown] for name, values in tested.items()})
        lists.append((title, len(wrong), _describe(chosen, comparison, names, X, classifier)))
    return lists


def average_runs(comparison, method):
    """Return what a method makes of each row that was tested, over all runs that tested it.

    Returns
    -------
    tested : Bunch
        `rows`, the row numbers; `y_true`; `y_pred`, what each was taken for most often; `y_proba`
        of shape (n, n_classes), the mean probabilities; and `proba`, that of `y_pred`.
    """
    runs = group_runs(comparison.predictions_)[method]
    rows, y_true, y_pred, y_proba = (
        np.concatenate([run[name] for run in runs])
        for name in ("rows", "y_true", "y_pred", "y_proba")
    )
    rows, first, codes = np.unique(rows, return_index=True, return_inverse=True)
    mean = pd.DataFrame(y_proba).groupby(codes).mean().to_numpy()
    votes = pd.crosstab(codes, y_pred).reindex(columns=comparison.classes_, fill_value=0)
    # Of equally many votes the more probable class.
    columns = (votes.to_numpy() + 0.5 * mean).argmax(axis=1)
    return Bunch(
        rows=rows,
        y_true=y_true[first],
        y_pred=comparison.classes_[columns],
        y_proba=mean,
        proba=mean[np.arange(len(rows)), columns],
    )


def _describe(chosen, comparison, names, X, classifier):
    """Return a `Mistake` for each of some rows."""
    pictures, heatmaps = _draw(chosen, comparison, X, classifier)
    labels = zip(chosen.y_true.tolist(), chosen.y_pred.tolist(), strict=True)
    return [
        Mistake(name, names[true], names[taken_for], *others)
        for name, (true, taken_for), *others in zip(
            name_rows(X, chosen.rows), labels, chosen.proba, pictures, heatmaps, strict=True
        )
    ]


def _draw(chosen, comparison, X, classifier):
    """Return the pictures of some rows, and their Grad-CAM, as far as there are any."""
    none = [None] * len(chosen.rows)
    if X is None or not none or not _can_be_drawn(X):
        return none, none
    own = LazyRows(X, chosen.rows) if is_lazy(X) else take_rows(X, chosen.rows)
    white = getattr(classifier, "pixel_max", None)
    found = MistakesDisplay.find(
        own,
        chosen.y_true,
        chosen.y_pred,
        chosen.y_proba,
        classes=comparison.classes_,
        n_mistakes=len(none),
        pixel_max=white,
    )
    pictures = [as_photograph(image, "The image", found.pixel_max) for image in found.images]
    if classifier is None:
        return pictures, none
    maps = GradCAMDisplay.compute(classifier, own, target=chosen.y_pred).overlay()
    return pictures, [as_photograph(image, "Where the network looks") for image in maps]


def _can_be_drawn(X):
    images = as_images(X, mixed_sizes=True)
    return len(images.shape) == 3 and images.shape[2] in (1, 3)
