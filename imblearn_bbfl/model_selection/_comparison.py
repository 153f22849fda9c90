"""The result of a comparison: scores, tables, tests, plots and predictions."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone

from imblearn_bbfl._groups import check_groups
from imblearn_bbfl._names import suggest
from imblearn_bbfl.inspection._styles import group_runs
from imblearn_bbfl.metrics import resolve_scoring
from imblearn_bbfl.model_selection._best import (
    choose_best,
    count_settings,
    find_lows_by_bootstrap,
    find_lows_by_test,
)
from imblearn_bbfl.model_selection._methods import (
    check_same_classes,
    configure,
    get_own_params,
    is_picklable,
    route_groups,
)
from imblearn_bbfl.model_selection._plot import plot_scores
from imblearn_bbfl.model_selection._predictions import (
    measure_run,
    measure_runs,
    read_predictions,
)
from imblearn_bbfl.model_selection._splits import (
    drop_repeats,
    list_untested,
    measure_overlap,
    number_test_parts,
)
from imblearn_bbfl.model_selection._statistics import compare_with_reference
from imblearn_bbfl.model_selection._table import ScoreTable, format_metric, note_untested


class Comparison:
    """Scores and predictions of methods on the same splits, as `compare_strategies` returns them.

    Attributes
    ----------
    results_ : DataFrame
        A row for each method, repeat, split and metric: `method`, `repeat`, `split`, `metric`,
        `value`, and `seconds`, the time that training and predicting took. A run takes less where
        one before it, in the same process, traced its network or computed its features.
    predictions_ : list of Bunch
        Of each run `method`, `repeat`, `split`, `test` (row numbers), `rows` (the row number of
        each entry of what follows), `y_true`, `y_pred`, `y_proba` of shape (n_test, n_classes), as
        the method returns it, `y_posterior` of the same shape, the probabilities for the class mix
        of the training part (``target_prior="data"``) that calibration is measured of, `seconds`,
        and `history`, that of training, or None. An estimator without `target_prior` has `y_proba`
        as its `y_posterior` too. Where groups are scored, all but `test` have an entry for each
        group, whose names are `groups`, and `rows` has the first row of each.
    failures_ : dict of str to str
        The error of each run that failed, by what it is called: ``"ros, repeat 0, split 0"``.
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
    class_counts_ : dict of label to int
        Number of rows of each class in all of `y`.
    main_metric_ : str
        The metric that `best_method_` is chosen by: the first that was asked for, or F1 as in the
        paper where ``scoring=None``.
    best_method_ : str
        The method to use: the simplest of those that cannot be told apart from the one with the
        best mean of `main_metric_`, which may be that one itself. See Notes.
    groups_ : ndarray of shape (n_samples,) or None
        The groups of the rows, such as patients, as they were given.
    estimator_ : estimator or None
        What the methods are settings of, not fitted. None in a comparison that was unpickled, where
        it could not be pickled.
    strategies_ : dict of str to dict, or None
        The settings of each method; None as `estimator_`.
    reference_ : str
        The method that the others are tested against.
    test_train_ratio_ : float
        Number of test rows divided by the number of training rows; 0 where no two splits share
        training rows.

    Notes
    -----
    A method cannot be told apart from the one with the best mean where the 95 % interval of their
    difference holds 0: that of `tests`, where there are several test parts, else that of a
    bootstrap over the cases of the one test part (over whole groups, where there are groups). The
    simplest of them is the one in which the fewest settings differ from training without a remedy
    (``STRATEGIES["baseline"]``, and the estimator's defaults for settings that the baseline does
    not name); of equals, the one that was given first. A method that lacks runs is not chosen
    unless all do.

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

    _class_order = None  # of pickles of earlier versions, in which nothing tells

    def __init__(
        self,
        runs: list,
        results: dict,
        y: np.ndarray,
        metrics: dict,
        *,
        estimator: Any,
        strategies: Mapping[str, Mapping[str, Any]],
        reference: str,
        pos_label: Hashable | None,
        main_metric: str,
        groups: np.ndarray | None = None,
        units: Any = None,
    ) -> None:
        self.classes_, counts = np.unique(y, return_counts=True)
        self.class_counts_ = dict(zip(self.classes_.tolist(), counts.tolist(), strict=True))
        self.methods_ = list(dict.fromkeys(run.method for run in runs))
        self.metrics_ = metrics
        self.main_metric_ = main_metric
        self.reference_ = reference
        self.groups_ = groups
        self.estimator_ = clone(estimator)
        self._class_order = get_own_params(estimator).get("class_order")
        self.strategies_ = strategies
        self._n_settings = count_settings(estimator, strategies)
        self.pos_label_ = pos_label
        self._splits = [run.split for run in runs if run.method == self.methods_[0]]
        self.tested_classes_ = np.setdiff1d(self.classes_, list_untested(self._splits, y))
        self.test_train_ratio_ = measure_overlap(drop_repeats(self._splits))
        failed = [run for run in runs if "error" in results[run.name]]
        self.failures_ = {run.title: results[run.name]["error"] for run in failed}
        successful = [run for run in runs if run not in failed]
        self.predictions_ = read_predictions(successful, results, y, self.classes_, units)
        self.results_ = measure_runs(self.predictions_, metrics, self._measure_run)

    def __getstate__(self):
        # A backbone of the user's that cannot be pickled does not stand in the way of the scores.
        kept = ("estimator_", "strategies_")
        return {k: None if k in kept and not is_picklable(v) else v for k, v in vars(self).items()}

    def score(self, scoring: str | Callable | Iterable[str] | Mapping) -> pd.DataFrame:
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
        metrics = resolve_scoring(scoring, len(self.classes_), self._class_order)
        return measure_runs(self.predictions_, metrics, self._measure_run)

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
        parts = table.columns.levels[1]
        order = [(name, part) for name in [*self.metrics_, "seconds"] for part in parts]
        table = table.reindex(self.methods_)[order]
        counts = [column for column in order if column[1] == "runs"]
        table[counts] = table[counts].fillna(0).astype(int)
        return table

    def tests(self, metric: str | None = None, *, significance: float = 0.05) -> pd.DataFrame:
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
            resampled t-test (Holm) and of Wilcoxon's signed-rank test (Holm), the `verdict`, a
            sentence that says what they mean, and a `note` on the test, which may be empty.
        """
        metric = self._pick_metric(metric)
        of_class = f" (class {self.pos_label_})" if self.metrics_[metric].has_pos_label else ""
        tests = compare_with_reference(
            self._pivot(metric),
            self.reference_,
            test_parts=number_test_parts(self._splits),
            test_train_ratio=self.test_train_ratio_,
            significance=significance,
            greater_is_better=self.metrics_[metric].greater_is_better,
            metric=f"{metric}{of_class}",
        )
        if note := note_untested(self.classes_, self.tested_classes_):
            tests["note"] = (tests["note"] + f" {note}").str.strip()
        return tests

    @cached_property
    def best_method_(self) -> str:
        """The simplest of the methods that cannot be told apart from the best."""
        sign = 1 if self.metrics_[self.main_metric_].greater_is_better else -1
        scores = sign * self._pivot(self.main_metric_)
        if scores.isna().all(axis=None):
            raise ValueError(
                f"{self.main_metric_} has no value in any run, so it cannot choose a method. Name "
                "another metric first in `scoring`."
            )
        parts = number_test_parts(self._splits)

        def find_lows(best):
            if len(set(parts)) > 1:
                return find_lows_by_test(scores, best, parts, self.test_train_ratio_)
            metric, first = self.metrics_[self.main_metric_], self.predictions_[0]
            return find_lows_by_bootstrap(
                group_runs(self.predictions_),
                lambda run: sign * self._measure_run(metric, run),
                scores,
                best,
                None if self.groups_ is None else self.groups_[first.rows],
            )

        return choose_best(scores, self._n_settings, find_lows)

    def refit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        method: str | None = None,
        groups: ArrayLike | None = None,
        estimator: Any = None,
        **fit_params: Any,
    ) -> Any:
        """Train a method on all rows, with the settings that were compared.

        Parameters
        ----------
        X, y : array-like
            Images, paths or a table, and labels, as for `compare_strategies`: usually the same, or
            the same and more.
        method : str, default=None
            One of `methods_`. ``None`` is `best_method_`.
        groups : array-like of shape (n_samples,), default=None
            As for `compare_strategies`, for rows that `fit` holds out.
        estimator : estimator, default=None
            What the methods are settings of, where another is wanted than `estimator_`: one of
            more epochs, say.
        **fit_params
            More that `fit` takes.

        Returns
        -------
        estimator : estimator
            Fitted.

        Raises
        ------
        ValueError
            If `method` was not compared, `y` has other classes than the comparison, or
            `estimator_` is None and no other is given.
        """
        method = self.best_method_ if method is None else self._check_method(method)
        estimator = self.estimator_ if estimator is None else estimator
        if estimator is None:
            raise ValueError(
                "This comparison was pickled without its estimator, which could not be pickled. "
                f"Pass estimator=, with the settings of {method!r}."
            )
        fitted = configure(estimator, method, (self.strategies_ or {}).get(method, {}))
        check_same_classes(y, self.classes_)
        groups = None if groups is None else check_groups(groups, np.shape(y)[0])
        return fitted.fit(X, y, **route_groups(fitted, groups), **fit_params)

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

    def plot(self, metrics: Sequence[str] | None = None) -> Any:
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
        return plot_scores(
            {name: self._pivot(name) for name in metrics}, self._make_titles(), self.reference_
        )

    def _check_method(self, method):
        if method not in self.methods_:
            raise ValueError(
                f"method={method!r} was not compared; {self.methods_} were."
                f"{suggest(method, self.methods_)}"
            )
        return method

    def _tabulate(self):
        return ScoreTable(
            self.summary(),
            self.metrics_,
            self._make_titles(),
            n_runs=len(self._splits),
            note=note_untested(self.classes_, self.tested_classes_),
        )

    def _make_titles(self):
        """Return what tables and plots call each metric."""
        return {
            name: format_metric(name, self.pos_label_ if metric.has_pos_label else None)
            for name, metric in self.metrics_.items()
        }

    def _measure_run(self, metric, run):
        return measure_run(metric, run, self.classes_, self.tested_classes_, self.pos_label_)

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
            raise ValueError(
                f"metric={metric!r} was not measured; {list(self.metrics_)} were."
                f"{suggest(metric, self.metrics_)} `score` measures others without training again."
            )
        return metric
