"""Bad input gets an error that says rule, value and remedy, before anything is trained."""

from contextlib import contextmanager
from types import SimpleNamespace

import cv2
import keras
import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.exceptions import DataConversionWarning

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.backbones import _applications
from imblearn_bbfl.classifier import _phases
from imblearn_bbfl.classifier._inputs import Part, check_training_data
from imblearn_bbfl.classifier._preparation import plan_rows
from imblearn_bbfl.costs import resolve_alpha
from imblearn_bbfl.losses import BinaryFocalCrossentropy
from imblearn_bbfl.training._validation import FiniteLoss

X = np.zeros((20, 16, 16, 3), dtype=np.uint8)
y = np.repeat([0, 1], [14, 6])


@pytest.fixture(autouse=True)
def _no_training(monkeypatch):
    """Fail where bad input gets as far as training."""

    def train(*args, **kwargs):
        pytest.fail("bad input was trained on")

    monkeypatch.setattr(_phases, "begin_training", train)


@contextmanager
def train_nothing(*args, **kwargs):
    yield SimpleNamespace(is_stopped=True, best_epoch=None, finite_loss=FiniteLoss())


def fit(X=X, y=y, *, sample_weight=None, groups=None, validation_data=None, **params):
    classifier = BBFLClassifier("small_cnn", validation_fraction=None).set_params(**params)
    return classifier.fit(X, y, sample_weight, groups, validation_data)


def test_one_class():
    with pytest.raises(ValueError, match="one class only, 3"):
        fit(y=np.full(20, 3))


def test_batch_smaller_than_the_number_of_classes():
    with pytest.raises(ValueError, match=r"batch_size=4 .* 7 classes. Use batch_size >= 7"):
        fit(X=np.zeros((70, 16, 16, 3), np.uint8), y=np.arange(70) % 7, batch_size=4)


def test_X_and_y_of_different_length():
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[20, 19\]"):
        fit(y=y[:-1])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_pixels_that_are_not_finite(value):
    images = X / 255.0
    images[7, 3, 3, 1] = value
    with pytest.raises(ValueError, match=r"NaN|infinit"):
        fit(X=images)


@pytest.mark.parametrize("shape", [(20, 16, 16), (20, 16, 16, 3, 1)])
def test_arrays_of_3_or_5_dimensions(shape):
    with pytest.raises(ValueError, match=rf"{len(shape)} dimensions, but images need 4"):
        fit(X=np.zeros(shape, dtype=np.uint8))


def test_images_of_mixed_shapes_without_image_size():
    images = [np.zeros((16 + i % 2, 16, 3), dtype=np.uint8) for i in range(20)]
    with pytest.raises(ValueError, match="image_size"):
        fit(X=images)


def test_floats_outside_of_any_pixel_range():
    with pytest.raises(ValueError, match="Rescale X"):
        fit(X=X - 3.5)


def test_files_that_cannot_be_read_are_all_listed(tmp_path):
    paths = [str(tmp_path / f"{i}.png") for i in range(20)]
    for path in paths[3:]:
        cv2.imwrite(path, X[0])
    (tmp_path / "0.png").touch()
    (tmp_path / "1.png").write_bytes((tmp_path / "9.png").read_bytes()[:60])
    with pytest.raises(
        ValueError, match=r"3 of 20 .*0.png \(empty.*1.png.*2.png \(missing"
    ) as error:
        fit(X=paths)
    assert "3.png" not in str(error.value)


@pytest.mark.parametrize("weight", [10, "balanced", (X, y)])
def test_what_stands_in_the_place_of_weights_by_mistake(weight):
    with pytest.raises(TypeError, match="sample_weight, the third argument of fit, must be one"):
        fit(sample_weight=weight)


@pytest.mark.parametrize("loss", [BinaryFocalCrossentropy(), keras.losses.BinaryCrossentropy()])
def test_a_loss_that_takes_probabilities(loss):
    with pytest.raises(
        ValueError, match=r"would take for probabilities\. Use Binary.*\(from_logits="
    ):
        fit(X=np.eye(20), backbone="mlp", loss=loss)


@pytest.mark.filterwarnings("ignore:In loss categorical_crossentropy")
@pytest.mark.parametrize(
    ("n_classes", "loss", "told"),
    [
        (2, keras.losses.CategoricalCrossentropy(from_logits=True), "single logit: use a binary"),
        (2, keras.losses.SparseCategoricalCrossentropy(from_logits=True), "use a binary loss"),
        (3, keras.losses.BinaryCrossentropy(from_logits=True), "Use a loss of class numbers"),
        (3, keras.losses.CategoricalCrossentropy(from_logits=True), "Use a loss of class numbers"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_loss_for_another_number_of_classes(n_classes, loss, told):
    with pytest.raises(ValueError, match=told):
        fit(X=np.eye(20), y=np.arange(20) % n_classes, backbone="mlp", loss=loss)


@pytest.mark.parametrize("size", [0, -1, None, 2.5, "8"])
def test_no_rows_to_predict_at_a_time(size):
    with pytest.raises((TypeError, ValueError), match="predict__batch_size"):
        fit(X=np.eye(20), backbone="mlp", predict__batch_size=size)


def test_several_weights_for_each_row():
    with pytest.raises(ValueError, match=r"sample_weight has the shape \(20, 2\), but must be one"):
        fit(sample_weight=np.ones((20, 2)))


@pytest.mark.parametrize(
    ("classes", "told"),
    [([0], "classes holds one class only, 0"), ([0, "1"], "classes must not mix text")],
)
def test_classes_of_partial_fit_that_are_none(classes, told):
    with pytest.raises(ValueError, match=told):
        BBFLClassifier("mlp").partial_fit(np.zeros((4, 2)), [0, 0, 1, 1], classes=classes)


def test_fractions_as_labels():
    with pytest.raises(ValueError, match=r"numbers such as 0\.5, .* names of classes, y\.astype"):
        fit(y=np.where(y, 1.0, 0.5))


def test_a_missing_label_among_texts():
    with pytest.raises(ValueError, match=r"y is missing .* in 1 of 20 rows"):
        fit(y=[np.nan, *["a", "b"] * 9, "b"])


def test_text_that_stands_for_a_missing_label_is_warned_of():
    with pytest.warns(UserWarning, match="the label 'nan' in 10 rows"):
        check_training_data(BBFLClassifier("mlp"), np.zeros((20, 2)), ["nan", "a"] * 10, None)


def test_labels_in_a_column_are_warned_of_at_the_users_line():
    with pytest.warns(DataConversionWarning, match="column-vector") as caught:
        check_training_data(BBFLClassifier("mlp"), np.zeros((20, 2)), y[:, np.newaxis], None)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("sampling", ["batch", RandomOverSampler(sampling_strategy={"well": 9})])
def test_row_plans_and_samplers_know_classes_by_their_labels(sampling):
    codes, classes = np.repeat([0, 2], [9, 4]), np.array(["fine", "other", "well"])
    part = Part(SimpleNamespace(is_table=False), codes, None, np.arange(len(codes)))
    plan = plan_rows(sampling, 4, part, 0, classes)
    assert plan.classes_.tolist() == ["fine", "well"]
    with pytest.raises(ValueError, match="one class only, 'well'"):
        plan_rows("batch", 4, part._replace(rows=np.arange(9, 13)), 0, classes)


def test_negative_gamma():
    with pytest.raises(ValueError, match=r"'gamma' parameter .* Got -1"):
        fit(gamma=-1)


@pytest.mark.parametrize("name", ["tau", "logit_scale", "margin", "effective_beta"])
@pytest.mark.parametrize("value", [-0.5, np.nan, np.inf, "one"])
def test_what_is_not_finite_or_negative_in_the_loss(name, value):
    with pytest.raises(ValueError, match=rf"'{name}' parameter .* Got {value!r}"):
        fit(**{name: value})


def test_effective_beta_of_one():
    with pytest.raises(ValueError, match=r"'effective_beta' parameter .* range \[0.0, 1.0\)"):
        fit(effective_beta=1.0)


@pytest.mark.parametrize("alpha", [[0.2, 0.3, 0.5], {0: 0.5, 1: -1.0}, 1.5])
def test_alpha_of_wrong_length_or_sign(alpha):
    with pytest.raises(ValueError, match="alpha="):
        fit(alpha=alpha)


def test_unknown_backbone_gets_the_nearest_name():
    with pytest.raises(ValueError, match=r"'resnet5O' is not known. Did you mean 'resnet50'"):
        fit(backbone="resnet5O")


def test_unknown_sampling_gets_the_names():
    with pytest.raises(ValueError, match=r"'sampling' parameter .* Got 'smote'"):
        fit(sampling="smote")


def test_image_too_small_for_the_backbone():
    with pytest.raises(ValueError, match="Use image_size=32 or more"):
        fit(backbone="mobilenetv2", weights=None)


@pytest.mark.slow
def test_pretrained_weights_that_cannot_be_fetched_are_never_replaced(monkeypatch):
    def fail(*args):
        raise OSError("no network. Pass the path of a weights file")

    monkeypatch.setattr(_applications, "fetch_imagenet_weights", fail)
    with pytest.raises(OSError, match="Pass the path of a weights file"):
        fit(backbone="mobilenetv2", image_size=32)


def test_one_alpha_for_three_classes_is_an_error_that_asks_for_one_per_class():
    with pytest.raises(ValueError, match=r"alpha=0.25 is one number, .* one factor per class"):
        resolve_alpha(0.25, np.arange(3))


def test_alpha_of_an_unknown_label():
    with pytest.raises(ValueError, match=r"alpha has factors for \['typo'\]"):
        fit(alpha={0: 0.5, "typo": 50.0})


@pytest.mark.parametrize("factor", [0.0, -1.0, np.nan])
def test_class_weight_that_is_not_positive(factor):
    with pytest.raises(ValueError, match=r"class_weight=.* must give each class a positive factor"):
        fit(class_weight={0: factor})


@pytest.mark.parametrize("third", [np.ones(20), np.arange(20)])
def test_validation_data_with_weights_or_with_groups_that_fit_does_not_get(third):
    with pytest.raises(ValueError, match=r"must be a tuple \(X, y\), or \(X, y, groups\) where"):
        fit(validation_data=(X, y, third))


def test_a_group_in_X_and_in_validation_data():
    groups = np.array([f"p{row}" for row in range(20)])
    others = np.array([f"p{row}" for row in range(18, 38)])
    with pytest.raises(ValueError, match=r"Group 'p18' is in X and in .* \(2 in all\)"):
        fit(groups=groups, validation_data=(X, y, others))


def test_groups_of_validation_data_that_are_not_those_of_its_rows():
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[20, 19\]"):
        fit(groups=np.arange(20), validation_data=(X, y, np.arange(20, 39)))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"callbacks__patience": 1}, r"callbacks=None, so \['patience'\] have no callback"),
        ({"compile__loss": "mse"}, r"compile__ parameters \['loss'\] cannot be set\. gamma"),
        ({"fit__epochs": 3}, r"fit__ parameters \['epochs'\] cannot be set"),
        ({"predict__verbose": 1}, r"Only predict__batch_size is passed on"),
    ],
)
def test_routed_parameters_that_no_part_would_get(params, message):
    with pytest.raises(ValueError, match=message):
        fit(**params)


def test_a_function_is_no_optimizer():
    with pytest.raises(ValueError, match="'optimizer' parameter"):
        fit(optimizer=lambda: None)


def test_class_weight_of_an_unknown_label():
    with pytest.raises(ValueError, match="class"):
        fit(class_weight={0: 1.0, "no such label": 2.0})


def test_negative_sample_weight():
    with pytest.raises(ValueError, match=r"[Nn]egative"):
        fit(sample_weight=np.r_[-1.0, np.ones(19)])


def test_validation_labels_that_training_does_not_have():
    with pytest.raises(ValueError, match=r"not among the classes .* \[5\]"):
        fit(validation_data=(X, np.full(20, 5)))


def test_validation_images_of_another_shape():
    with pytest.raises(ValueError, match="fitted on"):
        fit(validation_data=(X[:, :8], y))


@pytest.mark.parametrize(
    "also",
    [{"validation_fraction": 0.2}, {"validation_fraction": None}, {"validation_data": (X, y)}],
)
def test_groups_of_another_length(also):
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[20, 19\]"):
        fit(groups=np.arange(19), **also)


def test_groups_that_are_missing():
    with pytest.raises(ValueError, match=r"missing in 2 of 20 rows \(counted from 0: 4, 19\)"):
        fit(groups=[None if row in (4, 19) else row for row in range(20)])


def test_augmentation_of_a_table():
    from imblearn_bbfl.augmentation import ImageAugmenter

    with pytest.raises(ValueError, match="augmentation is for images"):
        fit(X=np.zeros((20, 4)), backbone="mlp", augmentation=ImageAugmenter())


def test_a_table_for_an_image_backbone():
    with pytest.raises(ValueError, match="takes images, but X is a 2-D table"):
        fit(X=np.zeros((20, 4)))


@pytest.fixture
def fitted(monkeypatch):
    """Return a classifier that was built but not trained."""
    monkeypatch.setattr(_phases, "begin_training", train_nothing)
    return fit()


def test_predict_on_another_shape(fitted):
    with pytest.raises(ValueError, match=r"shape \(8, 16, 3\), but .* fitted on \(16, 16, 3\)"):
        fitted.predict(X[:, :8])


def test_predict_on_floats_after_integers(fitted):
    with pytest.raises(ValueError, match=r"holds floats in .0, 1., but .* fitted on integers"):
        fitted.predict(X / 255.0)


def test_predict_on_brighter_floats_than_fitted_on(monkeypatch):
    monkeypatch.setattr(_phases, "begin_training", train_nothing)
    with pytest.raises(ValueError, match=r"floats in \[0, 255\], but .* on floats in \[0, 1\]"):
        fit(X=X / 255.0).predict(np.full_like(X, 200.0, dtype=float))


def test_predict_on_a_table_after_images(fitted):
    with pytest.raises(ValueError, match=r"2-D table, but .* fitted on images"):
        fitted.predict(np.zeros((3, 4)))


def test_predict_on_a_missing_file(fitted, tmp_path):
    with pytest.raises(ValueError, match=r"gone.png.*missing"):
        fitted.predict([str(tmp_path / "gone.png")])


@pytest.mark.parametrize(
    ("monitor", "match"),
    [("acuracy", "Did you mean 'accuracy'"), ("roc_auc", "for two classes, but y has 3")],
)
def test_a_score_to_monitor_that_there_is_not_even_without_a_validation_part(monitor, match):
    with pytest.raises(ValueError, match=match):
        fit(y=np.arange(20) % 3, monitor=monitor)


def test_the_number_of_channels_has_a_remedy_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setattr(_phases, "begin_training", train_nothing)
    cv2.imwrite(str(tmp_path / "a.png"), X[0, ..., 0])
    gray, color = fit(X=X[..., :1]), fit()
    with pytest.raises(ValueError, match=r"files are always read in red-green-blue.*GRAYSCALE"):
        gray.predict([str(tmp_path / "a.png")])
    with pytest.raises(ValueError, match=r"np\.repeat\(X, 3, axis=-1\)"):
        color.predict(X[..., :1])
