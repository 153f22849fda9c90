"""The settings of Keras that results depend on, so that workers compute under the caller's."""

from contextlib import contextmanager
from typing import NamedTuple

import keras


class KerasSettings(NamedTuple):
    """What a program may have set by code, which a process that is started anew does not know."""

    backend: str
    dtype_policy: keras.DTypePolicy
    floatx: str
    epsilon: float
    image_data_format: str

    def describe(self):
        """Return the settings as text."""
        return ", ".join(
            [
                f"backend {self.backend}",
                f"dtype policy {self.dtype_policy.name}",
                f"floatx {self.floatx}",
                f"epsilon {self.epsilon:g}",
                f"image data format {self.image_data_format}",
            ]
        )

    @contextmanager
    def adopt(self):
        """Compute under these settings: in another process, or in a thread.

        Threads share all settings but the dtype policy, which Keras keeps for each.

        Raises
        ------
        RuntimeError
            If Keras has another backend here, which no running process can change.
        """
        before = read_keras_settings()
        if before.backend != self.backend:
            raise RuntimeError(
                f"A worker has Keras on the backend {before.backend!r}, but the caller has it on "
                f"{self.backend!r}. Set the environment variable KERAS_BACKEND="
                f"{self.backend} for the workers too."
            )
        self._set()
        try:
            yield
        finally:
            before._set()

    def _set(self):
        keras.config.set_floatx(self.floatx)
        keras.config.set_epsilon(self.epsilon)
        keras.config.set_image_data_format(self.image_data_format)
        keras.config.set_dtype_policy(self.dtype_policy)


def read_keras_settings():
    """Return the settings as they are here and now."""
    return KerasSettings(
        backend=keras.config.backend(),
        dtype_policy=keras.config.dtype_policy(),
        floatx=keras.config.floatx(),
        epsilon=keras.config.epsilon(),
        image_data_format=keras.config.image_data_format(),
    )
