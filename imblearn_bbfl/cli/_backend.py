"""Loading Keras and its backend without their chatter."""

import importlib
import os
import re
import sys
import tempfile
from contextlib import contextmanager

# What TensorFlow's C++ side writes while it starts: infos and warnings, none of which a user can
# act on. It reads TF_CPP_MIN_LOG_LEVEL too late for some of them.
_CHATTER = re.compile(
    r"WARNING: All log messages before absl::InitializeLog|[IW]\d{4} |"
    r"\d{4}-\d\d-\d\d [\d:.]+: [IW] |To enable the following instructions"
)


def load_classifier():
    """Import the classifier, and with it the backend; return its class."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with drop_chatter():
        # By the package, which says what to install where Keras has no backend.
        classifier = importlib.import_module("imblearn_bbfl").BBFLClassifier
        import keras

        keras.ops.matmul(keras.ops.ones((1, 1)), keras.ops.ones((1, 1)))  # starts the backend
    return classifier


@contextmanager
def drop_chatter():
    """Hold back what C++ writes to standard error in this block, and drop what is chatter of it.

    What Python writes still gets there at once.
    """
    stderr = sys.stderr
    try:
        is_descriptor = stderr.fileno() == 2
    except (AttributeError, OSError, ValueError):  # replaced by something in memory
        is_descriptor = False
    if not is_descriptor:
        yield
        return
    stderr.flush()
    with tempfile.TemporaryFile() as held_back, os.fdopen(os.dup(2), "w", buffering=1) as direct:
        os.dup2(held_back.fileno(), 2)
        sys.stderr = direct
        try:
            yield
        finally:
            sys.stderr = stderr
            os.dup2(direct.fileno(), 2)
            held_back.seek(0)
            for line in held_back.read().decode(errors="replace").splitlines():
                if not _CHATTER.match(line):
                    print(line, file=stderr)
