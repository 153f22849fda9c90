"""BBFLClassifier, the estimator."""

import os
from contextlib import contextmanager
from copy import deepcopy
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state

from imblearn_bbfl.classifier._arguments import explain_arguments
from imblearn_bbfl.classifier._checkpoint import open_checkpoint
from imblearn_bbfl.classifier._copies import warn_of_copies
from imblearn_bbfl.classifier._decision import check_holds_out_nothing, check_rule
from imblearn_bbfl.classifier._documentation import PARAMETERS
from imblearn_bbfl.classifier._held_out import split_training_data
from imblearn_bbfl.classifier._inputs import (
    check_all_classes,
    check_new_data,
    check_training_data,
    describe_images,
)
from imblearn_bbfl.classifier._outputs import check_outputs, compute_features
from imblearn_bbfl.classifier._parameters import Parameters
from imblearn_bbfl.classifier._persistence import Persistence
from imblearn_bbfl.classifier._phases import plan_epochs, plan_phases, train_in_phases
from imblearn_bbfl.classifier._prediction import LEARNT, Prediction
from imblearn_bbfl.classifier._preparation import (
    build_model,
    check_tau_norm,
    make_class_loss,
    report_start,
    take_over_changes,
)
from imblearn_bbfl.classifier._targets import check_order
from imblearn_bbfl.training import Seeds, check_devices, check_strategy, count_devices


class BBFLClassifier(
    ClassNamePrefixFeaturesOutMixin,
    Prediction,
    ClassifierMixin,
    TransformerMixin,
    Persistence,
    Parameters,
):
    __doc__ = f"""Image classifier for rare classes, trained with batch-balanced focal loss (BBFL).

    A few choices that do not depend on each other make up a method for imbalance: which rows a
    batch holds (`sampling`), what a mistake costs (`gamma`, `alpha`, `class_weight`, `tau`,
    `logit_scale`, `margin`), when balance begins (`balance_from`), and how a probability becomes a
    label (`target_prior`, `thresholding`). The defaults are BBFL; :data:`~imblearn_bbfl.STRATEGIES`
    has the settings of the methods that it is compared with.

    How the network is trained is set apart from the method. With pretrained weights, the defaults
    train the head alone on features of the backbone, then all layers for a few epochs, on all rows,
    and keep the last weights; :data:`~imblearn_bbfl.RECIPES` has the paper's way.

{PARAMETERS}
    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    model_ : keras.Model
        The network, from pixels to logits: one logit for two classes, else one per class.
    history_ : dict of str to list
        Loss, validation scores and learning rate of each epoch; NaN where an epoch had none, as
        after `partial_fit`. ``"val_loss"`` has all that the training loss has, as computed from the
        training part (`alpha`, `class_weight`, `tau`, `logit_scale`, `margin`), factors from the
        first epoch on whatever `balance_from` is, and `sample_weight` where the validation part was
        held out from X. The other scores count each row once.
        ``"phase"`` names what an epoch trained: ``"head"`` for `head_epochs`, ``"all"`` for
        `epochs`, ``"retrain_head"`` for `retrain_head_epochs`.
    best_epoch_ : int
        Number, from 0 and through all phases, of the epoch whose weights were kept: the best of the
        last phase, which began with the best of the phase before. Only with a validation part.
    data_prior_ : ndarray of shape (n_classes,)
        Share of each class in the training part, by sample weight; sums to 1.
    decision_ : Decision
        The fitted rule of `thresholding`, if it learns from rows.
    temperature_ : float
        What the logarithms of probabilities are divided by, with ``temperature="fit"``. Above 1 the
        network was surer than it should have been.
    class_prior_ : ndarray of shape (n_classes,)
        Share of each class in the loss, over all epochs trained so far, including those of earlier
        calls where training went on; sums to 1. Before the first epoch it is the share that this
        would have. An epoch counts the rows of each class that its row plan states in
        `class_counts_`: an average over epochs for balanced batches, and the counts of the first
        epoch for samplers of imbalanced-learn.
    seen_prior_ : ndarray of shape (n_classes,)
        The same over the epochs of the objective that the network has learnt, which `target_prior`
        takes out: those since balance began (`balance_from`), and since the head began from random
        weights (`retrain_head_epochs`). Without these two it is `class_prior_`.
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
    (`gamma`, `alpha`, `class_weight`, `tau`, `learning_rate`, `random_state`, the data) trace once,
    with the results of fits on their own. For that up to four traced networks stay in memory, or as
    many as :func:`~imblearn_bbfl.set_shared_networks` says, of which the head is one where it is
    trained alone; callbacks see one of them as their ``model``, whose state `model_` gets at the
    end. While the head is trained alone, its weights in that ``model`` are brought up to date where
    an epoch begins and ends. Fits with layers, losses or functions of your own that are not
    registered with Keras, with metrics, or under a distribution trace anew.

    The features of an image, too, are computed once for all fits in a process, as long as the
    layers below the head are those that the network began with: in `head_epochs`, and with
    ``epochs=0`` also in `retrain_head_epochs` and in predictions. They are found again by the
    layers, the values of their weights, and the pixels of the image or the content of its file.
    :func:`~imblearn_bbfl.set_shared_features` says how much is kept.

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

    _is_probe = False  # of files and pickles of earlier versions, in which nothing tells
    _posterior_lost_to = ""  # what was set in training that left no way back, beside the loss

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        tags.input_tags.two_d_array = self.backbone == "mlp"
        return tags

    @explain_arguments
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        validation_data: tuple[ArrayLike, ...] | None = None,
        checkpoint: str | os.PathLike | None = None,
    ) -> Self:
        """Train a network on images.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width, channels), (n_samples,) or \
                (n_samples, n_features)
            Images in memory (integers of 0 to 255, or floats in [0, 1] or [0, 255], unless
            `pixel_max` says otherwise; also a list of images of Pillow), paths of image files, or a
            table for a backbone that takes one. Files, and arrays on disk such as a data set of
            h5py, are read batch by batch. Paths may stand in the one column of a table.
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels of any kind, or one-hot rows. The labels of these are the names of the columns
            in a DataFrame, and else their numbers from 0.
        sample_weight : array-like of shape (n_samples,), default=None
            Factor of each row's loss, >= 0. Rows of weight 0 are left out.
        groups : array-like of shape (n_samples,), default=None
            Rows of one group (a patient, say) are never split between training and what is held
            out. No row may lack a group, and ids are all text or all numbers. A class whose rows
            are all in one group stays in training.
        validation_data : tuple (X, y) or (X, y, groups), default=None
            Held-out images and labels, in place of a part of X; beside `groups`, the groups of its
            rows as well, of which none may be in training.
        checkpoint : str or path, default=None
            Folder that the state of training is written to after each epoch. A second call with it
            goes on where the first one stopped, even if that was killed, and ends in the same
            network; where that had finished, nothing is trained. Data and parameters must be the
            same as before, and `random_state` a number.

        Returns
        -------
        self : BBFLClassifier
            Fitted.

        Raises
        ------
        TypeError
            If X hands out batches, as a ``tf.data.Dataset`` or a generator does.
        ValueError
            If the data or a parameter is not what it should be, or a group is in training and in
            `validation_data`, or `checkpoint` belongs to another fit; the message says what to
            change. After training, if no threshold keeps the floor of a rule: the network stays,
            and another rule may be set.
        FloatingPointError
            If the loss is not a number; the message says when, and whether `model_` has the best
            weights before, for which there must be a validation part.

        Warns
        -----
        UserWarning
            If a column of one-hot rows has no 1; if the brightest pixel leaves most of the range up
            to white unused, as in images of 12 bit that are taken for images of 16 bit; if
            `validation_fraction` holds no row of some class, or none of any, so that there is no
            validation part; if fewer than 50 validation rows choose among epochs; if costs are
            weighed by probabilities that ordinal targets have spread; if `groups` are given and
            `validation_data` has none; if a fit that goes on may validate on rows that were trained
            on; or if the same image, byte for byte, has several labels, or is both trained and
            validated on. Rows of a table and arrays on disk, such as those of h5py, are not
            compared.
        """
        self._validate_params()
        self._check_routed()
        rng = check_random_state(self.random_state)
        goes_on = self.warm_start and hasattr(self, "model_")
        with self._stay_fitted(goes_on):
            part, classes = check_training_data(
                self, X, y, sample_weight, groups=groups, goes_on=goes_on
            )
            if not goes_on:
                self._remember_data(part.images, classes)
            epochs = plan_epochs(self, goes_on=goes_on)
            split = split_training_data(
                self, part, validation_data, rng, epochs=epochs, goes_on=goes_on
            )
            rng_of_folds = deepcopy(rng)
            check_all_classes(split.train, self.classes_)
            check_order(self)
            check_outputs(self, goes_on=goes_on)
            check_rule(self)
            warn_of_copies(split.train, split.valid, self.classes_)
            self._held_out = split.held_out
            self._rule_of_fit = self.thresholding
            self._train(
                split.train,
                split.valid,
                rng,
                epochs=epochs,
                goes_on=goes_on,
                may_go_on=self.warm_start,
                checkpoint=checkpoint,
            )
            self._learn(split, rng_of_folds, epochs)
        return self

    @explain_arguments
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Train all layers for one more epoch on these rows, without a validation part.

        Parameters
        ----------
        X : array-like
            As in `fit`.
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels, as in `fit`.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come. Looked at in the first call only; ``None`` takes those
            in `y`.
        sample_weight : array-like of shape (n_samples,), default=None
            As in `fit`.

        Returns
        -------
        self : BBFLClassifier
            Fitted.

        Raises
        ------
        ValueError
            As in `fit`, and if `temperature` or `thresholding` needs rows: none are held out.
        """
        self._validate_params()
        self._check_routed()
        check_holds_out_nothing(self)
        rng = check_random_state(self.random_state)
        goes_on = hasattr(self, "model_")
        train, classes = check_training_data(
            self, X, y, sample_weight, classes=classes, goes_on=goes_on
        )
        if not goes_on:
            self._remember_data(train.images, classes)
        check_order(self)
        check_rule(self)
        self._held_out = {}  # all rows are trained on
        self._train(train, None, rng, epochs={"all": 1}, goes_on=goes_on, may_go_on=True)
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Return the features between backbone and head: global average pooling (GAP).

        Those of several `feature_layers` come one after the other.

        Those of an image do not depend on what else is in X: images run 16 at a time, and a last
        batch of fewer is filled up. They are those that the head is trained on, of the image as it
        is, whatever `test_time_augmentation` says.

        Parameters
        ----------
        X : array-like
            Images, paths or a table, as in `fit`.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features)
            What the head decides on.
        """
        return compute_features(self, check_new_data(self, X))

    def _remember_data(self, images, classes):
        """Store what all data from now on have to be like."""
        self.classes_ = classes
        of_images, of_tables = ("image_shape_", "_pixels"), ("n_features_in_", "feature_names_in_")
        for name in of_images if images.is_table else of_tables:  # those of the data before
            vars(self).pop(name, None)
        if not images.is_table:
            self.image_shape_, *self._pixels = describe_images(images)

    def _train(self, train, valid, rng, *, epochs, goes_on, may_go_on, checkpoint=None):
        """Build the network and train it in up to three phases."""
        check_tau_norm(self, may_go_on=may_go_on)
        check_devices(self.batch_size, count_devices(self.model_ if goes_on else None))
        seeds = Seeds(*map(int, rng.randint(2**31 - 1, size=len(Seeds._fields))))
        loss = make_class_loss(self, train)
        plans = plan_phases(self, train, epochs, seeds.rows, goes_on=goes_on)
        if checkpoint is not None:
            checkpoint = open_checkpoint(self, checkpoint, (train, valid), seeds, goes_on=goes_on)
        if goes_on:
            check_strategy(self.model_)
            take_over_changes(self, loss)
        else:
            self.model_ = build_model(self, loss, seeds.network)
            self._is_probe = True  # until layers below the head are trained
            # Those of the network before.
            for name in ("history_", "_class_masses", "_posterior_lost_to"):
                vars(self).pop(name, None)
        for name in ("best_epoch_", *LEARNT):
            vars(self).pop(name, None)
        self._trained_learning_rate = self.learning_rate
        self._count_epochs(plans[0].masses, 0)
        report_start(self, train, valid, plans[0].n_steps)
        is_shared = not may_go_on
        train_in_phases(
            self,
            plans,
            train,
            valid,
            loss,
            seeds,
            goes_on=goes_on,
            is_shared=is_shared,
            checkpoint=checkpoint,
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

    def _count_epochs(self, masses, n_epochs, *, is_new_objective=False):
        """Add what each class counts in epochs to what it counted in those before.

        Before the first epoch, the shares are those that it will have.
        """
        seen, in_data = masses
        added = np.array(
            [seen, seen, in_data]
        )  # in all epochs, and in those of the present objective
        total = getattr(self, "_class_masses", np.zeros_like(added)) + n_epochs * added
        if is_new_objective:
            total[1] = 0
        counted = np.where(total.any(axis=1, keepdims=True), total, added)
        shares = counted / counted.sum(axis=1, keepdims=True)
        self._class_masses = total
        self.class_prior_, self.seen_prior_, self.data_prior_ = shares

    @property
    def _n_features_out(self):
        return self.model_.get_layer("features").output.shape[-1]
