"""
7 · Thresholds and calibration
==============================

A network may rank images well and give wrong probabilities all the same: one trained on rows as
they come is too sure of the frequent class, one trained on balanced batches or with the focal
loss errs in other ways. Two tools of scikit-learn mend that: a tuned threshold for decisions,
calibration for probabilities.
"""

# %%
# A rare class
# ------------
# Is it an 8? One in ten of these digits is, and noise makes the task difficult. The test part has
# the same shares as the training part: a probability only makes sense where the shares are those
# of the world.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.calibration import CalibratedClassifierCV, CalibrationDisplay
from sklearn.datasets import load_digits
from sklearn.metrics import brier_score_loss, f1_score, roc_auc_score
from sklearn.model_selection import TunedThresholdClassifierCV, train_test_split

from imblearn_bbfl import STRATEGIES, BBFLClassifier

digits = load_digits()
noise = np.random.default_rng(0).normal(0, 6, digits.images.shape)
X = np.clip(digits.images + noise, 0, 16).astype("uint8")[..., np.newaxis]
y = (digits.target == 8).astype(int)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=800, stratify=y, random_state=0
)
print(f"{len(y_train)} training and {len(y_test)} test images, {y.mean():.0%} of them an 8")

settings = {
    "backbone": "small_cnn",
    "learning_rate": 1e-3,
    "epochs": 6,
    "augmentation": None,
    "validation_fraction": None,
    "random_state": 0,
}

# %%
# Probabilities before and after
# ------------------------------
# ``method="sigmoid"`` learns two numbers on rows that the network has not seen.

proba = {}
for method in ("baseline", "bbfl"):
    classifier = BBFLClassifier(**settings, **STRATEGIES[method])
    proba[method] = classifier.fit(X_train, y_train).predict_proba(X_test)[:, 1]
calibrated = CalibratedClassifierCV(classifier, method="sigmoid", cv=3).fit(X_train, y_train)
proba["bbfl, calibrated"] = calibrated.predict_proba(X_test)[:, 1]

for name, p in proba.items():
    print(
        f"{name:17} AUC {roc_auc_score(y_test, p):.3f}   "
        f"Brier score {brier_score_loss(y_test, p):.4f}   "
        f"mean probability {p.mean():.3f}, share of the class {y_test.mean():.3f}"
    )

# %%
# The baseline gives the 8s a fifth of the probability that they have; BBFL is right on average. A
# curve on the diagonal is calibrated: of the images that are given 30 %, 30 % are 8s. Where BBFL
# is surest, it is too sure; calibration pulls that back. Below, how the probabilities are spread.

figure, axes = plt.subplots(2, 3, figsize=(10, 5), height_ratios=[3, 1], layout="constrained")
for (name, p), (curve, histogram) in zip(proba.items(), axes.T, strict=True):
    CalibrationDisplay.from_predictions(y_test, p, n_bins=6, strategy="quantile", ax=curve)
    curve.get_legend().remove()
    curve.set(title=name, xlabel="", ylabel="share of 8s")
    histogram.hist(p, bins=20, range=(0, 1), color="C0")
    histogram.set(yscale="log", xlabel="probability of an 8", ylabel="images")

# %%
# A threshold for a decision
# --------------------------
# The best threshold depends on the score that counts. ``TunedThresholdClassifierCV`` finds it in
# cross-validation on the training part.

tuned = TunedThresholdClassifierCV(classifier, scoring="f1", cv=3, random_state=0)
tuned.fit(X_train, y_train)
print(f"Threshold 0.5: F1 {f1_score(y_test, classifier.predict(X_test)):.3f}")
print(f"Threshold {tuned.best_threshold_:.2f}: F1 {f1_score(y_test, tuned.predict(X_test)):.3f}")

# %%
# More than two classes
# ---------------------
# ``thresholding="prior"`` divides each probability by the share of its class in training, for a
# network that saw the rows as they are. On two classes it does what a lower threshold does.

prior = BBFLClassifier(**settings, **STRATEGIES["thresholding"]).fit(X_train, y_train)
print("Class shares in training:", prior.class_prior_.round(3))
print(f"Baseline with thresholding: F1 {f1_score(y_test, prior.predict(X_test)):.3f}")
print(f"Baseline: F1 {f1_score(y_test, proba['baseline'] > 0.5):.3f}")
plt.show()
