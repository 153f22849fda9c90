"""Parameters of the parts of an estimator: ``callbacks__patience=5`` goes to the callback.

The rules are those of scikeras: a prefix and two underscores name the part, and what follows names
a parameter of it, a number or a key where the part is a list or a dict, or a part of the part.
"""

import copy
import inspect
from collections.abc import Mapping
from typing import Any, Self

import keras
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import InvalidParameterError, StrOptions

from imblearn_bbfl._elsewhere import find_way
from imblearn_bbfl._names import enumerate_names
from imblearn_bbfl._values import explain_class, explain_value


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


class RoutedParameters(BaseEstimator):
    """An estimator whose parameters ``part__name`` are for its parts.

    Its constructor ends in ``**routed`` and stores these by `_store_routed`. `_ROUTES` has the
    names of the parts, and `_OTHER_WAYS` says what to do in the place of a parameter that there is
    not.
    """

    _ROUTES: tuple[str, ...] = ()
    _OTHER_WAYS: Mapping[str, str] = {}

    @staticmethod
    def _explain_habit(name, value):
        """Say what to pass to a parameter in the place of a value that it does not take."""
        return ""

    def __init_subclass__(cls, **kwargs):
        """Give scikit-learn the signature without ``**routed``: that is no parameter's name."""
        super().__init_subclass__(**kwargs)
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        cls.__signature__ = inspect.Signature([p for p in parameters if p.kind != p.VAR_KEYWORD])

    def __sklearn_clone__(self):
        """Return an estimator with the same parameters, which shares a built model of Keras.

        No fit changes that, and to copy it for each candidate of a search takes seconds and memory.
        """
        model = getattr(self, "backbone", None)
        if not isinstance(model, keras.Model):
            return super().__sklearn_clone__()
        stand_in = copy.copy(self)
        stand_in.backbone = None
        made = super(RoutedParameters, stand_in).__sklearn_clone__()
        made.backbone = model
        return made

    def _store_routed(self, routed):
        """Store parameters of the form ``prefix__name``, or refuse them as Python would."""
        for name in routed:
            if not self._is_routed(name):
                raise TypeError(
                    f"{type(self).__name__} got an unexpected parameter {name!r}."
                    f"{self._find_way(name)}"
                )
        vars(self).update(routed)
        if routed:
            self._routed = sorted({*getattr(self, "_routed", ()), *routed})

    @classmethod
    def _get_param_names(cls):
        """Return the names of the constructor, as scikit-learn does; scikeras looks at `self`."""
        return BaseEstimator._get_param_names.__func__(cls)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Get the parameters of this estimator, routed ones included."""
        routed = {name: getattr(self, name) for name in getattr(self, "_routed", ())}
        return BaseEstimator.get_params(self, deep) | routed

    def set_params(self, **params: Any) -> Self:
        """Set the parameters of this estimator, routed ones included."""
        known = self.get_params(deep=False)
        for name in params:
            if not self._is_routed(name) and name.partition("__")[0] not in known:
                raise ValueError(
                    f"Invalid parameter {name!r} for estimator {type(self).__name__}."
                    f"{self._find_way(name)}"
                )
        routed = {name: value for name, value in params.items() if self._is_routed(name)}
        self._store_routed(routed)
        BaseEstimator.set_params(self, **{k: v for k, v in params.items() if k not in routed})
        return self

    def _validate_params(self):
        """Check the parameters, and say what to pass in the place of a value that is wrong."""
        constraints = self._parameter_constraints
        params = {name: getattr(self, name) for name in constraints}
        for name, value in params.items():
            takes_classes = not {type, callable}.isdisjoint(constraints[name])
            if not takes_classes and (message := explain_class(name, value)):
                raise InvalidParameterError(message)
        try:
            super()._validate_params()
        except InvalidParameterError as error:
            name = str(error).split("'")[1]  # "The 'gamma' parameter of ..."
            texts = [each.options for each in constraints[name] if isinstance(each, StrOptions)]
            way = self._explain_habit(name, params[name]) or explain_value(
                name, params[name], [option for options in texts for option in options]
            )
            raise InvalidParameterError(f"{error}{way}") from None

    def _route(self, part):
        """Return the parameters ``part__name`` as ``{name: value}``."""
        return select_params(self.get_params(deep=False), part)

    @classmethod
    def _find_way(cls, name):
        """Say what to use in the place of a parameter that there is not."""
        known = cls._get_param_names()
        if "__" not in name:
            all_names = f" {cls.__name__}().get_params() has all names."
            return find_way(name, known, cls._OTHER_WAYS) or all_names
        routes = enumerate_names([f"{route}__" for route in cls._ROUTES])
        return f" Parameters for its parts start with {routes}."

    @classmethod
    def _is_routed(cls, name):
        return "__" in name and name.split("__")[0] in cls._ROUTES
