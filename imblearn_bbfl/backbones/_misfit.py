"""Why a file of weights does not fit a network."""

import zipfile
from collections import Counter

import h5py

_OF_TRAINING = ("optimizer", "optimizer_weights")
_OF_TOPS = {(1, False), (2, False), (2, True), (1, True)}  # as `_describe_kind` has them
_MOST_LETTERS = 200  # of what Keras or HDF5 say


def explain_misfit(network, path, error, *, has_alpha):
    """Say what a file of weights holds in the place of what a network takes.

    Parameters
    ----------
    network : keras.Model
        Which the file was to be loaded into.
    path : str or path
        Of the file.
    error : Exception
        What came of that.
    has_alpha : bool
        Whether the backbone has a width, ``backbone__alpha``.

    Returns
    -------
    explanation : str
        A sentence or two.
    """
    try:
        found = _list_shapes(path)
    except (OSError, KeyError, zipfile.BadZipFile):
        found = []
    if not found:
        return f"no weights of Keras can be read from it ({_shorten(error)})."
    wanted = [tuple(variable.shape) for variable in network.weights]
    kinds, kinds_wanted = (Counter(map(_describe_kind, shapes)) for shapes in (found, wanted))
    extra, missing = Counter(found) - Counter(wanted), Counter(wanted) - Counter(found)
    if not extra and not missing:
        return _shorten(error)
    if kinds_wanted - kinds or not set(kinds - kinds_wanted) <= _OF_TOPS:
        return (
            f"it holds {len(found)} arrays of another network, where this one has {len(wanted)}. "
            "Use the backbone that the file was saved from, without its top (include_top=False)."
        )
    if not missing:
        return (
            "it holds more than this network, such as a top. Save the network that it is of "
            "without (include_top=False), and pass the new file."
        )
    return _explain_sizes(sorted(extra.elements()), sorted(missing.elements()), has_alpha)


def _explain_sizes(found, wanted, has_alpha):
    """Say how networks of the same layers differ, from the shapes that only one of them has."""
    if len(found) == 1 and len(found[0]) == 4:
        return (
            f"it is of a network for images with another number of channels, {found[0][2]}. Pass "
            f"a file for {wanted[0][2]}."
        )
    if not has_alpha:
        return "its layers have other sizes. Use the backbone that the file was saved from."
    return (
        "it holds the same layers in another width. Set backbone__alpha to the width that it was "
        "saved with, such as 0.35 or 1.0 (without its top, include_top=False)."
    )


def _list_shapes(path):
    """Return the shapes of the arrays in a file of weights, or of a whole model."""
    if not zipfile.is_zipfile(path):
        with h5py.File(path) as file:
            return _list_arrays(file)
    with (
        zipfile.ZipFile(path) as archive,
        archive.open("model.weights.h5") as member,
        h5py.File(member) as file,
    ):
        return _list_arrays(file)


def _list_arrays(file):
    shapes = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name.split("/")[0] not in _OF_TRAINING:
            shapes.append(item.shape)

    file.visititems(visit)
    return shapes


def _describe_kind(shape):
    """Return the number of axes, those of a kernel, and whether it is of one channel each."""
    return (len(shape), *shape[:-2], shape[-1:] == (1,))


def _shorten(error):
    text = " ".join(str(error).split())
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]} ..."
