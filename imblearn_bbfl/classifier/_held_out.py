"""Which rows are not trained on: those of the validation part, and those of the decision part."""

from copy import deepcopy
from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.classifier._cross_fitting import can_cross_fit
from imblearn_bbfl.classifier._decision import name_learners
from imblearn_bbfl.classifier._inputs import Part, check_validation_data
from imblearn_bbfl.validation_split import split_folds, split_rows

_DECISION_FRACTION = 0.1  # without a validation part, whose share is also that of the decision part
_HARM = {
    "validation": "its scores flatter",
    "decision": "what is learnt from it trusts the network more than it should",
}


class Split(NamedTuple):
    """What becomes of the rows that `fit` is given."""

    train: Part
    valid: Part | None
    decision: Part | None  # what `temperature` and the rule of `thresholding` learn from
    folds: list  # in place of that, folds of the training part, to be predicted in turn
    held_out: dict  # purpose -> (hash of the data, row numbers), for training that goes on


def split_training_data(classifier, part, validation_data, rng, *, epochs, goes_on):
    """Hold rows out for validation, and others for a temperature and a decision rule.

    The rows that chose the epoch would flatter both. These two share rows: one number, fitted by
    likelihood, takes next to nothing of what they can tell the rule. Where only the head is
    trained, rows are not held out but predicted in folds.

    Parameters
    ----------
    classifier : BBFLClassifier
        Training that goes on with the same data holds out the same rows again, whatever
        `random_state` is: those in its `_held_out`.
    part : Part
        All rows.
    validation_data : tuple or None
        What the user validates on; nothing is held out for validation then.
    rng : RandomState
        Picks rows.
    epochs : dict of str to int
        Of each phase, as `plan_epochs` returns.
    goes_on : bool
        Whether training goes on.

    Returns
    -------
    split : Split
        `valid` is None where no row can be held out.

    Raises
    ------
    ValueError
        If no row can be held out for what needs some.

    Warns
    -----
    UserWarning
        If a class is too small for rows of it to be held out, or if those held out may have been
        trained on.
    """
    classes = classifier.classes_
    known = getattr(classifier, "_held_out", {}) if goes_on else {}
    has_trained = goes_on and classifier.current_epoch > 0
    train, valid, decision, folds, held_out = part, None, None, [], {}
    if validation_data is not None:
        valid = check_validation_data(classifier, validation_data, part)
    elif classifier.validation_fraction is not None:
        train, valid, held_out["validation"] = _hold_out(
            part, classes, "validation", classifier.validation_fraction, rng, known, has_trained
        )
    learners = name_learners(classifier, "learns", "learn")
    if learners and can_cross_fit(epochs, valid, goes_on=goes_on):
        folds = split_folds(
            *_describe_rows(train), deepcopy(rng), classes
        )  # the network stays the same
    if learners and not folds:
        fraction = classifier.validation_fraction or _DECISION_FRACTION
        train, decision, held_out["decision"] = _hold_out(
            train, classes, "decision", fraction, rng, known, has_trained
        )
        if decision is None:
            raise ValueError(
                f"{learners} from rows that are not trained on, but of {len(train.rows)} "
                "rows none can be held out for it. Use more rows, or temperature=None and a rule "
                "that needs none, such as 'prior'."
            )
    return Split(train, valid, decision, folds, held_out)


def _describe_rows(part):
    """Return the class number and, if there are groups, the group number of each row of a part."""
    groups = None if part.groups is None else pd.factorize(part.groups[part.rows])[0]
    return part.codes[part.rows], groups


def _hold_out(part, classes, purpose, fraction, rng, known, has_trained):
    """Hold rows of a part out of training.

    Returns
    -------
    train, rest : Part
        `rest` is None where no row can be held out.
    held_out : tuple (hash of the data, row numbers)
        What training that goes on is to know.
    """
    codes, groups = _describe_rows(part)
    data = joblib.hash([codes, groups, float(fraction)])
    known_data, held_out = known.get(purpose, (None, None))
    if data != known_data:
        if has_trained:
            remedy = ", or pass validation_data" if purpose == "validation" else ""
            warn_user(
                "Training goes on, but the last fit held out other rows or none: the "
                f"{purpose} part may hold rows that were trained on, so that {_HARM[purpose]}. "
                f"Fit the same rows with the same validation_fraction each time{remedy}.",
            )
        _, held_out = split_rows(codes, groups, fraction, rng, purpose, classes)
    train = part._replace(rows=np.delete(part.rows, held_out))
    rest = part._replace(rows=part.rows[held_out]) if len(held_out) else None
    return train, rest, (data, held_out)
