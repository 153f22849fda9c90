"""What holds for the command as a whole."""

import os
import subprocess
import sys
import time
import warnings

import imblearn_bbfl
from imblearn_bbfl.cli._errors import describe_error, leave_out_traceback, name_options
from imblearn_bbfl.cli._narrator import Narrator
from imblearn_bbfl.cli._source import make_shortener

HEAVY = ("keras", "tensorflow", "jax", "torch")


def test_help_names_the_commands_and_the_exit_codes(run):
    result = run("--help")
    assert result.exit_code == 0
    assert "look" in result.output
    assert "Exit codes" in result.output


def test_the_version_is_that_of_the_package(run):
    assert imblearn_bbfl.__version__ in run("--version").output


def test_an_unknown_command_is_wrong_usage(run):
    assert run("lock").exit_code == 2


def test_help_and_look_load_no_deep_learning_library(make_folder, tmp_path):
    make_folder(tmp_path / "data", {"a": 2, "b": 2})
    code = f"""
import sys
from imblearn_bbfl.cli import main
main(["--help"], standalone_mode=False)
after_help = set(sys.modules)
main(["look", {str(tmp_path / "data")!r}], standalone_mode=False)
heavy = {{*{HEAVY}}}
print(len(heavy & after_help), len(heavy & set(sys.modules)), "sklearn" in after_help)
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert process.stdout.splitlines()[-1] == "0 0 False", process.stderr


def test_parameters_in_messages_become_options():
    text = "image_size=0 must be positive. Use image_size=224."
    assert name_options(text) == "--image-size=0 must be positive. Use --image-size=224."


def test_chatter_of_c_is_dropped_and_all_else_is_kept():
    code = """
import os, sys
from imblearn_bbfl.cli._backend import drop_chatter
with drop_chatter():
    os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called are ...\\n")
    os.write(2, b"I0000 00:00:17 12 port.cc:153] oneDNN custom operations are on.\\n")
    os.write(2, b"F0000 out of memory\\n")
    print("python", file=sys.stderr)
os.write(2, b"after\\n")
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert process.stderr.splitlines() == ["python", "F0000 out of memory", "after"]


def test_what_takes_long_says_that_it_is_alive(tmp_path, capsys):
    with Narrator(tmp_path / "log.txt", heartbeat=0.04) as narrator:
        narrator.say("Tracing.")
        while "... Tracing" not in (tmp_path / "log.txt").read_text():
            time.sleep(0.01)
    assert "... Tracing" in capsys.readouterr().err


def test_an_error_of_many_runs_is_told_without_its_traceback():
    text = (
        "2 of 2 runs failed, the first of them a:\nTraceback (most recent call "
        "last):\n  File x\nKeyError: 3\n\nDuring handling of that\n\nValueError: No such image.\n"
    )
    told = "2 of 2 runs failed, the first of them a: No such image."
    assert describe_error(RuntimeError(text)) == told
    assert leave_out_traceback(f"{text}\nOthers go on.") == f"{told} Others go on."


def test_images_are_told_from_the_root_of_the_data_on(tmp_path, capsys):
    root = tmp_path / "my photos"
    with Narrator(tmp_path / "log.txt", root=root) as narrator:
        warnings.warn(f"Twice: {root}/a/1.png and {root}/b/1.png.", UserWarning, stacklevel=1)
        narrator.say(f"Saved {tmp_path}/model.keras.")
    told = capsys.readouterr().err
    assert "Warning: Twice: a/1.png and b/1.png." in told
    assert f"Saved {tmp_path}/model.keras." in told
    log = (tmp_path / "log.txt").read_text()
    assert "Saved model.keras." in log
    assert str(tmp_path) not in log


def test_a_root_is_taken_off_where_a_path_begins_only():
    shorten = make_shortener("data")
    told = shorten(f"data/a.png, old/data/b.png, {os.path.abspath('data')}/c.png")
    assert told == "a.png, old/data/b.png, c.png"
