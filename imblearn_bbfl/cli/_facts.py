"""Facts about images before any training: what is there, and what is wrong with it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from joblib import cpu_count
from scipy.stats import chi2_contingency
from scipy.stats.contingency import association

from imblearn_bbfl._images import find_copies, inspect_file, search_and_advise
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.cli._advice import advise
from imblearn_bbfl.cli._data import PARTS
from imblearn_bbfl.cli._precision import plan_precision

_STRONG, _SURE = 0.3, 0.001  # Cramer's V, and the p-value, from which on a trait tells classes


def collect_facts(data, source, on_file=lambda n_done, n_all: None):
    """Look at all images.

    Parameters
    ----------
    data : Data
        Images of known classes.
    source : Source
        Where they come from.
    on_file : callable
        Called with the number of files that were read, and that of all.

    Returns
    -------
    facts : dict
        What JSON holds. Files are told from the root of the data on.
    """
    kinds = inspect_files(data.X, on_file)
    is_read = np.array([not isinstance(kind, str) for kind in kinds])
    broken = {path: kind for path, kind in zip(data.X, kinds, strict=True) if isinstance(kind, str)}
    if hint := search_and_advise(broken):
        warn_user(f"{len(broken)} of {len(kinds)} files cannot be read.{hint}")
    names = np.array(data.names, dtype=object)
    facts = {
        "images": len(data.X),
        **count_classes(data),
        "files": describe_files(data, kinds, is_read),
        "broken": [
            {"file": names[row], "reason": kinds[row]} for row in np.flatnonzero(~is_read).tolist()
        ],
        "copies": describe_copies(data, names),
        "patients": describe_groups(data),
    }
    facts["precision"] = plan_precision(facts)
    return facts | advise(facts, source)


def inspect_files(paths, on_file):
    """Return the `FileKind` of each file, or why it cannot be read, as text."""

    def inspect(path):
        try:
            return inspect_file(path)
        except ValueError as error:
            return str(error)

    kinds = []
    with ThreadPoolExecutor(cpu_count()) as pool:
        for kind in pool.map(inspect, paths):
            kinds.append(kind)
            on_file(len(kinds), len(paths))
    return kinds


def count_classes(data):
    """Count the images of each class, in all and by part."""
    labels, counts = np.unique(data.y, return_counts=True)
    classes = []
    for label, count in zip(labels.tolist(), counts.tolist(), strict=True):
        is_of_class = data.y == label
        entry = {"class": label, "images": count, "share": count / len(data.y)}
        if data.parts is not None:
            entry |= {part: int((is_of_class & (data.parts == part)).sum()) for part in PARTS}
        if data.groups is not None:
            entry["patients"] = len(set(data.groups[is_of_class]))
        classes.append(entry)
    return {"classes": classes, "ratio": max(counts.tolist()) / min(counts.tolist())}


def describe_files(data, kinds, is_read):
    """Tell the sizes, the modes and the endings of files, and which of them go with classes."""
    endings = [path.rpartition(".")[2].lower() for path in data.X]
    sizes = [f"{kind.width} x {kind.height}" for kind in kinds if not isinstance(kind, str)]
    modes = [kind.describe_mode() for kind in kinds if not isinstance(kind, str)]
    areas = sorted(
        (kind.width * kind.height, [kind.width, kind.height])
        for kind in kinds
        if not isinstance(kind, str)
    )
    y = data.y[is_read]
    traits = {"size": sizes, "mode": modes, "ending": np.array(endings)[is_read]}
    return {
        "endings": dict(Counter(endings).most_common()),
        "modes": dict(Counter(modes).most_common()),
        "sizes": dict(Counter(sizes).most_common()),
        "smallest": areas[0][1] if areas else None,
        "largest": areas[-1][1] if areas else None,
        "shortest side": min((min(size) for _, size in areas), default=None),
        "go with classes": [name for name, trait in traits.items() if goes_with(trait, y)],
    }


def goes_with(trait, y):
    """Say whether a trait of images tells their classes, by the strength of the association."""
    table = pd.crosstab(np.asarray(trait, dtype=object), y).to_numpy()
    if min(table.shape, default=0) < 2:
        return False
    is_sure = chi2_contingency(table).pvalue < _SURE
    return bool(is_sure and association(table, method="cramer") > _STRONG)


def describe_copies(data, names):
    """Find files that hold the same bytes, and tell what they are marked as."""
    copies = []
    for rows in find_copies(list(data.X), range(len(data.X))):
        entry = {"files": names[rows].tolist(), "classes": _unique(data.y[rows])}
        if data.parts is not None:
            entry["parts"] = _unique(data.parts[rows])
        if data.groups is not None:
            entry["patients"] = _unique(data.groups[rows])
        copies.append(entry)
    return copies


def describe_groups(data):
    """Count the groups, those of several classes, and those in several parts; None without any."""
    if data.groups is None:
        return None
    table = pd.DataFrame({"group": data.groups.astype(str), "label": data.y})
    table["part"] = "" if data.parts is None else data.parts
    by_group = table.groupby("group")
    sizes = by_group.size()
    return {
        "number": len(sizes),
        "images each": [int(sizes.min()), float(sizes.median()), int(sizes.max())],
        "of several classes": int((by_group["label"].nunique() > 1).sum()),
        "in several parts": int((by_group["part"].nunique() > 1).sum()),
    }


def _unique(values):
    return np.unique(values.astype(str)).tolist()
