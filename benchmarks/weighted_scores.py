"""Scores of weighted rows, for many weightings at once: those of a bootstrap, or of a class mix."""

import numpy as np

SCORES = (
    "auc",
    "f1_macro",
    "balanced_accuracy",
    "recall_of_rarest",
    "accuracy",
    "kappa_quadratic",
    "brier_score",
    "calibration_error",
    "log_loss",
)
ERRORS = ("brier_score", "calibration_error", "log_loss")
"""Scores of which less is better."""

_N_BINS = 15


def measure(codes, proba, predicted, weights=None, *, names=SCORES, rarest=None):
    """Measure predictions under each of several weightings of their rows.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        The column of `proba` that is right.
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities.
    predicted : ndarray of int of shape (n_samples,)
        The column that was decided for, which a rule may have chosen.
    weights : ndarray of shape (n_draws, n_samples), default=None
        How much each row counts in each weighting. ``None`` is one in which all count the same.
    names : iterable of str
        Which of `SCORES`.
    rarest : int, default=None
        The class that ``recall_of_rarest`` is of. ``None`` is the one with the fewest rows.

    Returns
    -------
    scores : dict of str to ndarray of shape (n_draws,)
        NaN where a weighting leaves out a class that the score needs.
    """
    proba = np.asarray(proba, dtype=np.float64)
    weights = np.ones((1, len(codes))) if weights is None else weights
    n_classes = proba.shape[1]
    confusion = _count_confusion(codes, predicted, weights, n_classes)
    if rarest is None:
        rarest = int(np.bincount(codes, minlength=n_classes).argmin())
    right = np.einsum("dkk->dk", confusion)
    n_true, n_predicted = confusion.sum(axis=2), confusion.sum(axis=1)
    compute = {
        "auc": lambda: _measure_auc(codes, proba, weights),
        "f1_macro": lambda: (2 * right / _nan_if_0(n_true, n_true + n_predicted)).mean(axis=1),
        "balanced_accuracy": lambda: (right / _nan_if_0(n_true)).mean(axis=1),
        "recall_of_rarest": lambda: (right / _nan_if_0(n_true))[:, rarest],
        "accuracy": lambda: right.sum(axis=1) / weights.sum(axis=1),
        "kappa_quadratic": lambda: _measure_kappa(confusion),
        "brier_score": lambda: _average(_measure_distances(codes, proba), weights),
        "calibration_error": lambda: _measure_calibration_error(codes, proba, weights),
        "log_loss": lambda: _average(-np.log(np.maximum(_pick(proba, codes), 1e-15)), weights),
    }
    return {name: np.asarray(compute[name](), dtype=np.float64) for name in names}


def draw_weights(n_samples, n_draws, random_state=0):
    """Return how often each row is in each bootstrap sample, of shape (n_draws, n_samples)."""
    rng = np.random.default_rng(random_state)
    drawn = rng.integers(n_samples, size=(n_draws, n_samples))
    return np.stack([np.bincount(rows, minlength=n_samples) for rows in drawn]).astype(np.float32)


def weigh_to_mix(codes, shares):
    """Return weights under which classes have given shares, of shape (1, n_samples)."""
    counts = np.bincount(codes, minlength=len(shares))
    return (np.asarray(shares) / counts * len(codes))[codes][np.newaxis]


def _count_confusion(codes, predicted, weights, n_classes):
    """Return the weight of each pair of true and decided class: (n_draws, n_classes, n_classes)."""
    pairs = np.zeros((len(codes), n_classes**2), dtype=weights.dtype)
    pairs[np.arange(len(codes)), codes * n_classes + predicted] = 1
    return (weights @ pairs).reshape(-1, n_classes, n_classes).astype(np.float64)


def _nan_if_0(counts, values=None):
    values = counts if values is None else values
    return np.where(counts > 0, values, np.nan)


def _pick(proba, codes):
    return proba[np.arange(len(codes)), codes]


def _average(values, weights):
    return weights @ values / weights.sum(axis=1)


def _measure_distances(codes, proba):
    """Return the squared distance of each row to its class; half of it for two classes."""
    one_hot = np.eye(proba.shape[1])[codes]
    return ((proba - one_hot) ** 2).sum(axis=1) / (2 if proba.shape[1] == 2 else 1)


def _measure_auc(codes, proba, weights):
    """Return the mean over classes of the share of pairs, one against the rest, in right order."""
    return np.mean([_rank(codes == k, proba[:, k], weights) for k in range(proba.shape[1])], axis=0)


def _rank(is_positive, scores, weights):
    """Return the weighted share of pairs of a positive and a negative row in the right order.

    With the negatives sorted, the sum of the weights of those below a positive is a difference of
    cumulative sums; those that are equal count half.
    """
    order = np.flatnonzero(~is_positive)[np.argsort(scores[~is_positive], kind="stable")]
    below = np.cumsum(weights[:, order], axis=1)
    below = np.pad(below, ((0, 0), (1, 0)))
    sides = [
        np.searchsorted(scores[order], scores[is_positive], side) for side in ("left", "right")
    ]
    positive = weights[:, is_positive]
    pairs = sum((positive * below[:, side]).sum(axis=1) for side in sides) / 2
    return pairs / _nan_if_0(positive.sum(axis=1, dtype=np.float64) * below[:, -1])


def _measure_calibration_error(codes, proba, weights):
    """Return the mean gap between confidence and accuracy, in 15 bins of like confidence."""
    confidence, is_right = proba.max(axis=1), proba.argmax(axis=1) == codes
    bins = np.digitize(confidence, np.linspace(0, 1, _N_BINS + 1)[1:-1], right=True)
    gaps = np.eye(_N_BINS)[bins] * (is_right - confidence)[:, np.newaxis]
    return np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)


def _measure_kappa(confusion):
    """Return Cohen's kappa with quadratic weights, for classes in their order."""
    n_classes = confusion.shape[1]
    costs = (np.arange(n_classes)[:, np.newaxis] - np.arange(n_classes)) ** 2
    total = confusion.sum(axis=(1, 2))
    by_chance = np.einsum("dj,dk->djk", confusion.sum(axis=2), confusion.sum(axis=1))
    expected = (by_chance * costs).sum(axis=(1, 2)) / total
    return 1 - (confusion * costs).sum(axis=(1, 2)) / _nan_if_0(expected)
