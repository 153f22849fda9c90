"""t-SNE of features."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from imblearn_bbfl.inspection import EmbeddingDisplay, FocalLossDisplay


def draw(classifier, images, **options):
    defaults = {"n_samples": 12, "perplexity": 3, "random_state": 0}
    return EmbeddingDisplay.from_estimator(classifier, *images, **{**defaults, **options})


def test_the_sample_is_balanced(classifier, images):
    labels, counts = np.unique(draw(classifier, images).y, return_counts=True)
    assert dict(zip(labels.tolist(), counts.tolist(), strict=True)) == {"a": 4, "b": 4, "c": 4}


def test_a_class_that_runs_out_leaves_its_place_to_others(classifier, images):
    _, counts = np.unique(draw(classifier, images, n_samples=16).y, return_counts=True)
    assert counts.tolist() == [6, 6, 4]


def test_the_same_random_state_gives_the_same_map(classifier, images):
    first, second = draw(classifier, images), draw(classifier, images)
    assert np.array_equal(first.embedding, second.embedding)


def test_features_apart_stay_apart():
    features = np.repeat([[0.0, 0.0], [9.0, 9.0]], 10, axis=0)
    features += np.random.default_rng(0).normal(scale=0.1, size=features.shape)
    y = np.repeat([0, 1], 10)
    points = EmbeddingDisplay.from_features(features, y, perplexity=5, random_state=0).embedding
    centers = np.array([points[y == i].mean(axis=0) for i in (0, 1)])
    nearest = np.linalg.norm(points[:, np.newaxis] - centers, axis=2).argmin(axis=1)
    assert np.array_equal(nearest, y)


def test_each_class_has_its_color(classifier, images):
    display = draw(classifier, images)
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["a (4)", "b (4)", "c (4)"]


@pytest.mark.parametrize("perplexity", [12, 50, 0])
def test_perplexity_is_less_than_the_number_of_points(classifier, images, perplexity):
    with pytest.raises(ValueError, match=f"perplexity={perplexity} must be less than .* 12"):
        draw(classifier, images, perplexity=perplexity)


@pytest.mark.parametrize("value", [0.1, np.nan, np.inf])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_features_that_are_equal_or_not_finite_are_an_error(value):
    with pytest.raises(ValueError, match="features must be finite and differ between images"):
        EmbeddingDisplay.from_features(np.full((12, 3), value), [0, 1] * 6, perplexity=5)


def test_it_draws_where_it_is_told():
    ax = plt.figure().subplots()
    features = np.random.default_rng(0).normal(size=(12, 3))
    display = EmbeddingDisplay.from_features(features, [0, 1] * 6, perplexity=5, ax=ax)
    assert display.ax_ is ax
    assert FocalLossDisplay.from_gammas([0, 2], ax=ax).ax_ is ax
