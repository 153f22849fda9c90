"""Training a model for the command."""

import shutil
from pathlib import Path

import click
import numpy as np

from imblearn_bbfl._files import read_json
from imblearn_bbfl._version import __version__
from imblearn_bbfl.cli._backend import load_classifier
from imblearn_bbfl.cli._data import Data, load_data
from imblearn_bbfl.cli._model_file import choose_bound, describe_bound, digest_files, save_model
from imblearn_bbfl.cli._narrator import Narrator
from imblearn_bbfl.cli._network import make_classifier
from imblearn_bbfl.cli._out import describe_source, open_folder
from imblearn_bbfl.strategies import STRATEGIES
from imblearn_bbfl.validation_split import split_rows


def train_model(source, out, network, typed, *, method, comparison, held_out):
    """Train a model and save it.

    Parameters
    ----------
    source : Source
        Where the data come from.
    out : str
        Folder for the model.
    network : dict
        As `take_network` returns.
    typed : set of str
        Names of the options that were typed: the others come from the comparison, if there is one.
    method : str or None
        What to train by; None is what was best in the comparison.
    comparison : str or None
        Folder of a comparison; None is `out`, if it has one.
    held_out : float
        Share of the images that are not trained on, where there are no other images for it.
    """
    best = find_best(comparison or out, method, is_named=comparison is not None)
    if best:
        network = network | {k: v for k, v in best["network"].items() if k not in typed}
        method = best["strategy"]
    if method not in STRATEGIES:
        raise click.UsageError(f"--method {method} is unknown. There are {', '.join(STRATEGIES)}.")
    settings = {"method": method, "network": network, "held_out": held_out}
    settings["data"] = describe_source(source, out)
    folder = open_folder(
        out, "training.json", settings, "Name another folder by --out, or remove training.json."
    )
    with Narrator(folder / "log.txt", root=source.root) as narrator:
        data = load_data(source)
        train, valid = choose_rows(data, held_out if not best else 0, network["seed"])
        narrator.say("Loading Keras.")
        classifier = make_classifier(load_classifier(), network, method=STRATEGIES[method])
        narrator.say(f"Training by the method {method} on {len(train.y):,} images.")
        classifier.fit(train.X, train.y, groups=train.groups, checkpoint=folder / "training")
        bound = best.get("bound") if best else None
        if valid is not None:
            narrator.say(f"Predicting {len(valid.y):,} held-out images.")
            proba = classifier.predict_proba(valid.X)
            bound = choose_bound(proba, valid.y, classifier.decide(proba), "the held-out images")
        notes = {
            "version": __version__,
            "method": method,
            "bound": bound,
            "trained on": digest_files(train.X),
        }
        save_model(classifier, folder / "model.keras", notes)
        # Another process that trains the same may write to it, and removes it in the end.
        shutil.rmtree(folder / "training", ignore_errors=True)
        narrator.say(f"Saved {folder / 'model.keras'}.")
    if bound is not None:
        click.echo(describe_bound(bound))
    else:
        click.echo("No decision will be flagged: there were no held-out images to set a bound by.")
    click.echo(f"\nimblearn-bbfl predict {folder / 'model.keras'} IMAGES --out predictions.csv")


def find_best(folder, method, *, is_named):
    """Return what a comparison has found, or nothing where there is none.

    Parameters
    ----------
    folder : str
        That may have a comparison.
    method : str or None
        What to train by in place of the best.
    is_named : bool
        Whether the user named the folder, which then must have one.

    Returns
    -------
    best : dict or None
        With `strategy`, `network` and `bound`; that is for the best method alone.
    """
    path = Path(folder).expanduser() / "best.json"
    if path.exists():
        best = read_json(path, "`imblearn-bbfl report` writes it again.")
        is_other = method is not None and method != best["strategy"]
        return best | ({"strategy": method, "bound": None} if is_other else {})
    if is_named:
        raise click.UsageError(
            f"--comparison {folder} has no finished comparison. Run `imblearn-bbfl compare` first, "
            "or name a method by --method."
        )
    if method is None:
        raise click.UsageError(
            f"Which method? {folder} has no finished comparison, so name one by --method (bbfl, "
            "say), or run `imblearn-bbfl compare` first."
        )
    return None


def choose_rows(data, held_out, seed):
    """Return the images to train on, and those to see how sure a decision has to be, or None.

    These are the part named val, else a share of the rest, whole groups of it where there are
    groups. A part named test is left alone.
    """
    if data.parts is not None:
        train, valid = data.take_part("train"), data.take_part("validation")
        if train is None:
            raise ValueError("The data have parts, but none is named train. Rename one.")
        if valid is not None and held_out:
            return train, valid
        data = train if valid is None else join(train, valid)
    if not held_out:
        return data, None
    classes, codes = np.unique(data.y, return_inverse=True)
    rng = np.random.RandomState(seed)
    rows, others = split_rows(codes, data.groups, held_out, rng, classes=classes)
    return data.take(rows), data.take(others) if len(others) else None


def join(data, other):
    """Put images of two parts together."""
    both = [
        None if mine is None else np.concatenate([mine, others])
        for mine, others in zip(data[:4], other[:4], strict=True)
    ]
    return Data(*both, data.root)
