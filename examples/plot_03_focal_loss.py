r"""
3 · The focal loss, and why it is computed in log space
=======================================================

The focal loss (Lin et al. 2017) is the cross-entropy multiplied by :math:`(1 - p_t)^\gamma`,
where :math:`p_t` is the probability of the true class. Images that are already right therefore
count less. This chapter draws the loss, and shows what goes wrong if it is computed from
probabilities.
"""

# %%
# Loss against probability
# ------------------------
# ``gamma=0`` is cross-entropy. The larger gamma is, the flatter the loss becomes where the
# network is right.

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from imblearn_bbfl.inspection import FocalLossDisplay
from imblearn_bbfl.losses import CategoricalFocalCrossentropy

display = FocalLossDisplay.from_gammas([0, 0.5, 1, 2, 5])
display.ax_.set_title("The focal loss of an image")

# %%
# What that does to a batch
# -------------------------
# Take three images: one that is as good as right, one in doubt, and one that is wrong. Their
# shares in the loss are:

p_true = np.array([0.99, 0.6, 0.1])
for gamma in (0, 1, 2, 5):
    loss = -((1 - p_true) ** gamma) * np.log(p_true)
    print(f"gamma {gamma}: shares of the loss", (loss / loss.sum()).round(3))

# %%
# With a gamma of 5, the wrong image has nearly all of the loss. This is why a large gamma can do
# harm: an image with a wrong label looks like a mistake as well.
#
# A confident mistake must have a gradient
# ----------------------------------------
# Keras' categorical focal loss clips probabilities. Once the wrong logit leads by about 16, its
# loss no longer grows and its gradient is zero, so the worst mistakes do not train. The loss of
# this package goes through the logarithm of the softmax, and the gradient of a confident mistake
# is one.

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

figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.4), layout="constrained")
for (name, loss), style in zip(losses.items(), ["--", "-"], strict=True):
    for ax, values in zip(axes, measure(loss), strict=True):
        ax.plot(gaps, values, style, label=name, linewidth=2)
axes[0].set(ylabel="loss", title="Loss")
axes[1].set(ylabel="gradient of the wrong logit", title="Gradient")
for ax in axes:
    ax.set_xlabel("how much larger the wrong logit is")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].legend(frameon=False)
plt.show()

# sphinx_gallery_thumbnail_number = 1
