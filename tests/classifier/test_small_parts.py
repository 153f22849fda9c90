"""What `fit` says of its input and of its checkpoint, by the functions that say it."""

import keras
import numpy as np
import pytest
from imblearn.under_sampling import RandomUnderSampler
from scipy import sparse

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl._images._rows import take_rows
from imblearn_bbfl.classifier._checkpoint import _describe, open_checkpoint
from imblearn_bbfl.classifier._inputs import ImageKind
from imblearn_bbfl.model_selection._methods import _warn_of_unused


@pytest.mark.parametrize(
    ("white", "told"), [(None, "floats outside [0, 255]"), (255.0, "floats in [0, 255]")]
)
def test_pixels_are_told_by_their_range(white, told):
    assert ImageKind((4, 4, 3), "floats", white).describe_pixels() == told


@pytest.mark.parametrize("convert", [np.asarray, sparse.csr_array, sparse.coo_array, list])
def test_rows_are_taken_of_whatever_holds_them(convert):
    X = np.arange(12).reshape(4, 3)
    taken = take_rows(convert(X), np.array([2, 0]))
    taken = taken.toarray() if sparse.issparse(taken) else np.asarray(taken)
    np.testing.assert_array_equal(taken, X[[2, 0]])


def test_values_are_told_apart_in_another_process_where_they_are_known():
    assert _describe(RandomUnderSampler()) == "RandomUnderSampler()"
    assert _describe((1, "a")) == "(1, 'a')"
    assert _describe(keras.optimizers.SGD) == "SGD"
    assert _describe(object()) == "object"


@pytest.mark.parametrize(
    ("seed", "goes_on", "message"),
    [
        (0, True, "is for a fit that begins anew, but with warm_start=True"),
        (None, False, "needs random_state to be a number, got None"),
    ],
)
def test_a_checkpoint_is_for_a_fit_that_can_be_made_again(tmp_path, seed, goes_on, message):
    classifier = BBFLClassifier("mlp", random_state=seed)
    with pytest.raises(ValueError, match=message):
        open_checkpoint(classifier, tmp_path, [], [], goes_on=goes_on)
    assert not list(tmp_path.iterdir())


@pytest.mark.filterwarnings("error")
def test_a_setting_that_each_method_makes_itself_is_warned_of():
    _warn_of_unused(BBFLClassifier("mlp", batch_size=16), STRATEGIES)
    with pytest.warns(UserWarning, match="gamma=3.5 of the BBFLClassifier is used by no method"):
        _warn_of_unused(BBFLClassifier("mlp", gamma=3.5), STRATEGIES)
