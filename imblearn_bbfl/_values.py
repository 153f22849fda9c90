"""What to do in the place of a value that a parameter does not take."""

import ast
import inspect

from imblearn_bbfl._names import suggest


def explain_value(name, value, options=()) -> str:
    """Say what to pass in the place of a value.

    Parameters
    ----------
    name : str
        Of the parameter.
    value : object
        What was given.
    options : iterable of str, default=()
        Texts that the parameter takes.

    Returns
    -------
    way : str
        The end of a message, with a blank before it; empty if nothing can be said.
    """
    if not isinstance(value, str):
        return ""
    meant = read_literal(value)
    if meant is None and value.strip().casefold() != "none":
        return suggest(value, options)
    return f" That is text: use {name}={meant!r}."


def read_literal(text):
    """Return the number, tuple, list, dict or truth value that a text stands for, or None."""
    try:
        return ast.literal_eval(text.strip())
    except (SyntaxError, ValueError):
        return None


def explain_class(name, value) -> str:
    """Say that an instance is wanted in the place of a class; empty for anything else."""
    if not inspect.isclass(value):
        return ""
    return f"{name}={value.__name__} is a class. Pass an instance: {name}={value.__name__}(...)."
