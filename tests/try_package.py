"""Install what `make package` built into a fresh environment, and use it there.

Run by `make package`, not by pytest::

    python tests/try_package.py dist
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONSTRAINTS = ROOT / "constraints.txt"

USE = """
import sys
import imblearn_bbfl
from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.datasets import load_imbalanced_digits

assert imblearn_bbfl.__file__.startswith(sys.prefix), imblearn_bbfl.__file__
X, y = load_imbalanced_digits(return_X_y=True)
classifier = BBFLClassifier("small_cnn", epochs=1, augmentation=None, random_state=0).fit(X, y)
classifier.save("digits.keras")
assert (BBFLClassifier.load("digits.keras").predict(X) == classifier.predict(X)).all()
from importlib.resources import files
assert (files("imblearn_bbfl") / "py.typed").is_file()
print("works:", imblearn_bbfl.__version__, "in", imblearn_bbfl.__file__)
"""

MAKE_FOLDER = """
from pathlib import Path
import cv2
from imblearn_bbfl.datasets import load_imbalanced_digits

digits = load_imbalanced_digits(classes=(3, 5), imbalance_ratio=4)
for i, (image, label) in enumerate(zip(digits.images, digits.target)):
    Path("digits", str(label)).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(f"digits/{label}/{i}.png", image)
"""

SMALL = [
    "--backbone",
    "small_cnn",
    "--image-size",
    "8",
    "--epochs",
    "1",
    "--set",
    "augmentation=None",
]
COMMANDS = (
    ["look", "digits"],
    ["compare", "digits", "--out", "results", "--folds", "2", "--method", "baseline", *SMALL],
    ["train", "digits", "--out", "results"],
    ["predict", "results/model.keras", "digits", "--out", "predictions.csv"],
)


def find_what_the_sdist_lacks(sdist):
    """Return the tracked files that are not in the sdist, whose tests read many of them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    return sorted(set(listed.stdout.decode().strip("\0").split("\0")) - held)


def main(folder):
    """Try the wheel with all it needs, and the command with it, then the sdist in its place."""
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    if (ROOT / ".git").exists():  # not where the package is built from its own sdist
        assert not find_what_the_sdist_lacks(sdist), find_what_the_sdist_lacks(sdist)
    with tempfile.TemporaryDirectory() as outside:
        subprocess.run([sys.executable, "-m", "venv", "env"], cwd=outside, check=True)
        programs = Path(outside, "env", "Scripts" if os.name == "nt" else "bin")
        python = programs / "python"
        install = [python, "-m", "pip", "install", "--quiet", "--constraint", CONSTRAINTS]
        backend = "tensorflow-cpu" if sys.platform == "linux" else "tensorflow"

        def try_out(*what):
            subprocess.run([*install, *what], cwd=outside, check=True)
            subprocess.run([python, "-c", USE], cwd=outside, check=True)

        try_out(f"{wheel.resolve()}[{backend},plot]")  # the report has figures
        subprocess.run([python, "-c", MAKE_FOLDER], cwd=outside, check=True)
        for words in COMMANDS:
            subprocess.run([programs / "imblearn-bbfl", *words], cwd=outside, check=True)
        assert "<html" in Path(outside, "results", "report.html").read_text(encoding="utf-8")
        try_out("--force-reinstall", "--no-deps", str(sdist.resolve()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
