"""Scores of a model as tables for the terminal."""

from rich.console import Console
from rich.text import Text

from imblearn_bbfl.cli._facts_table import make_table


def print_evaluation(found):
    """Print what `evaluate_model` returns to standard output."""
    console = Console(highlight=False, markup=False)
    where = "" if found["part"] is None else f" of the {found['part']} part"
    patients = "" if found["patients"] is None else f", {found['patients']:,} patients"
    console.print(f"{found['images']:,} images{where}{patients}")
    if found["unreadable"]:
        console.print(f"{found['unreadable']:,} more cannot be read, and are left out.")
    if found["trained on"]:
        console.print(
            f"Warning: the model was trained on {found['trained on']:,} of these images, so that "
            "all scores are too good."
        )
    console.print()
    console.print(_tabulate_scores(found))
    console.print()
    console.print(_tabulate_prevalences(found["classes"]))
    console.print()
    console.print(_tabulate_classes(found["classes"]))
    console.print()
    console.print(_tabulate_confusion(found))
    console.print()
    console.print(
        f"Intervals are of 95 %, by {found['unit']}. Precision holds where classes are as frequent "
        "as here: where one is rarer, it is lower."
    )
    if found["bound"] is not None:
        n_others = found["images"] - found["unsure"]
        console.print(
            f"Wrong are {found['wrong of unsure']:,} of the {found['unsure']:,} decisions flagged "
            f"as unsure (below {found['bound']:.3f}), and {found['wrong of others']:,} of the "
            f"other {n_others:,}."
        )


def _tabulate_scores(found):
    table = make_table("Score", "Value", "95 % interval")
    for name, score in found["scores"].items():
        table.add_row(Text(name), f"{score['value']:.3f}", _tell_ends(score, "{:.3f}"))
    return table


def _tabulate_prevalences(classes):
    table = make_table("Class", "Images", "Prevalence here", "Prevalence in training")
    for entry in classes:
        table.add_row(
            Text(str(entry["class"])),
            f"{entry['images']:,}",
            f"{entry['prevalence']:.1%}",
            f"{entry['prevalence in training']:.1%}",
        )
    return table


def _tabulate_classes(classes):
    table = make_table("Class", "Recall", "95 % interval", "Precision", "95 % interval")
    for entry in classes:
        shares = [_tell_share(entry[name]) for name in ("recall", "precision")]
        table.add_row(Text(str(entry["class"])), *shares[0], *shares[1])
    return table


def _tabulate_confusion(found):
    names = [str(entry["class"]) for entry in found["classes"]]
    table = make_table("True class, decided as", *names)
    for name, row in zip(names, found["confusion"], strict=True):
        table.add_row(Text(name), *[f"{count:,}" for count in row])
    return table


def _tell_share(share):
    if share["value"] is None:
        return "-", ""
    return f"{share['value']:.0%}", _tell_ends(share, "{:.0%}")


def _tell_ends(score, form):
    if score["low"] is None:
        return ""
    return f"{form.format(score['low'])} to {form.format(score['high'])}"
