"""Compare the baseline with BBFL on the official test parts of RetinaMNIST and IDRiD.

Both methods get the same network, training settings, seeds and validation rows. The test part is
read once for each run, after training. Each result is written as soon as it is made, and a second
start goes on where the first one stopped::

    python benchmarks/official_splits.py --data DATA --weights WEIGHTS --out runs.csv

DATA holds ``retinamnist/retinamnist.npz`` and ``idrid/labels.csv``; WEIGHTS is MobileNetV2's
ImageNet weights file without its top.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np
from results import ResultsFile, score

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl.datasets import fetch_retinamnist, load_image_table


def load_retinamnist(folder):
    """Return training, validation and test part: diabetic retinopathy grade, five classes."""
    home = Path(folder) / "retinamnist"
    return [
        fetch_retinamnist(data_home=home, subset=subset, return_X_y=True)
        for subset in ("train", "validation", "test")
    ]


def load_idrid(folder):
    """Return training and test part: grades 0 and 1 merged, 2, 3, 4; no validation part is given.

    The link from image to grade was rebuilt from renumbered files and checked statistically, so
    single labels may be wrong.
    """
    table = load_image_table(
        Path(folder) / "idrid" / "labels.csv",
        path_column="file",
        label_column="dr_grade",
        split_column="split",
    )
    severity = np.maximum(table.target.astype(int), 1)
    is_train = table.split == "train"
    parts = [(table.data[rows], severity[rows]) for rows in (is_train, ~is_train)]
    return parts[0], None, parts[1]


DATASETS = {"retinamnist": load_retinamnist, "idrid": load_idrid}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", default="official_splits.csv")
    parser.add_argument("--datasets", nargs="+", default=list(DATASETS))
    parser.add_argument("--strategies", nargs="+", default=["baseline", "bbfl"])
    parser.add_argument("--image-size", type=int, default=96)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()

    key_columns = ["dataset", "strategy", "image_size", "epochs", "seed"]
    results = ResultsFile(arguments.out, key_columns)
    for name in arguments.datasets:
        train, validation, test = DATASETS[name](arguments.data)
        for seed, strategy in product(range(arguments.seeds), arguments.strategies):
            key = (name, strategy, arguments.image_size, arguments.epochs, seed)
            if key in results:
                continue
            classifier = BBFLClassifier(
                "mobilenetv2",
                weights=arguments.weights,
                image_size=arguments.image_size,
                epochs=arguments.epochs,
                random_state=seed,
                **STRATEGIES[strategy],
            )
            with results.measure(key) as measured:
                classifier.fit(*train, validation_data=validation)
                proba = classifier.predict_proba(test[0])
                measured.update(score(test[1], proba, classifier.classes_))
                measured["best_epoch"] = classifier.best_epoch_
    print(results.summarize(key_columns[:-1]))


if __name__ == "__main__":
    main()
