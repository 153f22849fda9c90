"""What a comparison comes to: tables, the best method, and the report, in a folder."""

from importlib.util import find_spec
from pathlib import Path

import click
import numpy as np

from imblearn_bbfl._version import __version__
from imblearn_bbfl.cli._model import choose_bound, load_model
from imblearn_bbfl.cli._out import write_json

FINE_TUNED = " fine-tuned"
"""Behind the name of a method that trained all layers, where others trained the last alone."""


def write_results(comparison, compared, classifier=None):
    """Write scores, the table, the best method and the report into the folder."""
    folder = compared.folder
    comparison.results_.to_csv(folder / "scores.csv", index=False, float_format="%.6g")
    (folder / "table.md").write_text(f"{comparison.to_markdown()}\n", encoding="utf-8")
    write_json(folder / "best.json", describe_best(comparison, compared))
    if find_spec("matplotlib") is None:
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


def describe_results(comparison, folder):
    """Return lines that say what is best, and where the rest is."""
    name = comparison.main_metric_
    means = comparison.summary()[name, "mean"]
    yield (
        f"Use {comparison.best_method_}: {name} {means[comparison.best_method_]:.3f}. It is the "
        f"simplest of the methods that cannot be told apart from the one with the best mean "
        f"({means.max() if comparison.metrics_[name].greater_is_better else means.min():.3f})."
    )
    for file in ("report.html", "table.md", "scores.csv"):
        if (folder / file).exists():
            yield f"{folder / file}"


def load_fitted(cls, folder, comparison):
    """Return the model in the folder, for Grad-CAM; None without one of the same classes."""
    path = folder / "model.keras"
    if not path.exists():
        return None
    classifier = load_model(cls, path)[0]
    return classifier if np.array_equal(classifier.classes_, comparison.classes_) else None
