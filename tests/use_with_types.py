"""How users call the package, for the type checker of `make lint`; not run.

What must be accepted stands as it is. What must be refused has a comment that names the error, and
the checker says where such a comment has become needless.
"""

from pathlib import Path
from typing import assert_type

import numpy as np
import pandas as pd

from imblearn_bbfl import BBFLClassifier, ImageFeatures
from imblearn_bbfl.costs import compute_effective_factors
from imblearn_bbfl.decisions import CostMatrix, RecallFloor
from imblearn_bbfl.inspection import GradCAMDisplay
from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy
from imblearn_bbfl.model_selection import Comparison, compare_strategies
from imblearn_bbfl.probabilities import combine_groups
from imblearn_bbfl.sampling import BatchBalancedSampler

paths = ["a.png", "b.png"]
y = ["healthy", "sick"]

classifier = BBFLClassifier("mobilenetv2", gamma=2, image_size=(64, 96), thresholding="tuned")
BBFLClassifier(gamma="two")  # type: ignore[arg-type]
BBFLClassifier(augmentation=1.5)  # type: ignore[arg-type]

assert_type(classifier.fit(paths, y), BBFLClassifier)
assert_type(classifier.predict(paths), np.ndarray)
assert_type(classifier.predict_proba(np.zeros((2, 8, 8, 3))), np.ndarray)
assert_type(classifier.decision_function(paths), np.ndarray)
classifier.set_params(thresholding=RecallFloor("sick", recall=0.95))
classifier.save(Path("model.keras"))
assert_type(BBFLClassifier.load("model.keras"), BBFLClassifier)

assert_type(ImageFeatures("resnet50").fit(paths).transform(paths), np.ndarray)

comparison = compare_strategies(classifier, paths, y, cv=5, groups=["p1", "p2"], checkpoint="runs")
assert_type(comparison, Comparison)
assert_type(comparison.summary(), pd.DataFrame)
compare_strategies(classifier, paths, y, n_repeats="five")  # type: ignore[arg-type]
compare_strategies(classifier, paths, y, combine="median")  # type: ignore[arg-type]

CostMatrix([[0, 1], [5, 0]])
CostMatrix("linear", order=["none", "mild", "severe"])
RecallFloor("sick", recall="high")  # type: ignore[arg-type]

SparseCategoricalFocalCrossentropy(gamma=2, alpha=[0.25, 0.75])
BatchBalancedSampler(batch_size=32, random_state=np.random.RandomState(0))
assert_type(compute_effective_factors([10, 90], beta=0.99), np.ndarray)
assert_type(combine_groups([[0.2, 0.8]], ["p1"]), tuple[np.ndarray, np.ndarray])
assert_type(GradCAMDisplay.from_estimator(classifier, paths, layer="last"), GradCAMDisplay)
