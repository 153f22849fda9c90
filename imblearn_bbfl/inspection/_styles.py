"""How methods are named, and methods and classes drawn: alike in all pictures."""

import numpy as np

# Told apart without red-green vision (Okabe and Ito).
CLASS_COLORS = [
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#8C8C8C",
    "#000000",
]

_NAMES = {
    "baseline": "Baseline",
    "thresholding": "Thresholding",
    "ros": "ROS",
    "rus": "RUS",
    "cost_sensitive": "Cost-sensitive",
    "balanced_batch": "Balanced batch",
    "focal_loss": "Focal loss",
    "bbfl": "BBFL",
    "logit_adjustment": "Logit adjustment",
    "balanced_softmax": "Balanced softmax",
    "class_balanced": "Class-balanced",
    "class_balanced_focal": "Class-balanced focal",
    "ldam": "LDAM",
    "ldam_drw": "LDAM-DRW",
    "vs": "VS",
    "drs": "DRS",
    "drw": "DRW",
    "deferred_bbfl": "Deferred BBFL",
    "crt": "cRT",
    "tau_norm": "Tau-normalization",
    "mixup": "Mixup",
    "remix": "Remix",
    "mixup_crt": "Mixup, then cRT",
    "soft_ordinal": "Soft ordinal",
    "tuned_thresholds": "Tuned thresholds",
}
_REFERENCE_COLOR = "#D55E00"  # has it to itself
_COLORS = ["#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#8C8C8C"]
_LINES = ["-", "--", "-.", ":"]


_LONGEST = 26  # letters of a name beside a picture


def shorten(name, *, keep_end=False):
    """Return a name that fits beside a picture: without its middle, or without its beginning."""
    if len(name) <= _LONGEST:
        return name
    n_first = 0 if keep_end else _LONGEST // 2
    return f"{name[:n_first]}…{name[n_first + 1 - _LONGEST :]}"


def name_method(method):
    """Return what a method is called in pictures: ``"Focal loss"`` for ``"focal_loss"``.

    What stands behind a blank stays, as in ``"BBFL fine-tuned"``.
    """
    name, blank, more = str(method).partition(" ")
    return _NAMES.get(name, name) + blank + more


def style_methods(methods, reference):
    """Return the keywords of each method's line for matplotlib.

    Parameters
    ----------
    methods : list of str
        All methods of the picture.
    reference : str or None
        Drawn thick, above the others.

    Returns
    -------
    styles : dict of str to dict
        Of each method.
    """
    styles = {}
    for method in methods:
        if method == reference:
            styles[method] = {"color": _REFERENCE_COLOR, "linewidth": 2.6, "zorder": 5}
        else:
            i = len(styles) - (reference in styles)
            styles[method] = {
                "color": _COLORS[i % len(_COLORS)],
                "linestyle": _LINES[(i // 2) % len(_LINES)],
                "linewidth": 1.4,
            }
    return styles


def merge_styles(style, given, method, methods):
    """Return the keywords of a method's line.

    Parameters
    ----------
    style : dict
        As `style_methods` returns it for the method.
    given : dict
        Keywords of all lines, or dicts of keywords by method, which come first.
    method : str
        The method.
    methods : iterable of str
        All methods of the picture.
    """
    own = given.get(method, {}) if given.keys() <= set(methods) else given
    return complete(own, style)


def complete(given, style):
    """Return keywords of a line, those given first; Matplotlib takes ``lw`` or ``linewidth``."""
    from matplotlib import cbook
    from matplotlib.lines import Line2D

    return style | cbook.normalize_kwargs(given, Line2D)


def check_axes(ax, labels):
    """Return the Axes to draw in, one for each label, as an array."""
    axes = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
    if len(axes) != len(labels):
        raise ValueError(
            f"ax has {len(axes)} Axes, but there are {len(labels)} pictures: {labels}. Pass one "
            "Axes for each, or ax=None."
        )
    return axes


def group_runs(predictions):
    """Return the runs of each method: dict of str to list.

    Parameters
    ----------
    predictions : list of Bunch
        With `method`, and what the picture needs of the run.
    """
    runs = {}
    for run in predictions:
        runs.setdefault(run.method, []).append(run)
    return runs


def list_untested(predictions, classes):
    """Return the classes of which no run has rows in its test part, as those too small to test.

    Parameters
    ----------
    predictions : list of Bunch
        With the labels `y_true` of each run.
    classes : iterable
        All labels.
    """
    tested = {label for run in predictions for label in np.unique(run.y_true).tolist()}
    return [label for label in classes if label not in tested]
