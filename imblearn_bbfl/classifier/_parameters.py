"""The parameters of BBFLClassifier: what they may be, and where they are stored."""

import os
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from imblearn_bbfl.augmentation import ImageAugmenter
from imblearn_bbfl.classifier._scikeras import KerasEstimator
from imblearn_bbfl.classifier._unrouted_groups import warn_of_unrouted_groups
from imblearn_bbfl.classifier._values import explain_habit
from imblearn_bbfl.decisions import Decision
from imblearn_bbfl.training import STATISTICS


class Parameters(KerasEstimator):
    """The estimator as far as its parameters go."""

    _explain_habit = staticmethod(explain_habit)

    _parameter_constraints = {
        "backbone": [str, callable],
        "weights": [str, os.PathLike, None],
        "image_size": ["array-like", Integral, None],
        "pixel_max": [Interval(Real, 0, None, closed="neither"), None],
        "preprocessing": [StrOptions({"minmax", "backbone"}), None],
        "feature_layers": [
            StrOptions({"auto", "last"}),
            Interval(Integral, 1, None, closed="left"),
            "array-like",
        ],
        "head_units": ["array-like"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "batch_norm_statistics": [StrOptions({"auto", *STATISTICS})],
        "batch_norm_momentum": [Interval(Real, 0, 1, closed="left"), None],
        "sampling": [StrOptions({"batch"}), HasMethods("fit_resample"), HasMethods("fit"), None],
        "gamma": [Interval(Real, 0, None, closed="left")],
        "alpha": [Real, dict, "array-like", None],
        "class_weight": [StrOptions({"balanced", "effective"}), dict, None],
        "effective_beta": [Interval(Real, 0, 1, closed="left")],
        "tau": [Interval(Real, 0, None, closed="left")],
        "logit_scale": [Interval(Real, 0, None, closed="left")],
        "margin": [Interval(Real, 0, None, closed="left")],
        "balance_from": [Interval(Real, 0, 1, closed="both")],
        "loss": [keras.losses.Loss, None],
        "target_prior": [StrOptions({"uniform", "data"}), dict, "array-like", None],
        "temperature": [StrOptions({"fit"}), None],
        "thresholding": [StrOptions({"prior", "tuned"}), Decision, None],
        "test_time_augmentation": [StrOptions({"flips", "flips+turns"}), None],
        "augmentation": [StrOptions({"auto"}), HasMethods("augment"), None],
        "mixup": [Interval(Real, 0, None, closed="left")],
        "remix": ["boolean"],
        "targets": [StrOptions({"nominal", "ordinal"})],
        "class_order": ["array-like", None],
        "optimizer": [str, type, keras.optimizers.Optimizer],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "head_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "head_weight_decay": [Interval(Real, 0, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "head_epochs": [Interval(Integral, 0, None, closed="left"), StrOptions({"auto"})],
        "epochs": [Interval(Integral, 0, None, closed="left"), StrOptions({"auto"})],
        "retrain_head_epochs": [Interval(Integral, 0, None, closed="left")],
        "tau_norm": [Interval(Real, 0, None, closed="left")],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "monitor": [str, callable],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "learning_rate_schedule": [StrOptions({"cosine", "plateau"}), None],
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
        preprocessing: Literal["backbone", "minmax"] | None = "backbone",
        feature_layers: Literal["auto", "last"] | int | Sequence[str] = "auto",
        head_units: Sequence[int] = (),
        dropout: float = 0.5,
        batch_norm_statistics: Literal["auto", "moving", "frozen", "reestimated"] = "auto",
        batch_norm_momentum: float | None = 0.9,
        sampling: Literal["batch"] | BaseEstimator | None = "batch",
        gamma: float = 2.0,
        alpha: float | dict | ArrayLike | None = None,
        class_weight: Literal["balanced", "effective"] | dict | None = None,
        effective_beta: float = 0.999,
        tau: float = 0.0,
        logit_scale: float = 0.0,
        margin: float = 0.0,
        balance_from: float = 0.0,
        loss: keras.losses.Loss | None = None,
        target_prior: Literal["uniform", "data"] | dict | ArrayLike | None = None,
        temperature: Literal["fit"] | None = None,
        thresholding: Literal["prior", "tuned"] | Decision | None = None,
        test_time_augmentation: Literal["flips", "flips+turns"] | None = None,
        augmentation: Literal["auto"] | ImageAugmenter | None = "auto",
        mixup: float = 0.0,
        remix: bool = False,
        targets: Literal["nominal", "ordinal"] = "nominal",
        class_order: ArrayLike | None = None,
        optimizer: str | type | keras.optimizers.Optimizer = "adam",
        learning_rate: float = 2e-4,
        head_learning_rate: float = 1e-3,
        head_weight_decay: float = 0.5,
        batch_size: int = 16,
        head_epochs: int | Literal["auto"] = "auto",
        epochs: int | Literal["auto"] = "auto",
        retrain_head_epochs: int = 0,
        tau_norm: float = 0.0,
        validation_fraction: float | None = None,
        monitor: str | Callable = "loss",
        patience: int | None = 10,
        learning_rate_schedule: Literal["cosine", "plateau"] | None = "cosine",
        learning_rate_patience: int | None = 3,
        learning_rate_factor: float = 0.5,
        callbacks: keras.callbacks.Callback | type | list | dict | None = None,
        warm_start: bool = False,
        workers: int = 1,
        verbose: int = 0,
        random_state: int | np.random.RandomState | None = None,
        **routed: Any,
    ) -> None:
        self.backbone = backbone
        self.weights = weights
        self.image_size = image_size
        self.pixel_max = pixel_max
        self.preprocessing = preprocessing
        self.feature_layers = feature_layers
        self.head_units = head_units
        self.dropout = dropout
        self.batch_norm_statistics = batch_norm_statistics
        self.batch_norm_momentum = batch_norm_momentum
        self.sampling = sampling
        self.gamma = gamma
        self.alpha = alpha
        self.class_weight = class_weight
        self.effective_beta = effective_beta
        self.tau = tau
        self.logit_scale = logit_scale
        self.margin = margin
        self.balance_from = balance_from
        self.loss = loss
        self.target_prior = target_prior
        self.temperature = temperature
        self.thresholding = thresholding
        self.test_time_augmentation = test_time_augmentation
        self.augmentation = augmentation
        self.mixup = mixup
        self.remix = remix
        self.targets = targets
        self.class_order = class_order
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.head_learning_rate = head_learning_rate
        self.head_weight_decay = head_weight_decay
        self.batch_size = batch_size
        self.head_epochs = head_epochs
        self.epochs = epochs
        self.retrain_head_epochs = retrain_head_epochs
        self.tau_norm = tau_norm
        self.validation_fraction = validation_fraction
        self.monitor = monitor
        self.patience = patience
        self.learning_rate_schedule = learning_rate_schedule
        self.learning_rate_patience = learning_rate_patience
        self.learning_rate_factor = learning_rate_factor
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.workers = workers
        self.verbose = verbose
        self.random_state = random_state
        self._store_routed(routed)

    @property
    def _is_never_balanced(self):
        """Whether neither `sampling` nor factors are ever in force."""
        return self.balance_from == 1 and not self.retrain_head_epochs

    def __sklearn_clone__(self):
        warn_of_unrouted_groups(self)
        return super().__sklearn_clone__()
