"""The result of a comparison: scores, tables, tests, plots and predictions."""

import warnings
from difflib import get_close_matches

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from imblearn_bbfl.metrics import resolve_scoring
from imblearn_bbfl.model_selection._plot import plot_scores
from imblearn_bbfl.model_selection._splits import (
    drop_repeats,
    list_untested,
    measure_overlap,
    number_test_parts,
)
from imblearn_bbfl.model_selection._statistics import compare_with_reference
from imblearn_bbfl.model_selection._table import ScoreTable, format_metric


class Comparison:
    """Scores and predictions of methods on the same splits, as `compare_strategies` returns them.

    Attributes
    ----------
    results_ : DataFrame
        A row for each method, repeat, split and metric: `method`, `repeat`, `split`, `metric`,
        `value`, and `seconds`, the time that training and predicting took. A run takes less where
        one before it, in the same process, traced its network or computed its features.
    predictions_ : list of Bunch
        Of each run `method`, `repeat`, `split`, `test` (row numbers), `y_true`, `y_pred`,
        `y_proba` of shape (n_test, n_classes), as the method returns it, `y_posterior` of the same
        shape, the probabilities for the class mix of the training part (``target_prior="data"``)
        that calibration is measured of, `seconds`, and `history`, that of training, or None. An
        estimator without `target_prior` has `y_proba` as its `y_posterior` too. Where groups are
        scored, all but `test` have an entry for each group, whose names are `groups`.
    failures_ : dict of str to str
        The error of each run that failed.
    classes_ : ndarray of shape (n_classes,)
        The labels, in the order of the columns of `y_proba`.
    methods_ : list of str
        The methods.
    metrics_ : dict of str to Metric
        The metrics.
    pos_label_ : label or None
        Of two classes, the one that F1, precision, recall and curves are of; else None.
    tested_classes_ : ndarray
        The labels that test parts hold, and that means over classes are of. With ``cv=None`` a
        class of fewer than three rows, or groups, is not among them.
    reference_ : str
        The method that the others are tested against.
    test_train_ratio_ : float
        Number of test rows divided by the number of training rows; 0 where no two splits share
        training rows.

    Examples
    --------
    >>> from imblearn_bbfl import BBFLClassifier
    >>> from imblearn_bbfl.datasets import load_imbalanced_digits
    >>> from imblearn_bbfl.model_selection import compare_strategies
    >>> X, y = load_imbalanced_digits(return_X_y=True)
    >>> classifier = BBFLClassifier("small_cnn", augmentation=None, epochs=1, random_state=0)
    >>> methods = ["baseline", "bbfl"]
    >>> comparison = compare_strategies(
    ...     classifier, X, y, strategies=methods, cv=2, n_repeats=1, scoring="accuracy", verbose=0
    ... )
    >>> comparison.results_.columns.tolist()
    ['method', 'repeat', 'split', 'metric', 'value', 'seconds']
    >>> print(comparison.to_markdown().splitlines()[0])
    | Method | Runs | Accuracy |
    """

    def __init__(self, runs, results, y, metrics, *, reference, pos_label, units=None):
        self.classes_ = np.unique(y)
        self.methods_ = list(dict.fromkeys(run.method for run in runs))
        self.metrics_ = metrics
        self.reference_ = reference
        self.pos_label_ = pos_label
        self._splits = [run.split for run in runs if run.method == self.methods_[0]]
        self.tested_classes_ = np.setdiff1d(self.classes_, list_untested(self._splits, y))
        self.test_train_ratio_ = measure_overlap(drop_repeats(self._splits))
        failed = [run.name for run in runs if "error" in results[run.name]]
        self.failures_ = {name: results[name]["error"] for name in failed}
        self.predictions_ = [
            self._read(run, results[run.name], y) for run in runs if run.name not in failed
        ]
        if units is not None:
            successful = [run for run in runs if run.name not in failed]
            self.predictions_ = [
                units.score_instead(prediction, results[run.name], y, self.classes_, run.method)
                for prediction, run in zip(self.predictions_, successful, strict=True)
            ]
        self.results_ = self._measure(metrics)

    def score(self, scoring) -> pd.DataFrame:
        """Measure the predictions by other metrics, without training again.

        Parameters
        ----------
        scoring : str, callable, list or dict
            As in :func:`compare_strategies`.

        Returns
        -------
        results : DataFrame
            As `results_`.
        """
        return self._measure(resolve_scoring(scoring, len(self.classes_)))

    def summary(self) -> pd.DataFrame:
        """Average over runs.

        Returns
        -------
        summary : DataFrame
            A row for each method. Columns are pairs: a metric or ``"seconds"``, and ``"mean"``,
            ``"sd"`` (missing for a single run) or ``"runs"``, the number of runs that have a value.
        """
        seconds = self.results_.drop_duplicates(["method", "repeat", "split"])
        seconds = seconds.assign(metric="seconds", value=seconds["seconds"])
        values = pd.concat([self.results_, seconds]).groupby(["metric", "method"])["value"]
        table = values.agg(mean="mean", sd="std", runs="count").unstack("metric").swaplevel(axis=1)
        order = [
            (name, part) for name in [*self.metrics_, "seconds"] for part in table.columns.levels[1]
        ]
        table = table.reindex(self.methods_)[order]
        counts = [column for column in order if column[1] == "runs"]
        table[counts] = table[counts].fillna(0).astype(int)
        return table

    def tests(self, metric=None, *, significance=0.05) -> pd.DataFrame:
        """Test the reference against each other method, on the runs that both have.

        Runs that were tested on the same rows are averaged first: they differ by seed, which says
        nothing about other images. Where all runs share one test part, as an official one, no
        test is made, and the verdicts say how far the differences vary from run to run.

        Parameters
        ----------
        metric : str, default=None
            One of `metrics_`. ``None`` is F1 as in the paper: that of `pos_label_` for two classes,
            else the mean over classes; or, where it was not measured, the first metric.
        significance : float in (0, 1), default=0.05
            Level of the verdicts. The paper's is 0.01 for five tests together.

        Returns
        -------
        tests : DataFrame
            A row for each other method: the mean difference with its confidence interval, an
            effect size, the p-values of the paper's paired t-test (Bonferroni), of the corrected
            resampled t-test (Holm) and of Wilcoxon's signed-rank test (Holm), and a sentence that
            says what they mean.
        """
        metric = self._pick_metric(metric)
        tests = compare_with_reference(
            self._pivot(metric),
            self.reference_,
            test_parts=number_test_parts(self._splits),
            test_train_ratio=self.test_train_ratio_,
            significance=significance,
            greater_is_better=self.metrics_[metric].greater_is_better,
            metric=self._name_with_class(metric),
        )
        if note := self._note_untested():
            tests["verdict"] += f" {note}"
        return tests

    def to_frame(self) -> pd.DataFrame:
        """Return the table of mean ± standard deviation as a DataFrame of text.

        *Runs* is the number of runs that did not fail. A mean over fewer runs than were planned
        says so: ``.834 ± .012 (4 of 5)``.
        """
        return self._tabulate().to_frame()

    def to_markdown(self) -> str:
        """Return the table as Markdown; the best mean over all runs is bold for each metric."""
        return self._tabulate().to_markdown()

    def to_latex(self) -> str:
        """Return the table as LaTeX for the package booktabs; the best are bold as in Markdown."""
        return self._tabulate().to_latex()

    def _repr_html_(self):
        return self._tabulate().to_html()

    def plot(self, metrics=None):
        """Draw each run and the mean ± standard deviation of each method.

        Parameters
        ----------
        metrics : list of str, default=None
            One panel for each. ``None`` takes all that were measured.

        Returns
        -------
        figure : matplotlib Figure
        """
        metrics = [self._pick_metric(name) for name in (metrics or self.metrics_)]
        scores = {name: self._pivot(name) for name in metrics}
        return plot_scores(scores, self._make_titles(), self.reference_)

    def _tabulate(self):
        return ScoreTable(
            self.summary(),
            self.metrics_,
            self._make_titles(),
            n_runs=len(self._splits),
            note=self._note_untested(),
        )

    def _make_titles(self):
        """Return what tables and plots call each metric."""
        return {
            name: format_metric(name, self.pos_label_ if metric.has_pos_label else None)
            for name, metric in self.metrics_.items()
        }

    def _name_with_class(self, name):
        """Return what verdicts call a metric."""
        has_pos_label = self.metrics_[name].has_pos_label
        return f"{name} (class {self.pos_label_})" if has_pos_label else name

    def _note_untested(self):
        """Return a sentence on the classes that are in no test part, or nothing."""
        untested = np.setdiff1d(self.classes_, self.tested_classes_).tolist()
        if not untested:
            return ""
        *first, last = map(str, untested)
        if not first:
            return (
                f"Class {last} is too small for a test part: it is in training only, and left out "
                "of all scores."
            )
        return (
            f"Classes {', '.join(first)} and {last} are too small for a test part: they are in "
            "training only, and left out of all scores."
        )

    def _read(self, run, result, y):
        test = run.split.test
        return Bunch(
            method=run.method,
            repeat=run.split.repeat,
            split=run.split.split,
            test=test,
            y_true=y[test],
            y_pred=self.classes_[result["y_pred"]],
            y_proba=result["y_proba"],
            y_posterior=result.get("y_posterior", result["y_proba"]),
            seconds=result["seconds"],
            history=result.get("history"),
        )

    def _measure(self, metrics):
        rows = [
            {
                "method": run.method,
                "repeat": run.repeat,
                "split": run.split,
                "metric": name,
                "value": self._measure_run(metric, run),
                "seconds": run.seconds,
            }
            for run in self.predictions_
            for name, metric in metrics.items()
        ]
        return pd.DataFrame(rows)

    def _measure_run(self, metric, run):
        """Measure one run; a metric that fails costs its own number only."""
        try:
            return metric.measure(
                run.y_true,
                run.y_pred,
                run.y_proba,
                self.classes_,
                labels=self.tested_classes_,
                pos_label=self.pos_label_,
                y_posterior=run.y_posterior,
            )
        except Exception as error:
            warnings.warn(
                f"{metric.name} of {run.method}, repeat {run.repeat}, split {run.split} is missing:"
                f" {error}",
                UserWarning,
                stacklevel=4,
            )
            return np.nan

    def _pivot(self, metric):
        """Return the values of a metric: a row for each split, a column for each method.

        NaN where a run failed, also in all methods, or the metric has no value.
        """
        rows = self.results_[self.results_["metric"] == metric]
        table = rows.pivot(index=["repeat", "split"], columns="method", values="value")
        planned = [(split.repeat, split.split) for split in self._splits]
        return table.reindex(index=planned, columns=self.methods_)

    def _pick_metric(self, metric):
        if metric is None:
            paper = "f1" if len(self.classes_) == 2 else "f1_macro"
            return paper if paper in self.metrics_ else next(iter(self.metrics_))
        if metric not in self.metrics_:
            near = get_close_matches(str(metric), list(self.metrics_), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"metric={metric!r} was not measured; {list(self.metrics_)} were.{hint} `score` "
                "measures others without training again."
            )
        return metric
