"""Parameters that are for the function that applies a backbone."""

import inspect

from imblearn_bbfl._names import suggest


def check_backbone_params(backbone, apply, params):
    """Raise TypeError on parameters that a backbone does not take.

    Parameters
    ----------
    backbone : str or callable
        As in `build_network`.
    apply : callable
        Takes the parameters.
    params : dict of str to object
        For it.
    """
    if not params:
        return
    parameters = list(inspect.signature(apply).parameters.values())[1:]  # the first is the tensor
    if any(each.kind == each.VAR_KEYWORD for each in parameters):
        return
    known = [each.name for each in parameters if each.name not in _GIVEN]
    for name in params:
        if name not in known:
            takes = f" It takes {', '.join(known)}." if known else " It takes none."
            raise TypeError(
                f"backbone__{name} is not a parameter of backbone={backbone!r}."
                f"{suggest(name, known) or takes}"
            )


_GIVEN = (  # by `build_network` itself, or of the top, which is left out
    "include_top",
    "input_tensor",
    "input_shape",
    "weights",
    "classes",
    "classifier_activation",
)
