"""BalancedBatchGenerator, the drop-in for the generator of imbalanced-learn."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, check_random_state

from imblearn_bbfl._images import as_images, warn_of_unused_range
from imblearn_bbfl._weights import check_weights
from imblearn_bbfl.augmentation import ImageAugmenter
from imblearn_bbfl.generators._batch_generator import BatchGenerator
from imblearn_bbfl.generators._structures import (
    EachImages,
    Inputs,
    Structure,
    as_dense,
    as_targets,
    choose_labels,
    count_samples,
    is_several,
    list_parts,
    warn_of_text,
)
from imblearn_bbfl.mixing import is_alpha, make_mixing
from imblearn_bbfl.sampling import make_row_plan


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
            (n_samples, n_features), or dict or tuple of these
        Images in memory, paths of image files, or a table (dense, sparse or DataFrame). Files, and
        arrays on disk such as a data set of h5py, are read batch by batch, so memory does not grow
        with their number. A network with several inputs takes a dict of them, by the names of its
        input layers, or a tuple; beside images and tables, they may be arrays of numbers of any
        other dimension.
    y : array-like of shape (n_samples,) or (n_samples, n_columns), or dict or tuple of these
        Class labels, one-hot rows, or with `balance_by` targets of any kind, such as those of
        several labels. Handed out as they are, but dense. A network with several outputs takes a
        dict or tuple of them.
    balance_by : None, str, int or array-like of shape (n_samples,), default=None
        What the classes are of which each batch holds the same number of rows: the name or number
        of one of several outputs, the column of a table of targets, or a label for each row.
        ``None`` takes `y` itself.
    sample_weight : array-like of shape (n_samples,), or dict or tuple of these, default=None
        Factor of each row's loss; for several outputs also one for each, as `y` has them.
    sampler : None, sampler of imbalanced-learn, or row plan, default=None
        ``None`` balances every batch exactly. A sampler of imbalanced-learn with
        ``sample_indices_`` is drawn anew each epoch; on images, only those that neither make
        points nor measure distances have a meaning. A row plan of :mod:`imblearn_bbfl.sampling`
        is copied, with `batch_size` and `random_state` of the generator.
    batch_size : int, default=32
        Rows per batch.
    keep_sparse : bool, default=False
        Whether batches of a sparse table stay sparse, as matrices of SciPy, for a loop of your own.
        ``keras.Model.fit`` takes dense ones: with TensorFlow, a sparse batch is an error there.
    random_state : int, RandomState instance or None, default=None
        Seeds the rows and the augmentation.
    image_size : int, (height, width) or None, default=None
        Size that images are brought to, those of all inputs. ``None`` keeps theirs.
    pixel_max : float or None, default=None
        The value of a white pixel, > 0, such as 4095 for images of 12 bit in arrays of uint16 or
        files of 16 bit. No pixel may be brighter. Integer images of another white than 255 are then
        handed out as they are, as float32. ``None`` takes white from the dtype, the depth of a file
        or the range of floats, and brings integers to 8 bit.
    augmentation : ImageAugmenter, default=None
        Random changes to each image each time it is drawn. Several inputs of images have changes
        of their own.
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
    X, y, balance_by, sample_weight, sampler, batch_size, keep_sparse, random_state, pixel_max, \
            mixup, remix
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
        class; if X looks like channels first, or holds a pixel beyond `pixel_max`; if `balance_by`
        is needed, or is no output; or if rows are to be mixed whose labels are no shares of
        classes, or which are sparse, or have several inputs or outputs.

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

    For a network that also takes the age of patients, and predicts the sex beside the diagnosis:

    >>> batches = BalancedBatchGenerator(
    ...     {"image": X, "age": np.linspace(20, 80, 100)},
    ...     {"diagnosis": y, "sex": np.tile([0, 1], 50)},
    ...     balance_by="diagnosis",
    ...     batch_size=16,
    ...     random_state=0,
    ... )
    >>> inputs, targets = batches[0]
    >>> inputs["image"].shape, inputs["age"].shape, int(targets["diagnosis"].sum())
    ((16, 8, 8, 3), (16,), 8)
    """

    def __init__(
        self,
        X: ArrayLike | dict | tuple,
        y: ArrayLike | dict | tuple,
        *,
        balance_by: str | int | ArrayLike | None = None,
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
    ) -> None:
        self.X = X
        self.y = y
        self.balance_by = balance_by
        self.sample_weight = sample_weight
        self.sampler = sampler
        self.batch_size = batch_size
        self.keep_sparse = keep_sparse
        self.random_state = random_state
        self.pixel_max = pixel_max
        self.mixup = mixup
        self.remix = remix
        if not (mixup == 0 or is_alpha(mixup)):
            raise ValueError(
                f"mixup={mixup!r} must be a finite number >= 0. Use 0 to mix nothing, or 0.2."
            )
        if mixup and keep_sparse:
            raise ValueError("mixup needs dense rows. Use keep_sparse=False, or mixup=0.")
        if y is None:
            raise ValueError("y is None, but batches are balanced by it. Pass one label per row.")
        n_samples = count_samples(X, y)
        settings = {"image_size": image_size, "pixel_max": pixel_max, "keep_sparse": keep_sparse}
        has_several = is_several(X, n_samples)
        images = Inputs(X, **settings) if has_several else as_images(X, **settings)
        targets = as_targets(y, n_samples, as_dense)
        if isinstance(targets, np.ndarray) and targets.size:
            warn_of_text(targets)
        weights = None
        if sample_weight is not None:
            weights = as_targets(sample_weight, n_samples, check_weights)
        if mixup and (has_several or isinstance(targets, Structure)):
            raise ValueError(
                f"mixup={mixup} mixes one input and one output, but there are several. Use mixup=0."
            )
        parts = [part for given in (X, y, sample_weight) for part in list_parts(given, n_samples)]
        check_consistent_length(*parts)
        warn_of_unused_range(images.verify())
        if augmentation is not None and has_several:
            augmentation = EachImages(augmentation, images)
        labels = choose_labels(y, balance_by, n_samples)
        seed = int(check_random_state(random_state).randint(2**31 - 1))
        plan = make_row_plan("batch" if sampler is None else sampler, batch_size, seed)
        table: Any = X if images.is_table and not has_several else None
        self.sampler_ = plan.fit(labels, table)
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
    def indices_(self) -> np.ndarray:
        """Row numbers of the present epoch, batch after batch."""
        return np.concatenate(list(self.sampler_.sample_epoch(self.epoch)))
