"""The answer in sentences: who finds the rare class, whether that can be shown, and what to use."""

from imblearn_bbfl.inspection._styles import name_method
from imblearn_bbfl.model_selection._table import format_metric
from imblearn_bbfl.report._numbers import tell_interval, tell_whole_percent
from imblearn_bbfl.report._rare_class import compare_shares

_BASELINE = "baseline"
_FEW_CASES = 30  # below, an interval of a recall is wider than a third


def write_answer(comparison, found, class_name, unit):
    """Say what a comparison found.

    Parameters
    ----------
    comparison : Comparison
        With a best method.
    found : list of Found
        Of each method.
    class_name : str
        Of the rare class.
    unit : str
        What was tested, in the plural: ``"images"``.

    Returns
    -------
    headline : str
        Who finds how much of the rare class, and whether that can be told apart.
    sentences : list of str
        What that costs, what to use, and how far to trust it.
    """
    leader, *rest = sorted(found, key=lambda f: -f.recall.value)
    rival = _pick_rival(rest, comparison.reference_)
    sentences = [
        _tell_price([f for f in (leader, rival) if f is not None], class_name, unit),
        _recommend(comparison),
        _warn_of_missing(comparison, leader, rest, class_name, unit),
        _tell_basis(comparison, leader, class_name, unit),
    ]
    sentences = [sentence for sentence in sentences if sentence]
    if leader.recall.value == 0:
        who = "None of the methods" if rest else name_method(leader.method)
        return (
            f"{who} found {'any' if rest else 'none'} of the {unit} of class {class_name} "
            f"(95\u00a0% interval {tell_interval(leader.recall)}).",
            sentences,
        )
    baseline = next((f for f in rest if f.method == _BASELINE and f is not rival), None)
    parts = [
        f"{name_method(leader.method)} found {_tell(leader.recall)} of the {unit} of class "
        f"{class_name}"
    ]
    if rival is not None:
        parts[0] += f", {name_method(rival.method)} {_tell(rival.recall, short=True)}"
        parts[0] += f": {_judge(leader, rival)}"
    if baseline is not None:
        parts.append(_compare_with_baseline([leader, rival], baseline))
    return " ".join(f"{part}." for part in parts), sentences


def _tell(share, short=False):
    name = "" if short else "95\u00a0% interval "
    return f"{tell_whole_percent(share.value)} ({name}{tell_interval(share)})"


def _pick_rival(rest, reference):
    """Return the method to set beside the leader: the reference, or the next."""
    by_name = {f.method: f for f in rest}
    others = [f for f in rest if f.method != _BASELINE]
    if reference in by_name and reference != _BASELINE:
        return by_name[reference]
    return (others or rest or [None])[0]


def _judge(found, other):
    low, high = compare_shares(found, other)
    if low > 0 or high < 0:
        return f"the difference is {_span(low, high)}"
    return "no difference between them can be shown"


def _span(low, high):
    return f"{100 * low:.0f} to {100 * high:.0f} percentage points"


def _compare_with_baseline(methods, baseline):
    methods = [f for f in methods if f is not None]
    ahead = [f for f in methods if compare_shares(f, baseline)[0] > 0]
    found = f"which found {_tell(baseline.recall, short=True)}"
    if not ahead:
        which = "Neither" if len(methods) > 1 else "It"
        cannot = "can" if len(methods) > 1 else "cannot"
        return f"{which} {cannot} be told apart from the baseline, {found}"
    if len(ahead) == len(methods):
        which = "Both are" if len(methods) > 1 else "It is"
        return f"{which} ahead of the baseline, {found}"
    return f"Only {name_method(ahead[0].method)} is surely ahead of the baseline, {found}"


def _tell_price(methods, class_name, unit):
    """Say how often the methods that are named are right when they name the class."""
    told = [
        f"{_tell(f.precision, short=i > 0)} with {name_method(f.method)}"
        for i, f in enumerate(f for f in methods if f.precision is not None)
    ]
    if not told:
        return f"None of these methods takes any of the {unit} for {class_name}."
    return f"Of the {unit} that are taken for {class_name}, {' and '.join(told)} really are."


def _recommend(comparison):
    """Say which method to use, and why."""
    metric, best = comparison.main_metric_, comparison.best_method_
    if len(comparison.methods_) == 1:
        return ""
    means = comparison.summary()[metric, "mean"]
    greater = comparison.metrics_[metric].greater_is_better
    top = means.idxmax() if greater else means.idxmin()
    title = _name_main_metric(comparison)
    if best == top:
        return (
            f"{name_method(best)} is the method to use: by {title} its mean is the best "
            f"({means[best]:.3f}), and no simpler method is level with it."
        )
    return (
        f"{name_method(best)} is the method to use: by {title} {name_method(top)} has the best "
        f"mean ({means[top]:.3f}), but {name_method(best)} ({means[best]:.3f}) is simpler and "
        "cannot be told apart from it."
    )


def _warn_of_missing(comparison, leader, rest, class_name, unit):
    """Say so if the method to use finds none of the class, or surely less of it than another."""
    best = next((f for f in rest if f.method == comparison.best_method_), None)
    if best is None or leader.recall.value == 0:
        return ""
    is_sure = compare_shares(leader, best)[0] > 0
    if best.recall.value > 0 and not is_sure:
        return ""
    name, other = name_method(best.method), name_method(leader.method)
    share = tell_whole_percent(best.recall.value) if best.recall.value else "none"
    text = (
        f"But {name} found {share} of the {unit} of class {class_name}: it was chosen by "
        f"{_name_main_metric(comparison)}, not by how much of that class it finds. If that is what "
        f"matters, use {other}, which found {_tell(leader.recall)}"
    )
    return f"{text}." if is_sure else f"{text}, although this may be chance."


def _name_main_metric(comparison):
    metric = comparison.metrics_[comparison.main_metric_]
    pos_label = comparison.pos_label_ if metric.has_pos_label else None
    return format_metric(comparison.main_metric_, pos_label)


def _tell_basis(comparison, found, class_name, unit):
    """Say how many cases and runs the answer rests on."""
    n_cases = len(found.shares)
    n_patients = len({patient for _, patient in found.shares})
    n_runs = len({(run.repeat, run.split) for run in comparison.predictions_})
    from_patients = f" from {n_patients} groups" if n_patients < n_cases else ""
    runs = "1 run" if n_runs == 1 else f"{n_runs} runs"
    text = (
        f"The class was tested on {n_cases} different {unit}{from_patients}, in {runs} of each "
        "method."
    )
    if n_patients < _FEW_CASES:
        counted = unit if not from_patients else "groups"
        text += f" With so few {counted}, only large differences can be shown; more {counted} "
        text += "would help more than another method."
    return text
