"""Batches for Keras: rows from a row plan, images from memory or disk, augmented, with weights."""

import imblearn_bbfl._backend  # isort: skip  # first: it says what to install
from threading import get_ident

import keras
import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, check_random_state

from imblearn_bbfl._images import as_images, warn_of_unused_range
from imblearn_bbfl._weights import check_weights
from imblearn_bbfl.augmentation import ImageAugmenter
from imblearn_bbfl.mixing import make_mixing
from imblearn_bbfl.sampling import make_row_plan

__all__ = ["BalancedBatchGenerator", "BatchGenerator", "SequentialBatches"]


def __dir__():
    return __all__


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
    def epoch(self):
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
        rows = _fill_up(self._plan.sample_batch(epoch, index), self._multiple_of)
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

    def on_epoch_begin(self):
        """Begin an epoch. Called by Keras; a loop of one's own need not."""
        self.epoch = self._epoch  # what was read before was a look, not an epoch
        self._in_epoch = True

    def on_epoch_end(self):
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


class BalancedBatchGenerator(BatchGenerator):
    """Balanced batches for ``keras.Model.fit``, exact to the row.

    A drop-in for :class:`imblearn.keras.BalancedBatchGenerator` that takes images as well as
    tables. It differs where that one falls short: by default every single batch is balanced, not
    only their average; rows are drawn anew each epoch, so under-sampling discards none for good;
    no tail of rows is dropped; and NaN is an error. In a loop of your own, by iteration or by
    index, call ``on_epoch_end()`` after each pass.

    Parameters
    ----------
    X : array-like of shape (n_samples, height, width, channels), (n_samples,) or \
            (n_samples, n_features)
        Images in memory, paths of image files, or a table (dense, sparse or DataFrame). Files, and
        arrays on disk such as a data set of h5py, are read batch by batch, so memory does not grow
        with their number.
    y : array-like of shape (n_samples,) or (n_samples, n_classes)
        Class labels, or one-hot rows. Handed out as they are, but dense.
    sample_weight : array-like of shape (n_samples,), default=None
        Factor of each row's loss.
    sampler : None, sampler of imbalanced-learn, or row plan, default=None
        ``None`` balances every batch exactly. A sampler of imbalanced-learn with
        ``sample_indices_`` is drawn anew each epoch; on images, only those that neither make
        points nor measure distances have a meaning. A row plan of :mod:`imblearn_bbfl.sampling`
        is copied, with `batch_size` and `random_state` of the generator.
    batch_size : int, default=32
        Rows per batch.
    keep_sparse : bool, default=False
        Whether batches of a sparse table stay sparse.
    random_state : int, RandomState instance or None, default=None
        Seeds the rows and the augmentation.
    image_size : int, (height, width) or None, default=None
        Size that images are brought to. ``None`` keeps theirs.
    pixel_max : float or None, default=None
        The value of a white pixel, > 0, such as 4095 for images of 12 bit in arrays of uint16 or
        files of 16 bit. No pixel may be brighter. Integer images of another white than 255 are then
        handed out as they are, as float32. ``None`` takes white from the dtype, the depth of a file
        or the range of floats, and brings integers to 8 bit.
    augmentation : ImageAugmenter, default=None
        Random changes to each image each time it is drawn.
    mixup : float, default=0.0
        The `alpha` of :func:`~imblearn_bbfl.mixing.mix_batch`; 0 mixes nothing. Above 0, `y` must
        be 0 and 1, or one-hot rows for more than two classes.
    remix : bool, default=False
        Whether mixtures are those of Remix rather than of mixup.
    workers : int, default=1
        Threads (or processes) that prepare batches ahead.
    use_multiprocessing : bool, default=False
        Whether the workers are processes.
    max_queue_size : int, default=10
        How many batches the workers may be ahead.

    Attributes
    ----------
    X, y, sample_weight, sampler, batch_size, keep_sparse, random_state, pixel_max, mixup, remix
        The arguments, as they were given.
    sampler_ : row plan
        The fitted sampler that picks the rows.
    epoch : int
        Number of the epoch whose batches are handed out, from 0. May be set.
    indices_ : ndarray of int
        Row numbers of the present epoch, batch after batch.

    Raises
    ------
    ValueError
        If X and y differ in length, X holds NaN or files that cannot be read, a weight is negative
        or no number, the sampler has no meaning for images, or a batch cannot hold one row of each
        class; if X looks like channels first, or holds a pixel beyond `pixel_max`; or if rows are
        to be mixed whose labels are no shares of classes, or which are sparse.

    Warns
    -----
    UserWarning
        If the brightest pixel leaves most of the range up to white unused, as in images of 12 bit
        that are taken for images of 16 bit.

    Notes
    -----
    A look at some batches before ``fit`` is no epoch: ``fit`` begins with the rows that were seen.
    Where batches are read in processes of your own, ``on_epoch_end()`` does not learn of it: add 1
    to `epoch` instead.

    For runs that repeat, pass ``shuffle=False`` to ``fit``: the rows are shuffled here, and Keras
    would reorder the batches by Python's global random state. Keras also reads ahead beyond the end
    of an epoch that it cuts short. So set the length of an epoch by
    ``sampler=BatchBalancedSampler(n_batches=...)`` rather than ``steps_per_epoch``; and on JAX and
    Torch with ``workers > 1``, call ``model.test_on_batch(*batches[0])`` before the first ``fit``,
    which otherwise begins an epoch just to see one batch. Balanced the batches are in any case.

    References
    ----------
    Singh et al. 2023, "Batch-balanced focal loss", J. Med. Imaging 10(5):051809,
    doi 10.1117/1.JMI.10.5.051809, the section on batch-balancing.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl import BalancedBatchGenerator
    >>> X = np.zeros((100, 8, 8, 3), dtype=np.uint8)
    >>> y = np.repeat([0, 1], [90, 10])
    >>> batches = BalancedBatchGenerator(X, y, batch_size=16, random_state=0)
    >>> len(batches)
    7
    >>> images, labels = batches[0]
    >>> images.shape, int(labels.sum())
    ((16, 8, 8, 3), 8)
    """

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        sampler: BaseEstimator | None = None,
        batch_size: int = 32,
        keep_sparse: bool = False,
        random_state: int | np.random.RandomState | None = None,
        image_size: int | tuple[int, int] | None = None,
        pixel_max: float | None = None,
        augmentation: ImageAugmenter | None = None,
        mixup: float = 0.0,
        remix: bool = False,
        workers: int = 1,
        use_multiprocessing: bool = False,
        max_queue_size: int = 10,
    ):
        self.X = X
        self.y = y
        self.sample_weight = sample_weight
        self.sampler = sampler
        self.batch_size = batch_size
        self.keep_sparse = keep_sparse
        self.random_state = random_state
        self.pixel_max = pixel_max
        self.mixup = mixup
        self.remix = remix
        if mixup and keep_sparse:
            raise ValueError("mixup needs dense rows. Use keep_sparse=False, or mixup=0.")
        images = as_images(X, image_size=image_size, pixel_max=pixel_max, keep_sparse=keep_sparse)
        targets = y.toarray() if issparse(y) else np.asarray(y)
        weights = None if sample_weight is None else check_weights(sample_weight)
        check_consistent_length(X, targets, weights)
        warn_of_unused_range(images.verify())
        seed = int(check_random_state(random_state).randint(2**31 - 1))
        plan = make_row_plan("batch" if sampler is None else sampler, batch_size, seed)
        self.sampler_ = plan.fit(targets, X if images.is_table else None)
        super().__init__(
            images,
            targets,
            self.sampler_,
            sample_weight=weights,
            augmentation=augmentation,
            mix=make_mixing(targets, mixup, remix=remix) if mixup else None,
            seed=seed,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            max_queue_size=max_queue_size,
        )

    @property
    def indices_(self):
        """Row numbers of the present epoch, batch after batch."""
        return np.concatenate(list(self.sampler_.sample_epoch(self.epoch)))


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
        self._batch_size = _round_up(batch_size, multiple_of)
        self._multiple_of = multiple_of
        self._looked_at = {}

    def __len__(self):
        return -(-len(self._rows) // self._batch_size)

    def __getitem__(self, index):
        batch = self._looked_at.pop(index, None)
        if batch is None:
            start = index * self._batch_size
            rows = self._rows[start : start + self._batch_size]
            batch = (self._images.read(_fill_up(rows, self._multiple_of)),)
            if index < _N_LOOKED_AT:
                self._looked_at[index] = batch
        return batch


def _fill_up(rows, multiple_of):
    """Return `rows`, and the first of them again until their number is such a multiple."""
    return np.resize(rows, _round_up(len(rows), multiple_of))


def _round_up(number, multiple_of):
    return -(-number // multiple_of) * multiple_of
