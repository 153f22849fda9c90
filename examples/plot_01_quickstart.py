"""
1 · Quickstart
==============

Train a classifier on images of which some classes are rare, look at what it learnt, and keep it.
Everything runs on handwritten digits that come with scikit-learn; for photographs only the names
of the network and of the folder differ.
"""

# %%
# Images and labels
# -----------------
# ``X`` is an array of images, ``y`` has labels of any kind. There are 124 images of the 3, but
# only 6 of the 8.

import tempfile
from pathlib import Path

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, classification_report

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.datasets import load_imbalanced_digits
from imblearn_bbfl.inspection import HistoryDisplay

X, y = load_imbalanced_digits(return_X_y=True)
X_test, y_test = load_imbalanced_digits(subset="test", return_X_y=True)
print(X.shape, X.dtype, dict(zip(*np.unique(y, return_counts=True), strict=True)))

# %%
# Train
# -----
# The defaults are batch-balanced focal loss (BBFL): each batch of 16 holds four images of each
# digit, and the loss turns from what is right already to what is not. ``small_cnn`` is a network
# for small images; the learning rate suits one that starts from random weights. With
# ``verbose=2`` training tells what it does.

classifier = BBFLClassifier(
    backbone="small_cnn",
    learning_rate=1e-3,
    epochs=20,
    augmentation=None,  # a mirrored 3 is not a 3
    verbose=2,
    random_state=0,
)
classifier.fit(X, y)

# %%
# The same as curves. The learning rate falls to nothing, so the weights of the last epoch are kept,
# and no image has to be held out to choose one.

HistoryDisplay.from_estimator(classifier)

# %%
# Score
# -----
# The test part has 50 images of each digit, so that the rare ones are measured on more than a
# handful.

y_pred = classifier.predict(X_test)
print(classification_report(y_test, y_pred))
ConfusionMatrixDisplay.from_predictions(y_test, y_pred, cmap="Blues", colorbar=False)

# %%
# Keep
# ----
# One file has the network, the labels and the parameters; plain Keras reads the network from it.

path = Path(tempfile.mkdtemp()) / "digits.keras"
classifier.save(path)
print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
assert (BBFLClassifier.load(path).predict(X_test) == y_pred).all()

# %%
# With photographs in a folder, one sub-folder per class, the same is::
#
#     from imblearn_bbfl.datasets import load_image_folder
#
#     paths, y = load_image_folder("photographs", return_X_y=True)
#     BBFLClassifier(backbone="resnet50", image_size=224, verbose=1).fit(paths, y)

# sphinx_gallery_thumbnail_number = 2
