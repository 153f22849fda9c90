"""What to say of images that are in the data more than once."""

from imblearn_bbfl._images import as_images, describe_copies, find_copies
from imblearn_bbfl._warnings import warn_user

_REMEDY = "Remove the copies, or pass groups= that keep them together."


def warn_of_copies(X, y, groups, splits, *, holds_out):
    """Warn of images with several labels, and of those both trained and tested or validated on.

    Parameters
    ----------
    X, y, groups
        What is compared on. X that only a step of a pipeline can read is not looked at.
    splits : list of Split
        The rows of all runs.
    holds_out : bool
        Whether each run holds out a part of its training rows to validate on.
    """
    try:
        images = as_images(X, mixed_sizes=True)
    except ValueError:
        return
    if images.digest([0]) == [None]:  # text that names no file, or what is not compared at all
        return
    sources = [images.source(row) for row in range(len(images))]
    copies = describe_copies(sources, y)
    if copies:
        _warn(
            f"The same image has several labels: {copies}. No network can learn both. Correct the "
            "labels, or remove these rows."
        )
    repeated = [row for rows in find_copies(sources, range(len(sources))) for row in rows]
    if not repeated:
        return
    for split in splits:
        parts = dict.fromkeys(split.train.tolist(), "training")
        parts |= dict.fromkeys(split.test.tolist(), "test")
        rows = [row for row in repeated if row in parts]
        copies = describe_copies([sources[i] for i in rows], [parts[i] for i in rows], rows)
        if copies:
            _warn(
                f"The same image is trained and tested on in split {split.split} of repeat "
                f"{split.repeat}: {copies}. Scores on images that were trained on are too good. "
                f"{_REMEDY}"
            )
            return
    if holds_out:
        training = set(splits[0].train.tolist())
        rows = [row for row in repeated if row in training]
        belongs = [f"row {row}" if groups is None else f"group {groups[row]}" for row in rows]
        copies = describe_copies([sources[i] for i in rows], belongs, rows)
        if copies:
            _warn(
                f"The same image is in a training part more than once: {copies}. The validation "
                f"part that is drawn from it may hold what is trained on. {_REMEDY}"
            )


def _warn(text):
    warn_user(text)
