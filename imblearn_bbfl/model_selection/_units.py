"""Scores of groups, such as patients, in place of those of their rows."""

from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from imblearn_bbfl._groups import check_groups
from imblearn_bbfl.model_selection._methods import get_last_step
from imblearn_bbfl.probabilities import combine_groups


class Units(NamedTuple):
    """What is scored as one, and how the probabilities of its rows are combined."""

    ids: np.ndarray  # (n_samples,), the unit of each row
    method: str  # as in `combine_groups`
    column: int | None  # likewise

    def combine(self, proba, rows):
        """Return the probabilities of the units of some rows."""
        return combine_groups(proba, self.ids[rows], method=self.method, column=self.column)[0]

    def describe(self, rows):
        """Return what tells these units apart from others of the same rows."""
        return joblib.hash([self.ids[rows].tolist(), self.method, self.column])

    def score_instead(self, prediction, result, y, classes, method):
        """Return the prediction of a run with a row for each unit in place of those of its rows."""
        rows = prediction.test
        first = np.unique(pd.factorize(self.ids[rows], sort=True)[0], return_index=True)[1]
        proba = self.combine(prediction.y_proba, rows)
        if result.get("units") == self.describe(rows):
            y_pred = result["y_pred_of_units"]
        else:  # of a checkpoint, in which others were scored
            y_pred = decide_by_most_probable(result, proba, method)
        return Bunch(
            **prediction
            | {
                "groups": self.ids[rows][first],
                "rows": rows[first],
                "y_true": y[rows][first],
                "y_pred": classes[y_pred],
                "y_proba": proba,
                "y_posterior": self.combine(prediction.y_posterior, rows),
            }
        )


def make_units(score_groups, combine, groups, y, pos_label, labels):
    """Check what is to be scored as one.

    Parameters
    ----------
    score_groups : None, bool or array-like of shape (n_samples,)
        As in `compare_strategies`.
    combine : {"mean", "max"}
        Likewise.
    groups : ndarray of shape (n_samples,) or None
        What splits keep together.
    y : ndarray of shape (n_samples,)
        Labels of the rows.
    pos_label : label or None
        Of two classes, the one whose largest probability counts.
    labels : list
        The classes, sorted.

    Returns
    -------
    units : Units or None
        None where rows are scored.

    Raises
    ------
    ValueError
        If there are no groups to score, or rows of one have several labels, or are of several
        `groups`.
    """
    if combine not in ("mean", "max"):
        raise ValueError(f"combine={combine!r} is not known. Use 'mean' or 'max'.")
    if score_groups is None or score_groups is False:
        return None
    if isinstance(score_groups, str):
        raise ValueError(
            f"score_groups={score_groups!r} must be True, or the group of each row. How rows are "
            "combined is said by combine='mean' or combine='max'."
        )
    if groups is None:
        raise ValueError(
            "score_groups are given without groups, so that rows of one may be trained and tested "
            "on. Pass groups as well: the same, or what they belong to, such as the patients."
        )
    ids = groups if score_groups is True else check_groups(score_groups, len(y))
    _check_one_per_unit(
        ids, y, "labels", "Correct the labels, or score smaller groups, such as eyes"
    )
    _check_one_per_unit(ids, groups, "groups", "Let each belong to one group")
    is_pair = pos_label is not None and combine == "max"
    return Units(ids, combine, labels.index(pos_label) if is_pair else None)


def decide(estimator, result, proba):
    """Return the class numbers that a fitted estimator decides for, given combined probabilities.

    Parameters
    ----------
    estimator : estimator
        Fitted. If it has no method `decide`, its labels must be the most probable ones.
    result : dict
        Its `y_pred` and `y_proba` of single rows.
    proba : ndarray of shape (n_units, n_classes)
        What is decided by.
    """
    step = get_last_step(estimator)[1]
    if hasattr(step, "decide"):
        return np.searchsorted(step.classes_, step.decide(proba))
    return decide_by_most_probable(result, proba, type(step).__name__)


def decide_by_most_probable(result, proba, name):
    """Return the most probable classes, if those were decided for in single rows too."""
    if (result["y_pred"] != result["y_proba"].argmax(axis=1)).any():
        raise ValueError(
            f"The labels of {name} are not the most probable ones, and how it decides is not "
            "known, so that groups have no labels. Pass score_groups=None, or a BBFLClassifier and "
            "a checkpoint that was begun with these score_groups and this combine."
        )
    return proba.argmax(axis=1)


def _check_one_per_unit(ids, values, name, remedy):
    """Raise ValueError if rows of a unit differ in what they have to share."""
    pairs = pd.DataFrame({"unit": ids, "value": values}).drop_duplicates()
    is_torn = pairs["unit"].duplicated(keep=False)
    if is_torn.any():
        unit = pairs["unit"][is_torn].iloc[0]
        found = pairs["value"][pairs["unit"] == unit].tolist()
        raise ValueError(
            f"Rows of {unit!r} in score_groups have several {name}: {found} "
            f"({pairs['unit'][is_torn].nunique()} such in all). {remedy}."
        )
