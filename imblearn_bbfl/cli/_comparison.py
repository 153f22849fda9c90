"""Comparing methods for the command: on features first, then by fine-tuning."""

import re
import shlex
import warnings
from pathlib import Path

import click
import numpy as np
from sklearn.model_selection import PredefinedSplit

from imblearn_bbfl._files import read_json
from imblearn_bbfl.cli._backend import load_classifier
from imblearn_bbfl.cli._data import load_data
from imblearn_bbfl.cli._narrator import Narrator
from imblearn_bbfl.cli._network import make_classifier
from imblearn_bbfl.cli._out import describe_source, open_folder, write_json
from imblearn_bbfl.cli._results import (
    FINE_TUNED,
    load_fitted,
    name_metric,
    print_results,
    write_results,
)
from imblearn_bbfl.cli._source import Source
from imblearn_bbfl.strategies import STRATEGIES

_RUN = re.compile(r"(.+)-repeat(\d+)-split(\d+)\.npz")


def compare_methods(source, out, network, *, methods, fine_tune, folds, repeats, metric, reference):
    """Compare methods, and write tables, the report and what is best into a folder.

    Parameters
    ----------
    source : Source
        Where the data come from.
    out : str
        Folder for the results.
    network : dict
        As `take_network` returns.
    methods : sequence of str
        Names in `STRATEGIES`; all of them if there are none.
    fine_tune : int
        How many of the best to fine-tune.
    folds, repeats, metric, reference
        As in `compare_strategies`, `folds` being its `cv`.
    """
    plan = {
        "methods": list(dict.fromkeys([*(methods or STRATEGIES), reference])),
        "repeats": repeats,
        "metric": metric,
        "reference": reference,
    }
    check_names(plan["methods"])
    core = {"network": network, "folds": folds, "data": describe_source(source, out)}
    folder = open_folder(out, "comparison.json", core)
    write_json(folder / "comparison.json", core | plan)
    with Narrator(folder / "log.txt", root=source.root, is_brief=True) as narrator:
        data = load_data(source)
        narrator.say("Loading Keras.")
        compared = Compared(data, core | plan, folder, load_classifier())
        if not methods:
            plan["methods"] = leave_out_unordered(compared, plan["methods"], narrator)
        strategies = compared.make_strategies(plan["methods"], is_probe=compared.has_features)
        if compared.has_features:
            narrator.say(
                f"Comparing {len(strategies)} methods on features of {network['backbone']}: "
                f"{compared.describe_splits()}."
            )
        else:
            narrator.say(
                f"{network['backbone']} starts from random weights, which have no features worth "
                f"comparing: training all layers by {len(strategies)} methods, "
                f"{compared.describe_splits()}."
            )
        comparison = compared.run(strategies)
        chosen = choose_for_fine_tuning(comparison, fine_tune) if compared.has_features else []
        if chosen:
            metric = name_metric(comparison, comparison.main_metric_)
            narrator.say(
                f"Fine-tuning {', '.join(chosen)}: the best by {metric} on features, and the "
                "baseline to see what that gains. Each run takes as long as many on features."
            )
            more = compared.make_strategies(chosen, is_probe=False)
            strategies |= {name + FINE_TUNED: settings for name, settings in more.items()}
            plan["order"] = list(strategies)
            write_json(folder / "comparison.json", core | plan)
            comparison = compared.run(strategies)
        narrator.say("Writing the report.")
        write_results(comparison, compared)
    print_results(comparison, folder)
    words = ["imblearn-bbfl", "train", *source.to_words(), "--out", str(out)]
    click.echo(f"\n{shlex.join(words)}")


def report_again(out, data_path):
    """Write the page of a comparison anew, from the runs that were kept.

    Parameters
    ----------
    out : str
        Folder of the comparison.
    data_path : str or None
        Where the data are now; None is where they were.
    """
    folder = Path(out).expanduser()
    file = folder / "comparison.json"
    if not file.exists():
        raise ValueError(f"{out} has no comparison. Name a folder that `compare` wrote to.")
    settings = read_json(file, "Start `compare` again with the same words, once it is removed.")
    order = settings.get("order", settings["methods"])
    methods = list_finished(folder / "checkpoint", settings["reference"], order)
    where = {name: settings["data"][name] for name in ("path", "folder")}
    where = {name: None if p is None else str(folder / p) for name, p in where.items()}
    source = Source(**settings["data"] | where)
    if data_path is not None:
        source = source._replace(path=data_path)
    if not Path(source.path).exists():
        raise ValueError(
            f"The images of this comparison are no longer at {source.path}. Say where they are now "
            "by --data."
        )
    with Narrator(folder / "log.txt", root=source.root, is_brief=True) as narrator:
        data = load_data(source)
        narrator.say("Loading Keras.")
        cls = load_classifier()
        compared = Compared(data, settings, folder, cls)
        strategies = {}
        for method in methods:
            name = method.removesuffix(FINE_TUNED)
            is_probe = compared.has_features and name == method
            strategies[method] = compared.make_strategies([name], is_probe=is_probe)[name]
        comparison = compared.run(strategies)
        narrator.say("Writing the report.")
        write_results(comparison, compared, load_fitted(folder, comparison))
    print_results(comparison, folder)


class Compared:
    """What is compared, and how.

    Parameters
    ----------
    data : Data
        All images.
    settings : dict
        As ``comparison.json`` holds it.
    folder : Path
        For results.
    cls : type
        `BBFLClassifier`.
    """

    def __init__(self, data, settings, folder, cls):
        from imblearn_bbfl.backbones import is_pretrained

        self.data, self.settings, self.folder = data, settings, folder
        classifier = make_classifier(cls, settings["network"])
        # Each method sets the epochs itself: none on features.
        self.epochs = classifier.epochs
        self.classifier = classifier.set_params(epochs=cls("mlp").epochs)
        self.has_features = is_pretrained(self.classifier.backbone, self.classifier.weights)
        self.cv, self.n_splits = make_cv(data, settings["folds"])

    def make_strategies(self, names, *, is_probe):
        """Return the settings of methods: of the last layer alone, or of all layers."""
        epochs = 0 if is_probe else self.epochs
        return {name: {**STRATEGIES[name], "epochs": epochs} for name in names}

    def describe_splits(self):
        """Say how methods are tested."""
        repeats = self.settings["repeats"]
        again = "" if repeats == 1 else f", {repeats} times"
        if self.n_splits == 1:
            return f"tested on the test part{again}"
        return f"each image tested once, in {self.n_splits} folds{again}"

    def run(self, strategies):
        """Compare; runs that are finished are read."""
        from imblearn_bbfl.metrics import default_metrics
        from imblearn_bbfl.model_selection import compare_strategies

        metric, scoring = self.settings["metric"], None
        if metric is not None:
            defaults = default_metrics(len(np.unique(self.data.y)))
            scoring = list(dict.fromkeys([metric, *defaults]))
        with warnings.catch_warnings():
            if self.data.parts is not None:  # of which the loader has said the same
                warnings.filterwarnings("ignore", "The same image is trained and tested on")
            return compare_strategies(
                self.classifier,
                self.data.X,
                self.data.y,
                strategies=strategies,
                cv=self.cv,
                n_repeats=self.settings["repeats"],
                groups=self.data.groups,
                scoring=scoring,
                reference=self.settings["reference"],
                checkpoint=self.folder / "checkpoint",
                verbose=0,
            )


def leave_out_unordered(compared, methods, narrator):
    """Return the methods without those for grades, if nothing tells the order of the classes."""
    from imblearn_bbfl._order import is_sorted_by_grade

    labels = np.unique(compared.data.y)
    is_given = compared.classifier.class_order is not None
    if len(labels) < 3 or is_given or is_sorted_by_grade(labels):
        return methods
    left = [name for name in methods if STRATEGIES[name]["targets"] != "ordinal"]
    if out := [name for name in methods if name not in left]:
        narrator.say(
            f"Without {', '.join(out)}: the names of the classes do not tell their order. If they "
            "are grades, say which is the lowest and so on: "
            f"--set class_order=[{','.join(map(str, labels))}]"
        )
    return left


def make_cv(data, folds):
    """Return the splits, and how many there are: the test part, or folds.

    Raises
    ------
    ValueError
        If there is one class only, or one that cannot be in two parts.
    """
    labels, counts = np.unique(data.y, return_counts=True)
    if len(labels) < 2:
        raise ValueError(
            f"There is one class only, {labels[0]}: add images of what is to be told from it."
        )
    if data.is_test is not None:
        return PredefinedSplit(np.where(data.is_test, 0, -1)), 1
    units = "images"
    if data.groups is not None:
        counts, units = [len(set(data.groups[data.y == label])) for label in labels], "patients"
    least = int(np.min(counts))
    if least < 2:
        label = labels[int(np.argmin(counts))]
        raise ValueError(
            f"Class {label} has {least} of the {units} that a test needs 2 of: one to train on, "
            "and one to test on. Add images of it, merge it with another class, or leave it out."
        )
    return min(folds, least), min(folds, least)


def choose_for_fine_tuning(comparison, n):
    """Return the n methods with the best mean of the main metric, and the baseline."""
    if not n:
        return []
    metric = comparison.main_metric_
    means = comparison.summary()[metric, "mean"].dropna()
    is_greater = comparison.metrics_[metric].greater_is_better
    best = means.sort_values(ascending=not is_greater, kind="stable").index[:n].tolist()
    return list(dict.fromkeys([*best, *(m for m in comparison.methods_ if m == "baseline")]))


def list_finished(checkpoint, reference, order=()):
    """Return the methods that have all runs that the reference has.

    Those in `order` come first and in that order, then all others: never by the dates of files, for
    a clock may have been set meanwhile.

    Raises
    ------
    ValueError
        If no run of the reference is finished.
    """
    runs = {}
    for path in sorted(Path(checkpoint).glob("*.npz")):
        if match := _RUN.fullmatch(path.name):
            runs.setdefault(match[1], set()).add((match[2], match[3]))
    if reference not in runs:
        raise ValueError(
            f"No run of {reference}, which others are tested against, is finished. Start `compare` "
            "again, which goes on where it was stopped."
        )
    finished = [method for method, found in runs.items() if found >= runs[reference]]
    places = {method: place for place, method in enumerate(order)}
    return sorted(finished, key=lambda method: places.get(method, len(places)))


def check_names(methods):
    """Raise if a method is not in the table."""
    unknown = [name for name in methods if name not in STRATEGIES]
    if unknown:
        raise click.UsageError(
            f"{', '.join(unknown)} is not a method. There are {', '.join(STRATEGIES)}."
        )
