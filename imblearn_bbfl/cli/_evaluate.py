"""``imblearn-bbfl evaluate``: how good a model is on images that it has not seen."""

import click

from imblearn_bbfl.cli._model_file import MODEL
from imblearn_bbfl.cli._source import COLUMNS, DATA, take_source


@click.command(
    params=[MODEL, DATA, *COLUMNS],
    short_help="How good a model is on labelled images, with intervals.",
)
@click.option(
    "--part",
    type=click.Choice(["train", "val", "test", "all"]),
    help="Which part of DATA to measure on.  [default: test, if there are parts]",
)
@click.option("--json", "as_json", is_flag=True, help="Print all numbers as JSON.")
@click.option(
    "--predictions",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Also write a table like that of predict, with the true label.",
)
def evaluate(model, part, as_json, predictions, **options):
    """Measure MODEL on DATA: labelled images that it was not trained on, best of another place.

    All scores come with an interval of 95 %: by patient where patients are known, else by image.
    Says how frequent each class is here and was in training, for precision depends on it.
    """
    import json

    from imblearn_bbfl.cli._evaluation import evaluate_model
    from imblearn_bbfl.cli._evaluation_table import print_evaluation
    from imblearn_bbfl.cli._narrator import Narrator

    source = take_source(options)
    with Narrator(root=source.root) as narrator:
        found = evaluate_model(model, source, part, predictions, narrator)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        print_evaluation(found)
