"""
4 · The eight methods, compared
===============================

Which method is best for these images? ``compare_strategies`` trains each on the same splits
from the same seeds, and says what the differences are worth.
"""

# %%
# Run
# ---
# ``PAPER_STRATEGIES`` has the paper's eight methods as parameters of one estimator. Here each is
# trained twice, with other seeds, and measured on a test part that has as many images of each
# digit. ``STRATEGIES`` has those and the methods that the field has found since.
# ``checkpoint="folder"`` would keep every run as soon as it is made, and go on there after a stop.

import logging
import textwrap

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import PredefinedSplit

from imblearn_bbfl import PAPER_STRATEGIES, BBFLClassifier
from imblearn_bbfl.datasets import load_imbalanced_digits
from imblearn_bbfl.inspection import ConfusionMatrixPanel, PrecisionRecallPanel
from imblearn_bbfl.model_selection import compare_strategies

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of many networks

for method, settings in PAPER_STRATEGIES.items():
    changed = settings.items() - PAPER_STRATEGIES["baseline"].items()
    print(f"{method:15}", dict(sorted(changed)))

X, y = load_imbalanced_digits(return_X_y=True)
X_test, y_test = load_imbalanced_digits(subset="test", return_X_y=True)
is_test = np.repeat([-1, 0], [len(y), len(y_test)])

comparison = compare_strategies(
    BBFLClassifier(
        "small_cnn",
        learning_rate=1e-3,
        epochs=10,
        augmentation=None,
        random_state=0,
    ),
    np.concatenate([X, X_test]),
    np.concatenate([y, y_test]),
    cv=PredefinedSplit(is_test),
    n_repeats=2,
    verbose=0,
)

# %%
# The table
# ---------
# Mean and standard deviation over the runs; the best of each column is bold.

comparison

# %%
# As a picture, each dot a run:

comparison.plot(metrics=["accuracy", "f1_macro", "roc_auc_ovr", "expected_calibration_error"])

# %%
# Are the differences real?
# -------------------------
# Each verdict is a sentence or two. Both runs were measured on the same test part, so they show how
# much training varies from seed to seed, and nothing about other images. The sentences say so.
# Without ``cv``, or with ``cv=5``, each repeat draws test parts of its own, and there are tests.

for verdict in comparison.tests()["verdict"][:3]:
    print(textwrap.fill(verdict, 90, initial_indent="- ", subsequent_indent="  "))

# %%
# What is mistaken for what
# -------------------------
# Predictions are kept with each run, so curves and matrices need no training. The row of the 8
# shows how many of the rarest digit a method finds. In an epoch, under-sampling (RUS) shows the
# network as many images of each digit as there are of the rarest, six: little to learn from in ten
# epochs.

ConfusionMatrixPanel.from_comparison(comparison)

# %%
# Precision against recall of the rarest digit: which share of the 8s is found, at which share of
# false alarms.

PrecisionRecallPanel.from_comparison(comparison)
plt.show()

# sphinx_gallery_thumbnail_number = 2
