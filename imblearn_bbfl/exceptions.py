"""Errors that carry more than a message."""

__all__ = ["BrokenFilesError"]


def __dir__():
    return __all__


class BrokenFilesError(ValueError):
    """Image files cannot be read.

    Parameters
    ----------
    message : str
        What is wrong, and what to do about it.
    broken_files : dict of str to str
        The path of each file that cannot be read, and why in a few words.

    Attributes
    ----------
    broken_files : dict of str to str
        All of them, in the order of the data, however many the message has room for.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.exceptions import BrokenFilesError
    >>> from imblearn_bbfl import BBFLClassifier
    >>> try:
    ...     BBFLClassifier("small_cnn", image_size=32).fit(["a.png", "b.png"], [0, 1])
    ... except BrokenFilesError as error:
    ...     print(error.broken_files)
    {'a.png': 'missing', 'b.png': 'missing'}
    """

    def __init__(self, message: str, broken_files: dict[str, str]) -> None:
        super().__init__(message)
        self.broken_files = broken_files

    def __reduce__(self):  # other processes send it back whole
        return type(self), (str(self), self.broken_files)
