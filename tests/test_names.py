"""The name that was meant."""

import pytest

from imblearn_bbfl._elsewhere import NAMES_ELSEWHERE, find_way
from imblearn_bbfl._names import find_near, sort_by_size, suggest

FAMILY = ["net0", "net1", "net2v2", "netlarge", "other"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("net", ["net0", "net1", "net2v2"]),
        ("Net-1", ["net1"]),
        ("net9", ["net0", "net1", "net2v2"]),
        ("othr", ["other"]),
        ("xyz", []),
        (3, []),
        (None, []),
    ],
)
def test_near_is_a_spelling_then_a_family_then_what_looks_like_it(name, near):
    assert find_near(name, FAMILY) == near


def test_names_from_elsewhere_go_first():
    assert find_near("lr", ["lrs", "learning_rate"], elsewhere=NAMES_ELSEWHERE) == ["learning_rate"]


def test_a_name_from_elsewhere_that_is_not_known_here_is_not_suggested():
    assert find_near("lr", ["gamma"], elsewhere=NAMES_ELSEWHERE) == []


def test_several_names_make_a_sentence():
    assert suggest("net", FAMILY) == " Did you mean 'net0', 'net1' or 'net2v2'?"


@pytest.mark.parametrize(
    "family",
    [
        ["convnexttiny", "convnextsmall", "convnextbase", "convnextlarge", "convnextxlarge"],
        ["efficientnetv2b0", "efficientnetv2b3", "efficientnetv2s", "efficientnetv2m"],
        ["nasnetmobile", "nasnetlarge"],
        ["resnet50", "resnet50v2", "resnet101", "resnet152v2"],
        ["mobilenet", "mobilenetv2", "mobilenetv3small", "mobilenetv3large"],
        ["inceptionv3", "inceptionresnetv2"],
    ],
)
def test_a_family_is_sorted_from_the_smallest_to_the_largest(family):
    assert sort_by_size(reversed(family)) == family


def test_where_no_parameter_does_it_the_way_is_told():
    assert find_way("num_classes", ["gamma"], {"numclasses": "Found in y."}) == " Found in y."
