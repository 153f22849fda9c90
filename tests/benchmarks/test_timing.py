"""What the performance scripts share: rounds, ratios, aims and the table."""

import importlib
import json
import os
import sys
from argparse import Namespace
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks" / "performance"


@pytest.fixture
def timing(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("timing")


@pytest.fixture
def summarize(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("summarize")


def keep(timing, out, *, ours=2.0, aim="ratio <= 1", short=False):
    result = timing.summarize_rounds([(ours, 1.0), (ours, 1.0)], "s")
    arguments = Namespace(short=short, out=out)
    timing.keep(arguments, "name", work="work", peer="peer", aim=aim, result=result)
    return json.loads((out / "name.json").read_text())


def test_sides_take_turns_in_being_first(timing):
    calls = []

    def note(side):
        calls.append(side)
        return 1.0

    timing.alternate(lambda: note("ours"), lambda: note("peer"), n_rounds=3)
    assert calls == ["ours", "peer", "peer", "ours", "ours", "peer"]


def test_the_first_round_does_not_count(timing):
    calls = []
    result = timing.compare(lambda: calls.append(0), lambda: calls.append(1), n_rounds=2)
    assert calls.count(0) == calls.count(1) == 3
    assert result["n_rounds"] == 2


def test_the_ratio_is_the_median_of_the_ratios_of_the_rounds(timing):
    result = timing.summarize_rounds([(1, 10), (2, 1), (9, 3)], "s")
    assert (result["ours"], result["theirs"]) == (2, 3)
    assert result["ratio"] == 2
    assert result["ratio_range"] == [0.1, 3]


def test_half_the_time_is_twice_the_speed(timing, monkeypatch):
    monkeypatch.setattr(timing, "measure_seconds", lambda function: function())
    result = timing.compare_speed(lambda: 1, lambda: 2, n_items=8, unit="images/s", n_rounds=2)
    assert (result["ours"], result["theirs"], result["unit"]) == (8, 4, "images/s")
    assert result["ratio"] == 2


@pytest.mark.parametrize(
    ("aim", "is_met"),
    [
        ("ratio <= 1.5", True),
        ("ratio <= 1.4", False),
        ("ratio >= 1.5", True),
        ("ratio >= 1.6", False),
        ("difference <= 1", True),
        ("difference <= 0.9", False),
        ("ours <= 3", True),
        ("ours <= 2.9", False),
    ],
)
def test_an_aim_bounds_ratio_difference_or_ours(timing, aim, is_met):
    assert timing.meets({"ours": 3.0, "theirs": 2.0, "ratio": 1.5}, aim) is is_met


def test_a_missed_aim_is_kept_as_missed(timing, summarize, tmp_path, capsys):
    record = keep(timing, tmp_path)
    assert record["is_met"] is False
    assert "MISSED" in capsys.readouterr().out
    assert "**missed**" in summarize.make_row(record)


def test_the_short_form_is_not_judged(timing, summarize, tmp_path):
    record = keep(timing, tmp_path, short=True)
    assert record["is_met"] is None
    assert "not judged" in summarize.make_row(record)


def test_without_an_aim_there_is_no_verdict(timing, summarize, tmp_path):
    row = summarize.make_row(keep(timing, tmp_path, aim=None))
    assert row == "| work | peer | 2 s | 1 s | 2 (2 to 2) |  |  |"


def test_a_result_says_where_and_with_what_it_was_made(timing, tmp_path):
    record = keep(timing, tmp_path)
    assert "cores" in record["machine"]
    assert {"python", "numpy", "keras"} <= set(record["versions"])


def test_a_peer_that_is_not_installed_is_skipped_with_a_line(timing, capsys):
    assert timing.find_peer("no_such_package") is None
    assert "no_such_package is not installed" in capsys.readouterr().out


def run_side(timing, monkeypatch, tmp_path, code, **settings):
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(script)])
    return timing.run_side(Namespace(short=True), "peer", **settings)


def test_a_side_gives_the_last_line_that_it_prints_in_a_process_of_its_own(
    timing, monkeypatch, tmp_path
):
    code = "import os, sys; print('a line before'); print(sys.argv[1:], os.environ['WHO'])"
    line = run_side(timing, monkeypatch, tmp_path, code, variables={"WHO": "us"})
    assert line == "['--side', 'peer', '--short'] us"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("1 / 0", r"exit code 1.*script\.py --side peer --short(?s:.*)ZeroDivisionError"),
        ("pass", r"exit code 0.*\nIt wrote no messages"),
        pytest.param(
            "import os; print(1, flush=True); os.kill(os.getpid(), 9)",
            "SIGKILL, as happens when memory runs out",
            marks=pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL"),
        ),
    ],
)
def test_a_side_without_a_result_is_told_with_how_it_ended(
    timing, monkeypatch, tmp_path, code, told
):
    with pytest.raises(RuntimeError, match=told):
        run_side(timing, monkeypatch, tmp_path, code)


def test_a_table_takes_the_place_of_the_one_before(summarize):
    page = f"above\n{summarize.BEGIN}\nold\n{summarize.END}\nbelow\n"
    once = summarize.put_into(page, r"| \1 |" + "\n")
    assert once == f"above\n{summarize.BEGIN}\n| \\1 |\n{summarize.END}\nbelow\n"
    assert summarize.put_into(once, "new\n").count("new") == 1


def test_a_page_without_a_place_is_refused(summarize):
    with pytest.raises(ValueError, match="no place for the table"):
        summarize.put_into("page", "table")


def test_the_page_of_the_docs_has_a_place_for_the_table(summarize):
    page = (FOLDER.parents[1] / "docs" / "performance.md").read_text(encoding="utf-8")
    assert "new table" in summarize.put_into(page, "new table\n")


def test_the_page_compares_backends_by_what_was_measured():
    page = (FOLDER.parents[1] / "docs" / "performance.md").read_text(encoding="utf-8")
    lines = page.partition("| work | TensorFlow")[2].partition("\n\n")[0].splitlines()[2:]
    table = [[float(cell) for cell in line.split("|")[2:-1]] for line in lines]
    for figure, row in zip(["probe", "first_fit", "next_fit", "predict"], table, strict=True):
        jax, torch = (
            json.loads((FOLDER / "results" / f"backends_{name}_{figure}.json").read_text())
            for name in ("jax", "torch")
        )
        measured = [jax["theirs"], jax["ours"], torch["ours"]]
        assert row == pytest.approx(measured, abs=0.05 if figure != "predict" else 0.005)


def test_make_bench_runs_every_script():
    makefile = (FOLDER.parents[1] / "Makefile").read_text(encoding="utf-8")
    listed = makefile.partition("BENCHMARKS = ")[2].partition("\n\n")[0].replace("\\", "").split()
    # What a million files take, and images a second, have no peer and no short form.
    left_out = {"timing", "summarize", "many_paths", "image_rate"}
    scripts = {path.stem for path in FOLDER.glob("*.py")} - left_out
    assert set(listed) == scripts
