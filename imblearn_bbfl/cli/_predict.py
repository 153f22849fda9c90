"""``imblearn-bbfl predict``: a table of predictions."""

import click

from imblearn_bbfl.cli._model_file import MODEL


@click.command(params=[MODEL], short_help="A table of predictions for new images.")
@click.argument("images", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True),
    default="-",
    metavar="FILE",
    help="CSV file to write.  [default: standard output]",
)
@click.option(
    "--bound",
    type=click.FloatRange(0, 1),
    help="Flag decisions with a smaller probability.  [default: the one that train wrote, below "
    "which a tenth of held-out images were]",
)
@click.option(
    "--path-column",
    default="file",
    show_default=True,
    metavar="NAME",
    help="Of IMAGES that are a table: the column with the paths.",
)
@click.option(
    "--jobs",
    type=int,
    default=1,
    show_default=True,
    metavar="NUMBER",
    help="Processes that predict at a time, -1 for as many as there are processors. The table is "
    "the same.",
)
def predict(model, images, out, bound, path_column, jobs):
    """Predict IMAGES: files, folders, patterns such as 'new/*.png', or lists of files.

    The table has a row for each image: its file, the probability of each class, the decision, and a
    flag: "unsure" where the largest probability is below the bound, "unreadable" where the file
    cannot be read. The exit code is 1 if a file could not be read.

    What is predicted is kept in FILE.unfinished until the table is whole. If the command is
    stopped, the same command goes on from there.
    """
    from imblearn_bbfl.cli._errors import FAILURE
    from imblearn_bbfl.cli._images import find_images
    from imblearn_bbfl.cli._narrator import Narrator
    from imblearn_bbfl.cli._prediction import predict_images

    if jobs == 0:
        raise click.BadParameter("must be a number of processes, or -1.", param_hint="--jobs")
    with Narrator() as narrator:
        paths = find_images(images, path_column)
        n_unreadable = predict_images(model, paths, out, bound, jobs, narrator)
    if n_unreadable:
        click.get_current_context().exit(FAILURE)
