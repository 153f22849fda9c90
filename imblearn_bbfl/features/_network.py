"""The network from pixels to features, and what it takes to compute them in any process."""

import os
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import keras
import numpy as np

from imblearn_bbfl._images import average_over_views
from imblearn_bbfl.backbones import build_network
from imblearn_bbfl.training import (
    POOL,
    KerasSettings,
    count_devices,
    hash_weights,
    predict_chunks,
    seed_layers,
)


class Recipe(NamedTuple):
    """All that a network for features depends on, but for the content of its weights."""

    backbone: str | Callable
    backbone_params: tuple
    image_shape: tuple
    preprocessing: str | None
    white: float | None
    feature_layers: str | int | tuple
    seed: int

    def build(self, weights):
        """Return the network from pixels to logits."""
        with seed_layers(self.seed):
            return build_network(
                self.backbone,
                self.image_shape,
                1,
                weights=weights,
                preprocessing=self.preprocessing,
                pixel_max=self.white,
                feature_layers=self.feature_layers,
                head_units=(),
                **dict(self.backbone_params),
            )

    def make(self, weights):
        """Return the network from pixels to features."""
        network = self.build(weights)
        return keras.Model(network.input, network.get_layer("features").output)

    def lend(self, weights):
        """Lend the network from pixels to features, which this process makes once."""
        policy = keras.config.dtype_policy().name
        is_model = isinstance(self.backbone, keras.Model)
        of_model = hash_weights(self.backbone) if is_model else None  # may be trained in between
        key = self, of_model, _describe_file(weights), policy, count_devices()
        return POOL.lend_made(key, lambda: self.make(weights))


class Computation(NamedTuple):
    """How features are computed, in any process that is sent it."""

    recipe: Recipe
    weights: str | os.PathLike | None
    views: str | None
    workers: int
    settings: KerasSettings

    def __call__(self, images, verbose=0):
        """Return the features of images."""
        with self.settings.adopt(), self.recipe.lend(self.weights) as network:
            compute = partial(predict_chunks, network, workers=self.workers, verbose=verbose)
            features = average_over_views(compute, images, kind=self.views)
        return features.astype(np.float32, copy=False)


def _describe_file(weights):
    """Return what tells a weights file from another, and from what it was before."""
    if weights is None or not os.path.isfile(weights):
        return weights
    status = os.stat(weights)
    return os.path.abspath(weights), status.st_mtime_ns, status.st_size
