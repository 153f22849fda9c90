"""
1 · Quickstart
==============

This chapter trains a classifier on images of which some classes are rare, looks at what it has
learnt, and saves it. The images are handwritten digits that come with scikit-learn. For
photographs, only the names of the network and of the folder would be different.
"""

# %%
# Images and labels
# -----------------
# ``X`` is an array of images, and ``y`` has one label for each of them. There are 124 images of the
# 3, but only 6 of the 8.

import tempfile
from pathlib import Path

import pandas as pd
from sklearn.metrics import ConfusionMatrixDisplay, classification_report

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.datasets import load_imbalanced_digits
from imblearn_bbfl.inspection import HistoryDisplay

X, y = load_imbalanced_digits(return_X_y=True)
X_test, y_test = load_imbalanced_digits(subset="test", return_X_y=True)
print(X.shape, X.dtype)
print(pd.Series(y).value_counts().rename("images").rename_axis("digit").to_string())

# %%
# Train
# -----
# The default method is batch-balanced focal loss (BBFL). Each batch of 16 holds four images of
# each digit, and the loss pays most attention to those that are not yet right. ``small_cnn`` is a
# network for small images. It starts from random weights, and the learning rate is chosen for
# that. With ``verbose=2``, training reports what it does.

classifier = BBFLClassifier(
    backbone="small_cnn",
    learning_rate=1e-3,
    epochs=20,
    augmentation=None,  # a mirrored 3 is not a 3
    verbose=2,
    random_state=0,
)
classifier = classifier.fit(X, y)

# %%
# The same course of training as curves: since the learning rate falls to nothing, the weights of
# the last epoch are the ones to keep, and no image has to be held out to choose among epochs.

HistoryDisplay.from_estimator(classifier)

# %%
# Score
# -----
# The test part has 50 images of each digit, so that the rare ones are measured on more than a
# handful. The matrix shows what each digit is taken for.

y_pred = classifier.predict(X_test)
print(classification_report(y_test, y_pred))
matrix = ConfusionMatrixDisplay.from_predictions(y_test, y_pred, cmap="Blues", colorbar=False)
matrix.ax_.set_title("True digits and predicted ones")
matrix.figure_.set_size_inches(4.8, 4.2)

# %%
# Save
# ----
# One file holds the network, the labels and the parameters. Plain Keras can read the network from
# it as well.

path = Path(tempfile.mkdtemp()) / "digits.keras"
classifier.save(path)
print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
assert (BBFLClassifier.load(path).predict(X_test) == y_pred).all()

# %%
# With photographs in one folder for each class, the same looks like this::
#
#     from imblearn_bbfl.datasets import load_image_folder
#
#     paths, y = load_image_folder("photographs", return_X_y=True)
#     BBFLClassifier(backbone="resnet50", image_size=224, verbose=1).fit(paths, y)
#
# The guide goes on with :doc:`predictions for new photographs </guide/predict>`.

# sphinx_gallery_thumbnail_number = 2
