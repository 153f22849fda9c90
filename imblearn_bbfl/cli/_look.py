"""``imblearn-bbfl look``: what is there, and what it can show."""

import click

from imblearn_bbfl.cli._source import COLUMNS, DATA, take_source


@click.command(params=[DATA, *COLUMNS], short_help="What is there, and what it can show.")
@click.option("--json", "as_json", is_flag=True, help="Print all facts as JSON.")
def look(as_json, **options):
    """Look at DATA before any training: what is there, and what it can show.

    Counts images, patients and parts; finds files that cannot be read and images that are there
    twice; says how well the recall of the rarest class can be known with these numbers, and what to
    do next. Reads each file once, and needs no deep-learning library.
    """
    import json
    import shlex
    import warnings

    from imblearn_bbfl.cli._data import load_data
    from imblearn_bbfl.cli._facts import collect_facts
    from imblearn_bbfl.cli._facts_table import print_facts
    from imblearn_bbfl.cli._narrator import Narrator

    source = take_source(options)
    with Narrator(root=source.root) as narrator, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The same image")  # the facts have all of them
        data = load_data(source)
        narrator.say(f"Reading {len(data.X):,} files.")
        facts = collect_facts(data, source, on_file=narrator.count)
    if as_json:
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        words = ["imblearn-bbfl", "compare", *source.to_words(), "--out", "results"]
        print_facts(facts, shlex.join(words))
