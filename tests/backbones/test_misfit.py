"""Why a file of weights does not fit, from the shapes in it."""

from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from imblearn_bbfl.backbones._misfit import explain_misfit

SHAPES = [(3, 3, 3, 8), (8,), (8,), (3, 3, 8, 16), (16,)]
CASES = {
    "another width. Set backbone__alpha": [(3, 3, 3, 4), (4,), (4,), (3, 3, 4, 8), (8,)],
    "another number of channels, 1. Pass a file for 3": [(3, 3, 1, 8), *SHAPES[1:]],
    "such as a top": [*SHAPES, (16, 7), (7,)],
    "2 arrays of another network, where this one has 5": [(4, 3), (3,)],
}


def explain(tmp_path, shapes, *, has_alpha=True):
    path = tmp_path / "file.weights.h5"
    with h5py.File(path, "w") as file:
        for number, shape in enumerate(shapes):
            file[f"layers/{number}/vars/0"] = np.zeros(shape)
            file[f"optimizer/vars/{number}"] = np.zeros(shape)
    network = SimpleNamespace(weights=[SimpleNamespace(shape=shape) for shape in SHAPES])
    return explain_misfit(network, path, ValueError("long " * 999), has_alpha=has_alpha)


@pytest.mark.parametrize("told", CASES)
def test_what_a_file_holds_is_told_in_few_words(tmp_path, told):
    explanation = explain(tmp_path, CASES[told])
    assert told in explanation
    assert len(explanation) < 200


def test_another_width_with_a_top_is_another_width(tmp_path):
    shapes = [*CASES["another width. Set backbone__alpha"], (8, 7), (7,)]
    assert "Set backbone__alpha" in explain(tmp_path, shapes)


def test_a_backbone_without_widths_is_not_told_to_set_one(tmp_path):
    shapes = CASES["another width. Set backbone__alpha"]
    assert "alpha" not in explain(tmp_path, shapes, has_alpha=False)


def test_of_a_file_that_cannot_be_read_the_reason_is_cut(tmp_path):
    (tmp_path / "a.weights.h5").write_bytes(b"abc")
    network = SimpleNamespace(weights=[])
    told = explain_misfit(network, tmp_path / "a.weights.h5", OSError("x " * 999), has_alpha=False)
    assert told.startswith("no weights of Keras can be read from it (x x")
    assert len(told) < 300
