"""The folder that a command writes to: whose it is, and what it was made with."""

import json
import os
from pathlib import Path

import click

from imblearn_bbfl._files import is_unfinished, read_json, write_whole

OUT = click.Option(
    ["--out"],
    type=click.Path(file_okay=False),
    required=True,
    metavar="FOLDER",
    help="Where results go. Started again with the same words, the command goes on where it was "
    "stopped.",
)
_OURS = ("comparison.json", "training.json")


def open_folder(path, name, settings, remedy="Name another folder by --out."):
    """Make a folder for results, or check that it is for the same ones.

    Parameters
    ----------
    path : str
        Of the folder.
    name : str
        Of the JSON file in it that tells what results are made with.
    settings : dict
        What they are made with now.
    remedy : str
        What to do if that is something else.

    Returns
    -------
    folder : Path
        Has that file now.

    Raises
    ------
    ValueError
        If the folder is not one of this command, or its results are made with something else.
    """
    folder = Path(path).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    settings = json.loads(json.dumps(settings))
    others = [
        entry.name
        for entry in folder.iterdir()
        if not entry.name.startswith(".") and not is_unfinished(entry)
    ]
    if others and not any((folder / ours).exists() for ours in _OURS):
        raise ValueError(
            f"{path} is not empty, and not a folder of this command: it holds {min(others)}. "
            "Name a new folder by --out."
        )
    file = folder / name
    if file.exists():
        theirs = read_json(file, "Remove it, and it is written again.")
        differing = [key for key in settings if theirs.get(key) != settings[key]]
        if differing:
            listed = "; ".join(
                f"{key} is {_tell(theirs.get(key))}, not {_tell(settings[key])}"
                for key in differing
            )
            raise ValueError(f"{path} has results that were made otherwise: {listed}. {remedy}")
    else:
        write_json(file, settings)
    click.get_current_context().meta["out"] = path
    return folder


def write_json(path, content):
    """Write a JSON file that is there whole or not at all."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    write_whole(Path(path), f"{text}\n".encode())


def describe_source(source, folder):
    """Return a `Source` as JSON holds it, with paths from the folder of results on.

    So both can be moved together, and nothing tells where on this machine they lie.
    """
    described = source._asdict()
    for name in ("path", "folder"):
        if described[name] is not None:
            path = os.path.abspath(os.path.expanduser(described[name]))
            try:
                described[name] = os.path.relpath(path, os.path.abspath(folder))
            except ValueError:  # on another drive of Windows
                described[name] = path
    return described


def _tell(value):
    if isinstance(value, dict):
        return ", ".join(f"{k}={v}" for k, v in value.items() if v not in (None, []))
    return "nothing" if value in (None, []) else str(value)
