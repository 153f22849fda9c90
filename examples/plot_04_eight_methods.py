"""
4 · Compare the eight methods
=============================

Which method is best for these images? ``compare_strategies`` trains each of them on the same splits
with the same seeds, and says what the differences are worth.
"""

# %%
# Run
# ---
# ``PAPER_STRATEGIES`` has the eight methods of the paper as parameters of one estimator, and
# ``STRATEGIES`` has these together with the methods that have been published since. Here, each of
# the eight is trained twice with different seeds, and measured on a test part with as many images
# of each digit. With ``checkpoint="folder"``, every run would be saved as soon as it is finished,
# and the same call would continue there after an interruption.

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
# The table has the mean and the standard deviation over the runs, with the best of each column in
# bold. It scrolls sideways.

comparison

# %%
# The same as a picture, with a dot for each run:

comparison.plot(metrics=["accuracy", "f1_macro", "roc_auc_ovr"])

# %%
# Are the differences real?
# -------------------------
# ``tests`` says in words what each difference is worth. Here both runs were measured on the same
# test part. They show how much training varies from seed to seed but nothing about other images,
# and ``note`` says so. Without ``cv``, or with ``cv=5``, each repeat draws its own test
# parts, and there are statistical tests.

tests = comparison.tests()
for verdict in tests["verdict"][:3]:
    print(textwrap.fill(verdict, 90, initial_indent="- ", subsequent_indent="  "))
print(textwrap.fill(tests["note"][0], 90))

# %%
# What is mistaken for what
# -------------------------
# The predictions are kept with each run, so curves and matrices need no further training. The row
# of the 8 shows how many of the rarest digit a method finds. In each epoch, under-sampling (RUS)
# shows the network only as many images of a digit as there are of the rarest one, which is six.
# In ten epochs there is little to be learnt from that.

ConfusionMatrixPanel.from_comparison(comparison)

# %%
# The curves show the precision of each digit against its recall: which share of the 8s can be
# found, and how many of the images that are called an 8 really are one.

PrecisionRecallPanel.from_comparison(comparison)
plt.show()

# sphinx_gallery_thumbnail_number = 2
