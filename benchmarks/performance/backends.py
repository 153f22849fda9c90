"""What the backends of Keras take for the same work on a CPU: fits and predictions.

MobileNetV2 without weights, 400 images of 96 px in balanced batches of 16, no augmentation, two
epochs. In a new process: a first fit, which traces the network; a fit after it with another gamma;
and the probabilities of all images, after a call that does not count. The backends take turns in
being first.

JAX and PyTorch may have environments of their own. Those of ``make test-backends`` are::

    python benchmarks/performance/backends.py --jax .venv-jax/bin/python \
        --torch .venv-torch/bin/python
"""

import importlib
import os
import subprocess
import sys

import numpy as np
from timing import keep, measure_seconds, parse_arguments, summarize_rounds

NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
FIGURES = {"first_fit": "first `fit`", "next_fit": "next `fit`", "predict": "`predict_proba`"}
# Network, its name, image size, number of images.
FULL = ("mobilenetv2", "MobileNetV2", 96, 400)
SHORT = ("small_cnn", "small CNN", 32, 64)


def measure_here(is_short):
    """Return the seconds of each figure on the backend of this process."""
    from imblearn_bbfl import BBFLClassifier

    backbone, _, size, n_images = SHORT if is_short else FULL
    X = np.random.default_rng(0).integers(0, 256, (n_images, size, size, 3), dtype=np.uint8)
    y = (np.arange(n_images) % 5 == 0).astype(int)
    classifier = BBFLClassifier(
        backbone,
        weights=None,
        augmentation=None,
        validation_fraction=None,
        epochs=2,
        random_state=0,
    )
    first_fit = measure_seconds(lambda: classifier.fit(X, y))
    next_fit = measure_seconds(lambda: classifier.set_params(gamma=1.0).fit(X, y))
    classifier.predict_proba(X)
    return first_fit, next_fit, measure_seconds(lambda: classifier.predict_proba(X))


def measure(backend, interpreter, is_short):
    """Return the version of a backend and the seconds of each figure, from a new process."""
    done = subprocess.run(
        [interpreter, sys.argv[0], "--side", backend, *["--short"] * is_short],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "KERAS_BACKEND": backend},
    )
    version, *seconds = done.stdout.splitlines()[-1].split()
    return version, dict(zip(FIGURES, map(float, seconds), strict=True))


def measure_in_turn(interpreters, arguments):
    """Return the version and the seconds of each round, by backend."""
    rounds = {backend: [] for backend in interpreters}
    order = list(interpreters)
    for _ in range(arguments.n_rounds):
        for backend in order:
            rounds[backend].append(measure(backend, interpreters[backend], arguments.short))
        order.append(order.pop(0))
    return rounds


def compare_backend(arguments, backend, rounds):
    _, network, size, n_images = SHORT if arguments.short else FULL
    version = rounds[backend][0][0]
    pairs = list(zip(rounds[backend], rounds["tensorflow"], strict=True))
    for name, figure in FIGURES.items():
        keep(
            arguments,
            f"backends_{backend}_{name}",
            work=f"{figure} on {NAMES[backend]} {version}, {network}, {n_images} images of "
            f"{size} px",
            peer="TensorFlow",
            aim=None,
            result=summarize_rounds([(a[name], b[name]) for (_, a), (_, b) in pairs], "s"),
        )


def main():
    others = ("jax", "torch")
    arguments = parse_arguments(
        __doc__,
        n_rounds=3,
        n_rounds_short=1,
        options={name: f"Python that has {NAMES[name]} and this package" for name in others},
    )
    if arguments.side:
        version = importlib.import_module(arguments.side).__version__
        print(version, *measure_here(arguments.short))
        return
    interpreters = {name: vars(arguments)[name] for name in others if vars(arguments)[name]}
    if not interpreters:
        print("Only TensorFlow is known of: not measured. Pass --jax PYTHON or --torch PYTHON.")
        return
    rounds = measure_in_turn({"tensorflow": sys.executable, **interpreters}, arguments)
    for backend in interpreters:
        compare_backend(arguments, backend, rounds)


if __name__ == "__main__":
    main()
