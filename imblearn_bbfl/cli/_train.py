"""``imblearn-bbfl train``: a model from DATA."""

import click

from imblearn_bbfl.cli._network import NETWORK, take_network
from imblearn_bbfl.cli._out import OUT
from imblearn_bbfl.cli._source import COLUMNS, DATA, take_source


@click.command(
    params=[DATA, *COLUMNS, OUT, *NETWORK],
    short_help="A model, by the best method or by one of yours.",
)
@click.option(
    "--method",
    metavar="NAME",
    help="Method of the table STRATEGIES, such as bbfl.  [default: the best of the comparison]",
)
@click.option(
    "--comparison",
    type=click.Path(exists=True, file_okay=False),
    metavar="FOLDER",
    help="What `compare` wrote, which has the best method and the network.  [default: --out]",
)
@click.option(
    "--held-out",
    type=click.FloatRange(0, 0.5),
    default=0.1,
    show_default=True,
    help="Share of the images that are not trained on, to see how sure a decision has to be. "
    "Not used after a comparison or with a part named val, which have such images.",
)
def train(method, comparison, held_out, **options):
    """Train a model on DATA and save it as FOLDER/model.keras, for predict and evaluate.

    After `compare`, name the same folder: the best method and the network are taken from there.
    A part named test is never trained on. Training is written down after each epoch: started again
    with the same words, it goes on where it was stopped, and ends in the same model.
    """
    from imblearn_bbfl.cli._training import train_model

    source, out = take_source(options), options.pop("out")
    typed = {
        name
        for name in options
        if click.get_current_context().get_parameter_source(name).name != "DEFAULT"
    }
    train_model(
        source,
        out,
        take_network(options),
        typed,
        method=method,
        comparison=comparison,
        held_out=held_out,
    )
