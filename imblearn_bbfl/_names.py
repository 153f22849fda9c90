"""The name that was meant, where the one given is not known."""

import re
from difflib import SequenceMatcher

import numpy as np

_LIKENESS_OF_SLIPS = 0.85  # from here on, the difference is a letter or two
_LEAST_LIKENESS = 0.6  # below, names have little more in common than their length
_MOST_ALIKE = 3
_LEAST_BEGINNING = 3  # letters that tell a family of names
_SIZES = ("mobile", "s", "tiny", "m", "l", "small", "base", "large", "xlarge")


def find_near(name, known, *, elsewhere=None, limit=3) -> list:
    """Return the known names that are like another, the likeliest first.

    These are what the name is called here, if other libraries use it; or the same name in another
    spelling; or all names that begin with it, or with its letters up to the first digit, in the
    order of `known`; or those that look like it.

    Parameters
    ----------
    name : object
        What was given. Only text is like a name.
    known : iterable of str
        The names that there are. Of names that are equally near, the first one goes first.
    elsewhere : dict of str to str, default=None
        Names of other libraries, in lower case without ``_`` and ``-``, and the known ones.
    limit : int, default=3
        Names returned, at most.

    Returns
    -------
    near : list of str
        Empty if none is near.
    """
    if not isinstance(name, str):
        return []
    known = [each for each in known if isinstance(each, str)]
    folded = fold(name)
    meant = (elsewhere or {}).get(folded)
    if meant in known:
        return [meant]
    same = [each for each in known if fold(each) == folded]
    if same:
        return same[:limit]
    family = [each for each in known if fold(each).startswith(folded)]
    if len(folded) >= _LEAST_BEGINNING and family:
        return family[:limit]
    likeness = {each: SequenceMatcher(None, folded, fold(each)).ratio() for each in known}
    alike = sorted(known, key=likeness.__getitem__, reverse=True)[:_MOST_ALIKE]
    slips = [each for each in alike if likeness[each] >= _LIKENESS_OF_SLIPS]
    letters = re.sub(r"[^a-z].*", "", folded)
    relatives = [each for each in known if fold(each).startswith(letters)]
    if not slips and len(letters) >= _LEAST_BEGINNING and relatives:
        return relatives[:limit]
    return (slips or [each for each in alike if likeness[each] >= _LEAST_LIKENESS])[:limit]


def suggest(name, known, *, elsewhere=None, limit=3) -> str:
    """Return the end of a message that asks for the names that are near, or nothing.

    Parameters are those of `find_near`.
    """
    near = find_near(name, known, elsewhere=elsewhere, limit=limit)
    return f" Did you mean {enumerate_names(near)}?" if near else ""


def enumerate_names(names, word="or") -> str:
    """Return names as a sentence has them, such as ``'a', 'b' or 'c'``."""
    *others, last = [repr(name) for name in names]
    return f"{', '.join(others)} {word} {last}" if others else last


def list_labels(labels, most=10) -> str:
    """Return labels as a sentence has them, the first ones of many."""
    labels = np.asarray(labels).tolist()
    if len(labels) <= most:
        return enumerate_names(labels, "and")
    return f"{', '.join(map(repr, labels[:most]))} and {len(labels) - most} more"


def sort_by_size(names) -> list:
    """Return names of networks, those of a family from the smallest to the largest."""
    return sorted(names, key=lambda name: [_rank(part) for part in re.findall(r"\d+|[a-z]+", name)])


def _rank(part):
    """Return the place of a number or of a word among those that differ within a family."""
    if part.isdigit():
        return 0, int(part)
    size = max((place for place, size in enumerate(_SIZES) if part.endswith(size)), default=-1)
    return 1, size, len(part), part


def invert_names(names_of) -> dict:
    """Turn names and what others call them, with blanks between, into folded name -> name."""
    return {fold(other): name for name, others in names_of.items() for other in others.split()}


def fold(name) -> str:
    """Return what a name has in common with its other spellings."""
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")
