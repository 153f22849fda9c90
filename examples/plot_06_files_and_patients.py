"""
6 · Images on disk, and patients with two of them
=================================================

Photographs lie in files, and one patient has several. This chapter writes a small set of files
as a clinic might have it, trains from the paths, and shows how much a score flatters when the
images of one patient are on both sides of a split.
"""

# %%
# A folder of images and a table
# ------------------------------
# Each "patient" has six images of a shape, alike but for noise; one patient in four is sick. What
# makes a patient sick is faint, what makes a patient a patient is not: as with eyes.

import tempfile
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.datasets import load_image_table
from imblearn_bbfl.model_selection import compare_strategies

rng = np.random.default_rng(0)
folder = Path(tempfile.mkdtemp())
rows = []
for patient in range(40):
    is_sick = patient % 4 == 0
    eye = cv2.GaussianBlur(rng.uniform(0, 255, (32, 32, 3)).astype("float32"), (0, 0), 3)
    eye = 128 + 4 * (eye - eye.mean())
    for photograph in range(6):
        image = eye + rng.normal(0, 12, eye.shape)
        if is_sick and rng.random() < 0.8:  # a bright lesion, that not every photograph shows
            x, y = rng.integers(4, 28, 2)
            cv2.circle(image, (int(x), int(y)), 2, (90, 190, 255), -1)
        name = f"patient {patient:02d} photograph {photograph}.png"
        cv2.imwrite(str(folder / name), image.clip(0, 255).astype("uint8"))
        rows.append(
            {"file": name, "diagnosis": "sick" if is_sick else "healthy", "patient": patient}
        )
pd.DataFrame(rows).to_csv(folder / "labels.csv", index=False)

# %%
# Read the table
# --------------
# ``data`` are paths, ``groups`` says which belong together. Files are read when they are needed, so
# the memory does not grow with their number.

table = load_image_table(
    folder / "labels.csv", path_column="file", label_column="diagnosis", group_column="patient"
)
paths, diagnosis, patients = table.data, table.target, table.groups
print(len(paths), "files, the first:", Path(paths[0]).name)

figure, axes = plt.subplots(2, 6, figsize=(9, 3.4), layout="constrained")
for row, patient in zip(axes, ("1", "4"), strict=True):
    own = np.flatnonzero(patients == patient)
    for ax, i in zip(row, own, strict=True):
        ax.imshow(cv2.imread(str(paths[i]))[..., ::-1])
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel(f"patient {patient}\n{diagnosis[own[0]]}")

# %%
# Two ways to split
# -----------------
# Three times 80-10-10, once with the patients kept whole, and once with photographs drawn one by
# one. All else is the same.

classifier = BBFLClassifier(
    "small_cnn",
    learning_rate=1e-3,
    epochs=12,
    augmentation=None,
    validation_fraction=None,
    random_state=0,
)
scores = {}
for name, groups in {"patients kept whole": patients, "photographs drawn one by one": None}.items():
    comparison = compare_strategies(
        classifier,
        paths,
        diagnosis,
        strategies=["bbfl"],
        groups=groups,
        n_repeats=3,
        scoring="balanced_accuracy",
        verbose=0,
    )
    scores[name] = comparison.results_["value"].to_numpy()
    print(f"{name:30} {scores[name].mean():.2f} ± {scores[name].std(ddof=1):.2f}")

# %%
# The second number is what the network knows of *these* patients. The first is what to expect of
# the next one.

figure, ax = plt.subplots(figsize=(7, 2.4), layout="constrained")
for position, values in enumerate(scores.values()):
    ax.plot(values, np.full(len(values), position), "o", color="0.6")
    ax.errorbar(values.mean(), position, xerr=values.std(ddof=1), fmt="D", color="C0", capsize=4)
ax.axvline(0.5, color="0.7", linestyle=":")
ax.text(0.5, 1.4, "guessing", ha="center", color="0.4")
ax.set(
    yticks=[0, 1],
    yticklabels=scores,
    ylim=(-0.5, 1.7),
    xlim=(0.3, 1.02),
    xlabel="balanced accuracy",
)
ax.spines[["top", "right"]].set_visible(False)

# %%
# ``fit`` takes groups as well, so that the part it holds out to watch training has patients of its
# own::
#
#     BBFLClassifier("mobilenetv2", image_size=224).fit(paths, diagnosis, groups=patients)

plt.show()
