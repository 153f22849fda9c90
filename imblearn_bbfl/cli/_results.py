"""What a comparison comes to: tables, the best method, and the report, in a folder."""

from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.text import Text

from imblearn_bbfl._extras import is_installed
from imblearn_bbfl._files import write_whole
from imblearn_bbfl._version import __version__
from imblearn_bbfl.cli._facts_table import make_table
from imblearn_bbfl.cli._model_file import choose_bound, load_model
from imblearn_bbfl.cli._out import write_json

FINE_TUNED = " fine-tuned"
"""Behind the name of a method that trained all layers, where others trained the last alone."""


def write_results(comparison, compared, classifier=None):
    """Write scores, the table, the best method and the report into the folder."""
    folder = compared.folder
    scores = comparison.results_.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    write_whole(folder / "scores.csv", scores.encode())
    write_table(comparison, folder / "table.md")
    write_json(folder / "best.json", describe_best(comparison, compared))
    if not is_installed("matplotlib"):
        click.echo(
            "No report: its figures need Matplotlib. pip install matplotlib, and then: "
            f"imblearn-bbfl report {folder}",
            err=True,
        )
        return
    from imblearn_bbfl.report import write_html

    write_html(
        comparison,
        folder / "report.html",
        X=compared.data.X,
        classifier=classifier,
        title=f"Methods for class imbalance on {Path(compared.data.root).resolve().name}",
    )


def write_table(comparison, path):
    """Write the scores as a Markdown table, with what the tests of differences say; return it."""
    parts = [comparison.to_markdown()]
    if len(comparison.methods_) > 1:
        tests = comparison.tests()
        parts.append("\n".join(f"- {verdict}" for verdict in tests["verdict"]))
        parts.extend(dict.fromkeys(note for note in tests["note"] if note))
    text = "\n\n".join(parts) + "\n"
    write_whole(path, text.encode())
    return text


def describe_best(comparison, compared):
    """Return what `train` needs: the method, the network, and the bound of doubt."""
    best = comparison.best_method_
    runs = [run for run in comparison.predictions_ if run.method == best]
    y, decided = (np.concatenate([run[name] for run in runs]) for name in ("y_true", "y_pred"))
    proba = np.concatenate([run.y_proba for run in runs])
    network = compared.settings["network"]
    if compared.has_features and not best.endswith(FINE_TUNED):
        network = network | {"epochs": 0}
    return {
        "version": __version__,
        "method": best,
        "strategy": best.removesuffix(FINE_TUNED),
        "network": network,
        "bound": choose_bound(proba, y, decided, "the tested images of the comparison"),
    }


def print_results(comparison, folder):
    """Print the answer, the scores that matter most, and where the rest is."""
    # Loads Keras, which is only to be loaded without its chatter.
    from imblearn_bbfl.report._answer import write_answer
    from imblearn_bbfl.report._rare_class import find_rare_class, measure_rare_class

    console = Console(highlight=False, markup=False)
    console.print(tabulate_results(comparison))
    console.print()
    label = find_rare_class(comparison)
    found = measure_rare_class(comparison, label)
    headline, sentences = write_answer(comparison, found, str(label), "images")
    for sentence in (headline, *sentences):
        console.print(sentence.replace("\u00a0%", "%"))  # a terminal would break lines there
    console.print()
    for file in ("report.html", "table.md", "scores.csv"):
        if (folder / file).exists():
            console.print(str(folder / file), soft_wrap=True)


def tabulate_results(comparison):
    """Return the methods, the best first, with the scores that matter most."""
    main = comparison.main_metric_
    metrics = [main, *(n for n in ("balanced_accuracy", "roc_auc", "roc_auc_ovr") if n != main)]
    metrics = [name for name in metrics if name in comparison.metrics_]
    summary = comparison.summary()
    is_greater = comparison.metrics_[main].greater_is_better
    order = summary[main, "mean"].sort_values(ascending=not is_greater, kind="stable").index
    heads = [name_metric(comparison, name) for name in metrics]
    table = make_table("Method", *heads, "Seconds a run")
    table.columns[0].no_wrap = True  # heads of numbers may take two lines
    for method in order:
        means = [summary.loc[method, (name, "mean")] for name in metrics]
        if np.isnan(means[0]):
            table.add_row(Text(method), "failed")
            continue
        seconds = summary.loc[method, ("seconds", "mean")]
        style = "bold" if method == comparison.best_method_ else None
        table.add_row(
            Text(method), *[f"{mean:.3f}" for mean in means], f"{seconds:.1f}", style=style
        )
    return table


def name_metric(comparison, name):
    """Return what tables call a metric."""
    from imblearn_bbfl.model_selection._table import format_metric  # loads Keras, as above

    pos_label = comparison.pos_label_ if comparison.metrics_[name].has_pos_label else None
    return format_metric(name, pos_label)


def load_fitted(folder, comparison):
    """Return the model in the folder, for Grad-CAM; None without one of the same classes."""
    path = folder / "model.keras"
    if not path.exists():
        return None
    classifier = load_model(path)[0]
    return classifier if np.array_equal(classifier.classes_, comparison.classes_) else None
