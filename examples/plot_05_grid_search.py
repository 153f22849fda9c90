"""
5 · A search over gamma
=======================

How much the focusing parameter matters is different from data to data. A grid search finds out; the
curve with its spread says whether the finding is worth anything.
"""

# %%
# Search
# ------
# Folds are stratified by themselves. The fits differ in gamma and in their rows only, so all of
# them share one traced network: the first fit takes seconds to trace, the others do not.

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
# Each dot is a fold; the line is their mean. Where the means lie inside the spread of the dots,
# gamma is not what decides, and the "best" one would be another on other folds.

results = pd.DataFrame(search.cv_results_)
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True, layout="constrained")
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
    ax.axvspan(1, 3 + 1 / 6, color="C0", alpha=0.08, label="0.5 to 2.5: the paper's best")
    ax.set(title=title, xlabel="gamma", xticks=positions, xticklabels=gammas)
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("score in cross-validation")
axes[0].legend(frameon=False, loc="lower right")

# %%
# Use it
# ------
# The search was refitted with the best gamma on all rows, and predicts like any classifier.

X_test, y_test = load_imbalanced_digits(subset="test", return_X_y=True)
print(f"Macro-F1 on the test part: {search.score(X_test, y_test):.3f}")
plt.show()
