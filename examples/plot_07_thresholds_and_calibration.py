"""
7 · Thresholds and calibration
==============================

A network may rank images well and give wrong probabilities all the same, whatever rows and
whatever loss it was trained with. Two tools of scikit-learn mend that: calibration for
probabilities, and a tuned threshold for decisions.
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
from sklearn.metrics import brier_score_loss, make_scorer, recall_score, roc_auc_score
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
    "pixel_max": 16,
    "epochs": 6,
    "augmentation": None,
    "random_state": 0,
}

# %%
# Probabilities before and after
# ------------------------------
# ``method="sigmoid"`` learns two numbers on rows that the network has not seen.

proba, classifiers = {}, {}
for method in ("baseline", "bbfl"):
    classifiers[method] = BBFLClassifier(**settings, **STRATEGIES[method]).fit(X_train, y_train)
    proba[method] = classifiers[method].predict_proba(X_test)[:, 1]
calibrated = CalibratedClassifierCV(classifiers["baseline"], method="sigmoid", cv=3)
calibrated.fit(X_train, y_train)
proba["baseline, calibrated"] = calibrated.predict_proba(X_test)[:, 1]

for name, p in proba.items():
    print(
        f"{name:20} AUC {roc_auc_score(y_test, p):.3f}   "
        f"Brier score {brier_score_loss(y_test, p):.4f}   "
        f"mean probability {p.mean():.3f}, share of the class {y_test.mean():.3f}"
    )

share = y_test.mean()
brier = {name: brier_score_loss(y_test, p) for name, p in proba.items()}
assert brier["baseline, calibrated"] < brier["baseline"]
assert abs(proba["baseline, calibrated"].mean() - share) < 0.03

# %%
# Probabilities that are right have the share of the class as their mean. Calibration brings the
# mean there, and lowers the Brier score, the mean squared error of the probabilities. A curve on
# the diagonal is calibrated: of the images that are given 30 %, 30 % are 8s. Below, how the
# probabilities are spread.

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
# The best threshold depends on what a mistake costs. Say that a missed 8 costs as much as ten false
# alarms: then an image should be called an 8 even where its probability is far below one half.
# ``TunedThresholdClassifierCV`` finds the threshold in cross-validation on the training part, for
# any score, and whether or not the probabilities are right.


def measure_cost(y_true, y_pred):
    """Return the number of false alarms, plus ten for each 8 that was missed."""
    n_missed = np.sum((y_true == 1) & (y_pred == 0))
    n_alarms = np.sum((y_true == 0) & (y_pred == 1))
    return 10 * n_missed + n_alarms


baseline = classifiers["baseline"]
tuned = TunedThresholdClassifierCV(
    baseline, scoring=make_scorer(measure_cost, greater_is_better=False), cv=3, random_state=0
)
tuned.fit(X_train, y_train)
cost, tuned_cost = (measure_cost(y_test, c.predict(X_test)) for c in (baseline, tuned))
print(f"Threshold 0.5: cost {cost}")
print(f"Threshold {tuned.best_threshold_:.2f}: cost {tuned_cost}")
assert tuned.best_threshold_ < 0.5
assert tuned_cost < cost

# %%
# More than two classes
# ---------------------
# ``thresholding="prior"`` asks for the probabilities of a world in which all classes are equally
# frequent: for a network that saw the rows as they are, and was trained by cross-entropy, it
# divides each by the share of its class. On two classes it does what a lower threshold does: it
# finds more of the rare class, at the price of more false alarms.

prior = BBFLClassifier(**settings, **STRATEGIES["thresholding"]).fit(X_train, y_train)
print("Class shares in training:", prior.class_prior_.round(3))
recall, prior_recall = (recall_score(y_test, c.predict(X_test)) for c in (baseline, prior))
print(f"Baseline: finds {recall:.0%} of the 8s; divided by the shares: {prior_recall:.0%}")
assert prior_recall > recall
plt.show()
