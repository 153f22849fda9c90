"""Predictions that are traced once, whatever the number of rows, or do not depend on it at all."""

import keras
import numpy as np

from imblearn_bbfl.generators import SequentialBatches
from imblearn_bbfl.training._devices import count_devices

# Rows that a network sees at once where the others must play no part: libraries add up in another
# order where the size of a batch is another.
_CHUNK_ROWS = 16


def predict_chunks(network, images, rows=None, *, workers=1, verbose=0):
    """Return what a network makes of images, where no bit depends on what other images there are.

    The last chunk is filled up. That holds on one processor and backend.

    Parameters
    ----------
    network : keras.Model
        Need not be compiled.
    images : object returned by ``as_images``
        Where the rows are read.
    rows : ndarray of int, default=None
        Row numbers, in any order. ``None`` reads all.
    workers : int, default=1
        Threads that read ahead.
    verbose : int, default=0
        As in Keras.

    Returns
    -------
    outputs : ndarray of shape (n_samples, n_outputs)
        In the order of the rows.
    """
    size = _CHUNK_ROWS * count_devices(network)
    batches = SequentialBatches(images, size, rows, multiple_of=size, workers=workers)
    n_rows = len(images) if rows is None else len(rows)
    return _predict(network, batches, images, verbose)[:n_rows]


def predict_batches(network, batches, images):
    """Return what a network makes of batches without labels.

    Parameters
    ----------
    network : keras.Model
        Need not be compiled.
    batches : keras.utils.PyDataset
        As `SequentialBatches` makes.
    images : object returned by ``as_images``
        Of which they are.

    Returns
    -------
    outputs : ndarray of shape (n_samples, n_outputs)
        In the order of the rows.
    """
    if keras.backend.backend() == "tensorflow" and network.predict_function is None:
        _trace_for_any_number(network, batches[0])
    return _predict(network, batches, images)


def _predict(network, batches, images, verbose=0):
    """Return what a network makes of batches; of a table, without what reads images ahead.

    Keras' ``predict`` takes longer to set that up than the head of a network takes for an epoch.
    """
    if not images.is_table or count_devices(network) > 1:
        return network.predict(batches, verbose=verbose)
    return np.concatenate([network.predict_on_batch(batches[i][0]) for i in range(len(batches))])


def _trace_for_any_number(network, batch):
    """Trace a prediction for any number of rows.

    Keras leaves it to TensorFlow, which traces for the number of rows of the first batch, and once
    more, for any number, at the first batch of another size.
    """
    import tensorflow as tf

    if network.run_eagerly or network.steps_per_execution > 1 or count_devices(network) > 1:
        return
    specs = [tf.TensorSpec((None, *X.shape[1:]), X.dtype) for X in batch]
    network.make_predict_function()
    network.predict_function.get_concrete_function([tuple(specs)])
