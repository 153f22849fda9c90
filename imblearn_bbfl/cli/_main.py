"""The command and what its sub-commands share."""

import os

import click

from imblearn_bbfl._version import __version__
from imblearn_bbfl.cli._compare import compare
from imblearn_bbfl.cli._errors import Commands
from imblearn_bbfl.cli._evaluate import evaluate
from imblearn_bbfl.cli._look import look
from imblearn_bbfl.cli._predict import predict
from imblearn_bbfl.cli._report import report
from imblearn_bbfl.cli._train import train

_HELP = """Classify images of which some kinds are rare: from a folder to an answer.

\b
imblearn-bbfl look photographs                    what is there, and what it can show
imblearn-bbfl compare photographs --out results   which method, with a report
imblearn-bbfl train photographs --out results     a model, by the best of them
imblearn-bbfl predict results/model.keras new     a table of predictions
imblearn-bbfl evaluate results/model.keras test   how good it is on other images

DATA is a folder with one sub-folder of images per class (below folders train, val and test, if you
have parts), or a CSV file that lists images and labels.
"""
_EPILOG = """Exit codes: 0 when all went well, 1 for a failure, 2 for wrong usage, 130 when
interrupted. Results go to standard output, progress and warnings to standard error."""


@click.group(
    cls=Commands,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.version_option(__version__, prog_name="imblearn-bbfl")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug):
    """Set what holds for all commands."""
    # Before TensorFlow is loaded, which reads it once.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


for command in (look, compare, train, predict, evaluate, report):
    main.add_command(command)
