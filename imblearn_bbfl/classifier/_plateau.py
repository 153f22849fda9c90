"""What happens when the monitored score stalls: a lower learning rate, and in the end a stop."""

import keras
import numpy as np

from imblearn_bbfl.classifier._validation_part import MONITORS


def watch_plateau(monitor, *, patience, learning_rate_patience, learning_rate_factor):
    """Make the callbacks that lower the learning rate, stop training and keep the best epoch.

    Parameters
    ----------
    monitor : str
        A name of `MONITORS`.
    patience : int or None
        Epochs without a better score after which training stops; None never stops.
    learning_rate_patience : int or None
        Epochs without a better score after which the learning rate is lowered; None never does.
    learning_rate_factor : float in (0, 1)
        Factor of the learning rate then.

    Returns
    -------
    callbacks : list of keras.callbacks.Callback
        The last one is the `EarlyStopping` that keeps the best epoch.
    """
    # Keras lowers the learning rate unless a score gains 1e-4, which is much for a focal loss of
    # 1e-3. Here each gain counts, however small, for the learning rate as for the stop.
    watched = {"monitor": f"val_{monitor}", "mode": MONITORS[monitor], "min_delta": 0.0}
    stop = keras.callbacks.EarlyStopping(
        patience=np.inf if patience is None else patience, restore_best_weights=True, **watched
    )
    if learning_rate_patience is None:
        return [stop]
    lower = keras.callbacks.ReduceLROnPlateau(
        factor=learning_rate_factor, patience=learning_rate_patience, **watched
    )
    return [lower, stop]
