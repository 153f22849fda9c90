"""The predictions of runs, and numbers for them."""

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from imblearn_bbfl._warnings import warn_user


def read_predictions(runs, results, y, classes, units):
    """Return the predictions of runs as `Comparison.predictions_` has them.

    Parameters
    ----------
    runs : list of Run
        Those that did not fail.
    results : dict of str to dict
        What `execute` returned, by the names of runs.
    y : ndarray of shape (n_samples,)
        Labels of all rows.
    classes : ndarray of shape (n_classes,)
        The labels.
    units : Units or None
        What is scored as one.
    """
    predictions = []
    for run in runs:
        result, test = results[run.name], run.split.test
        prediction = Bunch(
            method=run.method,
            repeat=run.split.repeat,
            split=run.split.split,
            test=test,
            rows=test,
            y_true=y[test],
            y_pred=classes[result["y_pred"]],
            y_proba=result["y_proba"],
            y_posterior=result.get("y_posterior", result["y_proba"]),
            seconds=result["seconds"],
            history=result.get("history"),
        )
        if units is not None:
            prediction = units.score_instead(prediction, result, y, classes, run.method)
        predictions.append(prediction)
    return predictions


def measure_runs(runs, metrics, measure):
    """Return a row for each run and metric.

    Parameters
    ----------
    runs : list of Bunch
        As `Comparison.predictions_`.
    metrics : dict of str to Metric
        What is measured.
    measure : callable
        ``measure(metric, run) -> float``, as `measure_run` for the classes at hand.
    """
    return pd.DataFrame(
        [
            {
                "method": run.method,
                "repeat": run.repeat,
                "split": run.split,
                "metric": name,
                "value": measure(metric, run),
                "seconds": run.seconds,
            }
            for run in runs
            for name, metric in metrics.items()
        ]
    )


def measure_run(metric, run, classes, tested, pos_label):
    """Measure one run; a metric that fails costs its own number only."""
    try:
        return metric.measure(
            run.y_true,
            run.y_pred,
            run.y_proba,
            classes,
            labels=tested,
            pos_label=pos_label,
            y_posterior=run.y_posterior,
        )
    except Exception as error:
        warn_user(
            f"{metric.name} of {run.method}, repeat {run.repeat}, split {run.split} is missing:"
            f" {error}"
        )
        return np.nan
