"""The page: what it holds, put into the template."""

import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import ArrayLike

from imblearn_bbfl._files import write_whole
from imblearn_bbfl._privacy import make_hider
from imblearn_bbfl.inspection._file_names import list_folders
from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import name_method
from imblearn_bbfl.model_selection import Comparison
from imblearn_bbfl.report._answer import write_answer
from imblearn_bbfl.report._mistakes import find_mistakes
from imblearn_bbfl.report._numbers import tell_interval, tell_percent
from imblearn_bbfl.report._pictures import as_picture
from imblearn_bbfl.report._rare_class import (
    find_rare_class,
    measure_prevalence,
    measure_rare_class,
)
from imblearn_bbfl.report._settings import describe_runs, list_settings, list_versions
from imblearn_bbfl.report._tables import (
    list_verdicts,
    tabulate_prevalences,
    tabulate_scores,
)


def write_html(
    comparison: Comparison,
    path: str | os.PathLike,
    *,
    X: ArrayLike | None = None,
    classifier: Any = None,
    class_names: Mapping | None = None,
    title: str = "Comparison of methods for class imbalance",
    note: str = "",
    unit: str | None = None,
    settings: Mapping[str, Any] | None = None,
    figures: Mapping[str, Any] | Iterable = (),
    n_mistakes: int = 12,
) -> Path:
    """Write a comparison as one HTML file that needs no other, to be sent to a colleague.

    It begins with the answer: how much of the rarest class is found, by which method, and whether
    the difference can be shown. Then come the scores, curves, confusion matrices, calibration, what
    precision would be where the class is rarer, the most confident mistakes, the settings and the
    versions of packages. It can be read on a telephone, in light and dark, and printed. Folders of
    this machine are left out of it.

    Parameters
    ----------
    comparison : Comparison
        As :func:`~imblearn_bbfl.model_selection.compare_strategies` returns it.
    path : str or path
        The file to write. Its folder is made if it is not there.
    X : array-like, default=None
        The images or paths that were compared, all of them and in the same order: the mistakes are
        shown. Without them, or for a table, mistakes are listed.
    classifier : BBFLClassifier, default=None
        Fitted, as by ``comparison.refit``: the page shows beside each mistake where this network
        looks (Grad-CAM). Needs `X`.
    class_names : dict of label to str, default=None
        What to call classes, where labels are numbers.
    title : str, default="Comparison of methods for class imbalance"
        Of the page.
    note : str, default=""
        What a reader has to know of the data. Stands above the answer.
    unit : str, default=None
        What is tested, in the plural. ``None`` is ``"images"``, or ``"groups"`` where those are
        scored, or ``"rows"`` where `X` is a table.
    settings : dict, default=None
        More to list among the settings, such as where the data come from.
    figures : dict of str to matplotlib Figure, default=()
        More figures, by their captions.
    n_mistakes : int, default=12
        How many mistakes to show at most; 0 for none.

    Returns
    -------
    path : Path
        Of the file.

    Raises
    ------
    ImportError
        If Matplotlib is not installed.
    ValueError
        If `X` does not have the rows that were compared, or `class_names` names other classes.

    See Also
    --------
    imblearn_bbfl.metrics.wilson_interval : The interval of one share.
    imblearn_bbfl.metrics.paired_difference_interval : The interval of the difference of two.

    Notes
    -----
    The rare class is `pos_label_` of two classes, else the rarest that was tested. Its recall is
    that of all runs of a method together. The interval is Wilson's, for as many cases as there are
    different ones, or different groups (patients) where the comparison had groups: testing the same
    images again makes no interval narrower. Two recalls can be told apart where Newcombe's interval
    of the difference, for the same cases, does not hold 0. Both are 95 % intervals for one
    statement; among many methods, some difference is found by chance.

    Precision at other shares of the class follows from recall and false alarms by Bayes' theorem,
    as if those two stayed as they are.

    Examples
    --------
    >>> from imblearn_bbfl import BBFLClassifier
    >>> from imblearn_bbfl.datasets import load_imbalanced_digits
    >>> from imblearn_bbfl.model_selection import compare_strategies
    >>> from imblearn_bbfl.report import write_html
    >>> X, y = load_imbalanced_digits(return_X_y=True)
    >>> classifier = BBFLClassifier("small_cnn", epochs=0, random_state=0)
    >>> comparison = compare_strategies(
    ...     classifier, X, y, strategies=["baseline", "bbfl"], cv=2, n_repeats=1, verbose=0
    ... )
    >>> write_html(comparison, "report.html", X=X).name  # doctest: +SKIP
    'report.html'
    """
    check_matplotlib("write_html")
    names = _name_classes(comparison, class_names)
    mistakes = find_mistakes(  # first, for it looks at what was given
        comparison,
        find_rare_class(comparison),
        names,
        X=X,
        classifier=classifier,
        n_mistakes=n_mistakes,
    )
    page = _collect(comparison, names, unit or _name_unit(comparison, X)) | {
        "title": title,
        "note": note,
        "today": date.today().isoformat(),
        "mistakes": mistakes,
        "explained": classifier is not None,
        "more_figures": [
            as_picture(figure, caption, caption) for caption, figure in dict(figures).items()
        ],
        "settings": list_settings(comparison, settings),
        "versions": list_versions(),
    }
    environment = Environment(
        loader=PackageLoader("imblearn_bbfl.report", "templates"),
        autoescape=True,
        finalize=make_hider(list_folders(X)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": tell_percent, "interval": tell_interval}
    text = environment.get_template("report.html.jinja").render(page)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())
    return path


def _collect(comparison, names, unit):
    """Return what the page says of the scores."""
    from imblearn_bbfl.report._figures import draw_all  # needs Matplotlib, which is an extra

    label = find_rare_class(comparison)
    found = measure_rare_class(comparison, label)
    prevalence = measure_prevalence(comparison, label)
    headline, sentences = write_answer(comparison, found, names[label], unit)
    return {
        "rare": names[label],
        "unit": unit,
        "unit_of_rows": "images" if unit == "groups" else unit,
        "headline": headline,
        "sentences": sentences,
        "classes": [(names[k], n) for k, n in comparison.class_counts_.items()],
        "n_rows": sum(comparison.class_counts_.values()),
        "runs": describe_runs(comparison),
        "found": [(name_method(f.method), f) for f in found],
        "best": name_method(comparison.best_method_),
        "scores": tabulate_scores(comparison, names),
        "verdicts": list_verdicts(comparison),
        "prevalences": tabulate_prevalences(found, prevalence),
        **draw_all(comparison, found, label, names, prevalence),
    }


def _name_unit(comparison, X):
    """Return what is tested, in the plural."""
    if "groups" in comparison.predictions_[0]:
        return "groups"
    return "rows" if getattr(X, "ndim", 1) == 2 else "images"


def _name_classes(comparison, class_names):
    """Return what to call each class."""
    names = {label: str(label) for label in comparison.classes_.tolist()}
    unknown = [label for label in class_names or {} if label not in names]
    if unknown:
        raise ValueError(
            f"class_names names {unknown}, but the classes are {list(names)}. Use these as keys."
        )
    return names | {label: str(name) for label, name in (class_names or {}).items()}
