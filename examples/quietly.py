"""Run a script without what TensorFlow's C++ side writes while it starts.

python examples/quietly.py examples/demo.py
"""

import runpy
import sys

from imblearn_bbfl.cli import load_classifier

if __name__ == "__main__":
    load_classifier()
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
