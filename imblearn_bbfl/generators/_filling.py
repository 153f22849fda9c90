"""Batches that are filled up with their own first rows."""

import numpy as np


def fill_up(rows, multiple_of):
    """Return `rows`, and the first of them again until their number is such a multiple."""
    return np.resize(rows, round_up(len(rows), multiple_of))


def round_up(number, multiple_of):
    return -(-number // multiple_of) * multiple_of
