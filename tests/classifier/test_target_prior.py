"""A network that was trained on another mix, or by a focal loss, gives the posterior back."""

from copy import copy

import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.losses import BinaryFocalCrossentropy

MEANS = np.array([[0.0, 0.0], [1.5, 1.0]])
CLASSES = np.array(["healthy", "sick"])
RNG = np.random.default_rng(0)
UNIFORM = [0.5, 0.5]


def draw(n_rows):
    """Return points of one Gaussian per class, 9 : 1, and their labels."""
    codes = (RNG.random(n_rows) < 0.1).astype(int)
    X = MEANS[codes] + RNG.normal(size=(n_rows, 2))
    return X.astype("float32"), CLASSES[codes]


X, Y = draw(3000)
X_NEW, _ = draw(2000)
DATA = [np.mean(label == Y) for label in CLASSES]


def posterior(prior):
    """Return what is known of new points by Bayes' rule, from the densities they are drawn of."""
    squares = ((X_NEW[:, np.newaxis] - MEANS) ** 2).sum(axis=2)
    joint = np.exp(-squares / 2) * prior
    return joint / joint.sum(axis=1, keepdims=True)


def train(**params):
    classifier = BBFLClassifier(
        "mlp",
        head_units=(),
        gamma=2.0,
        learning_rate=1e-2,
        batch_size=64,
        epochs=10,
        validation_fraction=None,
        random_state=0,
    )
    return classifier.set_params(**params).fit(X, Y)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param({}, id="bbfl"),
        pytest.param({"sampling": None, "class_weight": "balanced"}, id="balanced factors"),
    ],
)
def trained(request):
    return train(**request.param)


def measure_error(classifier, target_prior, prior):
    """Return the mean error of the probabilities as a posterior of a class mix."""
    proba = classifier.set_params(target_prior=target_prior).predict_proba(X_NEW)
    return np.abs(proba - posterior(prior)).mean()


of_each_mix = pytest.mark.parametrize(
    ("target_prior", "prior"),
    [
        ("data", DATA),
        ("uniform", UNIFORM),
        ({"sick": 0.2, "healthy": 0.8}, [0.8, 0.2]),
        ([0.8, 0.2], [0.8, 0.2]),
    ],
    ids=["data", "uniform", "dict", "array"],
)


@of_each_mix
def test_the_posterior_comes_back_where_the_raw_output_is_off(trained, target_prior, prior):
    error = measure_error(trained, target_prior, prior)
    assert error < 0.05
    assert measure_error(trained, None, prior) > max(0.05, 2 * error)


@pytest.fixture(scope="module")
def adjusted():
    """Return a classifier that was trained by logit adjustment, as in its paper."""
    return train(sampling=None, gamma=0.0, tau=1.0)


@pytest.fixture(scope="module")
def scaled():
    """Return a classifier that was trained by all that has an inverse at once."""
    return train(tau=1.25, logit_scale=0.15, class_weight="effective", gamma=1.0, sampling=None)


@of_each_mix
def test_the_posterior_comes_back_after_logit_adjustment(adjusted, target_prior, prior):
    assert measure_error(adjusted, target_prior, prior) < 0.05


def test_logit_adjustment_alone_gives_the_posterior_of_the_uniform_mix(adjusted):
    assert measure_error(adjusted, None, UNIFORM) < 0.05
    assert measure_error(adjusted, None, DATA) > 0.1


@pytest.mark.slow
@of_each_mix
def test_the_posterior_comes_back_after_scales_offsets_factors_and_gamma(
    scaled, target_prior, prior
):
    assert measure_error(scaled, target_prior, prior) < 0.05


def test_the_prior_in_training_alone_does_not_give_the_posterior(trained):
    # The training saw a uniform mix, so that division by it leaves the focal output as it is.
    assert trained.class_prior_ == pytest.approx(UNIFORM, abs=0.01)
    assert measure_error(trained, None, UNIFORM) > 0.05


def test_labels_by_thresholding_are_those_of_the_uniform_mix(trained):
    classifier = copy(trained)
    by_mix = classifier.set_params(target_prior="uniform").predict(X_NEW)
    by_rule = classifier.set_params(target_prior=None, thresholding="prior").predict(X_NEW)
    assert by_rule.tolist() == by_mix.tolist()


@pytest.mark.parametrize(
    ("loss", "factors"),
    [
        (BinaryFocalCrossentropy(from_logits=True), [1, 1]),
        (BinaryFocalCrossentropy(from_logits=True, alpha=[1.0, 9.0]), [1, 9]),
    ],
)
def test_the_factors_of_a_loss_of_ones_own_count_in_the_prior(loss, factors):
    classifier = BBFLClassifier(
        lambda rows: rows, head_units=(), epochs=0, validation_fraction=None, loss=loss
    )
    classifier.set_params(sampling=None, random_state=0).fit(X, Y)
    expected = np.multiply(DATA, factors)
    np.testing.assert_allclose(classifier.class_prior_, expected / expected.sum(), rtol=1e-6)


def test_a_loss_of_ones_own_with_one_alpha_for_all_is_trained_by():
    loss = BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.75, from_logits=True)
    classifier = BBFLClassifier(
        "mlp", loss=loss, head_units=(), epochs=1, validation_fraction=None, random_state=0
    )
    assert np.isfinite(classifier.fit(X[:64], Y[:64]).history_["loss"]).all()


def test_factors_of_a_loss_for_other_classes_are_refused_before_training():
    loss = BinaryFocalCrossentropy(from_logits=True, alpha=[1.0, 9.0])
    classifier = BBFLClassifier("mlp", loss=loss, validation_fraction=None, random_state=0)
    with pytest.raises(ValueError, match=r"factors \[1.0, 9.0\], but y has 3 classes. Give it one"):
        classifier.fit(X[:90], np.arange(90) % 3)
