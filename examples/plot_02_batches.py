"""
2 · What a batch holds
======================

A network never sees the whole data set, only one batch after another. This chapter fills batches
in three ways and counts what is in them: images as they come, over-sampling by imbalanced-learn,
and batch balancing.
"""

# %%
# Look at one batch
# -----------------
# The data set has 124, 46, 17 and 6 images of its four digits. A balanced batch of sixteen always
# holds four of each.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from imblearn.over_sampling import RandomOverSampler

from imblearn_bbfl import BalancedBatchGenerator
from imblearn_bbfl.datasets import load_imbalanced_digits
from imblearn_bbfl.inspection import BatchDisplay
from imblearn_bbfl.sampling import BatchBalancedSampler, ResamplingSampler, ShuffleSampler

X, y = load_imbalanced_digits(return_X_y=True)

BatchDisplay.from_generator(BalancedBatchGenerator(X, y, batch_size=16, random_state=0))

# %%
# In a batch as it comes, the rare digits are often missing:

BatchDisplay.from_generator(
    BalancedBatchGenerator(X, y, sampler=ShuffleSampler(), batch_size=16, random_state=0)
)

# %%
# Count three hundred batches
# ---------------------------
# ``imblearn_bbfl.sampling`` decides which rows a batch holds. It needs nothing but NumPy and no
# images, so it can be used with any framework.

plans = {
    "as they come": ShuffleSampler(16, random_state=0),
    "RandomOverSampler": ResamplingSampler(RandomOverSampler(), 16, random_state=0),
    "batch balancing": BatchBalancedSampler(16, random_state=0),
}
digits = np.array([3, 5, 9, 8])
counts = {}
for name, plan in plans.items():
    plan.fit(y)
    batches = [rows for epoch in range(40) for rows in plan.sample_epoch(epoch) if len(rows) == 16]
    labels = y[np.array(batches[:300])]  # (300, 16)
    counts[name] = np.stack([(labels == digit).sum(axis=1) for digit in digits], axis=1)

table = pd.DataFrame(
    {
        "exactly balanced": {k: np.mean((n == 4).all(axis=1)) for k, n in counts.items()},
        "lack a digit": {k: np.mean((n == 0).any(axis=1)) for k, n in counts.items()},
    }
)
print((100 * table).round(0).astype(int).astype(str) + " %")
assert (counts["batch balancing"] == 4).all()
assert table["lack a digit"]["as they come"] > 0.5
assert table["exactly balanced"]["RandomOverSampler"] < 0.1

# %%
# Over-sampling balances batches on average only: its counts scatter around four. Each step of
# training, however, is computed from a single batch. In the figure, the darker a field, the more
# batches hold that many images of the digit.

figure, axes = plt.subplots(1, 3, figsize=(8.5, 3.2), sharey=True, layout="constrained")
for ax, (name, n) in zip(axes, counts.items(), strict=True):
    shares = np.array([np.bincount(column, minlength=17)[:17] for column in n.T]) / len(n)
    ax.imshow(shares.T, origin="lower", aspect="auto", cmap="Blues", vmin=0, vmax=0.5)
    ax.axhline(4, color="0.4", linewidth=0.8, linestyle=":")
    ax.set(title=name, xticks=range(4), xticklabels=digits, yticks=range(0, 17, 4), xlabel="digit")
axes[0].set_ylabel("images of it in a batch of 16")

# %%
# Nothing is thrown away
# ----------------------
# A balanced epoch has no room for all images of the frequent digit. Those that were left out come
# first in the next epoch: each class is one endless stream of its images, and none of them is
# seen twice before all have been seen once.

plan = plans["batch balancing"]
seen = set()
for epoch in range(3):
    seen |= set(plan.sample_epoch(epoch).ravel())
    print(f"Different images seen after epoch {epoch + 1}: {len(seen)} of {len(y)}")
plt.show()

# sphinx_gallery_thumbnail_number = 3
