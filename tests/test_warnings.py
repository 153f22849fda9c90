"""Warnings name the line of the user's that they are about."""

import types
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import imblearn_bbfl
from imblearn_bbfl import BBFLClassifier, ImageFeatures
from imblearn_bbfl._warnings import warn_user

OF_12_BIT = np.random.default_rng(0).integers(0, 4096, (12, 8, 8, 3), dtype=np.uint16)
LABELS = np.arange(12) % 2


def warn_in(module):
    """Warn from a line of a module of that name, and return the file of the line that is named."""
    namespace = vars(types.ModuleType(module)) | {"warn": warn_user}
    exec(compile("def act():\n    warn('told')", f"{module}.py", "exec"), namespace)
    with pytest.warns(UserWarning, match="told") as caught:
        namespace["act"]()
    return caught[0].filename


@pytest.mark.parametrize("module", ["imblearn_bbfl.deep.inside", "sklearn.pipeline"])
def test_a_line_of_the_package_or_of_one_that_calls_it_is_passed_over(module):
    assert warn_in(module) == __file__


@pytest.mark.parametrize("module", ["mine", "sklearn_of_mine", "__main__"])
def test_a_line_of_the_users_is_named(module):
    assert warn_in(module) == f"{module}.py"


@pytest.mark.parametrize(
    "path",
    sorted(Path(imblearn_bbfl.__file__).parent.rglob("*.py")),
    ids=lambda path: path.name,
)
def test_all_warnings_of_the_package_point_to_the_users_line(path):
    has_its_own_way = path.name in ("_warnings.py", "_unrouted_groups.py")
    assert has_its_own_way or "warnings.warn(" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "estimator",
    [
        BBFLClassifier("small_cnn", epochs=0, validation_fraction=None),
        make_pipeline(ImageFeatures("small_cnn"), LogisticRegression()),
    ],
    ids=["classifier", "pipeline"],
)
def test_a_range_that_is_hardly_used_is_told_where_the_user_passes_the_images(estimator):
    with pytest.warns(UserWarning, match="pixel_max=4095") as caught:
        estimator.fit(OF_12_BIT, LABELS)
    told = [warning for warning in caught if "pixel_max" in str(warning.message)]
    assert {warning.filename for warning in told} == {__file__}
