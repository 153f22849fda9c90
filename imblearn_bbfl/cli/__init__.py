"""The command ``imblearn-bbfl``: from a folder of images to an answer.

Each command is in a file of its own that loads no more than the library of command lines; what it
needs beside that, it loads when it runs.
"""

from imblearn_bbfl.cli._backend import load_classifier
from imblearn_bbfl.cli._main import main

__all__ = ["load_classifier", "main"]


def __dir__():
    return __all__
