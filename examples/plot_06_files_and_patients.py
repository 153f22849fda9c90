"""
6 · Image files, and several of one patient
===========================================

Photographs are files, and there may be several of one patient. This chapter writes a small set of
files like that of a clinic, trains from the paths, and shows how flattering a score becomes if
images of one patient are on both sides of a split.
"""

# %%
# A folder of images and a table
# ------------------------------
# Each "patient" has five images that differ only by noise, and one patient in three is sick. The
# diagnosis is drawn by lot, so nothing in an image tells who is sick. For a patient who has not
# been seen before, nobody can do better than guess, and an honest score has to say so.

import tempfile
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_score

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.datasets import load_image_table

rng = np.random.default_rng(0)
folder = Path(tempfile.mkdtemp())
is_sick = rng.permutation(45) < 15
rows = []
for patient in range(45):
    eye = cv2.GaussianBlur(rng.uniform(0, 255, (24, 24, 3)).astype("float32"), (0, 0), 3)
    eye = rng.uniform(40, 215, 3) + 4 * (eye - eye.mean())
    for photograph in range(5):
        image = eye + rng.normal(0, 5, eye.shape)
        name = f"patient {patient:02d} photograph {photograph}.png"
        cv2.imwrite(str(folder / name), image.clip(0, 255).astype("uint8"))
        diagnosis = "sick" if is_sick[patient] else "healthy"
        rows.append({"file": name, "diagnosis": diagnosis, "patient": patient})
pd.DataFrame(rows).to_csv(folder / "labels.csv", index=False)

# %%
# Read the table
# --------------
# ``data`` has the paths, ``target`` the labels as text, and ``groups`` says which files belong
# together. The files are read when they are needed, so the memory does not grow with their
# number. If there is one folder for each class and no table, use ``load_image_folder``.

table = load_image_table(
    folder / "labels.csv", path_column="file", label_column="diagnosis", group_column="patient"
)
paths, diagnosis, patients = table.data, table.target, table.groups
print(len(paths), "files, the first of them:", Path(paths[0]).name)
print(pd.Series(diagnosis).value_counts().to_dict())

figure, axes = plt.subplots(2, 5, figsize=(8, 3.6), layout="constrained")
for row, patient in zip(axes, ("0", "1"), strict=True):
    own = np.flatnonzero(patients == patient)
    for ax, i in zip(row, own, strict=True):
        ax.imshow(cv2.imread(str(paths[i]))[..., ::-1])
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel(f"patient {patient}\n{diagnosis[own[0]]}")
figure.suptitle("Five photographs each of two patients")

# %%
# Two ways to split
# -----------------
# We use three folds, once with all photographs of a patient kept together, and once with
# photographs drawn one by one. Everything else is the same.

classifier = BBFLClassifier(
    "small_cnn",
    learning_rate=3e-3,
    epochs=20,
    augmentation=None,
    random_state=0,
)
by_patient = StratifiedGroupKFold(3, shuffle=True, random_state=0)
by_photograph = StratifiedKFold(3, shuffle=True, random_state=0)
splits = {
    "patients kept together": by_patient.split(paths, diagnosis, groups=patients),
    "photographs drawn one by one": by_photograph.split(paths, diagnosis),
}
scores = {}
for name, split in splits.items():
    scores[name] = cross_val_score(
        classifier, paths, diagnosis, cv=split, scoring="balanced_accuracy"
    )
    print(f"{name:30} balanced accuracy {scores[name].mean():.2f}, guessing 0.50")

# %%
# The second score promises a doctor something that is not there. The network has seen other
# photographs of these very patients. About the next patient it knows nothing, and this is what
# the first score says.

whole, torn = (values.mean() for values in scores.values())
assert torn > 0.8
assert torn > whole + 0.2

figure, ax = plt.subplots(figsize=(7, 2.4), layout="constrained")
for position, values in enumerate(scores.values()):
    ax.plot(values, np.full(len(values), position), "o", color="0.6")
    ax.plot(values.mean(), position, "D", color="C0")
ax.axvline(0.5, color="0.7", linestyle=":")
ax.text(0.5, 1.4, "guessing", ha="center", color="0.4")
ax.set(
    yticks=[0, 1],
    yticklabels=scores,
    ylim=(-0.5, 1.7),
    xlim=(0.2, 1.02),
    xlabel="balanced accuracy",
    title="Three folds (gray) and their mean (blue)",
)
ax.spines[["top", "right"]].set_visible(False)

# %%
# ``compare_strategies`` keeps patients together in all of its splits. ``fit`` takes groups as
# well, so that a part which it holds out has patients of its own::
#
#     compare_strategies(classifier, paths, diagnosis, groups=patients)
#     classifier.set_params(validation_fraction=0.1).fit(paths, diagnosis, groups=patients)

plt.show()
