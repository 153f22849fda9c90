"""Facts about images as a table for the terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from imblearn_bbfl.cli._data import PARTS

_MOST_KINDS = 3


def print_facts(facts, command):
    """Print what `collect_facts` found to standard output, and the command to type next."""
    console = Console(highlight=False, markup=False)
    classes = facts["classes"]
    ratio = f", the most frequent {facts['ratio']:.1f} times as large as the rarest"
    console.print(
        f"{facts['images']:,} images in "
        + ("1 class" if len(classes) == 1 else f"{len(classes)} classes{ratio}")
    )
    for table in (
        _tabulate_classes(facts),
        _tabulate_files(facts),
        _tabulate_precision(facts["precision"]),
    ):
        console.print(table)
        console.print()
    titles = {
        "findings": "What to know",
        "conclusions": "What these numbers can show",
        "next": "What to do next",
    }
    for key, title in titles.items():
        if facts[key]:
            console.print(Text(title, style="bold"))
            console.print(_list_sentences(facts[key]))
    if len(classes) > 1:
        console.print(Text(command), soft_wrap=True)  # in one line, to be copied


def _list_sentences(sentences):
    table = Table.grid(padding=(0, 1))
    for sentence in sentences:
        table.add_row(Text("  -"), Text(sentence))
    return Padding(table, (0, 0, 1, 0))


def _tabulate_classes(facts):
    parts = [part for part in PARTS if any(entry.get(part) for entry in facts["classes"])]
    table = make_table("Class", *["Images", "Share", *parts])
    has_patients = facts["patients"] is not None
    if has_patients:
        table.add_column("Patients", justify="right")
    for entry in facts["classes"]:
        counts = [f"{entry[part]:,}" for part in parts]
        patients = [f"{entry['patients']:,}"] if has_patients else []
        row = [f"{entry['images']:,}", f"{entry['share']:.1%}", *counts, *patients]
        table.add_row(Text(str(entry["class"])), *row)
    return table


def _tabulate_files(facts):
    table = Table.grid(padding=(0, 2))
    files, patients = facts["files"], facts["patients"]
    rows = {
        "Sizes": _list_kinds(files["sizes"], "pixels (width x height)"),
        "Modes": _list_kinds(files["modes"]),
        "Endings": _list_kinds(files["endings"]),
        "Cannot be read": f"{len(facts['broken']):,}",
        "More than once": f"{len(facts['copies']):,}",
    }
    if patients is not None:
        least, middle, most = patients["images each"]
        rows["Patients"] = (
            f"{patients['number']:,}, with {least} to {most} images each (median {middle:g}); "
            f"{patients['of several classes']:,} of several classes"
        )
    for name, text in rows.items():
        table.add_row(Text(f"  {name}", style="bold"), Text(text))
    return table


def _tabulate_precision(precision):
    table = make_table(
        f"Recall of class {precision['class']}",
        precision["unit"].capitalize(),
        "If found",
        "True recall (95 %)",
    )
    for plan in precision["plans"]:
        interval = f"{plan['low']:.0%} to {plan['high']:.0%}"
        table.add_row(plan["way"], f"{plan['n']:,}", f"{plan['found']:,}", interval)
    return table


def make_table(first, *others):
    """Return an empty table with a column of names, and others of numbers."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=True)
    table.add_column(Text(first), overflow="fold")
    for name in others:
        table.add_column(Text(name), justify="right")
    return table


def _list_kinds(kinds, unit=""):
    listed = [f"{kind} ({count:,})" for kind, count in list(kinds.items())[:_MOST_KINDS]]
    more = len(kinds) - _MOST_KINDS
    text = ", ".join(listed) + (f" and {more:,} others" if more > 0 else "")
    return f"{text} {unit}".strip()
