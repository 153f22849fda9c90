"""Imbalanced-learn's samplers, and its Keras generator as it ships, against batch balancing.

Quality on a test part, and exactness of balance: the share of training batches that hold the same
number of each class, the share that lack a class, and the share of training rows never seen.
imbalanced-learn's generator takes tables only, so it gets flattened images, and the network a layer
that folds them back; all else is the same: network (with the paper's head), initial weights, loss
(cross-entropy), learning rate, epochs::

    python benchmarks/imblearn_samplers.py --data digits --out samplers

With ``--features``, what imbalanced-learn has for tables alone, on features of a network that is
not trained: SMOTE and its ensembles, beside a balanced linear model::

    python benchmarks/imblearn_samplers.py --data idrid --features mobilenetv2 --image-size 224

Each run is written when it is made, and a second start goes on where the first one stopped.
"""

import argparse
import logging
import os
from pathlib import Path

import data_sets
import keras
import numpy as np
from imblearn.ensemble import BalancedRandomForestClassifier, EasyEnsembleClassifier
from imblearn.keras import BalancedBatchGenerator as ImblearnGenerator
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler
from results import ResultsFile, keep_settings, score
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from imblearn_bbfl import RECIPES, BBFLClassifier, ImageFeatures
from imblearn_bbfl.sampling import make_row_plan

# TensorFlow warns of every network after the fourth; here, training many is the point.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

SAMPLINGS = {
    "none": None,
    "RandomOverSampler, each epoch": RandomOverSampler(),
    "RandomUnderSampler, each epoch": RandomUnderSampler(),
    "batch": "batch",
}
GENERATORS = {
    "imblearn.keras, RandomOverSampler": RandomOverSampler,
    "imblearn.keras, RandomUnderSampler (its default)": RandomUnderSampler,
}

ON_FEATURES = {
    "features, balanced linear model": lambda seed: make_pipeline(
        StandardScaler(), LogisticRegression(C=1e-3, class_weight="balanced", max_iter=5000)
    ),
    "features, SMOTE, linear model": lambda seed: make_pipeline(
        StandardScaler(),
        SMOTE(k_neighbors=3, random_state=seed),
        LogisticRegression(C=1e-3, max_iter=5000),
    ),
    "features, BalancedRandomForestClassifier": lambda seed: BalancedRandomForestClassifier(
        500, random_state=seed
    ),
    "features, EasyEnsembleClassifier": lambda seed: EasyEnsembleClassifier(10, random_state=seed),
}


def measure_balance(batches, n_rows, n_classes):
    """Measure how balanced batches are; `batches` has the row numbers and the codes of each."""
    counts = np.array([np.bincount(codes, minlength=n_classes) for _, codes in batches])
    seen = np.unique(np.concatenate([rows for rows, _ in batches]))
    return {
        "exactly_balanced": float((counts == counts[:, :1]).all(axis=1).mean()),
        "lacking_a_class": float((counts == 0).any(axis=1).mean()),
        "rows_never_seen": 1 - len(seen) / n_rows,
    }


def run_sampling(name, data, arguments, seed):
    """Train with one of our samplings; return probabilities, classes and the batches."""
    X, y = data.X[~data.is_test], data.y[~data.is_test]
    classifier = make_classifier(arguments, seed).set_params(sampling=SAMPLINGS[name])
    classifier.fit(X, y)
    codes = np.searchsorted(classifier.classes_, y)
    plan = make_row_plan(SAMPLINGS[name], arguments.batch_size, seed).fit(codes)
    batches = [
        (rows, codes[rows]) for e in range(arguments.epochs) for rows in plan.sample_epoch(e)
    ]
    return classifier.predict_proba(data.X[data.is_test]), classifier.classes_, batches


def run_generator(name, data, arguments, seed):
    """Train the same network on the batches of imbalanced-learn's generator."""
    X, y = data.X[~data.is_test], data.y[~data.is_test]
    classifier = make_classifier(arguments, seed).set_params(epochs=0).fit(X, y)
    classes, codes = np.unique(y, return_inverse=True)
    generator = ImblearnGenerator(
        X.reshape(len(X), -1),
        codes,
        sampler=GENERATORS[name](random_state=seed),
        batch_size=arguments.batch_size,
        random_state=seed,
    )
    network = classifier.model_
    flat = keras.Input((int(np.prod(X.shape[1:])),))
    model = keras.Model(flat, network(keras.layers.Reshape(X.shape[1:])(flat)))
    model.compile(
        keras.optimizers.Adam(arguments.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(generator, epochs=arguments.epochs, verbose=0)
    tests = data.X[data.is_test]
    proba = softmax(model.predict(tests.reshape(len(tests), -1), verbose=0), axis=1)
    starts = range(0, len(generator) * arguments.batch_size, arguments.batch_size)
    rows = [generator.indices_[start : start + arguments.batch_size] for start in starts]
    return proba, classes, [(batch, codes[batch]) for batch in rows]


def run_on_features(name, features, data, seed):
    """Fit a model of tables on the features of all images; return probabilities and classes."""
    model = ON_FEATURES[name](seed).fit(features[~data.is_test], data.y[~data.is_test])
    return model.predict_proba(features[data.is_test]), model.classes_


def compute_features(data, arguments):
    return ImageFeatures(
        arguments.features,
        weights=arguments.weights,
        image_size=arguments.image_size,
        feature_layers=arguments.feature_layers,
        verbose=1,
    ).transform(data.X)


def make_classifier(arguments, seed):
    changes = {
        "augmentation": None,
        "learning_rate": arguments.learning_rate,
        "batch_size": arguments.batch_size,
        "epochs": arguments.epochs,
        "validation_fraction": None,
    }
    return BBFLClassifier("small_cnn", gamma=0.0, random_state=seed, **RECIPES["paper"] | changes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="digits", choices=["digits", "retinamnist", "idrid"])
    parser.add_argument("--data-home", default=os.environ.get("IMBLEARN_BBFL_DATA"))
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--features", help="backbone: models of tables on its features instead")
    parser.add_argument("--weights", default="auto", help="of that backbone: a file, say")
    parser.add_argument("--image-size", type=int, help="of that backbone, in pixels")
    parser.add_argument("--feature-layers", type=int, default=3, help="stages of that backbone")
    parser.add_argument("--out", type=Path, default=Path("imblearn_samplers.csv"))
    arguments = parser.parse_args()
    if arguments.data == "idrid" and not arguments.features:
        parser.error("--data idrid has files of photographs: pass --features mobilenetv2, say")
    keep_settings(
        arguments.out.with_suffix(".settings.json"),
        arguments,
        varied=["data", "seeds"],
        results=[arguments.out],
    )

    data = data_sets.load(arguments.data, arguments.data_home)
    results = ResultsFile(arguments.out, ["data", "sampling", "seed"])
    if arguments.features:
        features = compute_features(data, arguments)
        for seed in range(arguments.seeds):
            for name in ON_FEATURES:
                if (arguments.data, name, seed) in results:
                    continue
                with results.measure((arguments.data, name, seed)) as measured:
                    proba, classes = run_on_features(name, features, data, seed)
                    measured.update(score(data.y[data.is_test], proba, classes))
        print(results.summarize(["data", "sampling"]))
        return
    for seed in range(arguments.seeds):
        for name in [*SAMPLINGS, *GENERATORS]:
            key = (arguments.data, name, seed)
            if key in results:
                continue
            run = run_sampling if name in SAMPLINGS else run_generator
            with results.measure(key) as measured:
                proba, classes, batches = run(name, data, arguments, seed)
                measured.update(score(data.y[data.is_test], proba, classes))
                n_rows = int((~data.is_test).sum())
                measured.update(measure_balance(batches, n_rows, len(classes)))
    print(results.summarize(["data", "sampling"]))


if __name__ == "__main__":
    main()
