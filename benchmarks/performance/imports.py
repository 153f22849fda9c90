"""Importing the package, against importing imbalanced-learn, each in a new process.

What is judged is how many seconds more ours takes; both times have the start of Python in them. The
package loads its public names when they are first used, and Keras not before, so the estimator is
imported as well, against imbalanced-learn with its Keras generator. At that, nothing is aimed.
"""

import subprocess
import sys

from timing import compare, keep, parse_arguments


def compare_imports(arguments, name, ours, peer, aim):
    def run(statement):
        return lambda: subprocess.run([sys.executable, "-c", statement], check=True)

    keep(
        arguments,
        name,
        work=f"`{ours}`",
        peer=f"`{peer}`",
        aim=aim,
        result=compare(run(ours), run(peer), n_rounds=arguments.n_rounds),
    )


def main():
    arguments = parse_arguments(__doc__, n_rounds=15)
    compare_imports(
        arguments, "imports", "import imblearn_bbfl", "import imblearn", "difference <= 0.1"
    )
    compare_imports(
        arguments,
        "imports_estimator",
        "from imblearn_bbfl import BBFLClassifier",
        "import imblearn.keras",
        None,
    )


if __name__ == "__main__":
    main()
