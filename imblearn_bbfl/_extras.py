"""Packages that not everyone needs: are they there, and how to install them."""

import importlib.util


def is_installed(package) -> bool:
    """Say whether a package can be imported, without importing it."""
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def check_extra(caller, packages, extra) -> None:
    """Raise ImportError, with the remedy, unless packages of an extra are installed.

    Parameters
    ----------
    caller : str
        Who needs them.
    packages : sequence of str
        Names to import, which are also those to install.
    extra : str
        Of this package, that they belong to.
    """
    missing = [package for package in packages if not is_installed(package)]
    if missing:
        raise ImportError(
            f"{caller} needs {' and '.join(missing)}, not installed here. {advise(missing, extra)}"
        )


def advise(packages, extra) -> str:
    """Return how to install packages that make up an extra, or a part of it."""
    return (
        f"Install: pip install {' '.join(packages)}, or in a checkout of imblearn_bbfl: "
        f"pip install '.[{extra}]'"
    )
