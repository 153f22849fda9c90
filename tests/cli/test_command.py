"""What holds for the command as a whole."""

import subprocess
import sys

import imblearn_bbfl
from imblearn_bbfl.cli._errors import name_options

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
