"""Batches for Keras: rows from a row plan, images from memory or disk, augmented, with weights."""

from threading import get_ident

import keras
import numpy as np

from imblearn_bbfl.generators._filling import fill_up


class BatchGenerator(keras.utils.PyDataset):
    """Feed Keras the batches of a row plan.

    Batch i of epoch e is a function of (seed, e, i) alone, its augmentation included, so the number
    of workers changes the speed and never the result. ``keras.Model.fit`` shuffles the order of the
    batches by Python's global generator unless told ``shuffle=False``.

    Parameters
    ----------
    images : object returned by ``as_images``
        Where the rows are read.
    y : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Targets, as the loss takes them, or what `encode` makes them of.
    plan : row plan
        A fitted sampler of :mod:`imblearn_bbfl.sampling`.
    rows : ndarray of int, default=None
        The rows that the plan was fitted on. ``None`` is all of them.
    sample_weight : ndarray of shape (n_samples,), default=None
        Factor of each row's loss.
    augmentation : ImageAugmenter, default=None
        Anything with ``augment(images, random_state, pixel_max)``.
    encode : callable, default=None
        Makes targets of the rows of `y` in a batch. ``None`` leaves them as they are.
    mix : callable, default=None
        Mixes the rows of a batch, after augmentation: :func:`~imblearn_bbfl.mixing.mix_batch` with
        an `alpha`.
    seed : int, default=0
        Seeds augmentation and mixtures.
    n_steps : int, default=None
        Batches that Keras is handed as an epoch, from the epochs of the plan in a row. ``None``
        hands out each epoch of the plan as one.
    multiple_of : int, default=1
        A batch of another size (the last of an epoch, say) is filled up with its own first rows.
    workers, use_multiprocessing, max_queue_size
        As in :class:`keras.utils.PyDataset`.

    Attributes
    ----------
    epoch : int
        The epoch whose batches are handed out. `on_epoch_end` moves it on, which Keras calls.
    """

    def __init__(
        self,
        images,
        y,
        plan,
        *,
        rows=None,
        sample_weight=None,
        augmentation=None,
        encode=None,
        mix=None,
        seed=0,
        n_steps=None,
        multiple_of=1,
        workers=1,
        use_multiprocessing=False,
        max_queue_size=10,
    ):
        super().__init__(
            workers=workers, use_multiprocessing=use_multiprocessing, max_queue_size=max_queue_size
        )
        if augmentation is not None and images.is_table:
            raise ValueError(
                "augmentation is for images, but X is a 2-D table. Use augmentation=None."
            )
        if augmentation is not None and images.pixel_max is None:
            raise ValueError(
                "augmentation takes integer pixels, or floats in [0, 1] or [0, 255], but X has "
                "floats outside. Rescale X, pass the value of white as pixel_max, or use "
                "augmentation=None."
            )
        self._images = images
        self._targets = y
        self._weights = sample_weight
        self._plan = plan
        self._rows = rows
        self._augmentation = augmentation
        self._encode = encode
        self._mix = mix
        self._seed = seed
        self._n_steps = n_steps or plan.n_batches_
        self._multiple_of = multiple_of
        self.epoch = 0
        self._in_epoch = False  # between `on_epoch_begin` and `on_epoch_end`
        self._was_read = False  # since then, by index
        self._ending_thread = None

    @property
    def epoch(self) -> int:
        """The epoch whose batches are handed out."""
        return self._next_epoch

    @epoch.setter
    def epoch(self, number):
        # They differ from the end of a loop by index until it is clear that it was not Keras, which
        # looks at some batches by index, and calls `on_epoch_end`, before the epoch that it begins.
        self._epoch = self._next_epoch = number

    def __len__(self):
        return self._n_steps

    def __iter__(self):
        """Yield the batches of the present epoch; `on_epoch_end` moves on, as Keras does."""
        self.epoch = self._next_epoch
        self.on_epoch_begin()
        yield from super().__iter__()

    def __getitem__(self, index):
        if not 0 <= index < len(self):
            raise IndexError(
                f"batch={index} is out of range: an epoch has {len(self)} batches. Use 0 <= batch "
                f"<= {len(self) - 1}."
            )
        if not self._in_epoch:
            self._note_read()
        epoch, index = divmod(self._epoch * self._n_steps + index, self._plan.n_batches_)
        rows = fill_up(self._plan.sample_batch(epoch, index), self._multiple_of)
        if self._rows is not None:
            rows = self._rows[rows]
        X, y = self._images.read(rows), self._targets[rows]
        weight = None if self._weights is None else self._weights[rows]
        rng = np.random.default_rng((self._seed, epoch, index))
        if self._augmentation is not None:
            X = self._augmentation.augment(X, rng, pixel_max=self._images.pixel_max)
        if self._encode is not None:
            y = self._encode(y)
        if self._mix is not None:
            X, y, weight = self._mix(X, y, weight, random_state=rng)
        return (X, y) if weight is None else (X, y, weight)

    def on_epoch_begin(self) -> None:
        """Begin an epoch. Called by Keras; a loop of one's own need not."""
        self.epoch = self._epoch  # what was read before was a look, not an epoch
        self._in_epoch = True

    def on_epoch_end(self) -> None:
        """Move on to the next epoch's rows. Called by Keras, also before the first epoch.

        Ends what `on_epoch_begin` or an iteration began, or a loop by index. It changes nothing
        where no batch was read since the last end.
        """
        if self._in_epoch:
            self.epoch = self._epoch + 1
        elif self._was_read:
            self._next_epoch = self._epoch + 1
            self._ending_thread = get_ident()
        self._in_epoch = self._was_read = False

    def _note_read(self):
        """Take a batch that is read outside of Keras' epochs for one of a loop by index."""
        self._was_read = True
        # Keras' workers begin to read a moment before Keras says that an epoch begins.
        is_worker = self.workers > 1 and get_ident() != self._ending_thread
        if not is_worker:
            self._epoch = self._next_epoch
