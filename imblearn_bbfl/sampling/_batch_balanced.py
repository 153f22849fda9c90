"""The same number of rows of each class in every batch."""

import numpy as np

from imblearn_bbfl.sampling._rows import (
    RecentResults,
    RowPlan,
    check_integer,
    make_rng,
    smallest_row_dtype,
)

_STREAM, _ORDER = 0, 1
# Rows drawn with one generator: making a generator costs as much as shuffling a thousand rows.
_BLOCK = 2**12


class BatchBalancedSampler(RowPlan):
    """Batches that hold the same number of rows of each class, every one of them.

    The data level of batch-balanced focal loss [1]_. Random over-sampling balances batches on
    average only; here each is balanced exactly. Where `batch_size` is no multiple of the number
    of classes, the remaining places go round the classes, so that in any `n_classes` successive
    batches all classes have had the same number of rows.

    Each class is one endless stream of its rows, reshuffled whenever all came: no row comes again
    before all rows of its class came. The streams run on from epoch to epoch, so the rows of a
    large class that one epoch had no room for come first in the next.

    Within a batch, rows come in rounds of one row of each class, in random order. So where a batch
    is split over devices, the share of each is balanced exactly too, if it is a multiple of the
    number of classes; else the classes of a share differ by two rows at most.

    Parameters
    ----------
    batch_size : int, default=32
        Rows per batch, at least the number of classes. All batches are full.
    n_batches : int, default=None
        Batches per epoch. None takes as many as the rows give unbalanced,
        ``ceil(n_samples / batch_size)``; more make an epoch longer and change nothing else.
    random_state : int, RandomState instance or None, default=None
        Seed of all draws; None draws one when fitted.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_batches_ : int
        Batches per epoch.
    class_counts_ : ndarray of shape (n_classes,)
        Rows of each class in an epoch: equal shares, averaged over the epochs.
    seed_ : int
        The seed that `random_state` gave.

    See Also
    --------
    ResamplingSampler : The rows that a sampler of imbalanced-learn chooses.

    References
    ----------
    .. [1] Singh et al., "Batch-balanced focal loss: a hybrid solution to class imbalance in deep
       learning", J. Med. Imaging 10(5):051809, 2023. https://doi.org/10.1117/1.JMI.10.5.051809

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.sampling import BatchBalancedSampler
    >>> y = np.repeat(["healthy", "mild", "severe"], [80, 15, 5])
    >>> plan = BatchBalancedSampler(batch_size=12, random_state=0).fit(y)
    >>> plan.n_batches_
    9
    >>> rows = plan.sample_batch(epoch=0, batch=3)
    >>> np.unique(y[rows], return_counts=True)[1]
    array([4, 4, 4])
    """

    def __init__(
        self,
        batch_size: int = 32,
        *,
        n_batches: int | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.batch_size = batch_size
        self.n_batches = n_batches
        self.random_state = random_state

    def _fit_plan(self, X, y, codes):
        self._check_classes()
        if self.n_batches is not None:
            check_integer("n_batches", self.n_batches, minimum=1)
        self.n_batches_ = self.n_batches or -(-len(y) // self.batch_size)
        n_classes = len(self.classes_)
        self.class_counts_ = np.full(n_classes, self.n_batches_ * self.batch_size / n_classes)
        rows = np.argsort(codes, kind="stable").astype(smallest_row_dtype(len(y)))
        self._class_rows = np.split(rows, np.cumsum(np.bincount(codes))[:-1])
        self._recent_blocks = [RecentResults(2) for _ in self.classes_]
        self._recent_batches = RecentResults(2)

    def _check_classes(self):
        n_classes = len(self.classes_)
        if n_classes < 2:
            raise ValueError(
                f"y holds one class only, {self.classes_.tolist()[0]!r}. Balancing needs rows of "
                "at least two classes. Add rows of another class, or shuffle only: sampling=None "
                "in the classifier, ShuffleSampler() elsewhere."
            )
        if self.batch_size < n_classes:
            raise ValueError(
                f"batch_size={self.batch_size} cannot hold one image of each of the {n_classes} "
                f"classes. Use batch_size >= {n_classes}."
            )

    def _sample_batch(self, epoch, batch):
        block, within = divmod(batch, self._batches_per_block)
        return self._recent_batches.get((epoch, block), self._draw_batches)[within].copy()

    def _sample_epoch(self, epoch):
        number = epoch * self.n_batches_
        batches = self._lay_out(number, number + self.n_batches_)
        for block, start in enumerate(range(0, self.n_batches_, self._batches_per_block)):
            part = batches[start : start + self._batches_per_block]
            part[:] = self._shuffle((epoch, block), part)
        return batches

    def _draw_batches(self, key):
        """Draw a block of batches of an epoch, all that `_BLOCK` rows make."""
        epoch, block = key
        start, per_block = epoch * self.n_batches_, self._batches_per_block
        first, last = block * per_block, min((block + 1) * per_block, self.n_batches_)
        return self._shuffle(key, self._lay_out(start + first, start + last))

    @property
    def _batches_per_block(self):
        return -(-_BLOCK // self.batch_size)

    def _shuffle(self, key, batches):
        """Shuffle the rows of a block of batches, each row within its round."""
        rng = make_rng(self.seed_, _ORDER, *key)
        n_batches, n_classes = len(batches), len(self.classes_)
        rounds, rest = np.split(batches, [self.batch_size // n_classes * n_classes], axis=1)
        rounds = rng.permuted(rounds.reshape(n_batches, -1, n_classes), axis=2)
        return np.hstack([rounds.reshape(n_batches, -1), rng.permuted(rest, axis=1)])

    def _lay_out(self, first, last):
        """Return the batches from number `first` to before `last`, not shuffled yet.

        Batches are numbered through all epochs. Each has `share` rounds of one row of each class;
        the `rest` places after these are dealt out in turns, turn t to class t % n_classes.
        """
        n_classes, n_batches = len(self.classes_), last - first
        share, rest = divmod(self.batch_size, n_classes)
        batches = np.empty((n_batches, self.batch_size), dtype=np.intp)
        dealt = np.empty(n_batches * rest, dtype=np.intp)
        for code in range(n_classes):
            # Batch number n deals out the turns n * rest to (n + 1) * rest - 1. `turns` are those
            # of this class among the batches laid out here, counted from their first.
            turns = np.arange((code - first * rest) % n_classes, n_batches * rest, n_classes)
            # Before batch `first`, the class's stream was read for `share` rows of each batch and
            # for one row of each of its turns so far. So any batch can be drawn without the others.
            past_turns = (first * rest + n_classes - 1 - code) // n_classes
            start = first * share + past_turns
            rows = self._read_stream(code, start, start + n_batches * share + len(turns))
            if len(turns):
                # The row dealt in a turn is the class's first in that batch. In the stream, the
                # shares of all batches before it and one row for each turn before it precede it.
                at = turns // rest * share + np.arange(len(turns))
                dealt[turns] = rows[at]
                rows = np.delete(rows, at)
            batches[:, code : share * n_classes : n_classes] = rows.reshape(n_batches, share)
        batches[:, n_classes * share :] = dealt.reshape(n_batches, rest)
        return batches

    def _read_stream(self, code, start, stop):
        """Return the rows at positions `start` to before `stop` of a class's endless stream."""
        length = self._cycles_per_block(code) * len(self._class_rows[code])
        parts = []
        for block in range(start // length, -(-stop // length)):
            rows = self._recent_blocks[code].get((code, block), self._draw_block)
            parts.append(rows[max(start - block * length, 0) : stop - block * length])
        return np.concatenate(parts)

    def _cycles_per_block(self, code):
        return -(-_BLOCK // len(self._class_rows[code]))

    def _draw_block(self, key):
        """Draw a block of a class's stream: some cycles through all its rows, each shuffled."""
        code, _ = key
        rng = make_rng(self.seed_, _STREAM, *key)
        cycles = np.tile(self._class_rows[code], (self._cycles_per_block(code), 1))
        return rng.permuted(cycles, axis=1, out=cycles).ravel()
