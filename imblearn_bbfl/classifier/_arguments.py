"""Arguments that other libraries' methods have, and where they are here."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from imblearn_bbfl._elsewhere import NAMES_ELSEWHERE, OTHER_WAYS
from imblearn_bbfl._names import fold, invert_names, suggest

P = ParamSpec("P")
R = TypeVar("R")
_ARGUMENTS_ELSEWHERE = invert_names(
    {
        "X": "data images inputs samples x",
        "y": "label labels target targets",
        "groups": "group patient patients",
        "sample_weight": "sample_weights weight weights",
        "validation_data": "eval_set val_data valid_data validation validation_set",
    }
)


def explain_arguments(method: Callable[P, R]) -> Callable[P, R]:
    """Have a method of an estimator say where an argument is that it does not take."""
    known = list(inspect.signature(method).parameters)[1:]

    @wraps(method)
    def explained(self, *args, **kwargs):
        for name in kwargs:
            if name not in known:
                raise TypeError(
                    f"{type(self).__name__}.{method.__name__}() has no argument {name!r}."
                    f"{_find_way(self, method.__name__, name, known)}"
                )
        return method(self, *args, **kwargs)

    return explained  # type: ignore[return-value]


def _find_way(estimator, method, name, known):
    """Say which argument or parameter is meant, if any."""
    parameters = estimator.get_params(deep=False)
    here = name if name in parameters else NAMES_ELSEWHERE.get(fold(name))
    if here not in parameters:
        near = suggest(name, known, elsewhere=_ARGUMENTS_ELSEWHERE, limit=1)
        way = OTHER_WAYS.get(fold(name), f"It takes {', '.join(known)}.")
        return near or f" {way}"
    if method.startswith("predict") and here == "batch_size":
        here = "predict__batch_size"
    return (
        f" It is a parameter of the estimator: set_params({here}=...), or {here}=... where "
        f"{type(estimator).__name__} is made."
    )
