r"""Compare the paper's methods on an image set; write tables, figures and a report to send.

Every method gets the same network, training settings, splits and seeds. All are trained by the
paper's recipe, or with ``--recipe defaults`` by the package's defaults::

    python benchmarks/compare_strategies.py --data digits --backbone small_cnn \
        --learning-rate 1e-3 --epochs 20 --set augmentation=None --out comparison
    python benchmarks/compare_strategies.py --data idrid --data-home DATA --official-test \
        --backbone mobilenetv2 --weights WEIGHTS --image-size 128 --epochs 20 --out comparison

``--data`` is ``digits``, ``retinamnist``, ``idrid``, ``idrid-binary``, a folder with one sub-folder
per class, or a CSV file. ``--official-test`` needs a test part: a folder that has ``train`` and
``test`` above the folders of the classes, or a column that ``--split-column`` names. Each run is
kept when it finishes: started again with the same arguments, the script goes on where it was
stopped. The folder ``--out`` then holds ``report.html``, which needs no other file, ``table.md``,
``runs.csv``, the figures, and the checkpoint.

Runs that share an official test part differ by seed only, so there is no test of their
differences: the verdicts say how much training varies.
"""

import argparse
import sys
from pathlib import Path

import data_sets
import numpy as np
from click import UsageError
from pictures import draw_comparison, draw_networks
from results import keep_settings
from sklearn.model_selection import PredefinedSplit

from imblearn_bbfl import PAPER_STRATEGIES, RECIPES, STRATEGIES, BBFLClassifier
from imblearn_bbfl.cli._network import make_classifier
from imblearn_bbfl.cli._results import write_table
from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.model_selection._methods import hold_out_a_tenth
from imblearn_bbfl.report import write_html


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__.split("::")[0].splitlines()[-1]
    )
    data_sets.add_arguments(parser, required=True, help="digits, retinamnist, idrid, FOLDER or CSV")
    parser.add_argument(
        "--official-test",
        action="store_true",
        help="test on the official test part in each repeat, in place of a tenth drawn anew; "
        "always so for digits, whose training part alone is imbalanced",
    )
    parser.add_argument("--backbone", default="mobilenetv2")
    parser.add_argument("--weights", default="auto", help="auto, imagenet, none, or a file")
    parser.add_argument(
        "--strategies", nargs="+", default=list(PAPER_STRATEGIES), choices=STRATEGIES
    )
    parser.add_argument("--reference", default="bbfl")
    parser.add_argument(
        "--pos-label",
        help="of two classes, the one that F1, precision and curves are of; default: the rarer one",
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--image-size", type=int)
    parser.add_argument(
        "--recipe",
        default="paper",
        choices=["defaults", *RECIPES],
        help="how all methods are trained: as in the paper, or by the package's defaults",
    )
    parser.add_argument("--epochs", type=int, help="default: the recipe's")
    parser.add_argument("--learning-rate", type=float, help="default: the recipe's")
    parser.add_argument(
        "--set",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="more parameters of BBFLClassifier, for all methods alike: backbone__alpha=0.35",
    )
    parser.add_argument(
        "--pictures-of",
        nargs="*",
        default=["baseline", "bbfl"],
        choices=STRATEGIES,
        metavar="METHOD",
        help="methods to train once more for Grad-CAM and t-SNE",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--n-jobs", type=int)
    parser.add_argument("--out", type=Path, default=Path("comparison"))
    return parser.parse_args()


def describe_network(arguments):
    """Return what makes the classifier, as the options of the command ``imblearn-bbfl`` do."""
    return {
        "backbone": arguments.backbone,
        "weights": arguments.weights,
        "image_size": arguments.image_size,
        "head_epochs": None,
        "epochs": arguments.epochs,
        "seed": arguments.seed,
        "settings": arguments.set,
    }


def choose_recipe(arguments):
    """Return how all methods are trained, apart from what the network's own arguments say."""
    recipe = {} if arguments.recipe == "defaults" else dict(RECIPES[arguments.recipe])
    if arguments.learning_rate is not None:
        recipe["learning_rate"] = arguments.learning_rate
    return recipe


def make_cv(data, official_test):
    """Return the splits: the official test part, or None for a tenth that is drawn anew."""
    if not official_test:
        return None
    if data.is_test is None:
        sys.exit("--official-test needs data with an official test part, which these have not.")
    return PredefinedSplit([0 if is_test else -1 for is_test in data.is_test])


def find_label(text, y):
    """Return the label of `y` that is written like this; None for None."""
    if text is None:
        return None
    labels = {str(label): label for label in np.unique(y).tolist()}
    if text not in labels:
        sys.exit(f"--pos-label {text} is not a label of the data, which are {', '.join(labels)}.")
    return labels[text]


def main():
    arguments = parse_arguments()
    data = data_sets.load_from(arguments)
    cv = make_cv(data, arguments.official_test or arguments.data == "digits")
    pos_label = find_label(arguments.pos_label, data.y)
    classifier = make_classifier(
        BBFLClassifier, describe_network(arguments), choose_recipe(arguments)
    )
    classifier = hold_out_a_tenth(classifier) if cv is None else classifier
    arguments.out.mkdir(parents=True, exist_ok=True)
    keep_settings(
        arguments.out / "settings.json",
        arguments,
        varied=["strategies", "reference", "pos_label", "repeats", "pictures_of"],
        results=[*arguments.out.glob("checkpoint/*.npz"), *arguments.out.glob("*.keras")],
    )
    comparison = compare_strategies(
        classifier,
        data.X,
        data.y,
        strategies=arguments.strategies,
        cv=cv,
        n_repeats=arguments.repeats,
        groups=data.groups,
        pos_label=pos_label,
        reference=arguments.reference,
        n_jobs=arguments.n_jobs,
        checkpoint=arguments.out / "checkpoint",
        verbose=1 if sys.stdout.isatty() else 2,
    )
    comparison.results_.to_csv(arguments.out / "runs.csv", index=False, float_format="%.6g")
    text = write_table(comparison, arguments.out / "table.md")
    networks = draw_networks(comparison, classifier, data, arguments.pictures_of, arguments.out)
    for name, (figure, _) in (draw_comparison(comparison) | networks).items():
        figure.savefig(arguments.out / f"{name}.png", dpi=110)
    write_html(
        comparison,
        arguments.out / "report.html",
        X=data.X,
        title=f"Methods for class imbalance on {arguments.data}",
        note=data.note,
        settings=vars(arguments),
        figures={caption: figure for name, (figure, caption) in networks.items()},
    )
    print(text)
    print(f"Report: {arguments.out / 'report.html'}")


if __name__ == "__main__":
    try:
        main()
    except UsageError as error:
        sys.exit(error.format_message())
