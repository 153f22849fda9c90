"""``imblearn-bbfl report``: the page of a comparison anew."""

import click


@click.command(short_help="The page of a comparison anew, from what was kept.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False), metavar="FOLDER")
@click.option(
    "--data",
    type=click.Path(exists=True),
    help="Where the images are now, if they were moved.",
)
def report(folder, data):
    """Write FOLDER/report.html anew, from what `compare` has kept in FOLDER.

    Nothing is trained. Methods that are not finished are left out. If FOLDER has a model.keras, the
    page shows where that network looks (Grad-CAM).
    """
    from imblearn_bbfl.cli._comparison import report_again

    report_again(folder, data)
