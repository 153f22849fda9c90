"""BBFLClassifier, the estimator."""

import os
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from functools import partial
from numbers import Integral, Real
from typing import Any, Literal, Self

import keras
import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from imblearn_bbfl.augmentation import ImageAugmenter
from imblearn_bbfl.backbones import build_network, list_applications
from imblearn_bbfl.classifier._batch_norm import (
    STATISTICS,
    reestimate_statistics,
    set_batch_norm,
)
from imblearn_bbfl.classifier._copies import warn_of_copies
from imblearn_bbfl.classifier._costs import (
    check_prior,
    fold_alpha,
    make_alpha,
    make_class_factors,
    make_loss,
    make_proba,
    make_targets,
    measure_classes,
    measure_loss,
    weigh_rows,
)
from imblearn_bbfl.classifier._devices import (
    AverageStatistics,
    check_devices,
    check_strategy,
    count_devices,
)
from imblearn_bbfl.classifier._export import export_classifier
from imblearn_bbfl.classifier._inputs import InputChecks
from imblearn_bbfl.classifier._messages import (
    describe_best,
    describe_network,
    describe_rows,
    report,
)
from imblearn_bbfl.classifier._network_key import make_key
from imblearn_bbfl.classifier._network_pool import POOL
from imblearn_bbfl.classifier._persistence import load_classifier, save_classifier
from imblearn_bbfl.classifier._plateau import watch_plateau
from imblearn_bbfl.classifier._scikeras import KerasEstimator, has_schedule
from imblearn_bbfl.classifier._seeding import seed_dropout, seed_layers
from imblearn_bbfl.classifier._unrouted_groups import warn_of_unrouted_groups
from imblearn_bbfl.classifier._validation_part import MONITORS, FiniteLoss, ValidationScores
from imblearn_bbfl.generators import BatchGenerator, SequentialBatches
from imblearn_bbfl.sampling import make_row_plan
from imblearn_bbfl.thresholding import divide_by_prior


class BBFLClassifier(
    ClassNamePrefixFeaturesOutMixin,
    ClassifierMixin,
    TransformerMixin,
    InputChecks,
    KerasEstimator,
):
    """Image classifier for rare classes, trained with batch-balanced focal loss (BBFL).

    Three choices that do not depend on each other make up a method for imbalance: which rows a
    batch holds (`sampling`), what a mistake costs (`gamma`, `alpha`, `class_weight`), and how a
    probability becomes a label (`thresholding`). The defaults are BBFL;
    :data:`~imblearn_bbfl.STRATEGIES` has the settings of the methods that it is compared with.

    Parameters
    ----------
    backbone : str or callable, default="resnet50"
        The network below the head: a name of :mod:`keras.applications` in lower case,
        ``"small_cnn"`` for small images, ``"mlp"`` for tables, or a function that takes a Keras
        tensor and returns features.
    weights : "auto", "imagenet", None, or path of a weights file, default="auto"
        What the backbone starts from. ``"auto"`` is ``"imagenet"`` for networks of
        :mod:`keras.applications` and ``None``, a random start, for those that have no published
        weights.
    image_size : int, (height, width) or None, default=None
        Size in pixels that images are brought to. ``None`` keeps theirs.
    pixel_max : float or None, default=None
        The value of a white pixel, > 0, such as 4095 for images of 12 bit in arrays of uint16 or
        files of 16 bit. No pixel may be brighter, in `fit` and in `predict`. Integer images are
        then read with all their levels. ``None`` takes white from the dtype, the depth of a file or
        the range of floats, and brings integers to 8 bit.
    preprocessing : {"minmax", "backbone", None}, default="minmax"
        Pixel scaling, inside the network: [0, 1] as in the paper, what the backbone's weights were
        trained with, or none.
    head_units : sequence of int, default=(512, 256)
        Widths of the dense layers between features and logits.
    dropout : float in [0, 1), default=0.5
        Share of units dropped after each of them.
    batch_norm_statistics : {"moving", "frozen", "reestimated"}, default="moving"
        Statistics that batch normalization predicts with: averages gathered while training, the
        pretrained ones (the layers are then not trained at all), or mean and variance of the
        unaugmented training part, taken after training. These are exact for layers with no other
        batch normalization before them. The inputs of deeper layers are normalized batch by batch,
        as in training, in shuffled batches of at least 32 rows.
    batch_norm_momentum : float in [0, 1) or None, default=0.9
        Momentum of the moving statistics; ``None`` keeps the backbone's. Keras' MobileNetV2 has
        0.999, too slow for a few thousand training steps.
    sampling : "batch", None or imbalanced-learn sampler, default="batch"
        Which rows a batch holds. ``"batch"``: the same number of each class. ``None``: all rows
        once an epoch, as they come. A sampler such as ``RandomOverSampler()`` is drawn anew each
        epoch.
    gamma : float, default=2.0
        Focusing parameter of the focal loss, >= 0. 0 is cross-entropy; the larger, the less the
        loss cares for rows that are already right. The paper found 0.5 to 2.5 best.
    alpha : None, float, dict or array-like of shape (n_classes,), default=None
        Factor of each class inside the loss. A float in (0, 1) is the factor of the second of two
        classes, and one minus it that of the first; with more classes it is an error.
    class_weight : None, "balanced" or dict, default=None
        Factor of each class, as in scikit-learn; ``"balanced"`` is computed from the training part.
    thresholding : None or "prior", default=None
        ``"prior"`` divides probabilities by the class shares that training saw, and renormalizes.
    augmentation : "auto", None or ImageAugmenter, default="auto"
        Random changes to training images. ``"auto"`` is ``ImageAugmenter()``, the paper's nine
        operations, on images, and nothing on tables.
    optimizer : str, keras optimizer class or instance, default="adam"
        Names and classes take ``optimizer__`` parameters; an instance is copied for each fit and
        brings its own learning rate.
    learning_rate : float, default=1e-4
        Step size at the start. The paper's could not be recovered; this is our choice, for
        fine-tuning. Networks that start from random weights learn faster with 1e-3.
    batch_size : int, default=16
        Rows per training step.
    epochs : int, default=100
        Passes over the training part at most.
    validation_fraction : float in (0, 1) or None, default=0.1
        Share of the rows held out, class by class, to watch training. A class that is too small
        for it stays in training and is not validated; with `groups` in `fit`, whole groups are held
        out, so that the share is met as closely as they allow. ``None`` trains on all rows for all
        epochs, with nothing to stop early on.
    monitor : {"accuracy", "balanced_accuracy", "f1_macro", "loss"}, default="accuracy"
        Score of the validation part that picks the best epoch.
    patience : int or None, default=10
        Epochs without a better score after which training stops. ``None`` never stops early.
    learning_rate_patience : int or None, default=3
        Epochs without a better score after which the learning rate is lowered. ``None``: never; nor
        where the optimizer has a schedule.
    learning_rate_factor : float in (0, 1), default=0.5
        Factor of the learning rate then. The paper's could not be recovered; this is our choice.
    callbacks : None, keras callback or class, or list or dict of them, default=None
        Called after our own, so that they find the validation scores in ``logs``. Each fit works on
        copies. Classes take ``callbacks__`` parameters. One that restores weights itself has the
        last word over `best_epoch_`.
    warm_start : bool, default=False
        Whether `fit` goes on from the network of the last `fit`; of changed parameters it takes
        over those of sampling, loss, learning rate and augmentation. The same data are split as
        in the last `fit`, whatever `random_state` is. Other data, or another `validation_fraction`,
        are split anew, with a warning that rows may be validated that were trained on.
    workers : int, default=1
        Threads that read and augment batches ahead. Changes the speed, never the result.
    verbose : int, default=0
        1 shows the rows of each class, the size of the network, a progress bar and the epoch that
        was kept; 2 has a line per epoch in place of the bar. 0 is silent; the logger
        ``imblearn_bbfl`` has the same at level DEBUG.
    random_state : int, RandomState instance or None, default=None
        Seeds the initial weights, dropout, the validation part, sampling and augmentation.
    **routed
        Parameters of the parts, such as ``optimizer__beta_1=0.95``, ``backbone__alpha=0.35``,
        ``callbacks__patience=5``, ``compile__jit_compile=True``, ``fit__steps_per_epoch=100`` or
        ``predict__batch_size=64``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    model_ : keras.Model
        The network, from pixels to logits: one logit for two classes, else one per class.
    history_ : dict of str to list of float
        Loss, validation scores and learning rate of each epoch; NaN where an epoch had none, as
        after `partial_fit`. ``"val_loss"`` has all factors of the training loss: `alpha`,
        `class_weight` (``"balanced"`` as computed from the training part), and `sample_weight`
        where the validation part was held out from X. The other scores count each row once.
    best_epoch_ : int
        Number, from 0, of the epoch whose weights were kept. Only with a validation part.
    class_prior_ : ndarray of shape (n_classes,)
        Share of each class in the loss, over all epochs trained so far, including those of earlier
        calls where training went on; sums to 1. Before the first epoch it is the share that this
        would have. An epoch counts the rows of each class that its row plan states in
        `class_counts_`: an average over epochs for balanced batches, and the counts of the first
        epoch for samplers of imbalanced-learn.
    image_shape_ : tuple of int
        (height, width, channels) of the images the network takes. Only for images.
    n_features_in_ : int
        Number of columns. Only for tables.
    feature_names_in_ : ndarray of str
        Names of the columns. Only for DataFrames with string column names.

    See Also
    --------
    imblearn_bbfl.BalancedBatchGenerator : The same batches for your own ``keras.Model.fit``.

    Notes
    -----
    On TensorFlow and JAX a network is traced before its first step, which can take longer than a
    small fit. Fits in one process whose networks differ only in state or in what the loss weights
    (`gamma`, `alpha`, `class_weight`, `learning_rate`, `random_state`, the data) trace once, with
    the results of fits on their own. For that up to four traced networks stay in memory; callbacks
    see one of them as their ``model``, whose state `model_` gets at the end. Traced anew are fits
    with layers or functions of your own that are not registered with Keras, with metrics, or under
    a distribution.

    References
    ----------
    Singh, Beeche, Shi, Beale, Rosin, Leader, Pu 2023, "Batch-balanced focal loss: a hybrid solution
    to class imbalance in deep learning", J. Med. Imaging 10(5):051809,
    doi 10.1117/1.JMI.10.5.051809.

    Examples
    --------
    >>> from imblearn_bbfl import BBFLClassifier
    >>> from imblearn_bbfl.datasets import load_imbalanced_digits
    >>> X, y = load_imbalanced_digits(return_X_y=True)
    >>> classifier = BBFLClassifier(
    ...     backbone="small_cnn", learning_rate=1e-3, epochs=2, augmentation=None, random_state=0
    ... )
    >>> classifier.fit(X, y).predict(X[:3]).shape
    (3,)
    """

    _parameter_constraints = {
        "backbone": [str, callable],
        "weights": [str, os.PathLike, None],
        "image_size": ["array-like", Integral, None],
        "pixel_max": [Interval(Real, 0, None, closed="neither"), None],
        "preprocessing": [StrOptions({"minmax", "backbone"}), None],
        "head_units": ["array-like"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "batch_norm_statistics": [StrOptions(set(STATISTICS))],
        "batch_norm_momentum": [Interval(Real, 0, 1, closed="left"), None],
        "sampling": [StrOptions({"batch"}), HasMethods("fit_resample"), HasMethods("fit"), None],
        "gamma": [Interval(Real, 0, None, closed="left")],
        "alpha": [Real, dict, "array-like", None],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "thresholding": [StrOptions({"prior"}), None],
        "augmentation": [StrOptions({"auto"}), HasMethods("augment"), None],
        "optimizer": [str, type, keras.optimizers.Optimizer],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "epochs": [Interval(Integral, 0, None, closed="left")],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "monitor": [StrOptions(set(MONITORS))],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "learning_rate_patience": [Interval(Integral, 1, None, closed="left"), None],
        "learning_rate_factor": [Interval(Real, 0, 1, closed="neither")],
        "callbacks": [keras.callbacks.Callback, type, list, dict, None],
        "warm_start": ["boolean"],
        "workers": [Interval(Integral, 0, None, closed="left")],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        backbone: str | Callable = "resnet50",
        *,
        weights: str | os.PathLike | None = "auto",
        image_size: int | tuple[int, int] | None = None,
        pixel_max: float | None = None,
        preprocessing: Literal["minmax", "backbone"] | None = "minmax",
        head_units: Sequence[int] = (512, 256),
        dropout: float = 0.5,
        batch_norm_statistics: Literal["moving", "frozen", "reestimated"] = "moving",
        batch_norm_momentum: float | None = 0.9,
        sampling: Literal["batch"] | BaseEstimator | None = "batch",
        gamma: float = 2.0,
        alpha: float | dict | ArrayLike | None = None,
        class_weight: Literal["balanced"] | dict | None = None,
        thresholding: Literal["prior"] | None = None,
        augmentation: Literal["auto"] | ImageAugmenter | None = "auto",
        optimizer: str | type | keras.optimizers.Optimizer = "adam",
        learning_rate: float = 1e-4,
        batch_size: int = 16,
        epochs: int = 100,
        validation_fraction: float | None = 0.1,
        monitor: Literal["accuracy", "balanced_accuracy", "f1_macro", "loss"] = "accuracy",
        patience: int | None = 10,
        learning_rate_patience: int | None = 3,
        learning_rate_factor: float = 0.5,
        callbacks: keras.callbacks.Callback | type | list | dict | None = None,
        warm_start: bool = False,
        workers: int = 1,
        verbose: int = 0,
        random_state: int | np.random.RandomState | None = None,
        **routed: Any,
    ):
        self.backbone = backbone
        self.weights = weights
        self.image_size = image_size
        self.pixel_max = pixel_max
        self.preprocessing = preprocessing
        self.head_units = head_units
        self.dropout = dropout
        self.batch_norm_statistics = batch_norm_statistics
        self.batch_norm_momentum = batch_norm_momentum
        self.sampling = sampling
        self.gamma = gamma
        self.alpha = alpha
        self.class_weight = class_weight
        self.thresholding = thresholding
        self.augmentation = augmentation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.validation_fraction = validation_fraction
        self.monitor = monitor
        self.patience = patience
        self.learning_rate_patience = learning_rate_patience
        self.learning_rate_factor = learning_rate_factor
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.workers = workers
        self.verbose = verbose
        self.random_state = random_state
        self._store_routed(routed)

    def __sklearn_clone__(self):
        if self.validation_fraction is not None:
            warn_of_unrouted_groups(self.validation_fraction)
        return super().__sklearn_clone__()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        tags.input_tags.two_d_array = self.backbone == "mlp"
        return tags

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        validation_data: tuple[ArrayLike, ...] | None = None,
    ) -> Self:
        """Train a network on images.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width, channels), (n_samples,) or \
                (n_samples, n_features)
            Images in memory (integers of 0 to 255, or floats in [0, 1] or [0, 255], unless
            `pixel_max` says otherwise), paths of image files, or a table for a backbone that takes
            one. Files, and arrays on disk such as a data set of h5py, are read batch by batch.
        y : array-like of shape (n_samples,)
            Labels of any kind.
        sample_weight : array-like of shape (n_samples,), default=None
            Factor of each row's loss, >= 0. Rows of weight 0 are left out.
        groups : array-like of shape (n_samples,), default=None
            Rows of one group (a patient, say) are never split between training and validation. No
            row may lack a group, and ids are all text or all numbers. A class whose rows are all
            in one group stays in training.
        validation_data : tuple (X, y) or (X, y, groups), default=None
            Held-out images and labels, in place of a part of X; beside `groups`, the groups of its
            rows as well, of which none may be in training.

        Returns
        -------
        self : BBFLClassifier
            Fitted.

        Raises
        ------
        ValueError
            If the data or a parameter is not what it should be, or a group is in training and in
            `validation_data`; the message says what to change.
        FloatingPointError
            If the loss is not a number; the message says when. `model_` has the best weights.

        Warns
        -----
        UserWarning
            If the brightest pixel leaves most of the range up to white unused, as in images of 12
            bit that are taken for images of 16 bit; if `validation_fraction` holds no row of some
            class, or none of any, so that there is no validation part; if `groups` are given and
            `validation_data` has none; if a fit that goes on may validate on rows that were
            trained on; or if the same image, byte for byte, has several labels, or is both trained
            and validated on. Rows of a table and arrays on disk, such as those of h5py, are not
            compared.
        """
        self._validate_params()
        self._check_routed()
        rng = check_random_state(self.random_state)
        goes_on = self.warm_start and hasattr(self, "model_")
        with self._stay_fitted(goes_on):
            part = self._check_fit(X, y, sample_weight, groups=groups, goes_on=goes_on)
            before = vars(self).pop("_held_out", None)
            if validation_data is not None:
                train, valid = part, self._check_validation(validation_data, part)
            elif self.validation_fraction is not None:
                train, valid = self._split(part, before, rng, goes_on=goes_on)
            else:
                train, valid = part, None
            self._check_all_classes(train)
            warn_of_copies(train, valid, self.classes_)
            may_go_on = self.warm_start
            self._train(train, valid, rng, epochs=self.epochs, goes_on=goes_on, may_go_on=may_go_on)
        return self

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Train for one more epoch on these rows, without a validation part.

        Parameters
        ----------
        X : array-like
            As in `fit`.
        y : array-like of shape (n_samples,)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come. Looked at in the first call only; ``None`` takes those
            in `y`.
        sample_weight : array-like of shape (n_samples,), default=None
            As in `fit`.

        Returns
        -------
        self : BBFLClassifier
            Fitted.
        """
        self._validate_params()
        self._check_routed()
        rng = check_random_state(self.random_state)
        goes_on = hasattr(self, "model_")
        train = self._check_fit(X, y, sample_weight, classes=classes, goes_on=goes_on)
        vars(self).pop("_held_out", None)  # all rows are trained on
        self._train(train, None, rng, epochs=1, goes_on=goes_on, may_go_on=True)
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict labels.

        Parameters
        ----------
        X : array-like
            Images, paths or a table, as in `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            The most probable label of each row.
        """
        codes = self.predict_proba(X).argmax(axis=1)
        return self.classes_[codes]

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Predict probabilities.

        Parameters
        ----------
        X : array-like
            Images, paths or a table, as in `fit`.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`; rows sum to 1. Divided by the prior if `thresholding` says
            so.
        """
        images = self._check_predict(X)
        with POOL.lend_for_prediction(self.model_) as lent:
            return self._to_proba(self._run_network(lent.network, images))

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Return the features between backbone and head: global average pooling (GAP).

        Parameters
        ----------
        X : array-like
            Images, paths or a table, as in `fit`.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features)
            What the head decides on.
        """
        images = self._check_predict(X)
        with POOL.lend_for_prediction(self.model_) as lent:
            return self._run_network(lent.features, images)

    def save(self, path: str | os.PathLike) -> None:
        """Write the fitted estimator to one ``.keras`` file.

        Plain Keras opens the file by :func:`keras.saving.load_model`, also where this package is
        not installed: as the network, which is not compiled. The loss, the classes, the parameters
        and what else `predict` needs are in one more member of the archive, for `load`.

        Parameters
        ----------
        path : str or path
            Ends in ``.keras``.

        Warns
        -----
        UserWarning
            If parameters cannot be written (a function, say): they are None after `load`.
        """
        check_is_fitted(self, "model_")
        save_classifier(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike) -> Self:
        """Read an estimator that `save` wrote. Runs no code from the file.

        Parameters
        ----------
        path : str or path
            A file that `save` wrote.

        Returns
        -------
        classifier : BBFLClassifier
            Fitted; predicts the same.
        """
        return load_classifier(cls, path)

    def export(
        self, path: str | os.PathLike, format: Literal["onnx", "tf_saved_model"] = "onnx"
    ) -> None:
        """Write the fitted network for other runtimes, from pixels to probabilities.

        The network takes float32 images of `image_shape_`, resized and of the same range of values
        as those that `fit` saw, and returns what `predict_proba` returns, `thresholding` included.
        That range is [0, 255] for images of 16 bit if `pixel_max` is None, else [0, `pixel_max`].
        An ONNX file computes in single precision, whatever the network was trained in.
        The labels are in the metadata of an ONNX file under ``classes``, and in
        ``assets.extra/classes.json`` of a SavedModel, both as JSON.

        Parameters
        ----------
        path : str or path
            A file that ends in ``.onnx``, or a folder for a SavedModel.
        format : {"onnx", "tf_saved_model"}, default="onnx"
            What to write. Both go through :meth:`keras.Model.export`.

        Raises
        ------
        ImportError
            If a package that the format needs is missing: ``pip install 'imblearn-bbfl[onnx]'``.
        ValueError
            If `path` does not fit `format`; if the network has an operation that ONNX has not
            (ConvNeXt's); or if the backend cannot write the format: ONNX on JAX, SavedModel on
            PyTorch.
        """
        check_is_fitted(self, "model_")
        export_classifier(self, path, format)

    def _train(self, train, valid, rng, *, epochs, goes_on, may_go_on):
        """Build, train and keep the best: the paper's steps."""
        n_devices = count_devices(self.model_ if goes_on else None)
        check_devices(self.batch_size, n_devices)
        if goes_on:
            check_strategy(self.model_)
        network_seed, row_seed, augmentation_seed, statistics_seed = rng.randint(2**31 - 1, size=4)
        n_classes = len(self.classes_)
        factors = make_class_factors(self.class_weight, train, self.classes_)
        weight = weigh_rows(train, factors)
        alpha = make_alpha(self.alpha, self.classes_)
        plan = make_row_plan(self.sampling, self.batch_size, int(row_seed))
        plan.fit(
            train.codes[train.rows],
            train.images.read(train.rows) if train.images.is_table else None,
        )
        mass = measure_classes(train, weight, plan, alpha, n_classes)
        first_epoch = self.current_epoch if goes_on else 0
        if goes_on:
            self._take_over_changes(alpha)
            seed_dropout(self.model_, int(network_seed), first_epoch)
        else:
            self._build(alpha, int(network_seed))
            self._class_mass = np.zeros(n_classes)
            for name in ("history_", "best_epoch_"):  # of the network before
                vars(self).pop(name, None)
        self._trained_learning_rate = self.learning_rate
        key = None if may_go_on else make_key(self.model_)
        if key is not None:
            weight = fold_alpha(weight, alpha, train.codes)
        batches = BatchGenerator(
            train.images,
            make_targets(train.codes, n_classes),
            plan,
            rows=train.rows,
            sample_weight=weight,
            augmentation=self._make_augmentation(train.images),
            seed=int(augmentation_seed),
            n_steps=self._route("fit").get("steps_per_epoch"),
            multiple_of=n_devices,
            workers=self.workers,
        )
        batches.epoch = first_epoch
        mass = mass * len(batches) / plan.n_batches_
        if not self._class_mass.any():
            self.class_prior_ = mass / mass.sum()
        self._report_start(train, valid, len(batches))
        with POOL.lend_for_training(self.model_, key) as network:
            callbacks = [
                FiniteLoss(),
                keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: self._count_epoch(mass)),
                AverageStatistics(),
                *self._watch(valid, factors, network),
            ]
            self._fit_network(network, batches, callbacks, epochs=epochs, initial_epoch=first_epoch)
        vars(self).pop("best_epoch_", None)
        if valid is not None and epochs:
            self.best_epoch_ = callbacks[-1].best_epoch
            report(self.verbose, describe_best(self.history_, self.best_epoch_, self.monitor))
        if epochs:
            callbacks[0].check(getattr(self, "best_epoch_", None))
        if self.batch_norm_statistics == "reestimated":
            reestimate_statistics(
                self.model_,
                train.images,
                train.rows,
                batch_size=max(32, self.batch_size),
                seed=int(statistics_seed),
            )

    @contextmanager
    def _stay_fitted(self, goes_on):
        """Stay as fitted before if an error comes before there is a new network."""
        before = dict(vars(self))
        try:
            yield
        except BaseException:
            if not goes_on and vars(self).get("model_") is before.get("model_"):
                vars(self).clear()
                vars(self).update(before)
            raise

    def _take_over_changes(self, alpha):
        """Train a network that goes on with the loss and the learning rate as they are now."""
        loss = make_loss(self.gamma, alpha, len(self.classes_))
        if loss.get_config() != self.model_.loss.get_config():
            # Keras wrapped the optimizer for mixed_float16 when it was first compiled.
            compiled = {**self._route("compile"), "auto_scale_loss": False}
            self.model_.compile(self.model_.optimizer, loss, **compiled)
        if self.learning_rate != self._trained_learning_rate and not has_schedule(self.model_):
            self.model_.optimizer.learning_rate = self.learning_rate

    def _count_epoch(self, mass):
        """Add what each class counted in an epoch to what it counted in those before."""
        self._class_mass = self._class_mass + mass
        self.class_prior_ = self._class_mass / self._class_mass.sum()

    def _report_start(self, train, valid, n_steps):
        """Tell what training starts from."""
        for name, part in (("Training", train), ("Validation", valid)):
            if part is not None:
                rows = describe_rows(part.codes[part.rows], self.classes_)
                report(self.verbose, "%s: %s", name, rows)
        report(self.verbose, describe_network(self.model_, self.backbone))
        report(self.verbose, "%d steps of %d rows an epoch", n_steps, self.batch_size)

    def _build(self, alpha, seed):
        """Build and compile a network for `classes_`."""
        weights = self.weights
        if weights == "auto":
            weights = "imagenet" if self.backbone in list_applications() else None
        is_images = hasattr(self, "image_shape_")
        n_outputs = 1 if len(self.classes_) == 2 else len(self.classes_)
        with seed_layers(seed):
            self.model_ = build_network(
                self.backbone,
                self.image_shape_ if is_images else (self.n_features_in_,),
                n_outputs,
                weights=weights,
                preprocessing=self.preprocessing,
                pixel_max=self._pixels[1] if is_images else None,
                head_units=self.head_units,
                dropout=self.dropout,
                **self._route("backbone"),
            )
            set_batch_norm(self.model_, self.batch_norm_statistics, self.batch_norm_momentum)
            self.model_.compile(
                self._make_optimizer(),
                make_loss(self.gamma, alpha, len(self.classes_)),
                **self._route("compile"),
            )

    def _make_augmentation(self, images):
        if self.augmentation != "auto":
            return self.augmentation
        return None if images.is_table else ImageAugmenter()

    def _watch(self, valid, factors, network):
        """Make the callbacks that watch the validation part; the last one keeps the best epoch."""
        if valid is None:
            return []
        weight = weigh_rows(valid, factors)
        scores = ValidationScores(
            predict_logits=lambda: self._run_network(network, valid.images, valid.rows),
            predict_codes=lambda logits: self._to_proba(logits).argmax(axis=1),
            codes=valid.codes[valid.rows],
            compute_loss=partial(
                measure_loss,
                self.model_.loss,
                weight=weight if weight is None else weight[valid.rows],
            ),
        )
        plateau = watch_plateau(
            self.monitor,
            patience=self.patience,
            learning_rate_patience=None if has_schedule(network) else self.learning_rate_patience,
            learning_rate_factor=self.learning_rate_factor,
        )
        return [scores, *plateau]

    @property
    def _predict_batch_size(self):
        return self._route("predict").get("batch_size", max(32, self.batch_size))

    def _run_network(self, network, images, rows=None):
        """Run a network over rows in order, without augmentation."""
        n_rows = len(images) if rows is None else len(rows)
        batches = SequentialBatches(
            images, self._predict_batch_size, rows, multiple_of=count_devices(network)
        )
        return network.predict(batches, verbose=0)[:n_rows]

    def _to_proba(self, logits):
        proba = make_proba(logits)
        if self.thresholding is None:
            return proba
        check_prior(self.class_prior_, self.classes_)
        return divide_by_prior(proba, self.class_prior_)

    @property
    def _n_features_out(self):
        return self.model_.get_layer("features").output.shape[-1]
