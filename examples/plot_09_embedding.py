"""
9 · What the features tell apart: t-SNE
=======================================

Below its head, a network turns an image into a few hundred numbers, its features. t-SNE draws
them as points in a plane, with similar images close to each other. The picture shows which
classes a network keeps apart, and which images it takes for others.
"""

# %%
# Two networks
# ------------
# We train the baseline and batch-balanced focal loss (BBFL) on digits of which some are rare:
# there are 124 images of the 3, but 6 of the 8.

import matplotlib.pyplot as plt
from sklearn.metrics import recall_score
from sklearn.neighbors import KNeighborsClassifier

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl.datasets import load_imbalanced_digits
from imblearn_bbfl.inspection import EmbeddingDisplay

X, y = load_imbalanced_digits(return_X_y=True)
X_test, y_test = load_imbalanced_digits(subset="test", return_X_y=True)

classifiers = {
    method: BBFLClassifier(
        "small_cnn",
        learning_rate=1e-3,
        epochs=20,
        augmentation=None,
        random_state=0,
        **STRATEGIES[method],
    ).fit(X, y)
    for method in ("baseline", "bbfl")
}

# %%
# Their features
# --------------
# ``transform`` returns the features, which are what is left of each image after global average
# pooling. The display draws at most 160 test images, about as many of each class, with a
# perplexity of 20. The corresponding figure of the paper has 160 images of its training part.

figure, axes = plt.subplots(1, 2, figsize=(8.5, 4), layout="constrained")
for ax, (method, classifier) in zip(axes, classifiers.items(), strict=True):
    EmbeddingDisplay.from_estimator(classifier, X_test, y_test, random_state=0, ax=ax)
    recall = recall_score(y_test, classifier.predict(X_test), labels=[8], average="macro")
    ax.set_title(f"{method}: finds {recall:.0%} of the 8s")

# %%
# A class that lies apart from the others may still be missed, because the picture shows the
# features, and the title what the head of the network makes of them. Another classifier on the
# same features tells which of the two is to blame. If it finds 8s that the network misses, it is
# the head. If it misses them as well, it is the features.

for method, classifier in classifiers.items():
    nearest = KNeighborsClassifier(3, weights="distance").fit(classifier.transform(X), y)
    found = recall_score(
        y_test, nearest.predict(classifier.transform(X_test)), labels=[8], average="macro"
    )
    print(f"{method:9} nearest neighbors on its features find {found:.0%} of the 8s")

# %%
# How to read such a picture
# --------------------------
# If a class falls apart or lies inside another one, have a look at its images. The distance
# between clusters that are far apart, their sizes, and the axes mean nothing. Another
# ``random_state`` draws another picture of the same features:

figure, axes = plt.subplots(1, 2, figsize=(8.5, 4), layout="constrained")
for seed, ax in enumerate(axes, start=1):
    EmbeddingDisplay.from_estimator(classifiers["bbfl"], X_test, y_test, random_state=seed, ax=ax)
    ax.set_title(f"bbfl, random_state={seed}")
plt.show()
