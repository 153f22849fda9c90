"""Turn the results of the other scripts into one table.

It is printed, and written to ``table.md`` beside the results. ``--page`` puts it into a page too,
between two comments that mark its place::

    python benchmarks/performance/summarize.py --page docs/performance.md
"""

import argparse
import json
import re
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
HEADER = "| work | against | ours | theirs | ratio (range) | aim | |\n|---|---|---|---|---|---|---|"
VERDICTS = {True: "met", False: "**missed**", None: "not judged"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the JSON files")
    parser.add_argument("--page", type=Path, help="page to put the table into")
    arguments = parser.parse_args()
    records = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(arguments.out.glob("*.json"))
    ]
    if not records:
        parser.error(f"{arguments.out} holds no results. Run the other scripts first.")
    table = make_table(records)
    (arguments.out / "table.md").write_text(table, encoding="utf-8")
    if arguments.page:
        page = arguments.page.read_text(encoding="utf-8")
        arguments.page.write_text(put_into(page, table), encoding="utf-8")
    print(table)


def make_table(records):
    """Return a row for each result, and below it the machines and versions that made them."""
    rows = "\n".join(make_row(record) for record in records)
    notes = []
    if any(record["is_short"] for record in records):
        notes.append("Rows that are not judged are short forms: they show that a script works.")
    notes += sorted({describe(record) for record in records})
    return "\n\n".join([f"{HEADER}\n{rows}", *notes]) + "\n"


def make_row(record):
    ours, theirs = (f"{_round(record[side])} {record['unit']}" for side in ("ours", "theirs"))
    ratio = f"{record['ratio']:.3g}"
    if record["n_rounds"] > 1:
        low, high = record["ratio_range"]
        ratio += f" ({low:.3g} to {high:.3g})"
    aim = record["aim"] or ""
    verdict = VERDICTS[record["is_met"]] if aim else ""
    cells = [record["work"], record["peer"], ours, theirs, ratio, aim, verdict]
    return f"| {' | '.join(cells)} |"


def describe(record):
    """Return what a result was measured on and with, as a sentence."""
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    return f"{record['machine']}; {versions}."


def put_into(page, table):
    """Return a page with the table between its two comments."""
    if not (BEGIN in page and END in page):
        raise ValueError(f"The page has no place for the table. Add {BEGIN} and {END} to it.")
    marked = f"{BEGIN}\n{table}{END}"
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: marked, page, flags=re.DOTALL)


def _round(number):
    """Return a number to three digits, and whole where it is large."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


if __name__ == "__main__":
    main()
