"""Private names of other packages: those that the source uses, why, and what would replace them.

Anything that is not in the list below is to be had from a public name, or is not to be used.
"""

import ast
import functools
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import imblearn_bbfl

PACKAGE = Path(imblearn_bbfl.__file__).parent
FILES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}

ALLOWED = {
    # Keras
    "_exclude_from_weight_decay_pattern": (
        "Keras: names that an optimizer leaves out of weight decay are no part of its "
        "configuration, so a copy would lose them. A getter, or the names in get_config, would do."
    ),
    "_maybe_symbolic_build": (
        "Keras: under a strategy of TensorFlow, fit looks at a first batch, which starts an epoch "
        "of the generator. An argument of fit that says that all is built would do."
    ),
    "_model": (
        "Keras: where a callback keeps its network, which is no choice of the user and no part of "
        "a checkpoint's fingerprint. A get_config of callbacks would do."
    ),
    "_keras_logits": (
        "Keras: marks the output of a softmax, so that a loss of logits can warn of it. A public "
        "mark of that kind would do."
    ),
    # scikit-learn
    "sklearn.utils._param_validation": (
        "scikit-learn: the constraints of parameters, which imbalanced-learn and other packages "
        "use as well. A public module of the same would do."
    ),
    "_validate_params": "scikit-learn: see _param_validation; checks the constraints.",
    "_fit_and_score": (
        "scikit-learn: the name of a function that the look through the callers for groups, which "
        "never reach fit, stops at. A cross-validation that tells its clones of groups would do."
    ),
    "_get_param_names": (
        "scikit-learn: scikeras' base class replaces it by a look at the instance. Goes with "
        "scikeras."
    ),
    "_skl_callbacks": (
        "scikit-learn: the callbacks that are set. Without any, training need not hand its weights "
        "over after each epoch. A public name of the same would do."
    ),
    # scikeras
    "_more_tags": (
        "scikeras: scikit-learn refuses classes that have it, so the base class is taken over "
        "without it. Goes with scikeras."
    ),
    # version 1 of this package
    "_class_mass": (
        "version 1: an attribute in the files that it wrote. Goes with the reading of those."
    ),
}
# Public by their documentation in spite of the underscore: Python's own, and what scikit-learn's
# developer guide says is part of the contract with estimators that support its callbacks.
DOCUMENTED = {"_fields", "_replace", "_asdict", "_getframe", "_init_callback_context"}
# Texts that look like private names and are none: ends of the names of metrics.
ENDINGS = {"_macro", "_raw"}


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def trees():
    return [ast.parse(path.read_text(encoding="utf-8")) for path in FILES.values()]


def own_names():
    """Return the private names that the package defines, of modules and attributes too."""
    names = {part.removesuffix(".py") for file in FILES for part in file.split("/")}
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self":
                names |= {node.attr} if isinstance(node.ctx, ast.Store) else set()
    return names


@functools.cache
def used_names():
    """Return the private names that the source reads, imports, or has as text."""
    own, used = own_names(), set()
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and not node.module.startswith("imblearn_bbfl"):
                if any(map(is_private, node.module.split("."))):
                    used.add(node.module)
                used |= {alias.name for alias in node.names if is_private(alias.name)}
            elif isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
                others = {name for name in names if not name.startswith("imblearn_bbfl")}
                used |= {name for name in others if any(map(is_private, name.split(".")))}
            elif isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in own:
                used.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                if text.isidentifier() and is_private(text) and len(text) > 1 and text not in own:
                    used.add(text)
    return used - DOCUMENTED - ENDINGS


@functools.cache
def overridden_names():
    """Return the private names of other packages' classes that classes of the package define."""
    overridden = set()
    for module in pkgutil.walk_packages(imblearn_bbfl.__path__, "imblearn_bbfl."):
        for cls in vars(importlib.import_module(module.name)).values():
            if isinstance(cls, type) and cls.__module__.startswith("imblearn_bbfl"):
                others = [c for c in cls.__mro__ if not c.__module__.startswith("imblearn_bbfl")]
                theirs = set().union(*map(vars, others))
                overridden |= {name for name in vars(cls) if is_private(name) and name in theirs}
    return {name for name in overridden if not name.startswith(("_abc_", "_sklearn_"))}


def test_no_other_private_name_of_another_package_is_used():
    assert sorted((used_names() | overridden_names()) - set(ALLOWED)) == []


def test_no_name_is_listed_that_is_not_used():
    assert sorted(set(ALLOWED) - (used_names() | overridden_names())) == []


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_each_name_says_whose_it_is_and_why(name):
    package, _, why = ALLOWED[name].partition(": ")
    assert package in ("Keras", "scikit-learn", "scikeras", "version 1")
    assert len(why) > 20


IMPORT_ALL = """
import keras, sklearn.base, sys
classes = [keras.Model, keras.Layer, keras.losses.Loss, keras.metrics.Metric,
           keras.optimizers.Optimizer, keras.callbacks.Callback, sklearn.base.BaseEstimator]
before = [dict(vars(cls)) for cls in classes]
import imblearn_bbfl.classifier, imblearn_bbfl.model_selection, imblearn_bbfl.inspection
for cls, attributes in zip(classes, before):
    changed = [n for n, v in vars(cls).items() if attributes.get(n, None) is not v
               and not n.startswith(("_abc_", "__abstractmethods__"))]
    assert not changed and set(vars(cls)) == set(attributes), (cls, changed)
"""

USE_SCIKERAS = """
import pickle, warnings
import keras
import numpy as np
from sklearn.base import clone
{imports}
X, y = np.random.default_rng(0).random((20, 3)), np.arange(20) % 2
def build():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
classifier = KerasClassifier(build, loss="binary_crossentropy", optimizer=keras.optimizers.Adam())
clone(classifier)
with warnings.catch_warnings(category=UserWarning, action="error"):
    copy = pickle.loads(pickle.dumps(classifier.fit(X, y, verbose=0)))
np.testing.assert_array_equal(copy.predict_proba(X), classifier.predict_proba(X))
"""


@pytest.mark.slow
def test_importing_the_package_changes_no_class_of_another():
    subprocess.run([sys.executable, "-c", IMPORT_ALL], check=True, timeout=300)


@pytest.mark.slow
@pytest.mark.parametrize("is_first", [True, False])
def test_scikeras_works_as_ever_beside_the_package(is_first):
    imports = ["import imblearn_bbfl.classifier", "from scikeras.wrappers import KerasClassifier"]
    code = USE_SCIKERAS.format(imports="\n".join(imports if is_first else imports[::-1]))
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


WITHOUT_SCIKERAS = """
import sys
sys.modules["scikeras"] = None  # the switch: it can no longer be imported
import pickle
import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from imblearn_bbfl import BBFLClassifier
X, y = np.random.default_rng(0).random((40, 3)), np.arange(40) % 2
classifier = BBFLClassifier("mlp", epochs=2, random_state=0, optimizer__beta_1=0.5)
search = GridSearchCV(classifier, {"gamma": [0.0, 2.0]}, cv=2).fit(X, y)
copy = pickle.loads(pickle.dumps(search.best_estimator_))
np.testing.assert_array_equal(copy.predict_proba(X), search.predict_proba(X))
assert clone(classifier).get_params()["optimizer__beta_1"] == 0.5
assert not [name for name in sys.modules if name.startswith("scikeras.")]
"""


@pytest.mark.slow
def test_all_works_without_scikeras():
    subprocess.run([sys.executable, "-c", WITHOUT_SCIKERAS], check=True, timeout=300)
