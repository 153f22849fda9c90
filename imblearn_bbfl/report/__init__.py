"""A comparison as one HTML page that needs no other file, with the answer first."""

from imblearn_bbfl.report._page import write_html

__all__ = ["write_html"]


def __dir__():
    return __all__
