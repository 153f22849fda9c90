"""ImageFeatures, the transformer."""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from numbers import Integral, Real
from typing import Any, Literal, Self

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import ArrayLike
from sklearn.base import TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from imblearn_bbfl._images import (
    FileImages,
    as_images,
    check_image_size,
    check_views,
    warn_of_unused_range,
)
from imblearn_bbfl.backbones import check_backbone
from imblearn_bbfl.backbones._applications import name_application
from imblearn_bbfl.backbones._feature_layers import list_pooled_maps, name_size
from imblearn_bbfl.features._blocks import FeatureFolder, compute_blocks
from imblearn_bbfl.features._network import Computation, Recipe
from imblearn_bbfl.training import RoutedParameters, check_process, read_keras_settings

_N_FILES_LOOKED_AT = 32


class ImageFeatures(TransformerMixin, RoutedParameters):
    """Features of images from a pretrained network that is not trained any further.

    Each image becomes a row of numbers: the feature maps of a backbone, averaged over their area.
    What scikit-learn and imbalanced-learn have for tables then works on photographs, in seconds:
    ``make_pipeline(ImageFeatures("mobilenetv2"), SMOTE(), LogisticRegression())``.

    Parameters
    ----------
    backbone : str, callable or keras.Model, default="resnet50"
        A name of :mod:`keras.applications` in lower case, or the function itself, ``"small_cnn"``,
        a function that takes a Keras tensor of pixels and returns features, or a built model from
        pixels to features, which stays as it is.
    weights : "auto", "imagenet", None, or path of a weights file, default="auto"
        What the backbone has learnt. ``"auto"`` is ``"imagenet"`` for networks of
        :mod:`keras.applications`, the weights that a built model has, and ``None``, random weights,
        for networks without published ones.
    image_size : int, (height, width) or None, default=None
        Size in pixels that images are brought to. ``None`` keeps theirs.
    pixel_max : float or None, default=None
        The value of a white pixel, > 0, such as 4095 for images of 12 bit. ``None`` takes white
        from the dtype, the depth of a file, or the range of floats: 1 if none is larger, else 255.
    preprocessing : {"backbone", "minmax", None}, default="backbone"
        Pixel scaling: what the backbone's weights were trained with ([0, 1] for ``"small_cnn"``
        and for functions and models of your own, but [0, 255] for a model that begins by scaling
        pixels itself), [0, 1], or none.
    feature_layers : "last", int or sequence of str, default="last"
        Which feature maps are averaged; those of several layers come one after the other.
        ``"last"`` is the last of the backbone. A number n takes the last n stages: the last map
        before each change of resolution. Early stages know texture and color, late ones objects,
        so photographs that are unlike ImageNet's may gain by 2 or 3. Or names of layers.
    test_time_augmentation : None, "flips" or "flips+turns", default=None
        ``"flips"`` averages the features of an image, its mirror image, and both upside down.
        ``"flips+turns"`` averages over these and all four turned by a quarter, for square images
        that have no top, such as cells or tissue. Takes four or eight times as long.
    workers : int, default=1
        Threads that read ahead. Changes the speed, never the result.
    n_jobs : int or None, default=None
        Processes that compute blocks of 256 images at a time, as in :mod:`joblib`: -1 for as many
        as there are processors, ``None`` for one, or for all that a
        :func:`joblib.parallel_config` around the call says, those of a Dask cluster for example.
        Changes the speed, never the result. Each builds the network for itself, which alone takes
        some seconds and has all processors of a machine busy: worth it for thousands of images,
        and on several machines.
    checkpoint : str, path or None, default=None
        A folder where each block of 256 features is kept as soon as it is computed. The same call
        goes on from there. They are found again by the network and the content of the images,
        whatever these are called; all else is computed anew. All workers must see the folder.
    verbose : int, default=0
        1 shows a progress bar.
    random_state : int, default=0
        Seeds random weights, >= 0. An int, so that all calls have the same network.
    **routed
        Parameters of the backbone, such as ``backbone__alpha=0.35``.

    Attributes
    ----------
    image_shape_ : tuple of int
        (height, width, channels) of the images in `fit`, after resizing.

    See Also
    --------
    imblearn_bbfl.BBFLClassifier : Trains the backbone as well.

    Notes
    -----
    The transformer is stateless: `fit` only looks at the first image, and `transform` works without
    it. The network is built when it is needed, kept in memory as :func:`set_shared_networks` says,
    and no part of what is pickled or copied.

    The network sees 16 images at a time, and a last batch of fewer is filled up. So the features of
    an image do not depend on what else is in X: not a bit on one processor and backend, and not by
    more than rounding from one to another.

    ``Pipeline(memory=...)`` keeps features on disk. It compares images in memory by content, but
    files by their paths: clear it when you change a file.

    Examples
    --------
    >>> from imblearn.over_sampling import SMOTE
    >>> from imblearn.pipeline import make_pipeline
    >>> from sklearn.linear_model import LogisticRegression
    >>> from imblearn_bbfl import ImageFeatures
    >>> from imblearn_bbfl.datasets import load_imbalanced_digits
    >>> X, y = load_imbalanced_digits(return_X_y=True)
    >>> features = ImageFeatures("small_cnn", feature_layers=2)
    >>> pipeline = make_pipeline(features, SMOTE(random_state=0), LogisticRegression())
    >>> pipeline.fit(X, y).predict(X[:3]).shape
    (3,)
    """

    _ROUTES = ("backbone",)
    _parameter_constraints = {
        "backbone": [str, callable],
        "weights": [str, os.PathLike, None],
        "image_size": ["array-like", Integral, None],
        "pixel_max": [Interval(Real, 0, None, closed="neither"), None],
        "preprocessing": [StrOptions({"minmax", "backbone"}), None],
        "feature_layers": [
            StrOptions({"last"}),
            Interval(Integral, 1, None, closed="left"),
            "array-like",
        ],
        "test_time_augmentation": [StrOptions({"flips", "flips+turns"}), None],
        "workers": [Interval(Integral, 0, None, closed="left")],
        "n_jobs": [Integral, None],
        "checkpoint": [str, os.PathLike, None],
        "verbose": ["verbose"],
        "random_state": [Interval(Integral, 0, 2**32 - 1, closed="both")],
    }

    def __init__(
        self,
        backbone: str | Callable = "resnet50",
        *,
        weights: str | os.PathLike | None = "auto",
        image_size: int | tuple[int, int] | None = None,
        pixel_max: float | None = None,
        preprocessing: Literal["backbone", "minmax"] | None = "backbone",
        feature_layers: Literal["last"] | int | Sequence[str] = "last",
        test_time_augmentation: Literal["flips", "flips+turns"] | None = None,
        workers: int = 1,
        n_jobs: int | None = None,
        checkpoint: str | os.PathLike | None = None,
        verbose: int = 0,
        random_state: int = 0,
        **routed: Any,
    ) -> None:
        self.backbone = backbone
        self.weights = weights
        self.image_size = image_size
        self.pixel_max = pixel_max
        self.preprocessing = preprocessing
        self.feature_layers = feature_layers
        self.test_time_augmentation = test_time_augmentation
        self.workers = workers
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose
        self.random_state = random_state
        self._store_routed(routed)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        """Check the parameters and the first image; learn nothing.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width, channels), or n_samples images or paths
            Images in memory (integers of 0 to 255, or floats in [0, 1] or [0, 255], unless
            `pixel_max` says otherwise; also a list of images of Pillow), in arrays on disk such as
            a data set of h5py, or paths, also in the one column of a table.
        y : Ignored
            Present for scikit-learn's interface.

        Returns
        -------
        self : ImageFeatures
            The transformer itself.

        Raises
        ------
        TypeError
            If X hands out batches, as a ``tf.data.Dataset`` or a generator does.
        ValueError
            If a parameter or the first image is not what it should be.
        """
        self.image_shape_ = self._check(X).verify([0]).shape
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Return the features of images.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features), float32
            One row for each image.

        Raises
        ------
        ValueError
            If an image cannot be read, the backbone cannot be built for images of this size, or
            `feature_layers` are not in it.
        OSError
            If ImageNet weights cannot be fetched.

        Warns
        -----
        UserWarning
            If the brightest pixel leaves most of the range up to white unused, as in images of 12
            bit that are taken for images of 16 bit. Of files, up to 32 are looked at.
        """
        check_process()
        images = self._check(X)
        rows = None
        if isinstance(images, FileImages):  # all of them are read soon enough
            rows = np.unique(np.linspace(0, len(images) - 1, _N_FILES_LOOKED_AT).astype(int))
        warn_of_unused_range(images.verify(rows))
        if hasattr(self, "image_shape_") and images.shape != self.image_shape_:
            raise ValueError(
                f"X has images of shape {images.shape}, but {type(self).__name__} was fitted on "
                f"{self.image_shape_}. Pass images of that shape, or use image_size to have all "
                "images resized."
            )
        recipe = self._recipe(images.shape, images.pixel_max)
        compute = Computation(
            recipe, self.weights, self.test_time_augmentation, self.workers, read_keras_settings()
        )
        kept = None
        if self.checkpoint is not None:
            with recipe.lend(self.weights) as network:
                kept = FeatureFolder(self.checkpoint, network, str(self.test_time_augmentation))
        verbose = min(int(self.verbose), 2)
        if kept is None and effective_n_jobs(self.n_jobs) == 1:
            return compute(images, verbose)
        return compute_blocks(compute, images, n_jobs=self.n_jobs, kept=kept, verbose=verbose)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the name of each feature, such as ``mobilenetv2_0`` or ``mobilenetv2_14x14_0``.

        They have the backbone, the layer (where there are several, of stages the resolution) and a
        number from 0.

        Parameters
        ----------
        input_features : Ignored
            Present for scikit-learn's interface.

        Returns
        -------
        names : ndarray of str of shape (n_features,)
            In the order of the columns of `transform`.
        """
        self._validate_params()
        if self.image_size is None or not isinstance(name_application(self.backbone), str):
            check_is_fitted(self, "image_shape_")  # a function may take any number of channels
        size = check_image_size(self.image_size)
        shape = getattr(self, "image_shape_", size and (*size, 3))
        recipe = self._recipe(shape, self.pixel_max or 255.0)
        try:
            return _name_features(recipe).copy()
        except TypeError:  # a parameter of the backbone that cannot be hashed
            return _name_features.__wrapped__(recipe)

    def _check(self, X):
        self._validate_params()
        images = as_images(X, image_size=self.image_size, pixel_max=self.pixel_max)
        if images.is_table:
            raise ValueError(
                f"{type(self).__name__} needs images, but X is a table of {images.shape[0]} "
                "columns. Pass images of shape (n_samples, height, width, channels) or paths of "
                "image files."
            )
        check_backbone(self.backbone, is_table=False)
        check_views(self.test_time_augmentation, images.shape)
        return images

    def _recipe(self, image_shape, white):
        layers = self.feature_layers
        if not isinstance(layers, str):
            layers = int(layers) if isinstance(layers, Integral) else tuple(layers)
        return Recipe(
            self.backbone,
            _freeze(self._route("backbone")),
            tuple(image_shape),
            self.preprocessing,
            white,
            layers,
            # The seed of the classifier's network, which draws its seeds first of all.
            int(check_random_state(self.random_state).randint(2**31 - 1)),
        )


@lru_cache(maxsize=16)
def _name_features(recipe):
    backbone = name_application(recipe.backbone)
    names = (getattr(backbone, attribute, None) for attribute in ("__name__", "name"))
    first = backbone if isinstance(backbone, str) else next(filter(None, names), "own")
    maps = list_pooled_maps(recipe.build(weights=None))
    layers = recipe.feature_layers
    if layers == "last":
        names = [""]
    else:
        names = map(name_size, maps) if isinstance(layers, int) else layers
    return np.array(
        [
            "_".join(filter(None, (first, name, str(i))))
            for name, tensor in zip(names, maps, strict=True)
            for i in range(tensor.shape[-1])
        ],
        dtype=object,
    )


def _freeze(params):
    """Return parameters in a form that can be compared and hashed."""
    return tuple(sorted(params.items()))
