"""Batches for predictions: rows in order, once, without labels."""

import keras
import numpy as np

from imblearn_bbfl.generators._filling import fill_up, round_up

_N_LOOKED_AT = 2  # Keras on TensorFlow looks at the first two batches before it reads them all


class SequentialBatches(keras.utils.PyDataset):
    """The rows of `images` in order, once, without labels: what ``keras.Model.predict`` takes.

    Parameters
    ----------
    images : object returned by ``as_images``
        Where the rows are read.
    batch_size : int, default=32
        Rows per batch, rounded up to `multiple_of`; the last batch has what is left.
    rows : ndarray of int, default=None
        Row numbers to read, in this order. ``None`` reads all.
    multiple_of : int, default=1
        If what is left is none, the last batch is filled up with its own first rows.
    workers : int, default=1
        As in :class:`keras.utils.PyDataset`.
    """

    def __init__(self, images, batch_size=32, rows=None, multiple_of=1, workers=1):
        super().__init__(workers=workers)
        self._images = images
        self._rows = np.arange(len(images)) if rows is None else rows
        self._batch_size = round_up(batch_size, multiple_of)
        self._multiple_of = multiple_of
        self._looked_at = {}

    def __len__(self):
        return -(-len(self._rows) // self._batch_size)

    def __getitem__(self, index):
        batch = self._looked_at.pop(index, None)
        if batch is None:
            start = index * self._batch_size
            rows = self._rows[start : start + self._batch_size]
            batch = (self._images.read(fill_up(rows, self._multiple_of)),)
            if index < _N_LOOKED_AT:
                self._looked_at[index] = batch
        return batch
