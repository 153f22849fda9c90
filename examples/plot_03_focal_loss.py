r"""
3 · The focal loss, and why it is computed in log space
=======================================================

The focal loss (Lin et al. 2017) is the cross-entropy of the true class, times
:math:`(1 - p_t)^\gamma`, where :math:`p_t` is the probability of the true class: what is right
already counts less. This chapter draws it, and shows what goes wrong where it is computed from
probabilities.
"""

# %%
# Loss against probability
# ------------------------
# ``gamma=0`` is cross-entropy. The larger gamma, the flatter the loss where the network is right.

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from imblearn_bbfl.inspection import FocalLossDisplay
from imblearn_bbfl.losses import CategoricalFocalCrossentropy

FocalLossDisplay.from_gammas([0, 0.5, 1, 2, 5])

# %%
# What that does to a batch
# -------------------------
# Three rows of a batch: one all but right, one in doubt, one wrong. The share of each in the loss:

p_true = np.array([0.99, 0.6, 0.1])
for gamma in (0, 1, 2, 5):
    loss = -((1 - p_true) ** gamma) * np.log(p_true)
    print(f"gamma {gamma}: shares of the loss", (loss / loss.sum()).round(3))

# %%
# With gamma 5 the wrong row has nearly all of it. That is why a large gamma can hurt: mislabeled
# images are wrong rows too.
#
# A sure mistake must have a gradient
# -----------------------------------
# Keras' categorical focal loss clips probabilities. From a gap of about 16 between the logits on,
# its loss stays where it is, and the gradient is zero: the worst mistakes do not train. Ours goes
# through the logarithm of the softmax, and the gradient of a sure mistake is one.

gaps = np.linspace(0, 40, 81).astype("float32")
y_true = np.tile([0.0, 1.0], (len(gaps), 1)).astype("float32")


def measure(loss):
    """Return loss and gradient for logits [gap, 0], where the second class is the true one."""
    logits = tf.constant(np.stack([gaps, np.zeros_like(gaps)], axis=1))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        values = loss(y_true, logits)
    return np.asarray(values), np.asarray(tape.gradient(values, logits))[:, 0]


options = {"gamma": 2.0, "from_logits": True, "reduction": None}
losses = {
    "Keras": keras.losses.CategoricalFocalCrossentropy(alpha=1.0, **options),
    "imblearn_bbfl": CategoricalFocalCrossentropy(**options),
}
_, slopes_of_keras = measure(losses["Keras"])
_, slopes = measure(losses["imblearn_bbfl"])
assert (slopes_of_keras[gaps > 17] == 0).all()
assert (slopes[gaps > 17] > 0.999).all()

figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
for (name, loss), style in zip(losses.items(), ["--", "-"], strict=True):
    for ax, values in zip(axes, measure(loss), strict=True):
        ax.plot(gaps, values, style, label=name, linewidth=2)
axes[0].set(ylabel="loss", title="Loss")
axes[1].set(ylabel="gradient with respect to the wrong logit", title="Gradient")
for ax in axes:
    ax.set_xlabel("how much larger the wrong logit is")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].legend(frameon=False)
plt.show()

# sphinx_gallery_thumbnail_number = 1
