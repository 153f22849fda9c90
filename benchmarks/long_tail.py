"""Train methods for imbalance on CIFAR-10 with a long tail, beside the figures of the literature.

5,000 training images of the first class and 50 of the last; a test part with 1,000 of each.
ResNet-32 (He et al. 2016), from random weights, with the usual recipe: batches of 128, SGD with
momentum 0.9, weight decay 2e-4, a learning rate of 0.1 that rises over the first 5 of 200 epochs
and falls a hundredfold at 160 and at 180, crops with 4 pixels of padding, and mirror images. With
fewer ``--epochs``, these moments come as much earlier. The last epoch is tested; many of the
published figures are of the best epoch of the test part. The images here are a copy in JPEG files,
so accuracies are lower than those published, and the gains over cross-entropy are what compares::

    python benchmarks/long_tail.py --data-home DATA --epochs 200 --out long_tail
    KERAS_BACKEND=jax python benchmarks/long_tail.py --data-home DATA --seconds 800 --out long_tail

On processors that multiply in bfloat16, ``--dtype-policy mixed_bfloat16`` saves time.

Methods are trained in the order of ``--methods``, each kept when it is done: a second start goes on
with the next. With ``--seconds``, none is begun that would not be done in time, as far as the
methods before tell. Methods of the same settings, such as ``logit_adjustment`` and
``balanced_softmax``, are trained once, and the result is written down for each.
"""

import argparse
import math
import os
import shutil
import time
from pathlib import Path

import data_sets
import keras
import numpy as np
import pandas as pd
from results import ResultsFile, keep_settings, write_markdown
from weighted_scores import draw_weights, measure

from imblearn_bbfl import STRATEGIES, BBFLClassifier

METHODS = (
    "baseline",
    "bbfl",
    "logit_adjustment",
    "balanced_softmax",
    "drw",
    "ldam_drw",
    "vs",
    "mixup_crt",
)
# Accuracy in percent, that of cross-entropy in the same source, and the source.
_BAG, _DDC = "Zhang 2021", "DDC 2026"
PUBLISHED = {
    "baseline": [(69.88, 69.88, _BAG), (71.25, 71.25, _DDC)],
    "logit_adjustment": [(78.57, None, "re-run of Menon 2021")],
    "balanced_softmax": [(76.37, 69.88, _BAG)],
    "drw": [(73.34, 69.88, f"{_BAG}, inverse frequency")],
    "ldam_drw": [(75.39, 69.88, _BAG), (77.97, 71.25, _DDC)],
    "vs": [(80.29, 71.25, _DDC)],
}
_RETRAINING = 10  # epochs of the head anew, in which the learning rate falls from 0.1 once more
_MEAN, _DEVIATION = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)  # of CIFAR-10's pixels
_N_DRAWS = 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", default=os.environ.get("IMBLEARN_BBFL_DATA"))
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=math.inf, help="for all methods together")
    parser.add_argument("--dtype-policy", default="float32", help="of Keras")
    parser.add_argument("--share", type=float, default=1.0, help="of the images of each class")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="threads that make batches")
    parser.add_argument("--out", type=Path, default=Path("long_tail"))
    arguments = parser.parse_args()
    keras.config.set_dtype_policy(arguments.dtype_policy)
    end = time.perf_counter() + arguments.seconds
    folder = arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    results = ResultsFile(folder / "runs.csv", ["method", "seed"])
    varied = ["methods", "seconds", "seed", "workers"]
    settings = folder / "settings.json"
    keep_settings(settings, arguments, varied=varied, results=[results.path])
    X_train, y_train, X_test, y_test = load(arguments.data_home, arguments.share)
    longest = 0.0
    for method in arguments.methods:
        if (method, arguments.seed) in results:
            continue
        if method not in STRATEGIES:
            print(f"{method} is no method of STRATEGIES, and is left out.")
            continue
        if twin := find_twin(method, arguments.seed, results):
            shutil.copyfile(*[folder / f"{m}-{arguments.seed}.npy" for m in (twin, method)])
            results.repeat((twin, arguments.seed), (method, arguments.seed))
            continue
        start = time.perf_counter()
        if start + longest > end:
            print(f"No time is left for {method}: the longest took {longest:.0f} s so far.")
            break
        classifier = make_classifier(method, arguments)
        with results.measure((method, arguments.seed)) as measured:
            classifier.fit(X_train, y_train)
            seconds = time.perf_counter() - start
            proba = classifier.predict_proba(X_test)
            np.save(folder / f"{method}-{arguments.seed}.npy", proba)
            scores = measure(y_test, proba, proba.argmax(axis=1), rarest=_find_rarest(y_train))
            measured.update({name: float(f"{value[0]:.6g}") for name, value in scores.items()})
            measured["seconds_per_epoch"] = round(seconds / classifier.current_epoch, 2)
        longest = max(longest, time.perf_counter() - start)
    if results.path.exists():
        write_table(folder, y_test, _find_rarest(y_train))


def load(data_home, share):
    """Return images and labels of both parts, or the first so many of each class."""
    data = data_sets.load("cifar10-lt", data_home)
    for is_in_part in (~data.is_test, data.is_test):
        rows = np.flatnonzero(is_in_part)
        of_classes = [rows[data.y[rows] == label] for label in np.unique(data.y)]
        rows = np.concatenate([part[: math.ceil(share * len(part))] for part in of_classes])
        yield from (data.X[rows], data.y[rows])


def find_twin(method, seed, results):
    """Return a method of the same settings whose result is there already, or None."""
    alike = [name for name, settings in STRATEGIES.items() if settings == STRATEGIES[method]]
    return next((name for name in alike if (name, seed) in results), None)


def make_classifier(method, arguments):
    """Return a classifier that trains ResNet-32 by the usual recipe and a method."""
    return BBFLClassifier(
        resnet32,
        epochs=arguments.epochs,
        batch_size=128,
        augmentation=CropAndMirror(),
        optimizer="sgd",
        optimizer__momentum=0.9,
        # Keras takes the decay from the weights themselves. In the gradient, as the literature has
        # it, momentum makes it ten times as much: 2e-4 / (1 - 0.9).
        optimizer__weight_decay=2e-3,
        learning_rate=0.1,
        head_learning_rate=0.1,
        learning_rate_schedule=None,
        callbacks=keras.callbacks.LearningRateScheduler(make_schedule(arguments.epochs)),
        workers=arguments.workers,
        random_state=arguments.seed,
        **STRATEGIES[method],
    )


def make_schedule(n_epochs):
    """Return the learning rate as a function of the epoch: warm-up and steps, or the head anew."""
    warm_up, first, second = (round(n_epochs * part) for part in (0.025, 0.8, 0.9))

    def find_rate(epoch, rate=None):
        if epoch < n_epochs:
            factor = 1e-4 if epoch >= second else 1e-2 if epoch >= first else 1
            return 0.1 * factor * min(1, (epoch + 1) / max(1, warm_up))
        return 0.05 * (1 + math.cos(math.pi * (epoch - n_epochs) / _RETRAINING))

    return find_rate


def resnet32(pixels):
    """Apply three stages of five residual blocks, of 16, 32 and 64 filters, to pixels in [0, 1]."""
    variance = [deviation**2 for deviation in _DEVIATION]
    x = keras.layers.Normalization(mean=_MEAN, variance=variance)(pixels)
    x = keras.layers.ReLU()(_convolve(x, 16))
    for filters in (16, 32, 64):
        for block in range(5):
            x = _apply_block(x, filters, strides=2 if filters > 16 and block == 0 else 1)
    return x


def _apply_block(x, filters, strides):
    """Apply two convolutions beside a shortcut without weights: fewer pixels, channels of zeros."""
    y = keras.layers.ReLU()(_convolve(x, filters, strides))
    y = _convolve(y, filters)
    if strides > 1:
        n_added = (filters - x.shape[-1]) // 2
        x = x[:, ::strides, ::strides]
        x = keras.ops.pad(x, [(0, 0), (0, 0), (0, 0), (n_added, n_added)])
    return keras.layers.ReLU()(keras.layers.Add()([x, y]))


def _convolve(x, filters, strides=1):
    x = keras.layers.Conv2D(
        filters, 3, strides, "same", use_bias=False, kernel_initializer="he_normal"
    )(x)
    return keras.layers.BatchNormalization(epsilon=1e-5)(x)


class CropAndMirror:
    """Crops of the image's size, from it with 4 black pixels around; half of them are mirrored."""

    def augment(self, images, random_state=None, *, pixel_max=1.0):
        """Return a random variant of each image, of shape (n_samples, height, width, channels)."""
        rng = np.random.default_rng(random_state)
        n, height, width, _ = images.shape
        padded = np.pad(images, ((0, 0), (4, 4), (4, 4), (0, 0)))
        crops = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
        top, left = rng.integers(9, size=(2, n))
        varied = np.moveaxis(crops[np.arange(n), top, left], 1, -1)
        is_mirrored = rng.random(n) < 0.5
        varied[is_mirrored] = varied[is_mirrored, :, ::-1]
        return np.ascontiguousarray(varied)


def _find_rarest(y_train):
    return np.bincount(y_train).argmin()


def write_table(folder, y_test, rarest):
    """Write recalls of the rarest class, accuracies and gains, beside those that are published."""
    runs = pd.read_csv(folder / "runs.csv").drop_duplicates("method").set_index("method")
    weights = draw_weights(len(y_test), _N_DRAWS)
    weights = np.concatenate([np.ones_like(weights[:1]), weights])

    names = ("accuracy", "recall_of_rarest")

    def measure_method(method):
        proba = np.load(folder / f"{method}-{runs.loc[method, 'seed']}.npy")
        predicted = proba.argmax(axis=1)
        scores = measure(y_test, proba, predicted, weights, names=names, rarest=rarest)
        return [100 * scores[name] for name in names]

    measured = {method: measure_method(method) for method in runs.index}
    rows = []
    for method, (accuracy, recall) in measured.items():
        cells = [f"{recall[0]:.0f}", f"{accuracy[0]:.1f}", ""]
        if "baseline" in measured and method != "baseline":
            gain = accuracy - measured["baseline"][0]
            low, high = np.quantile(gain[1:], [0.025, 0.975])
            cells[-1] = f"{gain[0]:+.1f} ({low:+.1f} to {high:+.1f})"
        for i, (theirs, cross_entropy, source) in enumerate(PUBLISHED.get(method, [("", "", "")])):
            gain = "" if method == "baseline" or not cross_entropy else theirs - cross_entropy
            published = [theirs, f"{gain:+.1f}" if gain else "", source]
            rows.append([method, *cells, *published] if i == 0 else [""] * 4 + published)
    head = ["method", "rarest, %", "accuracy, %", "gain", "published", "published gain", "source"]
    write_markdown(folder / "table.md", head, rows)


if __name__ == "__main__":
    main()
