"""The network that is trained: the options for it, and the classifier that they make."""

import ast
import os

import click

from imblearn_bbfl._elsewhere import NAMES_ELSEWHERE
from imblearn_bbfl._names import find_near, sort_by_size

NETWORK = [
    click.Option(
        ["--backbone"],
        metavar="NAME",
        default="mobilenetv2",
        show_default=True,
        help="Network of keras.applications, in lower case, or small_cnn for tiny images.",
    ),
    click.Option(
        ["--weights"],
        metavar="FILE",
        default="auto",
        show_default=True,
        help="What the network starts from: imagenet (downloaded once), none, or a file. auto is "
        "imagenet where there are such weights.",
    ),
    click.Option(
        ["--image-size"],
        type=click.IntRange(1),
        default=224,
        show_default=True,
        help="Side in pixels that images are brought to. Time grows with its square.",
    ),
    click.Option(
        ["--head-epochs"],
        type=click.IntRange(0),
        help="Epochs of the last layer alone, on features.  [default: 20 with weights]",
    ),
    click.Option(
        ["--epochs"],
        type=click.IntRange(0),
        help="Epochs of all layers; 0 trains the last layer alone.  [default: 8 with weights]",
    ),
    click.Option(
        ["--seed"],
        type=click.IntRange(0, 2**31 - 1),
        default=0,
        show_default=True,
        help="The same seed gives the same result.",
    ),
    click.Option(
        ["--set", "settings"],
        multiple=True,
        metavar="NAME=VALUE",
        help="Any other parameter of BBFLClassifier, as often as you like: "
        "--set batch_size=32 --set test_time_augmentation=flips",
    ),
]


def take_network(options):
    """Take what makes the classifier out of the options of a command, as JSON can hold it."""
    weights = options["weights"]
    if weights not in ("auto", "imagenet", "none") and not os.path.isfile(weights):
        raise click.UsageError(
            f"--weights {weights} is not a file. Use auto, imagenet, none, or the path of a file."
        )
    return {option.name: options.pop(option.name) for option in NETWORK}


def make_classifier(cls, network, recipe=None, method=None):
    """Return a classifier.

    Parameters
    ----------
    cls : type
        `BBFLClassifier`.
    network : dict
        As `take_network` returns.
    recipe : dict, default=None
        Parameters that hold where the network's options name no others.
    method : dict, default=None
        Parameters of a method of `STRATEGIES`. Each names all choices that make up a method, so
        that ``--set`` has the last word. ``None`` is for classifiers that methods are settings of,
        where ``--set`` of such a choice would change nothing.

    Raises
    ------
    UsageError
        If there is no such backbone, or ``--set`` names no parameter, or one that each method has
        of its own.
    """
    from imblearn_bbfl.backbones import list_backbones

    backbone, weights = network["backbone"], network["weights"]
    if backbone not in list_backbones():
        near = find_near(backbone, sort_by_size(list_backbones()), limit=8)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Try mobilenetv2 or resnet50."
        raise click.UsageError(f"--backbone {backbone} is not known. {hint}")
    given = {name: network[name] for name in ("epochs", "head_epochs") if network[name] is not None}
    known = cls("mlp").get_params(deep=False)
    settings = [
        parse_setting(text, known, is_method_free=method is None) for text in network["settings"]
    ]
    given |= {
        "weights": None if weights == "none" else os.path.expanduser(weights),
        "image_size": network["image_size"],
        "random_state": network["seed"],
    }
    return cls(backbone, **(recipe or {}) | (method or {}) | given | dict(settings))


def parse_setting(text, known, *, is_method_free):
    """Turn ``name=value`` into a pair; the value is as `parse_value` takes it.

    Parameters
    ----------
    text : str
        As it was typed.
    known : iterable of str
        Names of parameters.
    is_method_free : bool
        Whether methods are still to be set, each of which has choices of its own.
    """
    from imblearn_bbfl.strategies import STRATEGIES

    name, sign, value = text.partition("=")
    if not sign:
        raise click.UsageError(f"--set {text} must be NAME=VALUE, as in --set batch_size=32.")
    if name not in known and "__" not in name:
        near = find_near(name, known, elsewhere=NAMES_ELSEWHERE)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise click.UsageError(f"--set {name} is not a parameter of BBFLClassifier.{hint}")
    if is_method_free and name in STRATEGIES["baseline"]:
        raise click.UsageError(
            f"--set {text} would change nothing: each method has a {name} of its own."
        )
    # An image_size of height and width, which the option cannot name, may be set.
    if name in {"backbone", "weights", "epochs", "head_epochs", "random_state"}:
        option = "seed" if name == "random_state" else name.replace("_", "-")
        raise click.UsageError(f"--set {text}: use the option --{option}.")
    return name, parse_value(value)


def parse_value(text):
    """Turn text into a Python literal, or a list of such; what is neither stays text.

    Text in a list needs no quotation marks, which shells take away: ``[none,mild,severe]``.
    """
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        if text[:1] == "[" and text[-1:] == "]":
            return [parse_value(item.strip()) for item in text[1:-1].split(",")]
        return text
