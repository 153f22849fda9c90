"""Parameters of the parts of an estimator: ``callbacks__patience=5`` goes to the callback.

The rules are those of scikeras: a prefix and two underscores name the part, and what follows names
a parameter of it, a number or a key where the part is a list or a dict, or a part of the part.
"""

import inspect


def select_params(params, part) -> dict:
    """Return the parameters ``part__name`` as ``{name: value}``.

    Parameters
    ----------
    params : dict of str to object
        All parameters of an estimator.
    part : str
        The part that they are for.

    Returns
    -------
    selected : dict of str to object
        Parameters of the part's own parts still have their prefix.
    """
    prefix = f"{part}__"
    return {name[len(prefix) :]: params[name] for name in params if name.startswith(prefix)}


def make_parts(part, params):
    """Call the classes among a part with their parameters; leave instances as they are.

    Parameters
    ----------
    part : class, instance, or list or dict of them
        Lists and dicts may be nested.
    params : dict of str to object
        Parameters for the part, as `select_params` returns. In a list or dict those without a
        prefix go to each class, and those with the item's number or key to that item.

    Returns
    -------
    made : instance, or list or dict of them
        Nested as `part` is.

    Raises
    ------
    TypeError
        If there are parameters for an instance, or for an item that is not there.
    """
    own = {name: value for name, value in params.items() if "__" not in name}
    parts_of_it = {name.split("__")[0] for name in params if "__" in name}
    if isinstance(part, (list, tuple, dict)):
        items = part if isinstance(part, dict) else dict(enumerate(part))
        _check_parts(parts_of_it, [str(key) for key in items])
        made = {
            key: make_parts(item, {**_share(own, item), **select_params(params, str(key))})
            for key, item in items.items()
        }
        return made if isinstance(part, dict) else list(made.values())
    if inspect.isclass(part):
        _check_parts(parts_of_it, own)
        for name in parts_of_it:
            own[name] = make_parts(own[name], select_params(params, name))
        return part(**own)
    if params:
        raise TypeError(
            f"{part!r} is an instance, so {sorted(params)} cannot be set on it. Pass its class to "
            "set parameters."
        )
    return part


def _share(own, item):
    """Return the parameters that are for all items of a list: an instance takes none."""
    takes_some = inspect.isclass(item) or isinstance(item, (list, tuple, dict))
    return own if takes_some else {}


def _check_parts(named, known):
    unknown = sorted(named - set(known))
    if unknown:
        raise TypeError(
            f"There are parameters for {unknown}, but there is no such part. Use one of "
            f"{sorted(known)}."
        )
