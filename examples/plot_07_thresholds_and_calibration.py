"""
7 · Thresholds and calibration
==============================

A network may rank images well and still give wrong probabilities, whatever rows and whatever loss
it was trained with. Two tools of scikit-learn help: calibration corrects the probabilities, and a
tuned threshold corrects the decisions.
"""

# %%
# A rare class
# ------------
# Is it an 8? One in ten of these digits is, and noise makes the question difficult. The test part
# has the same shares as the training part, because a probability only makes sense if the shares
# are those of the world.

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
y = np.where(digits.target == 8, "eight", "other")
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=800, stratify=y, random_state=0
)
is_eight = y_test == "eight"
print(f"{len(y_train)} training and {len(y_test)} test images, {is_eight.mean():.0%} of them an 8")

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
# Calibration with ``method="sigmoid"`` learns two numbers, on images that the network was not
# trained on. The first column of the probabilities is that of ``"eight"``, the first of
# ``classes_``.

proba, classifiers = {}, {}
for method in ("baseline", "bbfl"):
    classifiers[method] = BBFLClassifier(**settings, **STRATEGIES[method]).fit(X_train, y_train)
    proba[method] = classifiers[method].predict_proba(X_test)[:, 0]
calibrated = CalibratedClassifierCV(classifiers["baseline"], method="sigmoid", cv=3)
calibrated.fit(X_train, y_train)
proba["baseline, calibrated"] = calibrated.predict_proba(X_test)[:, 0]

for name, p in proba.items():
    print(
        f"{name:20} AUC {roc_auc_score(is_eight, p):.3f}   "
        f"Brier score {brier_score_loss(is_eight, p):.4f}   "
        f"mean probability {p.mean():.3f}"
    )
share = is_eight.mean()
print(f"Share of the 8s: {share:.3f}")

brier = {name: brier_score_loss(is_eight, p) for name, p in proba.items()}
assert brier["baseline, calibrated"] < brier["baseline"]
assert abs(proba["baseline, calibrated"].mean() - share) < 0.03

# %%
# The mean of true probabilities is the share of the class. Calibration brings the mean closer to
# it, and lowers the Brier score, which is the mean squared error of the probabilities. In the
# figure, a curve on the diagonal means that of the images which are given 30 %, 30 % are 8s. The
# histograms show how the probabilities are spread.

figure, axes = plt.subplots(2, 3, figsize=(8.5, 4.6), height_ratios=[3, 1], layout="constrained")
for (name, p), (curve, histogram) in zip(proba.items(), axes.T, strict=True):
    CalibrationDisplay.from_predictions(is_eight, p, n_bins=6, strategy="quantile", ax=curve)
    curve.get_legend().remove()
    curve.set(title=name, xlabel="", ylabel="share of 8s")
    histogram.hist(p, bins=20, range=(0, 1), color="C0")
    histogram.set(yscale="log", xlabel="probability of an 8", ylabel="images")

# %%
# A threshold for a decision
# --------------------------
# The best threshold depends on what a mistake costs. Say that a missed 8 costs as much as ten
# false alarms. An image should then be called an 8 even if its probability is far below one half.
# ``TunedThresholdClassifierCV`` finds the threshold by cross-validation on the training part, for
# any score, and whether or not the probabilities are true. ``pos_label`` says which of the two
# text labels the threshold is for.


def measure_cost(y_true, y_pred, pos_label="eight"):
    """Return the number of false alarms, plus ten for each image of `pos_label` that was missed."""
    n_missed = np.sum((y_true == pos_label) & (y_pred != pos_label))
    n_alarms = np.sum((y_true != pos_label) & (y_pred == pos_label))
    return 10 * n_missed + n_alarms


baseline = classifiers["baseline"]
negative_cost = make_scorer(measure_cost, greater_is_better=False, pos_label="eight")
tuned = TunedThresholdClassifierCV(baseline, scoring=negative_cost, cv=3, random_state=0)
tuned.fit(X_train, y_train)
cost, tuned_cost = (measure_cost(y_test, c.predict(X_test)) for c in (baseline, tuned))
print(f"Threshold 0.5: cost {cost}")
print(f"Threshold {tuned.best_threshold_:.2f}: cost {tuned_cost}")
assert tuned.best_threshold_ < 0.5
assert tuned_cost < cost

# %%
# More than two classes
# ---------------------
# A single threshold is for two classes. For any number of them, ``thresholding="prior"`` asks for
# the probabilities of a world in which all classes are equally frequent. If the network saw the
# images as they are and was trained by cross-entropy, this divides each probability by the share
# of its class. With two classes it works like a lower threshold: it finds more of the rare class,
# at the price of more false alarms.

prior = BBFLClassifier(**settings, **STRATEGIES["thresholding"]).fit(X_train, y_train)
print("Shares of the classes in training:", prior.class_prior_.round(3))
recall, prior_recall = (
    recall_score(y_test, c.predict(X_test), pos_label="eight") for c in (baseline, prior)
)
print(f"The baseline finds {recall:.0%} of the 8s, and {prior_recall:.0%} with this rule.")
assert prior_recall > recall
plt.show()
