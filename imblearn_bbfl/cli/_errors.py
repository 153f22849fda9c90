"""How a command ends: its exit code, and one sentence where something is wrong."""

import re
import sys
import traceback
import zipfile
from contextlib import suppress

import click

from imblearn_bbfl.cli._source import make_shortener

FAILURE, INTERRUPTED = 1, 130
EXPECTED = (ValueError, OSError, RuntimeError, ImportError, ArithmeticError, zipfile.BadZipFile)
"""Errors that say rule, value and remedy; any other is a fault of the program."""

_OPTIONS = {
    "image_size": "--image-size",
    "backbone": "--backbone",
    "weights": "--weights",
    "random_state": "--seed",
    "head_epochs": "--head-epochs",
    "epochs": "--epochs",
    "path_column": "--path-column",
    "label_column": "--label-column",
    "group_column": "--group-column",
    "split_column": "--split-column",
    "extension": "--extension",
    "encoding": "--encoding",
    "class_order": "--set class_order",
}
_PYTHON = {
    ", or set extensions=.": ".",
    ", or, if your OpenCV can read them, add their endings to extensions=.": ".",
    "all are in the attribute broken_files of this error, and the loaders leave them out with "
    "skip_broken=True": "--skip-broken leaves them out",
    "or pass groups= that keep them together": "or say by --group-column or --group-pattern which "
    "images belong together",
    "; `failures_` has all errors": "",
}
"""What messages say of Python alone, and how the command tells it."""

_ERROR = re.compile(r"^(?:\w+\.)*\w+: ", re.MULTILINE)  # not indented, as code is
_NAMED = re.compile(rf"\b({'|'.join(_OPTIONS)})(?==|\b(?=\)))")


class Commands(click.Group):
    """Commands whose errors are one sentence each, unless ``--debug`` asks for more."""

    def list_commands(self, ctx):
        """Return the commands in the order in which one uses them."""
        return list(self.commands)

    def invoke(self, ctx):
        """Run a command; say what went wrong, without a traceback."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            tell(f"Interrupted.{_say_how_to_go_on(ctx)}")
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                traceback.print_exc()
            shorten = make_shortener(ctx.meta.get("root"))
            is_of_disk = isinstance(error, OSError) and error.errno is not None
            how = _say_how_to_go_on(ctx) if is_of_disk else ""
            tell(f"Error: {shorten(describe_error(error))}{how}")
            ctx.exit(FAILURE)


def describe_error(error):
    """Return an error in the words of the command line."""
    text = name_options(str(error).strip()) or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename is not None else ""
        return f"{error.strerror}{where}."
    if isinstance(error, EXPECTED):
        return leave_out_traceback(text)
    return (
        f"{type(error).__name__}: {text}\nThis is a fault of the program. The same command with "
        "--debug shows where it is: imblearn-bbfl --debug ..."
    )


def leave_out_traceback(text):
    """Return a message without the traceback that is in it, as of runs that failed.

    Of the traceback the message of the error is left, and what stands below that.
    """
    before, found, after = text.partition("Traceback (most recent call last)")
    if not found:
        return text
    errors = list(_ERROR.finditer(after))
    message = after[errors[-1].end() :] if errors else after
    return f"{before.strip()} {' '.join(message.split())}"


def name_options(text):
    """Put the names of options in the place of those of parameters: ``image_size=`` and so on."""
    for python, told in _PYTHON.items():
        text = text.replace(python, told)
    return _NAMED.sub(lambda match: _OPTIONS[match[1]], text)


def tell(text):
    """Write to standard error, so that what is piped elsewhere stays clean."""
    with suppress(OSError):  # which goes to a file on a full disk, say: nobody could be told
        click.echo(text, file=sys.stderr)


def _say_how_to_go_on(ctx):
    """Return what is left of a command that did not end well, and how to go on."""
    folder = ctx.meta.get("out")
    if folder is None:
        return ""
    return f" What was finished is kept in {folder}, and the same command goes on from there."
