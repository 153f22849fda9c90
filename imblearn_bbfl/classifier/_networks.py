"""The networks of the estimator: its own, and the traced ones that it borrows."""

from contextlib import contextmanager

import keras

from imblearn_bbfl.backbones import build_network, list_applications
from imblearn_bbfl.classifier._batch_norm import set_batch_norm
from imblearn_bbfl.classifier._costs import make_loss
from imblearn_bbfl.classifier._network_pool import POOL, Engine, describe_optimizer, make_key
from imblearn_bbfl.classifier._seeding import seed_layers


class Networks:
    """The part of the estimator that builds `model_`, and borrows traced networks to run it."""

    # What defines the graph of `model_`; None where no other network can stand in for it.
    _network_key = None

    def _build(self, alpha, seed):
        """Build and compile a network for `classes_`."""
        with seed_layers(seed):
            self.model_ = self._make_network(make_loss(self.gamma, alpha, len(self.classes_)))
        self._network_key = make_key(
            **self._describe_network(),
            optimizer=describe_optimizer(self.model_.optimizer),
            batch_norm=(self.batch_norm_statistics, self.batch_norm_momentum),
            compile_params=self._route("compile"),
            pixels=getattr(self, "_pixels", None),
        )

    @contextmanager
    def _train_traced(self, goes_on):
        """Let a traced network stand in for a new `model_` while it is trained."""
        if goes_on or self._network_key is None:
            yield
            return
        own = self.model_
        with POOL.borrow(self._network_key, self._make_engine) as engine:
            engine.load(own)
            self.model_ = engine.network
            try:
                yield
            finally:
                self.model_ = own
                engine.unload(own)

    @contextmanager
    def _borrow_traced(self):
        """Yield a traced network with the weights of `model_`, or None where there is none."""
        with POOL.borrow(self._network_key) as engine:
            if engine is not None:
                engine.load_weights(self.model_)
            yield engine

    def _make_engine(self):
        gamma = keras.Variable(0.0, trainable=False, name="gamma")
        with seed_layers(0):  # the state is that of `model_` whenever it is used
            return Engine(self._make_network(make_loss(gamma, None, len(self.classes_))), gamma)

    def _make_network(self, loss):
        settings = self._describe_network()
        network = build_network(**settings)
        set_batch_norm(network, self.batch_norm_statistics, self.batch_norm_momentum)
        if isinstance(loss.gamma, keras.Variable):
            network.gamma = loss.gamma  # JAX follows the variables of a model only
        network.compile(self._make_optimizer(), loss, **self._route("compile"))
        return network

    def _describe_network(self):
        """Return the arguments of `build_network`."""
        weights = self.weights
        if weights == "auto":
            weights = "imagenet" if self.backbone in list_applications() else None
        is_images = hasattr(self, "image_shape_")
        return {
            "backbone": self.backbone,
            "input_shape": self.image_shape_ if is_images else (self.n_features_in_,),
            "n_outputs": 1 if len(self.classes_) == 2 else len(self.classes_),
            "weights": weights,
            "preprocessing": self.preprocessing,
            "pixel_max": self._pixels[1] if is_images else None,
            "head_units": self.head_units,
            "dropout": self.dropout,
            **self._route("backbone"),
        }
