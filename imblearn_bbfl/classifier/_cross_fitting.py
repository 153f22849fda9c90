"""What heads return for rows that they were not trained on, so that none need be held out."""

from copy import deepcopy

import numpy as np

from imblearn_bbfl.classifier._outputs import HeldOutOutputs, compute_logits
from imblearn_bbfl.training import report


def can_cross_fit(epochs, valid, *, goes_on):
    """Say whether a training takes little enough to be repeated: that of a head, from its start.

    Parameters
    ----------
    epochs : dict of str to int
        Of each phase, as `plan_epochs` returns.
    valid : Part or None
        The validation part, by which each training would choose an epoch of its own.
    goes_on : bool
        Whether the network has been trained before, so that it knows the rows.
    """
    return not goes_on and valid is None and not epochs["all"] and any(epochs.values())


def cross_fit(classifier, part, folds, rng, epochs):
    """Predict each fold by a head that is trained on the other rows.

    All of them start from the network that the classifier starts from, so that features are
    computed once for all.

    Parameters
    ----------
    classifier : BBFLClassifier
        Stays as it is.
    part : Part
        The training part.
    folds : list of tuple (train, test)
        Places among the rows of the part, as `split_folds` returns.
    rng : RandomState
        In the state in which the training of the classifier began; stays as it is.
    epochs : dict of str to int
        Of each phase.

    Returns
    -------
    outputs : HeldOutOutputs
        Of all rows in a fold.
    """
    report(classifier.verbose, "Further heads predict %d folds in turn", len(folds))
    rows, logits = [], []
    for train, test in folds:
        fold = _copy_unfitted(classifier)
        train = part._replace(rows=part.rows[train])
        fold._train(train, None, deepcopy(rng), epochs=epochs, goes_on=False, may_go_on=False)
        rows.append(part.rows[test])
        logits.append(compute_logits(fold, part.images, rows[-1]))
    rows = np.concatenate(rows)
    return HeldOutOutputs(np.concatenate(logits), part.codes[rows], part.weight[rows])


def _copy_unfitted(classifier):
    """Return a classifier that knows the same data, to be trained in silence."""
    twin = object.__new__(type(classifier))
    vars(twin).update(vars(classifier))
    vars(twin).update(verbose=0, thresholding=None, temperature=None)
    twin._make_callbacks = lambda train, n_epochs: []  # those of the user see one training
    return twin
