"""What to say of images that are in the data more than once."""

from imblearn_bbfl._images import describe_copies
from imblearn_bbfl._warnings import warn_user


def warn_of_copies(train, valid, classes):
    """Warn of images that have several labels, or are both trained and validated on.

    Parameters
    ----------
    train, valid : Part
        What `fit` trains and validates on; `valid` may be None.
    classes : ndarray of shape (n_classes,)
        The labels.
    """
    parts = [("training", train)] if valid is None else [("training", train), ("validation", valid)]
    rows = [row for _, part in parts for row in part.rows]
    sources = [part.images.source(row) for _, part in parts for row in part.rows]
    labels = [classes[code] for _, part in parts for code in part.codes[part.rows]]
    names = [name for name, part in parts for _ in part.rows]
    copies = describe_copies(sources, labels, rows)
    if copies:
        warn_user(
            f"The same image has several labels: {copies}. No network can learn both. Correct the "
            "labels, or remove these rows.",
        )
    copies = describe_copies(sources, names, rows)
    if copies:
        warn_user(
            f"The same image is trained and validated on: {copies}. Scores on images that were "
            "trained on are too good to choose an epoch by. Remove the copies, or pass groups= "
            "that keep them together. To over-sample, use sampling=, which leaves the validation "
            "part as it is.",
        )
