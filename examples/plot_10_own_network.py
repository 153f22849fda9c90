"""
10 · Bring your own network
===========================

There are two ways to use a network of your own. As the backbone of the estimator, it can do
everything that scikit-learn offers. As a Keras model that is trained on balanced batches with the
focal loss, it leaves the training loop to you.
"""

# %%
# As a backbone
# -------------
# A backbone is a function that takes images, with pixels in [0, 1], and returns features. This
# one has residual blocks, with a parameter for their width. The estimator adds the head, the loss
# and the labels.

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, recall_score
from sklearn.model_selection import GridSearchCV

from imblearn_bbfl import BalancedBatchGenerator, BBFLClassifier
from imblearn_bbfl.datasets import load_imbalanced_digits
from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy

X, y = load_imbalanced_digits(return_X_y=True)
X_test, y_test = load_imbalanced_digits(subset="test", return_X_y=True)


def residual_network(x, width=16):
    """Return feature maps of three residual blocks."""
    x = keras.layers.Conv2D(width, 3, padding="same")(x)
    for _ in range(3):
        inner = keras.layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        inner = keras.layers.Conv2D(width, 3, padding="same")(inner)
        x = keras.layers.ReLU()(keras.layers.Add()([x, inner]))
    return x


classifier = BBFLClassifier(
    residual_network,
    learning_rate=3e-3,
    epochs=25,
    augmentation=None,
    random_state=0,
)

# %%
# Parameters of the function are parameters of the estimator, with ``backbone__`` before their
# name, so a search can choose the architecture.

search = GridSearchCV(classifier, {"backbone__width": [4, 16]}, scoring="balanced_accuracy", cv=3)
search.fit(X, y)
for parameters, mean, sd in zip(
    search.cv_results_["params"],
    search.cv_results_["mean_test_score"],
    search.cv_results_["std_test_score"],
    strict=True,
):
    print(f"{parameters}: balanced accuracy {mean:.3f} ± {sd:.3f} in cross-validation")

# %%
# As a Keras model
# ----------------
# ``BalancedBatchGenerator`` makes batches that hold the same number of images of each class. The
# focal loss takes logits, so there is no softmax at the end of the network.

codes = {digit: code for code, digit in enumerate(np.unique(y))}
batches = BalancedBatchGenerator(
    X, np.array([codes[digit] for digit in y]), batch_size=16, random_state=0
)

keras.utils.set_random_seed(0)
pixels = keras.Input(X.shape[1:])
features = residual_network(keras.layers.Rescaling(1 / 255)(pixels))
logits = keras.layers.Dense(len(codes))(keras.layers.GlobalAveragePooling2D()(features))
model = keras.Model(pixels, logits)
model.compile(keras.optimizers.Adam(3e-3), SparseCategoricalFocalCrossentropy(from_logits=True))
history = model.fit(batches, epochs=25, shuffle=False, verbose=0)

# %%
# This is what the two make of the test part, which has 50 images of each digit:

labels = np.unique(y)
predictions = {
    "BBFLClassifier": search.predict(X_test),
    "own Keras model": labels[model.predict(X_test, verbose=0).argmax(axis=1)],
}
figure, axes = plt.subplots(1, 2, figsize=(8.5, 4.2), layout="constrained")
for ax, (name, predicted) in zip(axes, predictions.items(), strict=True):
    ConfusionMatrixDisplay.from_predictions(y_test, predicted, ax=ax, colorbar=False, cmap="Blues")
    ax.set_title(
        f"{name}: balanced accuracy {recall_score(y_test, predicted, average='macro'):.2f}"
    )
plt.show()
