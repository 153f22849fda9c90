"""From names and scorers to metrics of stored predictions."""

import inspect
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import get_scorer, get_scorer_names

from imblearn_bbfl._names import enumerate_names, suggest
from imblearn_bbfl.metrics._elsewhere import NAMES_OF_MANY_CLASSES, NAMES_OF_TWO_CLASSES
from imblearn_bbfl.metrics._measures import (
    ERRORS,
    MEASURES,
    OF_GRADES,
    SCORES,
    Predictions,
    check_predictions,
)
from imblearn_bbfl.metrics._scorers import apply_named_scorer, apply_scorer


@dataclass(frozen=True)
class Metric:
    """A number for the predictions on a test part.

    Attributes
    ----------
    name : str
        What tables call it. The same as that of scikit-learn's scorer where there is one.
    greater_is_better : bool
        False for ``"brier_score"`` and ``"expected_calibration_error"`` only, raw or not:
        scikit-learn turns the sign of errors and losses (``"neg_log_loss"``), and it is left so.
    function : callable
        ``function(predictions) -> float``, of named fields `y_true`, `y_pred`, `y_proba`,
        `classes`, `labels` and `pos_label`, as `measure` takes them.
    has_pos_label : bool
        Whether it is a score of one of two classes, as F1 and precision are.
    of_posterior : bool
        Whether it asks if probabilities are true, as the Brier score does, and so is taken of the
        posterior for the class mix of the data where that is known.
    of_grades : bool
        Whether it depends on the order of the labels, as the quadratic kappa does.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.metrics import resolve_scoring
    >>> metric = resolve_scoring("brier_score", n_classes=2)["brier_score"]
    >>> metric.greater_is_better
    False
    >>> y, proba = np.array([0, 1]), np.array([[0.8, 0.2], [0.4, 0.6]])
    >>> round(metric.measure(y, y, proba, np.array([0, 1])), 2)  # (0.2**2 + 0.4**2) / 2
    0.1
    """

    name: str
    greater_is_better: bool
    function: Callable
    has_pos_label: bool = False
    of_posterior: bool = False
    of_grades: bool = False

    def measure(
        self,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        y_proba: ArrayLike,
        classes: ArrayLike,
        *,
        labels: ArrayLike | None = None,
        pos_label: Hashable | None = None,
        y_posterior: ArrayLike | None = None,
    ) -> float:
        """Measure predictions.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_samples,)
            Labels.
        y_proba : array-like of shape (n_samples, n_classes)
            Probabilities.
        classes : array-like of shape (n_classes,)
            The sorted labels of the columns of `y_proba`.
        labels : array-like, default=None
            The labels that means over classes are of, and that must each have rows in `y_true`.
            ``None`` is all classes. Others count as mistakes where they are predicted.
        pos_label : label, default=None
            The positive one of two classes. ``None`` is the second.
        y_posterior : array-like of shape (n_samples, n_classes), default=None
            Probabilities for the class mix of the data, which a metric `of_posterior` is taken of.
            ``None`` takes `y_proba` for them.

        Returns
        -------
        value : float

        Raises
        ------
        ValueError
            If the metric has no value, as without rows of one of the labels; if the shapes do not
            match, `classes` are not sorted, or a label is not among them.
        """
        classes = np.asarray(classes)
        if pos_label is None and len(classes) == 2:
            pos_label = classes[1]
        labels = classes if labels is None else np.asarray(labels)
        if self.of_posterior and y_posterior is not None:
            y_proba = y_posterior
        y_true, y_pred, y_proba = (np.asarray(values) for values in (y_true, y_pred, y_proba))
        predictions = Predictions(y_true, y_pred, y_proba, classes, labels, pos_label)
        check_predictions(predictions)
        return float(self.function(predictions))


def default_metrics(n_classes: int) -> list[str]:
    """Return the names of the metrics that are measured unless others are asked for.

    Those of the paper (accuracy; F1 and ROC-AUC for two classes; balanced accuracy, Eq. 3, and
    macro-F1, Eq. 4), average precision, the geometric mean, and two of calibration. Those two come
    twice: of the posterior for the class mix of the data, and ``_raw``, of the probabilities as the
    method returns them.

    Parameters
    ----------
    n_classes : int
        Number of classes, 2 or more.

    Returns
    -------
    names : list of str
        In the order of tables.

    Examples
    --------
    >>> from imblearn_bbfl.metrics import default_metrics
    >>> default_metrics(2)[:5]
    ['accuracy', 'balanced_accuracy', 'f1', 'f1_macro', 'roc_auc']
    """
    own = ["f1", "f1_macro", "roc_auc"] if n_classes == 2 else ["f1_macro", "roc_auc_ovr"]
    calibration = [name for error in ERRORS for name in (error, f"{error}{_RAW}")]
    shared = ["average_precision", "geometric_mean", *calibration]
    return ["accuracy", "balanced_accuracy", *own, *shared]


def resolve_scoring(
    scoring: Any, n_classes: int, order: ArrayLike | None = None
) -> dict[str, Metric]:
    """Look up metrics.

    Parameters
    ----------
    scoring : None, str, callable, list, set or dict
        ``None`` is `default_metrics`. A name is one of those or of scikit-learn's scorers, which
        measure the `pos_label` of two classes, whatever it is called, or ``"kappa_quadratic"``, for
        grades: Cohen's kappa, weighted by the square of the number of grades between truth and
        prediction. Those that ask whether
        probabilities are true (``"brier_score"``, ``"expected_calibration_error"``,
        ``"neg_log_loss"``, ``"neg_brier_score"``, ``"d2_log_loss_score"``, ``"d2_brier_score"``)
        are taken of the posterior for the class mix of the data, and with ``"_raw"`` at the end of
        their name of the probabilities as they are returned. A callable is a scorer,
        ``scorer(estimator, X, y)``; its `estimator` gives the stored predictions, and `X` is row
        numbers, for nothing is computed from images again. A dict has a name of your own for each
        metric.
    n_classes : int
        Number of classes, 2 or more.
    order : array-like of shape (n_classes,), default=None
        For ``"kappa_quadratic"``, the labels from the lowest grade to the highest. ``None`` is the
        order of sorted labels, with which it has no value if they are words.

    Returns
    -------
    metrics : dict of str to Metric
        In the order of `scoring`; that of the names for a set.

    Raises
    ------
    ValueError
        If a metric is unknown, is not for so many classes, is a function of `y_true` where a scorer
        is needed, or if two have the same name or one is named ``"seconds"``.

    Examples
    --------
    >>> from imblearn_bbfl.metrics import resolve_scoring
    >>> list(resolve_scoring(["f1_macro", "neg_log_loss"], n_classes=3))
    ['f1_macro', 'neg_log_loss']
    """
    metrics = {}
    for name, metric in _name_metrics(default_metrics(n_classes) if scoring is None else scoring):
        if name in metrics:
            raise ValueError(
                f"scoring has two metrics named {name!r}. Leave one out, or pass a dict with a "
                "name for each."
            )
        if name == "seconds":
            raise ValueError(
                "scoring has a metric named 'seconds', which is the column of the time that a run "
                "took. Use another name."
            )
        metrics[name] = _make_metric(name, metric, n_classes, order)
    if not metrics:
        raise ValueError(f"scoring={scoring!r} names no metric. Pass one, or None for the default.")
    return metrics


def _name_metrics(scoring):
    """Return pairs of a name and a metric."""
    if isinstance(scoring, dict):
        return scoring.items()
    if isinstance(scoring, str) or callable(scoring):
        scoring = [scoring]
    if not isinstance(scoring, Iterable):
        raise ValueError(
            f"scoring={scoring!r} must be None, the name of a metric, a scorer, or a list or dict "
            "of these."
        )
    if isinstance(scoring, (set, frozenset)):  # whose order differs between processes
        scoring = sorted(scoring, key=str)
    return [(_name(metric), metric) for metric in scoring]


def _name(metric):
    # The repr of a scorer has its arguments too, such as weights and the sign.
    return metric if isinstance(metric, str) else getattr(metric, "__name__", repr(metric))


def _make_metric(name, metric, n_classes, order):
    if callable(metric):
        _check_scorer(name, metric)
        return Metric(name, True, partial(apply_scorer, metric))
    if not isinstance(metric, str):
        raise ValueError(
            f"{metric!r} in scoring is neither the name of a metric nor a scorer. Pass a name such "
            "as 'f1_macro', or sklearn.metrics.make_scorer(function)."
        )
    if n_classes > 2 and metric in _MULTICLASS_INSTEAD:
        raise ValueError(
            f"{metric!r} is for two classes, but y has {n_classes}. "
            f"Use {_MULTICLASS_INSTEAD[metric]!r}."
        )
    _check_name(metric, n_classes)
    measured = metric.removesuffix(_RAW)
    function = MEASURES.get(measured) or partial(apply_named_scorer, get_scorer(measured))
    if measured in OF_GRADES:
        function = partial(function, order=order)
    return Metric(
        name,
        measured not in ERRORS,
        function,
        has_pos_label=n_classes == 2 and metric in _WITH_POS_LABEL,
        of_posterior=metric in _OF_POSTERIOR,
        of_grades=metric in OF_GRADES,
    )


def _check_name(name, n_classes):
    known = {*MEASURES, *get_scorer_names()}
    known = sorted(known | {f"{base}{_RAW}" for base in known.intersection(_OF_POSTERIOR)})
    if name not in known:
        meant = name.removeprefix("val_")  # as Keras calls it of the validation part
        fitting = [each for each in known if n_classes == 2 or each not in _MULTICLASS_INSTEAD]
        elsewhere = NAMES_OF_TWO_CLASSES if n_classes == 2 else NAMES_OF_MANY_CLASSES
        some = enumerate_names(["accuracy", "balanced_accuracy", "f1_macro"])
        hint = suggest(meant, fitting, elsewhere=elsewhere) or (
            f" Use {some}, say, or another of sklearn.metrics.get_scorer_names()."
        )
        raise ValueError(f"{name!r} is not a metric.{hint}")


def _check_scorer(name, scorer):
    """Refuse a metric function, as which `f1_score` is easily passed."""
    first = next(iter(inspect.signature(scorer).parameters), None)
    if first == "y_true":
        raise ValueError(
            f"{name!r} in scoring is a function of y_true, but a scorer takes an estimator, X and "
            f"y. Use sklearn.metrics.make_scorer({name})."
        )


_RAW = "_raw"  # ends the name of a metric of probabilities as they are returned
_OF_POSTERIOR = (
    *ERRORS,
    "neg_log_loss",
    "neg_brier_score",
    "d2_log_loss_score",
    "d2_brier_score",
)
_MULTICLASS_INSTEAD = {name: f"{name}_macro" for name in SCORES} | {"roc_auc": "roc_auc_ovr"}
_WITH_POS_LABEL = (
    *SCORES,
    "roc_auc",
    "average_precision",
    "positive_likelihood_ratio",
    "neg_negative_likelihood_ratio",
)
