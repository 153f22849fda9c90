"""Install what `make package` built into a fresh environment, and use it there.

Run by `make package`, not by pytest::

    python tests/try_package.py dist
"""

import subprocess
import sys
import tempfile
from pathlib import Path

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"

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


def main(folder):
    """Try the wheel with all it needs, then the sdist in its place."""
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    with tempfile.TemporaryDirectory() as outside:
        subprocess.run([sys.executable, "-m", "venv", "env"], cwd=outside, check=True)
        python = Path(outside, "env", "bin", "python")
        install = [python, "-m", "pip", "install", "--quiet", "--constraint", CONSTRAINTS]
        backend = "tensorflow-cpu" if sys.platform == "linux" else "tensorflow"
        for what in (
            [f"{wheel.resolve()}[{backend}]"],
            ["--force-reinstall", "--no-deps", str(sdist.resolve())],
        ):
            subprocess.run([*install, *what], cwd=outside, check=True)
            subprocess.run([python, "-c", USE], cwd=outside, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
