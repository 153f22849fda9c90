"""
5 · A search over gamma
=======================

How much the focusing parameter gamma matters depends on the data. A grid search finds out, and the
spread of its scores tells whether the finding is worth anything.
"""

# %%
# Search
# ------
# Folds are stratified by class without further ado. The fits differ only in gamma and in their
# rows, so all of them share one traced network. The first fit takes some seconds to trace it, the
# others start at once.

import time

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.model_selection import GridSearchCV, RepeatedStratifiedKFold

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.datasets import load_imbalanced_digits

X, y = load_imbalanced_digits(return_X_y=True)
classifier = BBFLClassifier(
    "small_cnn",
    learning_rate=1e-3,
    epochs=8,
    augmentation=None,
    random_state=0,
)
gammas = [0, 0.5, 1, 2, 5]
search = GridSearchCV(
    classifier,
    {"gamma": gammas},
    scoring=["f1_macro", "balanced_accuracy"],
    refit="f1_macro",
    cv=RepeatedStratifiedKFold(n_splits=3, n_repeats=2, random_state=0),
)
start = time.perf_counter()
search.fit(X, y)
print(f"{5 * 6 + 1} fits in {time.perf_counter() - start:.0f} s; best: {search.best_params_}")

# %%
# Look at the spread before the maximum
# -------------------------------------
# Each dot is a fold, and the line is their mean. The shaded range, from 0.5 to 2.5, is where the
# paper found the best values. If the means differ less than the dots do, gamma is not what
# decides, and other folds would have another "best" gamma.

results = pd.DataFrame(search.cv_results_)
figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.6), sharey=True, layout="constrained")
for ax, (metric, title) in zip(
    axes, {"f1_macro": "Macro-F1", "balanced_accuracy": "Balanced accuracy"}.items(), strict=True
):
    folds = results.filter(regex=rf"split\d+_test_{metric}").to_numpy()
    positions = range(len(gammas))
    for fold in folds.T:
        ax.plot(positions, fold, "o", color="0.6", markersize=4)
    ax.errorbar(
        positions,
        results[f"mean_test_{metric}"],
        results[f"std_test_{metric}"],
        color="C0",
        marker="o",
        capsize=4,
        linewidth=2,
    )
    # 2.5 is a sixth of the way from 2 to 5.
    ax.axvspan(1, 3 + 1 / 6, color="C0", alpha=0.08)
    ax.set(title=title, xlabel="gamma", xticks=positions, xticklabels=gammas)
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("score in cross-validation")

# %%
# Use it
# ------
# The search has fitted the classifier once more, with the best gamma and on all images, and
# predicts like any other classifier.

X_test, y_test = load_imbalanced_digits(subset="test", return_X_y=True)
print(f"Macro-F1 on the test part: {search.score(X_test, y_test):.3f}")
plt.show()
