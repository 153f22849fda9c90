"""Scores of a model on labelled images, with intervals."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from imblearn_bbfl.cli._data import load_data
from imblearn_bbfl.cli._model_file import digest_files, load_model
from imblearn_bbfl.cli._predictions import UNREADABLE, UNSURE, predict_files, write_predictions
from imblearn_bbfl.metrics import wilson_interval

_N_RESAMPLES = 1000
_PARTS = {"val": "validation"}  # names on the command line and in `PARTS`


def evaluate_model(model, source, part, predictions, narrator):
    """Measure a model.

    Parameters
    ----------
    model : str
        File of the model.
    source : Source
        Where labelled images are.
    part : str or None
        Which part of them to measure on.
    predictions : str or None
        Where to write the table of predictions.
    narrator : Narrator
        Is told what is done.

    Returns
    -------
    found : dict
        What JSON holds.
    """
    data, part = pick_part(load_data(source), part)
    narrator.say("Loading Keras and the model.")
    classifier, notes = load_model(model)
    classes = classifier.classes_
    y = match_labels(data.y, classes)
    bound = (notes.get("bound") or {}).get("value")
    narrator.say(f"Predicting {len(y):,} images.")
    table = predict_files(classifier, list(data.X), bound, narrator.count)
    if predictions is not None:
        write_predictions(table.assign(file=data.names, true=y), predictions)
    is_read = table["flag"].to_numpy() != UNREADABLE
    if not is_read.any():
        raise ValueError(f"None of the {len(y):,} files can be read.")
    columns = [f"probability of {label}" for label in classes]
    proba, decided = table[columns].to_numpy()[is_read], table["decision"].to_numpy()[is_read]
    decided = decided.astype(classes.dtype)
    y, groups = y[is_read], None if data.groups is None else data.groups[is_read]
    narrator.say("Computing intervals.")
    is_unsure, is_wrong = table["flag"].to_numpy()[is_read] == UNSURE, decided != y
    return {
        "images": len(y),
        "unreadable": int((~is_read).sum()),
        "part": part,
        "patients": None if groups is None else len(set(groups)),
        "trained on": count_known(data.X[is_read], notes),
        "unit": "image" if groups is None else "patient",
        **measure(y, decided, proba, classes, groups, classifier.data_prior_),
        "bound": bound,
        "unsure": int(is_unsure.sum()),
        "wrong of unsure": int(is_wrong[is_unsure].sum()),
        "wrong of others": int(is_wrong[~is_unsure].sum()),
    }


def pick_part(data, part):
    """Return the images of a part, by default that named test, and the name of the part or None."""
    if part == "all" or (data.parts is None and part is None):
        return data, None
    name = _PARTS.get(part, part) or "test"
    picked = data.take_part(name)
    if picked is None:
        found = "no parts" if data.parts is None else f"the parts {', '.join(set(data.parts))}"
        raise ValueError(
            f"The data have {found}, but no {name} part to measure on. Use --part all for all of "
            "them, if none was trained on."
        )
    return picked, name


def match_labels(y, classes):
    """Return labels as the classes are written: those of a folder are text, of a table numbers.

    Raises
    ------
    ValueError
        If there are labels that the model does not know.
    """
    known = {str(label): label for label in classes.tolist()}
    unknown = sorted({str(label) for label in y.tolist()} - set(known))
    if unknown:
        raise ValueError(
            f"The data have classes that the model does not know: {', '.join(unknown)}. It knows "
            f"{', '.join(known)}. Rename classes, leave images out, or name another label column."
        )
    return np.array([known[str(label)] for label in y.tolist()], dtype=classes.dtype)


def count_known(paths, notes):
    """Return how many of the images the model was trained on; None where that is not known."""
    if "trained on" not in notes:
        return None
    known = set(notes["trained on"])
    return sum(digest in known for digest in digest_files(paths))


def measure(y, decided, proba, classes, groups, prior):
    """Measure decisions and probabilities, with intervals.

    Parameters
    ----------
    y, decided : ndarray of shape (n_samples,)
        True labels and decisions.
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities.
    classes : ndarray of shape (n_classes,)
        The labels.
    groups : ndarray of shape (n_samples,) or None
        Such as patients, which are drawn as a whole.
    prior : ndarray of shape (n_classes,)
        Share of each class in training.

    Returns
    -------
    found : dict
        `scores` and `classes`, each with a value and the ends of its interval; `confusion`, counts
        by true class and decision.
    """
    codes, chosen = (np.searchsorted(classes, labels) for labels in (y, decided))
    is_present, n_classes = np.isin(classes, y), len(classes)
    resamples = draw_resamples(groups if groups is not None else np.arange(len(y)))

    def bound_by_resampling(score):
        return {"value": float(score(np.arange(len(y)))), **_find_interval(score, resamples)}

    def count(rows):
        # As scikit-learn's confusion_matrix, which takes longer to check what it is given.
        pairs = codes[rows] * n_classes + chosen[rows]
        return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)

    scores = {
        "accuracy": lambda rows: (codes[rows] == chosen[rows]).mean(),
        "balanced accuracy": lambda rows: np.nanmean(_measure_recalls(count(rows))),
        "macro-F1": lambda rows: np.mean(_measure_f1(count(rows))[is_present]),
    }
    if is_present.sum() > 1:
        scores["AUC"] = lambda rows: np.mean(
            [_measure_auc(codes[rows] == k, proba[rows, k]) for k in np.flatnonzero(is_present)]
        )
    by_class = []
    for k, label in enumerate(classes.tolist()):
        is_true, is_decided = codes == k, chosen == k
        entry = {
            "class": label,
            "images": int(is_true.sum()),
            "prevalence": float(is_true.mean()),
            "prevalence in training": float(prior[k]),
        }
        for name, among in (("recall", is_true), ("precision", is_decided)):
            entry[name] = _measure_share(is_true & is_decided, among, groups, resamples)
        by_class.append(entry)
    return {
        "scores": {name: bound_by_resampling(score) for name, score in scores.items()},
        "classes": by_class,
        "confusion": count(np.arange(len(y))).tolist(),
    }


def draw_resamples(groups):
    """Return row numbers of bootstrap samples, in which whole groups are drawn, always the same."""
    codes = pd.factorize(groups)[0]
    order = np.argsort(codes, kind="stable")
    rows = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
    rng = np.random.default_rng(0)
    return [
        np.concatenate([rows[i] for i in rng.integers(len(rows), size=len(rows))])
        for _ in range(_N_RESAMPLES)
    ]


def _find_interval(score, resamples):
    """Return the ends of the bootstrap interval, without samples that lack what is measured."""
    values = np.array([score(rows) for rows in resamples])
    if np.isnan(values).all():
        return {"low": None, "high": None}
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return {"low": float(low), "high": float(high)}


def _measure_share(is_hit, among, groups, resamples):
    """Return the share of hits among rows: by Wilson's interval, or by a bootstrap over groups.

    Where no group, or each, is hit, resampling says nothing, and Wilson's interval is taken for the
    number of groups.
    """
    n = int(among.sum())
    if not n:
        return {"value": None, "low": None, "high": None, "n": 0}
    share = float(is_hit.sum() / n)
    if groups is None or share in (0, 1):
        n_units = n if groups is None else len(set(groups[among]))
        low, high = wilson_interval(share, n_units)
        ends = {"low": low, "high": high}
    else:
        ends = _find_interval(
            lambda rows: _divide(is_hit[rows].sum(), among[rows].sum()), resamples
        )
    return {"value": share, **ends, "n": n}


def _divide(a, b):
    return a / b if b else np.nan


def _measure_recalls(counts):
    """Return the recall of each class from counts by true class and decision; NaN without any."""
    n_true = counts.sum(axis=1)
    return np.divide(counts.diagonal(), n_true, out=np.full(len(counts), np.nan), where=n_true > 0)


def _measure_f1(counts):
    """Return the F1 of each class, 0 where there is none."""
    total = counts.sum(axis=0) + counts.sum(axis=1)
    return np.divide(2 * counts.diagonal(), total, out=np.zeros(len(counts)), where=total > 0)


def _measure_auc(is_true, proba):
    """Return the area under the ROC curve from ranks (Mann and Whitney 1947); NaN without it."""
    n_true, n = is_true.sum(), len(is_true)
    if n_true in (0, n):
        return np.nan
    ranks = rankdata(proba)[is_true].sum()
    return (ranks - n_true * (n_true + 1) / 2) / (n_true * (n - n_true))
