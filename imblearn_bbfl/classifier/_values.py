"""What people pass to BBFLClassifier, having worked with other libraries, and the way here."""

from numbers import Integral, Real

from imblearn_bbfl._names import fold
from imblearn_bbfl._values import read_literal
from imblearn_bbfl.sampling._row_plan import name_sampler
from imblearn_bbfl.strategies import STRATEGIES


def _explain_sampling(value):
    if not isinstance(value, str):
        return ""
    method = next((name for name in STRATEGIES if fold(name) == fold(value)), None)
    if method is not None:
        return (
            f' STRATEGIES["{method}"] has the settings of that method: '
            f'BBFLClassifier(**STRATEGIES["{method}"]).'
        )
    if fold(value) in ("balance", "balanced", "balancedbatches", "auto"):
        return " Use 'batch' for balanced batches."
    sampler = name_sampler(value)
    if sampler in ("RandomOverSampler", "RandomUnderSampler"):
        return f" Pass the sampler itself: sampling={sampler}()."
    if sampler:
        return (
            f" {sampler} works on features: make_pipeline(ImageFeatures(), {sampler}(), "
            "LogisticRegression()), say."
        )
    return ""


def _explain_loss(value):
    if isinstance(value, str) or callable(value):
        return (
            " gamma, alpha, class_weight and tau make the loss: gamma=0 is cross-entropy, gamma=2 "
            "the focal loss. Any other is an instance of a subclass of keras.losses.Loss."
        )
    return ""


def _explain_thresholding(value):
    if isinstance(value, Real) and not isinstance(value, bool):
        return (
            " A threshold is one for the probability of a label: "
            f"imblearn_bbfl.decisions.FixedThreshold(label, {value!r})."
        )
    return ""


def _explain_augmentation(value):
    if callable(value):
        return (
            " Give it a method augment(images, random_state, pixel_max), which returns images, as "
            "imblearn_bbfl.augmentation.ImageAugmenter has."
        )
    return ""


def _explain_class_weight(value):
    if isinstance(value, (list, tuple)) or hasattr(value, "__array__"):
        return " Use a dict with the factor of each label: {label: factor}."
    return ""


def _explain_head_units(value):
    number = read_literal(value) if isinstance(value, str) else value
    if isinstance(number, Integral):
        return f" Use head_units=({number},) for one layer."
    return ""


def _explain_learning_rate(value):
    if callable(value) or hasattr(value, "get_config"):
        return (
            " learning_rate_schedule lowers it: 'cosine', 'plateau' or None. A schedule of your "
            "own goes into an optimizer, as optimizer=keras.optimizers.Adam(schedule)."
        )
    return ""


def _explain_target_prior(value):
    return " Use target_prior='uniform'." if value in ("balanced", "equal") else ""


_SWITCHES = {
    "augmentation": ("'auto'", "None"),
    "class_weight": ("'balanced'", "None"),
    "learning_rate_schedule": ("'cosine'", "None"),
    "preprocessing": ("'backbone'", "None"),
    "sampling": ("'batch'", "None"),
    "temperature": ("'fit'", "None"),
    "test_time_augmentation": ("'flips'", "None"),
    "thresholding": ("'prior'", "None"),
    "weights": ("'imagenet'", "None"),
}
_IN_PLACE_OF_NONE = {"epochs": "'auto', or 0 to train the head alone,", "monitor": "'loss'"}
_IN_PLACE_OF_NONE |= {"head_epochs": "'auto', or 0 for none,", "gamma": "0", "tau": "0"}
_IN_PLACE_OF_NONE |= {"mixup": "0", "margin": "0", "dropout": "0", "head_units": "()"}
_IN_PLACE_OF_ZERO = {"validation_fraction": "None", "patience": "None", "image_size": "None"}
_SPECIAL = {
    "augmentation": _explain_augmentation,
    "class_weight": _explain_class_weight,
    "head_units": _explain_head_units,
    "learning_rate": _explain_learning_rate,
    "target_prior": _explain_target_prior,
    "loss": _explain_loss,
    "sampling": _explain_sampling,
    "thresholding": _explain_thresholding,
}


def explain_habit(name, value) -> str:
    """Say what to pass to a parameter in the place of a value that other libraries take.

    Returns
    -------
    way : str
        The end of a message, with a blank before it; empty if nothing can be said.
    """
    if isinstance(value, bool) and name in _SWITCHES:
        return f" Use {name}={_SWITCHES[name][not value]}."
    if value is None and name in _IN_PLACE_OF_NONE:
        return f" Use {name}={_IN_PLACE_OF_NONE[name]} in its place."
    if isinstance(value, Real) and value == 0 and name in _IN_PLACE_OF_ZERO:
        return f" Use {name}={_IN_PLACE_OF_ZERO[name]} for none."
    return _SPECIAL[name](value) if name in _SPECIAL else ""
