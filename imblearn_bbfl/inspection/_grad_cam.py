"""Where a network looks: gradient-weighted class activation maps."""

from typing import Any, Self

import cv2
import keras
import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length

from imblearn_bbfl._images import as_images
from imblearn_bbfl._names import suggest
from imblearn_bbfl._one_hot import as_labels
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.backbones._feature_layers import list_pooled_maps
from imblearn_bbfl.coding import locate_logits
from imblearn_bbfl.inspection._batch import check_pictures, scale_pixels
from imblearn_bbfl.inspection._file_names import name_files
from imblearn_bbfl.inspection._fitted import check_has, unwrap
from imblearn_bbfl.inspection._gradients import differentiate
from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import shorten


class GradCAMDisplay:
    r"""Where a network looks for a class: gradient-weighted class activation maps (Grad-CAM).

    With feature maps :math:`A^k` and the logit :math:`y^c` of a class, the map is

    .. math:: L^c = \operatorname{ReLU}\left(\sum_k \left(\operatorname{mean}_{ij}
              \frac{\partial y^c}{\partial A^k_{ij}}\right) A^k\right)

    Of two classes the first has the negative of the one logit. The derivative includes every path
    from the map to the logit: with several `feature_layers`, the head sees the mean of a map as
    well as what later layers make of it.

    Parameters
    ----------
    images : ndarray of shape (n, height, width, channels)
        As the network takes them.
    heatmaps : ndarray of shape (n, height, width)
        In [0, 1]: each image's map by its largest value; 0 where nothing speaks for the class.
    targets : ndarray of shape (n,)
        The class of each map.
    proba : ndarray of shape (n,)
        The probability that the estimator gives it.
    pixel_max : float, default=None
        The value of a white pixel. ``None`` is 255; 65535 for uint16, and 1 for floats
        that are not above.
    captions : list of str, default=None
        What stands above each image.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        Pairs of an image and its overlay.

    References
    ----------
    Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks via gradient-based
    localization", ICCV, Eq. 1 and 2.

    Examples
    --------
    >>> from imblearn_bbfl import BBFLClassifier
    >>> from imblearn_bbfl.datasets import load_imbalanced_digits
    >>> from imblearn_bbfl.inspection import GradCAMDisplay
    >>> X, y = load_imbalanced_digits(return_X_y=True)
    >>> classifier = BBFLClassifier("small_cnn", epochs=0, random_state=0).fit(X, y)
    >>> display = GradCAMDisplay.from_estimator(classifier, X[:2], target=8)
    >>> display.heatmaps.shape
    (2, 8, 8)
    """

    def __init__(
        self,
        images: np.ndarray,
        heatmaps: np.ndarray,
        targets: np.ndarray,
        proba: np.ndarray,
        pixel_max: float | None = None,
        captions: list[str] | None = None,
    ) -> None:
        self.images = images
        self.heatmaps = heatmaps
        self.targets = targets
        self.proba = proba
        self.pixel_max = pixel_max
        self.captions = captions

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: ArrayLike,
        *,
        y: ArrayLike | None = None,
        target: Any = None,
        layer: str | None = None,
        batch_size: int = 32,
    ) -> Self:
        """Compute the maps of images, and draw them.

        Parameters
        ----------
        estimator : BBFLClassifier, or keras.Model
            Fitted on images; also a pipeline or a search that ends in one. A Keras model has the
            classes 0, 1, 2, ..., and one output for two classes or one for each.
        X : array-like of shape (n, height, width, channels) or (n,)
            Images or their paths.
        y : array-like of shape (n,), default=None
            Labels, for the titles.
        target : label or array-like of shape (n,), default=None
            The class to look for, one for all or one for each. ``None`` is the predicted one.
        layer : str, default=None
            Name of the layer of ``estimator.model_`` whose output is the feature map. ``None`` is
            the last one that goes into global average pooling.
        batch_size : int, default=32
            Images at once.

        Returns
        -------
        display : GradCAMDisplay
            Drawn.

        Raises
        ------
        ValueError
            If the network has no feature map, a class or layer is unknown, or the images are
            neither gray nor RGB.
        TypeError
            If there is no network in `estimator`.

        Warns
        -----
        UserWarning
            If the feature map is 2x2 or smaller, which cannot show places.
        """
        display = cls.compute(estimator, X, y=y, target=target, layer=layer, batch_size=batch_size)
        return display.plot()

    @classmethod
    def compute(
        cls,
        estimator: Any,
        X: ArrayLike,
        *,
        y: ArrayLike | None = None,
        target: Any = None,
        layer: str | None = None,
        batch_size: int = 32,
    ) -> Self:
        """Compute the maps as `from_estimator` does, without drawing them."""
        names = name_files(X)
        estimator, X = unwrap(estimator, X)
        check_has(estimator, "model_", "GradCAMDisplay", "A keras.Model will do as well.")
        head, tail = cut(estimator.model_, layer)
        _warn_of_small_map(head.output_shape[1:3])
        images = as_images(X, image_size=estimator.image_size, pixel_max=estimator.pixel_max)
        check_pictures((len(images), *images.shape))
        proba = estimator.predict_proba(X)
        codes = _encode(target, estimator.classes_, proba)
        pixels, heatmaps = [], []
        for start in range(0, len(images), batch_size):
            rows = np.arange(start, min(start + batch_size, len(images)))
            pixels.append(images.read(rows))
            heatmaps.append(compute_heatmaps(head, tail, pixels[-1], codes[rows]))
        pixels = np.concatenate(pixels)
        return cls(
            pixels,
            _resize(np.concatenate(heatmaps), pixels.shape[1:3]),
            estimator.classes_[codes],
            proba[np.arange(len(codes)), codes],
            estimator.pixel_max,
            _write_captions(y, estimator.predict(X), names),
        )

    def overlay(self, *, alpha: float = 0.45, cmap: str | Any = "turbo") -> np.ndarray:
        """Return the images with their maps laid over.

        Parameters
        ----------
        alpha : float in [0, 1], default=0.45
            Opacity of the map.
        cmap : str or matplotlib Colormap, default="turbo"
            Colors of 0 to 1.

        Returns
        -------
        overlays : ndarray of shape (n, height, width, 3), uint8
            At the resolution of the images.
        """
        check_matplotlib("GradCAMDisplay.overlay")
        import matplotlib.pyplot as plt

        colors = plt.get_cmap(cmap)(self.heatmaps)[..., :3]
        mixed = (1 - alpha) * scale_pixels(self.images, self.pixel_max) + alpha * colors
        return np.round(255 * mixed).astype(np.uint8)

    def plot(self, *, n_columns: int = 4, alpha: float = 0.45, cmap: str | Any = "turbo") -> Self:
        """Draw each image, and beside it the image with its map.

        Parameters
        ----------
        n_columns : int, default=4
            Pairs in a row.
        alpha, cmap
            As in `overlay`.

        Returns
        -------
        self
            With `figure_` and `axes_`.
        """
        check_matplotlib("GradCAMDisplay.plot")
        import matplotlib.pyplot as plt

        n_columns = min(n_columns, len(self.images))
        n_rows = -(-len(self.images) // n_columns)
        self.figure_, axes = plt.subplots(
            n_rows,
            2 * n_columns,
            figsize=(3.8 * n_columns, 2.4 * n_rows),
            squeeze=False,
            layout="compressed",
        )
        for ax in axes.flat:
            ax.set_axis_off()
        self.axes_ = axes.reshape(-1, 2)[: len(self.images)]
        images = scale_pixels(self.images, self.pixel_max)
        shown = zip(images, self.overlay(alpha=alpha, cmap=cmap), strict=True)
        for pair, pictures, target, p in zip(
            self.axes_, shown, self.targets.tolist(), self.proba, strict=True
        ):
            for ax, picture in zip(pair, pictures, strict=True):
                ax.imshow(picture)
            pair[1].set_title(f"{target}: {p:.0%}", fontsize=8)
        for pair, caption in zip(self.axes_, self.captions or (), strict=False):
            pair[0].set_title(caption, fontsize=8, loc="left")
        return self


def compute_heatmaps(head, tail, images, columns):
    """Return the maps of images at the resolution of the feature map.

    Parameters
    ----------
    head : keras.Model
        From images to the feature map.
    tail : keras.Model
        From the feature map, and the images for what does not go through it, to logits.
    images : ndarray of shape (n, height, width, channels)
        One batch.
    columns : ndarray of int of shape (n,)
        The class of each.

    Returns
    -------
    heatmaps : ndarray of shape (n, rows, columns)
        Not scaled.
    """
    images = keras.ops.convert_to_tensor(images)
    features = head(images, training=False)
    columns, signs = locate_logits(columns, tail.output_shape[-1])
    gradients = differentiate(tail, features, images, columns, signs)
    weights = gradients.mean(axis=(1, 2), keepdims=True)  # (n, h, w, k) -> (n, 1, 1, k)
    return np.maximum((weights * keras.ops.convert_to_numpy(features)).sum(axis=-1), 0)


def cut(network, layer=None):
    """Cut a network at a feature map: return the part before it and the part after.

    Parameters
    ----------
    network : keras.Model
        As `build_network` makes.
    layer : str, default=None
        Name of the layer that returns the map. ``None`` is the last map that is pooled.

    Returns
    -------
    head, tail : keras.Model
        As `compute_heatmaps` takes them. Some ways from the images to the logits may go past the
        map, which is why `tail` takes both.
    """
    feature_map = _find_last_map(network) if layer is None else _find_layer(network, layer)
    if len(feature_map.shape) != 4:
        raise ValueError(
            f"Grad-CAM needs a feature map of shape (n, height, width, channels), but "
            f"{'this backbone' if layer is None else f'layer {layer!r}'} has features of shape "
            f"{tuple(feature_map.shape)}. Use a backbone with convolutions, or name one of its "
            "layers in `layer`."
        )
    head = keras.Model(network.input, feature_map)
    is_pixels = feature_map is network.input  # nothing goes past them
    images = keras.Input(network.input_shape[1:]) if is_pixels else network.input
    if is_pixels:
        keras.layers.Identity()(images)  # Keras 3.13 refuses an input that leads nowhere
    return head, keras.Model([feature_map, images], network.output)


def _find_last_map(network):
    """Return what is computed last of what is pooled: a map with an area, if there is any."""
    if "features" not in {layer.name for layer in network.layers}:
        return _find_last_input(network)
    maps = list_pooled_maps(network)
    if len(maps) == 1:
        return maps[0]
    steps = {id(operation.output): i for i, operation in enumerate(network.operations)}
    return max(maps, key=lambda tensor: (len(tensor.shape) == 4, steps[id(tensor)]))


def _find_last_input(network):
    """Return the last map that a layer of a Keras model takes, or its input if there is none."""
    for layer in reversed(network.layers):
        # The input of a model that is used as a layer is that which it has by itself.
        if not isinstance(layer, (keras.Model, keras.layers.InputLayer)):
            tensor = layer.input
            if isinstance(tensor, keras.KerasTensor) and len(tensor.shape) == 4:
                return tensor
    return network.input


def _find_layer(network, name):
    names = [layer.name for layer in network.layers]
    if name not in names:
        hint = suggest(name, names) or f" The last ones are {names[-8:]}."
        raise ValueError(f"layer={name!r} is not a layer of the network.{hint}")
    return network.get_layer(name).output


def _encode(target, classes, proba):
    """Return the class number of each row."""
    if target is None:
        return proba.argmax(axis=1)
    targets = np.broadcast_to(target, len(proba))
    unknown = np.setdiff1d(targets, classes)
    if len(unknown):
        raise ValueError(
            f"target has labels that are not among the classes {classes.tolist()}: "
            f"{unknown.tolist()}."
        )
    return np.searchsorted(classes, targets)


def _warn_of_small_map(size):
    if None not in size and size[0] * size[1] <= 4:
        warn_user(
            f"The feature map is {size[0]}x{size[1]}, so Grad-CAM cannot show where the network "
            "looks. Name an earlier layer in `layer`, or train on larger images (image_size)."
        )


def _write_captions(y, y_pred, names):
    """Return what stands above each image: what it is, what it is taken for, and its file."""
    captions = [f"predicted {predicted}" for predicted in y_pred.tolist()]
    if y is not None:
        check_consistent_length(y, y_pred)
        pairs = zip(np.asarray(as_labels(y)).tolist(), captions, strict=True)
        captions = [f"{true}, {caption}" for true, caption in pairs]
    if names is None:
        return captions
    return [
        f"{caption}\n{shorten(name, keep_end=True)}"
        for caption, name in zip(captions, names, strict=True)
    ]


def _resize(heatmaps, size):
    """Scale maps to [0, 1], and bring them to the size of the images."""
    height, width = size
    resized = [cv2.resize(heatmap, (width, height)) for heatmap in heatmaps.astype(np.float32)]
    peaks = np.max(resized, axis=(1, 2), keepdims=True)
    return np.divide(resized, peaks, out=np.zeros_like(resized), where=peaks > 0)
