"""compare_strategies: every method on the same splits with the same seeds."""

import os
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import contextmanager
from numbers import Integral
from pickle import PicklingError
from typing import Any, Literal

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.model_selection import BaseCrossValidator, check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from imblearn_bbfl._groups import check_groups
from imblearn_bbfl._images import FileImages, as_images, check_has_rows
from imblearn_bbfl._one_hot import as_labels
from imblearn_bbfl._order import place_grades
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.metrics import resolve_scoring
from imblearn_bbfl.model_selection._checkpoint import Checkpoint
from imblearn_bbfl.model_selection._comparison import Comparison
from imblearn_bbfl.model_selection._copies import warn_of_copies
from imblearn_bbfl.model_selection._fingerprint import (
    fingerprint_data,
    fingerprint_rows,
    fingerprint_settings,
)
from imblearn_bbfl.model_selection._kept_splits import KeptSplits
from imblearn_bbfl.model_selection._methods import (
    configure_methods,
    get_own_params,
    hold_out_a_tenth,
    look_up_strategies,
)
from imblearn_bbfl.model_selection._progress import show_progress
from imblearn_bbfl.model_selection._run import Run, execute, group_alike
from imblearn_bbfl.model_selection._splits import list_untested, make_splits
from imblearn_bbfl.model_selection._units import make_units
from imblearn_bbfl.strategies import PAPER_STRATEGIES
from imblearn_bbfl.training import read_keras_settings


def compare_strategies(
    estimator: BaseEstimator,
    X: ArrayLike,
    y: ArrayLike,
    *,
    strategies: Iterable[str] | Mapping[str, Mapping[str, Any]] = PAPER_STRATEGIES,
    cv: int | BaseCrossValidator | Iterable | None = None,
    n_repeats: int = 5,
    groups: ArrayLike | None = None,
    score_groups: bool | ArrayLike | None = None,
    combine: Literal["mean", "max"] = "mean",
    scoring: str | Callable | Iterable[str] | Mapping[str, Callable | str] | None = None,
    pos_label: Hashable | None = None,
    reference: str = "bbfl",
    n_jobs: int | None = None,
    checkpoint: str | os.PathLike | None = None,
    verbose: int = 1,
) -> Comparison:
    """Train and test methods on the same splits, from the same seeds, and keep all predictions.

    Parameters
    ----------
    estimator : BBFLClassifier, or Pipeline that ends in one
        What the methods are settings of. Cloned for each run. Its `random_state` seeds the splits
        and the runs.
    X : array-like of shape (n_samples, height, width, channels), (n_samples,) or \
            (n_samples, n_features)
        Images, paths of image files, or a table.
    y : array-like of shape (n_samples,) or (n_samples, n_classes)
        Labels, or one-hot rows, whose labels are the names of the columns in a DataFrame and else
        their numbers.
    strategies : dict of str to dict, or list of str, default=PAPER_STRATEGIES
        Name of each method, without slashes, and its parameters, or names of
        :data:`~imblearn_bbfl.STRATEGIES`, which has the methods of the field besides the paper's
        eight, the default. In a pipeline the parameters go to its last step. They replace those of
        the estimator: each method of the table has a `gamma`, `alpha`, `loss` and `target_prior` of
        its own, say.
    cv : None, int, splitter or iterable, default=None
        With ``None`` about a tenth of each class is held out for testing, drawn anew in each
        repeat. `validation_fraction`, unless it is None, is set to 1/9, a tenth of all rows, which
        makes it the paper's 80-10-10. Each class with three or more rows (groups, where there are
        `groups`) is tested. A smaller one stays in training and is left out of the scores of all
        methods.

        A number is that many stratified folds, drawn anew in each repeat. Splitters and iterables
        are as in scikit-learn. With all but ``None`` each part must hold each class, and the
        estimator's own `validation_fraction` holds.
    n_repeats : int, default=5
        How often `cv` is gone through. A splitter that shuffles and has ``random_state=None`` draws
        anew each time. With any other the splits stay and only the seeds change: tests then average
        the runs that share a test part, for they are no evidence of other images.
    groups : array-like of shape (n_samples,), default=None
        Rows of one group (a patient, say) are never on two sides of a split, nor split between
        training and validation. All are text, or none is, and none is missing.
    score_groups : None, True or array-like of shape (n_samples,), default=None
        What is scored as one in all metrics, tables, tests and curves, in place of single rows:
        with ``True`` the `groups`, or what you name for each row, such as the eyes of patients.
        Rows of one must share their label, and belong to one group.
    combine : {"mean", "max"}, default="mean"
        How the rows of one are combined, as in
        :func:`~imblearn_bbfl.probabilities.combine_groups`: the mean of the logarithms of their
        probabilities; or, with ``"max"``, the row in which `pos_label` is the most probable, and
        for more than two classes the largest probability of each. The method then decides by what
        comes of it as it does for a row.
    scoring : None, str, callable, list or dict, default=None
        Metrics: names of scikit-learn's scorers, ``"geometric_mean"``, ``"brier_score"``,
        ``"expected_calibration_error"``, ``"kappa_quadratic"`` for grades (by the `class_order` of
        the estimator, where it has one), or scorers. By name, they measure `pos_label`; a scorer of
        your own sees the labels as they are, and the probabilities of the classes that are tested.
        ``None`` takes those of the paper, average precision, the geometric mean and the two of
        calibration, which like ``"neg_log_loss"`` and ``"neg_brier_score"`` are measured of the
        posterior for the class mix of the training part (``target_prior="data"``). With ``"_raw"``
        at the end (``"brier_score_raw"``), they are measured of the probabilities as the method
        returns them, as all other metrics are. Any scoring can be asked of the same `checkpoint`:
        it has the predictions.
    pos_label : label, default=None
        Of two classes, the one whose F1, precision, recall, average precision and curves are
        measured. ``None`` takes the rarer one in `y`, or the second of two that are equally
        frequent. Tables, curves and verdicts name it. It has no meaning for more classes.
    reference : str, default="bbfl"
        The method that the others are tested against.
    n_jobs : int or None, default=None
        How many runs at once, by :mod:`joblib`. Does not change the result: workers compute under
        the caller's Keras settings, such as its dtype policy, and must have the same backend.
    checkpoint : str or path, default=None
        Folder that each run is written to when it finishes. A second call with it goes on where
        the first one stopped, even if that was killed. More methods, repeats or metrics can be
        asked for later. Data, parameters and `cv` must be the same as before, and so must Keras'
        backend and dtype policy; see Notes. The folder keeps the rows of the splits, so a
        comparison goes on with them where another version of scikit-learn would draw others.
    verbose : int, default=1
        1 shows a progress bar or, where there is no terminal, a line for each run that finishes; 2
        shows both. 0 is silent; the logger ``imblearn_bbfl.runs`` has the lines at level DEBUG.

    Returns
    -------
    comparison : Comparison
        Scores, tables, tests, plots and predictions.

    Raises
    ------
    ValueError
        Before any training, if a method or metric is unknown or needs the order of labels that are
        words, `pos_label` is not one of two classes, a part of a split lacks a class, a group is
        missing or on two sides, rows that are scored as one have several labels, or `checkpoint`
        belongs to other data or settings. Or if `n_jobs` needs other processes and X, such as an
        open data set of h5py, or the estimator cannot be pickled.
    RuntimeError
        If no run of any method succeeded.

    Warns
    -----
    UserWarning
        If the estimator was given a parameter that each method sets to something else. If the same
        image has several labels, or is on two sides of a split. If ``cv=None`` cannot test a class,
        which is too small. If the loss of a method leaves no way back to a posterior, so that its
        calibration is that of its raw probabilities. If runs of a method fail: the others go on,
        and ``comparison.failures_`` says why. If `checkpoint` has runs that were made with other
        versions of Python or of packages: they are kept.

    See Also
    --------
    sklearn.model_selection.GridSearchCV : Searches for one best setting, and keeps its score only.

    Notes
    -----
    A checkpoint compares what results depend on. Images count by their pixels or by the contents of
    their files, which are read once for it, and a weights file by its content, wherever they lie.
    Numbers count by their value (``gamma=2`` is ``gamma=2.0``), lists like tuples. Functions and
    classes of your own, for a backbone or a callback, count by their source without comments and
    docstrings, together with the functions, classes and constants of your own files that they use;
    what they use of installed packages counts by its name. Functions without source, as in
    ``python -c``, count by their bytecode, which is another in each version of Python. `verbose`,
    `workers` and ``n_jobs`` do not count. What a function reads while it runs is not seen, apart
    from files that a backbone names by text.

    References
    ----------
    Singh et al. 2023, "Batch-balanced focal loss", J. Med. Imaging 10(5):051809,
    doi 10.1117/1.JMI.10.5.051809: every method is run five times.

    Examples
    --------
    >>> from imblearn_bbfl import BBFLClassifier
    >>> from imblearn_bbfl.datasets import load_imbalanced_digits
    >>> from imblearn_bbfl.model_selection import compare_strategies
    >>> X, y = load_imbalanced_digits(return_X_y=True)
    >>> classifier = BBFLClassifier("small_cnn", augmentation=None, epochs=1, random_state=0)
    >>> comparison = compare_strategies(
    ...     classifier, X, y, strategies=["baseline", "bbfl"], cv=2, n_repeats=1, verbose=0
    ... )
    >>> comparison.summary().shape[0]
    2
    """
    check_has_rows(X)
    y = column_or_1d(as_labels(y))
    check_consistent_length(X, y)
    groups = None if groups is None else check_groups(groups, len(y))
    check_classification_targets(y)
    if not (isinstance(n_repeats, Integral) and n_repeats >= 1):
        raise ValueError(f"n_repeats={n_repeats!r} must be a whole number >= 1.")
    labels, counts = np.unique(y, return_counts=True)
    pos_label = _choose_pos_label(pos_label, labels, counts)
    order = get_own_params(estimator).get("class_order")
    metrics = resolve_scoring(scoring, len(labels), order)
    if any(metric.of_grades for metric in metrics.values()):
        place_grades(labels, order, "class_order")  # a wrong order is told before any training
    strategies, given = look_up_strategies(strategies), estimator
    estimator = hold_out_a_tenth(estimator) if cv is None else estimator
    units = make_units(score_groups, combine, groups, y, pos_label, labels.tolist())
    estimators = configure_methods(estimator, strategies, reference)
    for params in map(get_own_params, estimators.values()):
        if params.get("targets") == "ordinal":
            place_grades(labels, params["class_order"], "class_order")
    checkpoint = None if checkpoint is None else Checkpoint(checkpoint)
    seed = _draw_seed(estimator, checkpoint)
    if not (cv is None or isinstance(cv, Integral)):
        cv = check_cv(cv, y, classifier=True)  # goes through an iterable, once
    kept = (
        None
        if checkpoint is None
        else KeptSplits(checkpoint.folder / "splits", cv, y, groups, seed)
    )
    splits = make_splits(cv, y, groups, n_repeats, seed, kept)
    _warn_of_untested(list_untested(splits, y), labels, counts)
    holds_out = get_own_params(estimator).get("validation_fraction") is not None
    warn_of_copies(X, y, groups, splits, holds_out=holds_out)
    runs = [Run(method, split) for split in splits for method in estimators]
    titles = {run.name: run.title for run in runs}
    keras_settings = read_keras_settings()
    if checkpoint is not None:
        _add_fingerprints(runs, estimators, fingerprint_data(X, y, groups), keras_settings)
    done = _read_finished(runs, checkpoint)
    if kept is not None:  # only now that the folder is known to be of this comparison
        kept.write(splits)
    if len(done) < len(runs):
        _check_files(estimators, X)
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    results = parallel(
        delayed(execute)(
            alike, estimators[alike[0].method], X, y, groups, units, checkpoint, keras_settings
        )
        for alike in group_alike([run for run in runs if run.name not in done], strategies)
    )
    with show_progress(len(runs), len(done), verbose) as report, _explain_pickling(n_jobs):
        for names, result in results:
            for name in names:
                done[name] = dict(result)
                report(titles[name], result)
    _report_failures({run.title: done[run.name] for run in runs})
    _warn_of_no_posterior(runs, done)
    return Comparison(
        runs,
        done,
        y,
        metrics,
        estimator=given,
        strategies=strategies,
        reference=reference,
        pos_label=pos_label,
        main_metric=_choose_main_metric(scoring, metrics),
        groups=groups,
        units=units,
    )


def _choose_pos_label(pos_label, labels, counts):
    """Return the positive one of two classes, by default the rarer; None for more classes."""
    known = labels.tolist()
    if len(known) < 2:
        raise ValueError(f"y has one class, {known}, but a comparison needs two or more.")
    if pos_label is None:
        return known[0 if counts[0] < counts[1] else 1] if len(known) == 2 else None
    if len(known) > 2:
        raise ValueError(
            f"pos_label={pos_label!r} is for two classes, but y has {len(known)}: {known}. Leave "
            "it out: scores are means over classes."
        )
    if pos_label not in known:
        raise ValueError(
            f"pos_label={pos_label!r} is not a label of y, which are {known}. Pass one of them, of "
            "the same type."
        )
    return known[known.index(pos_label)]


def _choose_main_metric(scoring, metrics):
    """Return the first metric asked for; F1 as in the paper where none was."""
    return next(iter(metrics if scoring is not None else metrics.keys() & {"f1"} or ["f1_macro"]))


def _warn_of_untested(untested, labels, counts):
    """Say which classes only training has."""
    if len(untested) == 0:
        return
    n_rows = dict(zip(labels.tolist(), counts.tolist(), strict=True))
    listed = ", ".join(f"{label!r} (rows: {n_rows[label]})" for label in untested.tolist())
    warn_user(
        f"Too small to be tested, so in training only and left out of the scores of all methods: "
        f"{listed}. A class needs three rows, and three groups where there are groups."
    )


def _draw_seed(estimator, checkpoint):
    """Return the seed of the comparison; without a number to go by, a checkpoint keeps it."""
    random_state = get_own_params(estimator).get("random_state")
    if isinstance(random_state, Integral):
        return int(random_state)
    seed = int(check_random_state(random_state).randint(2**31 - 1))
    return seed if checkpoint is None else checkpoint.keep_seed(seed)


def _add_fingerprints(runs, estimators, data, keras_settings):
    settings = {name: fingerprint_settings(estimators[name]) for name in estimators}
    for run in runs:
        run.fingerprints.update(
            data=data,
            estimator=settings[run.method],
            keras=keras_settings.describe(),
            rows=fingerprint_rows(run.split),
        )


def _read_finished(runs, checkpoint):
    """Return the results that the checkpoint has, by the names of the runs."""
    if checkpoint is None:
        return {}
    found = {run.name: checkpoint.read(run.name, run.fingerprints) for run in runs}
    return {name: result for name, result in found.items() if result is not None}


def _check_files(estimators, X):
    """Raise before any training if an image file cannot be read, which each run would fail of."""
    for estimator in estimators.values():
        params = get_own_params(estimator)
        if isinstance(estimator, Pipeline) or not {"image_size", "pixel_max"} <= set(params):
            continue
        images = as_images(X, image_size=params["image_size"], pixel_max=params["pixel_max"])
        if not isinstance(images, FileImages):
            return
        images.verify()  # which remembers files that were read in the same way


def _warn_of_no_posterior(runs, results):
    """Say which methods are calibrated as they are, for want of a posterior, and why the first."""
    reasons = {
        run.method: results[run.name]["no_posterior"]
        for run in runs
        if "no_posterior" in results[run.name]
    }
    if not reasons:
        return
    first, reason = next(iter(reasons.items()))
    only = "" if len(reasons) == 1 else f" (of {first!r})"
    warn_user(
        f"The calibration of {', '.join(map(repr, reasons))} is measured of probabilities as they "
        f"are, which stand for no class mix{only}: {reason}"
    )


@contextmanager
def _explain_pickling(n_jobs):
    """Say what to do where data or an estimator cannot be handed to other processes."""
    try:
        yield
    except PicklingError as error:
        raise ValueError(
            f"n_jobs={n_jobs} hands X and the estimator to other processes, but one of them cannot "
            "be pickled, such as an open data set of h5py. Use n_jobs=None, threads, by "
            "joblib.parallel_config(backend='threading'), or a memory map of NumPy."
        ) from error


def _report_failures(results):
    """Warn of runs that failed; raise if all did."""
    errors = {title: result["error"] for title, result in results.items() if "error" in result}
    if not errors:
        return
    title, error = next(iter(errors.items()))
    text = f"{len(errors)} of {len(results)} runs failed, the first of them {title}:\n{error}"
    if len(errors) == len(results):
        raise RuntimeError(text)
    warn_user(f"{text}\nThe other runs are complete; `failures_` has all errors.")
