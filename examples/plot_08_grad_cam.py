"""
8 · Grad-CAM where the answer is known
======================================

Grad-CAM shows where a network looks. On photographs, nobody can say whether it is right. This
chapter therefore makes images whose class is decided by one small patch at a random place, trains
a network on them, and asks Grad-CAM where the patch is.
"""

# %%
# Images with a patch
# -------------------
# Each image is noise with a patch of stripes. The stripes are upright in the class "defect" and
# level in the class "sound", and nothing else tells the classes apart. One image in ten has a
# defect.

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.inspection import GradCAMDisplay

SIZE, PATCH = 32, 8


def make_images(n_sound, n_defect, seed):
    """Return images, labels, and the upper left corner of each patch."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(["sound", "defect"], [n_sound, n_defect]))
    X = rng.integers(60, 150, (len(y), SIZE, SIZE, 1)).astype(np.uint8)
    corners = rng.integers(0, SIZE - PATCH + 1, (len(y), 2))
    stripes = np.tile([60, 150], (PATCH, PATCH // 2)).astype(np.uint8)[..., None]
    for image, label, (row, column) in zip(X, y, corners, strict=True):
        patch = stripes if label == "defect" else stripes.transpose(1, 0, 2)
        image[row : row + PATCH, column : column + PATCH] = patch
    return X, y, corners


X, y, _ = make_images(450, 50, seed=0)
X_test, y_test, corners = make_images(100, 100, seed=1)

# %%
# Train
# -----
# The backbone is a function of our own: three convolutions that keep a map of 16 x 16 pixels,
# which is fine enough to point at something.


def convolve(x):
    """Return feature maps at half the resolution of the images."""
    for filters, strides in ((16, 1), (32, 2), (32, 1)):
        x = keras.layers.Conv2D(filters, 3, strides=strides, padding="same", activation="relu")(x)
    return x


classifier = BBFLClassifier(
    convolve,
    learning_rate=3e-3,
    batch_size=32,
    epochs=15,
    augmentation=None,  # the place and the noise of each image vary already
    random_state=0,
)
classifier.fit(X, y)
print(f"The network is right on {classifier.score(X_test, y_test):.0%} of the test images.")

# %%
# Ask where
# ---------
# Each pair is an image and its map for the true class. The red frame marks the patch.

shown = np.r_[np.flatnonzero(y_test == "defect")[:2], np.flatnonzero(y_test == "sound")[:2]]
display = GradCAMDisplay.from_estimator(classifier, X_test[shown], target=y_test[shown])
plt.close(display.figure_)
display.plot(n_columns=2)
for axes, corner in zip(display.axes_.reshape(-1, 2), corners[shown], strict=True):
    for ax in axes:
        ax.add_patch(Rectangle(corner[::-1] - 0.5, PATCH, PATCH, fill=False, color="red", lw=1.5))

# %%
# How often is it right?
# ----------------------
# For all test images, we compare the peak of the map with the place of the patch. Chance is the
# share of an image that the patch covers.

everything = GradCAMDisplay.from_estimator(classifier, X_test, target=y_test)
plt.close(everything.figure_)
peaks = np.array([np.unravel_index(m.argmax(), m.shape) for m in everything.heatmaps])
inside = ((peaks >= corners) & (peaks < corners + PATCH)).all(axis=1)
by_chance = PATCH**2 / SIZE**2
print(f"The peak is in the patch on {inside.mean():.0%} of {len(inside)} images.")
print(f"By chance it would be there on {by_chance:.0%}.")
assert inside.mean() > 5 * by_chance

# %%
# On photographs the map is coarser, 7 x 7 for an image of 224 px with most networks, so it names
# a region and not a lesion. And a map in the right place does not prove that the class is right.

plt.show()
