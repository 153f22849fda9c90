"""``imblearn-bbfl compare``: which method, with a report."""

import click

from imblearn_bbfl.cli._network import NETWORK, take_network
from imblearn_bbfl.cli._out import OUT
from imblearn_bbfl.cli._source import COLUMNS, DATA, take_source


@click.command(
    params=[DATA, *COLUMNS, OUT, *NETWORK],
    short_help="Which method suits your images, with a report.",
)
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="NAME",
    help="A method of the table STRATEGIES, as often as you like.  [default: all of them]",
)
@click.option(
    "--fine-tune",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    help="How many methods, the best on features, to train with all layers as well.",
)
@click.option(
    "--folds",
    type=click.IntRange(2),
    default=5,
    show_default=True,
    help="Parts that are tested in turn, where DATA has no part named test.",
)
@click.option(
    "--repeats",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How often all of that, with other seeds and other folds.",
)
@click.option(
    "--metric",
    metavar="NAME",
    help="What methods are ranked by: a scorer of scikit-learn, such as balanced_accuracy.  "
    "[default: F1, of the rarer of two classes or as the mean over more]",
)
@click.option(
    "--reference",
    default="bbfl",
    show_default=True,
    metavar="NAME",
    help="The method that others are tested against.",
)
def compare(**options):
    """Compare methods on DATA, and write FOLDER/report.html.

    First on features: the network looks at each image once, and the last layer is trained by every
    method, in minutes. Then the best of them, and the baseline, are trained with all layers
    ("fine-tuned"). All get the same splits and seeds: a part named test is the test part, else each
    image is tested once by cross-validation, with patients kept together.

    Each run is written down when it is finished. Started again with the same words, the command
    goes on where it was stopped; more methods or repeats may be asked for.
    """
    from imblearn_bbfl.cli._comparison import compare_methods

    source, out = take_source(options), options.pop("out")
    compare_methods(source, out, take_network(options), **options)
