"""What the backends of Keras take for the same work on a CPU: fits and predictions.

MobileNetV2 without weights, 200 images of 96 px in balanced batches of 16, no augmentation. In a
new process: a probe, which trains a head on the features of all images for 15 epochs; two epochs of
all layers, which traces the network first; the same again with another gamma; and the probabilities
of all images, after a call that does not count. The backends take turns in being first.

The seconds are those of the processor, all threads together, because they hardly depend on what
else the machine does. They do not say how well a backend makes use of several cores. This needs
``OMP_WAIT_POLICY=PASSIVE``, which is set here: threads of PyTorch that wait for each other are busy
otherwise, and on a machine with other work each step then takes many times as long. What a process
has measured is kept in the folder of results until all are done, so that the same call goes on
where it was stopped.

JAX and PyTorch may have environments of their own. Those of ``make test-backends`` are::

    python benchmarks/performance/backends.py --jax .venv-jax/bin/python \
        --torch .venv-torch/bin/python
"""

import importlib
import json
import sys
import time

import numpy as np
from timing import keep, parse_arguments, run_side, summarize_rounds

NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
FIGURES = {
    "probe": "`fit` of a head on features",
    "first_fit": "first `fit` of all layers",
    "next_fit": "next `fit` of all layers",
    "predict": "`predict_proba`",
}
# Network, its name, image size, number of images.
FULL = ("mobilenetv2", "MobileNetV2", 96, 200)
SHORT = ("small_cnn", "small CNN", 32, 64)


def measure_here(is_short):
    """Return the processor seconds of each figure on the backend of this process."""
    from imblearn_bbfl import BBFLClassifier

    backbone, _, size, n_images = SHORT if is_short else FULL
    X = np.random.default_rng(0).integers(0, 256, (n_images, size, size, 3), dtype=np.uint8)
    y = (np.arange(n_images) % 5 == 0).astype(int)
    settings = {
        "weights": None,
        "augmentation": None,
        "validation_fraction": None,
        "batch_size": 16,
        "random_state": 0,
    }
    probe = BBFLClassifier(backbone, head_epochs=15, epochs=0, **settings)
    classifier = BBFLClassifier(backbone, head_epochs=0, epochs=2, **settings)
    seconds = [
        measure_processor(lambda: probe.fit(X, y)),
        measure_processor(lambda: classifier.fit(X, y)),
        measure_processor(lambda: classifier.set_params(gamma=1.0).fit(X, y)),
    ]
    classifier.predict_proba(X)
    return [*seconds, measure_processor(lambda: classifier.predict_proba(X))]


def measure_processor(function):
    """Return the seconds of the processor that a call takes, all threads together."""
    start = time.process_time()
    function()
    return time.process_time() - start


def measure(arguments, backend, interpreter):
    """Return the version of a backend and the seconds of each figure, from a new process."""
    variables = {"KERAS_BACKEND": backend, "OMP_WAIT_POLICY": "PASSIVE"}
    line = run_side(arguments, backend, interpreter=interpreter, variables=variables)
    version, *seconds = line.split()
    return {"version": version, **dict(zip(FIGURES, map(float, seconds), strict=True))}


def measure_in_turn(interpreters, arguments):
    """Return what was measured in each round, by backend; kept in a file as soon as it is known."""
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / f"backends{'_short' * arguments.short}.rounds"
    rounds = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    order = list(interpreters)
    for i in range(arguments.n_rounds):
        for backend in order:
            done = rounds.setdefault(backend, [])
            if len(done) <= i:
                # Printed before it is measured, to be the last line where this script is stopped.
                print(f"round {i + 1} of {arguments.n_rounds}, {backend}: ", end="", flush=True)
                done.append(measure(arguments, backend, interpreters[backend]))
                path.write_text(json.dumps(rounds, indent=1) + "\n", encoding="utf-8")
                print(done[-1], flush=True)
        order.append(order.pop(0))
    path.unlink(missing_ok=True)
    return {backend: rounds[backend][: arguments.n_rounds] for backend in interpreters}


def compare_backend(arguments, backend, rounds):
    _, network, size, n_images = SHORT if arguments.short else FULL
    version = rounds[backend][0]["version"]
    pairs = list(zip(rounds[backend], rounds["tensorflow"], strict=True))
    for name, figure in FIGURES.items():
        keep(
            arguments,
            f"backends_{backend}_{name}",
            work=f"{figure} on {NAMES[backend]} {version}, {network}, {n_images} images of "
            f"{size} px",
            peer="TensorFlow",
            aim=None,
            result=summarize_rounds([(a[name], b[name]) for a, b in pairs], "CPU s"),
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
