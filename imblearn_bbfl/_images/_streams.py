"""What hands out batches one after the other, of which no rows can be drawn: refused."""

from collections.abc import Mapping, Sequence

from imblearn_bbfl._images._lazy import is_lazy

_WAYS = {
    "tensorflow": "Of a tf.data.Dataset in batches: X, y = (np.concatenate(part) for part in "
    "zip(*X.as_numpy_iterator())).",
    "keras": "Of a PyDataset: X, y = (np.concatenate(part) for part in zip(*X)).",
    "torch": "Of a Dataset of PyTorch, with the channels brought last: np.stack([np.moveaxis("
    "np.asarray(image), 0, -1) for image, _ in X]).",
    "datasets": "Of a Dataset of Hugging Face: X, y = list(X['image']), X['label'].",
}


def check_has_rows(X):
    """Raise TypeError unless rows of X can be drawn in any order: it is no stream.

    Parameters
    ----------
    X : object
        What was passed as images or as a table.

    Raises
    ------
    TypeError
        With its type, and what to pass in its place.
    """
    if hasattr(X, "__array__") or hasattr(X, "tocsr") or is_lazy(X):
        return
    if isinstance(X, (Sequence, memoryview)):
        return
    kind = f"{type(X).__module__}.{type(X).__qualname__}".removeprefix("builtins.")
    if isinstance(X, Mapping):
        way = (
            "The names of several inputs are for a network of your own, with "
            "BalancedBatchGenerator; here, pass one of them."
        )
    else:
        packages = (cls.__module__.partition(".")[0] for cls in type(X).__mro__)
        way = next((_WAYS[name] for name in packages if name in _WAYS), "")
        way = way or ("Of an iterator: list(X)." if hasattr(X, "__next__") else "")
    raise TypeError(
        f"X is of type {kind}, but rows have to be drawn from it in any order: for balanced "
        "batches, or to hold some out. Pass an array of shape (n_samples, height, width, "
        "channels), a list of images, or the paths of image files, which are read batch by batch "
        f"(load_image_folder lists those of a folder). {way}".rstrip()
    )
