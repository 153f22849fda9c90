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
def predict(model, images, out, bound, path_column):
    """Predict IMAGES: files, folders, patterns such as 'new/*.png', or lists of files.

    The table has a row for each image: its file, the probability of each class, the decision, and a
    flag: "unsure" where the largest probability is below the bound, "unreadable" where the file
    cannot be read. The exit code is 1 if a file could not be read.
    """
    from imblearn_bbfl.cli._errors import FAILURE
    from imblearn_bbfl.cli._images import find_images
    from imblearn_bbfl.cli._model_file import load_model
    from imblearn_bbfl.cli._narrator import Narrator
    from imblearn_bbfl.cli._predictions import UNREADABLE, UNSURE, predict_files, write_predictions

    paths = find_images(images, path_column)
    with Narrator() as narrator:
        narrator.say("Loading Keras and the model.")
        classifier, notes = load_model(model)
        if bound is None:
            bound = (notes.get("bound") or {}).get("value")
        narrator.say(f"Predicting {len(paths):,} images.")
        table = predict_files(classifier, paths, bound, narrator.count)
        write_predictions(table, out)
        counts = table["flag"].value_counts()
        if bound is None:
            narrator.say("No decision is flagged as unsure: the model has no bound. Use --bound.")
        else:
            n_unsure = counts.get(UNSURE, 0)
            narrator.say(f"{n_unsure:,} of {len(table):,} are unsure, below {bound:g}.")
        if n_unreadable := counts.get(UNREADABLE, 0):
            narrator.say(f"{n_unreadable:,} of {len(table):,} files cannot be read.")
    if n_unreadable:
        click.get_current_context().exit(FAILURE)
