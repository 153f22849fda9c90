"""Importing the package, against importing imbalanced-learn: seconds more, in new processes."""

import subprocess
import sys

from timing import compare, keep, parse_arguments


def main():
    arguments = parse_arguments(__doc__)

    def load(module):
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)

    result = compare(
        lambda: load("imblearn_bbfl"),
        lambda: load("imblearn"),
        n_rounds=3 if arguments.short else 15,
    )
    result["ratio"] = result["ours_s"] - result["peer_s"]
    keep(
        arguments,
        "imports",
        work="import imblearn_bbfl, seconds more",
        peer="import imblearn",
        aim="<= 0.1",
        result=result,
    )


if __name__ == "__main__":
    main()
