"""Image files that cannot be read, to be left out."""

import numpy as np

from imblearn_bbfl._images import as_images, search_and_advise
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.exceptions import BrokenFilesError

_MAX_LISTED = 20


def find_broken(paths):
    """Decode image files once; return those that cannot be read, and warn of them.

    Parameters
    ----------
    paths : ndarray of str
        Of the files.

    Returns
    -------
    broken_files : dict of str to str
        The path of each file that cannot be read, and why.

    Warns
    -----
    UserWarning
        If there are any.
    """
    try:
        as_images(paths, mixed_sizes=True).verify()
    except BrokenFilesError as error:
        broken = error.broken_files
    else:
        return {}
    if len(broken) == len(np.unique(paths)):
        raise BrokenFilesError(
            f"None of the {len(paths)} image files can be read, so that none would be left. The "
            f"first is {paths[0]} ({broken[paths[0]]}). Look at where the paths lead to."
            f"{search_and_advise(broken)}",
            broken,
        )
    named = [f"{path} ({reason})" for path, reason in broken.items()]
    more = f" and {len(named) - _MAX_LISTED} more" if len(named) > _MAX_LISTED else ""
    warn_user(
        f"{np.isin(paths, list(broken)).sum()} of {len(paths)} images are left out, because their "
        f"files cannot be read: {', '.join(named[:_MAX_LISTED])}{more}. The Bunch has all of them "
        "as broken_files."
    )
    return broken
