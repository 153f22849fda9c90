"""Several devices in one process: what a strategy of TensorFlow or a distribution of Keras asks."""

import keras
import numpy as np


def is_distributed():
    """Say whether the caller is in the scope of a strategy, or has set a distribution."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.distribute.has_strategy()
    return keras.distribution.distribution() is not None


def count_devices(network=None):
    """Return over how many devices the batches of a network are split; None is one made now."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        strategy = tf.distribute.get_strategy() if network is None else network.distribute_strategy
        return strategy.num_replicas_in_sync
    distribution = keras.distribution.distribution()
    if distribution is None:
        return 1
    mesh = distribution.device_mesh
    return mesh.shape[mesh.axis_names.index(distribution.batch_dim_name)]


def check_devices(batch_size, n_devices):
    """Check that the devices are in this process, and get the same number of rows of a batch.

    Raises
    ------
    ValueError
        If they are not, or do not; the message has the nearest sizes of batches that do.
    """
    if keras.backend.backend() == "jax" and n_devices > _count_local_devices():
        raise ValueError(
            f"The distribution has {n_devices} devices, of which {_count_local_devices()} are in "
            "this process. One fit takes the devices of one process: use "
            "keras.distribution.DataParallel(devices=[...]) with those."
        )
    if batch_size % n_devices:
        less = batch_size // n_devices * n_devices
        sizes = [size for size in (less, less + n_devices) if size]
        raise ValueError(
            f"batch_size={batch_size} cannot be split evenly over {n_devices} devices. Use "
            f"batch_size={' or '.join(map(str, sizes))}."
        )


def _count_local_devices():
    import jax

    return jax.local_device_count()


def check_strategy(network):
    """Check that a network is trained on where it was made.

    Raises
    ------
    ValueError
        If the caller is in the scope of a strategy of TensorFlow that the network is not from.
    """
    if keras.backend.backend() == "tensorflow" and is_distributed():
        import tensorflow as tf

        extended = tf.distribute.get_strategy().extended
        if not extended.variable_created_in_scope(network.variables[0].value):
            raise ValueError(
                "The fitted network was not made in the scope of this strategy, so it cannot be "
                "trained on in it. Call the first fit in the scope as well, or start anew with "
                "warm_start=False."
            )


class AverageStatistics(keras.callbacks.Callback):
    """Give all devices the mean of their moving statistics after each epoch.

    Under a strategy of TensorFlow, batch normalization gathers statistics on each device from the
    share of it. Left so, the same image would get other predictions on other devices, and a file
    would hold the statistics of the first.
    """

    def on_epoch_end(self, epoch, logs=None):
        """Average what is not trained; does nothing on one device."""
        if keras.backend.backend() != "tensorflow" or count_devices(self.model) == 1:
            return
        strategy = self.model.distribute_strategy
        with strategy.scope():
            for variable in self.model.non_trainable_weights:
                on_devices = strategy.experimental_local_results(variable.value)
                variable.assign(np.mean([value.numpy() for value in on_devices], axis=0))
