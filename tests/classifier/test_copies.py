"""The same image under two labels, or on both sides of a split, is said once."""

import warnings

import cv2
import numpy as np
import pytest

from imblearn_bbfl._images import _copies
from imblearn_bbfl.classifier import _classifier

LABELS = "The same image has several labels"
PARTS = "The same image is trained and validated on"
y = np.repeat(["a", "b"], [20, 10])


@pytest.fixture
def fit(tiny, monkeypatch):
    """Return a function that checks data as `fit` does, and returns its warnings of copies."""
    monkeypatch.setattr(_classifier.BBFLClassifier, "_train", lambda *_, **__: None)

    def fit(X, y=y, *, validation_fraction=None, **kwargs):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            tiny.set_params(validation_fraction=validation_fraction).fit(X, y, **kwargs)
        assert all(warning.filename == __file__ for warning in caught)
        return [str(warning.message) for warning in caught]

    return fit


@pytest.fixture
def X():
    return np.random.default_rng(0).integers(0, 256, (30, 16, 16, 3), dtype=np.uint8)


@pytest.fixture
def paths(X, tmp_path):
    paths = [str(tmp_path / f"{i}.png") for i in range(30)]
    for path, image in zip(paths, X, strict=True):
        cv2.imwrite(path, image)
    return paths


def test_data_without_copies_are_no_reason_to_warn(fit, X, paths):
    for images in (X, X / 255, list(X), paths):
        assert fit(images, validation_fraction=0.2) == []


@pytest.mark.parametrize("kind", ["array", "floats", "list", "Fortran order"])
def test_an_image_in_memory_with_two_labels_is_named(fit, X, kind):
    X[25] = X[3]
    if kind == "Fortran order":
        X = np.asfortranarray(X)
    X = {"floats": X / 255, "list": list(X)}.get(kind, X)
    (message,) = fit(X)
    assert message.startswith(f"{LABELS}: image 3 (a) and image 25 (b). No network")


@pytest.mark.parametrize("kind", ["same path", "other spelling", "link", "copy"])
def test_a_file_with_two_labels_is_named(fit, paths, tmp_path, kind):
    other = {
        "same path": paths[3],
        "other spelling": f"{tmp_path}/./3.png",
        "link": f"{tmp_path}/link.png",
        "copy": f"{tmp_path}/copy.png",
    }[kind]
    if kind == "link":
        (tmp_path / "link.png").symlink_to(paths[3])
    elif kind == "copy":
        (tmp_path / "copy.png").write_bytes((tmp_path / "3.png").read_bytes())
    paths[25] = other
    (message,) = fit(paths)
    assert message.startswith(f"{LABELS}: {paths[3]} (a) and {other} (b).")


def test_images_that_differ_in_a_single_pixel_are_two(fit, X):
    X[25] = X[3]
    X[25, -1, -1, -1] ^= 1
    assert fit(X) == []


def test_several_such_images_are_counted_in_one_warning(fit, X):
    X[25:28] = X[3:6]
    X[7] = X[3]
    (message,) = fit(X)
    assert "and image 25 (b), and 2 more such images." in message


def test_copies_of_one_label_in_one_part_are_no_reason_to_warn(fit, X, paths):
    X[7] = X[3]
    paths[7] = paths[3]
    assert fit(X) == fit(paths) == []


def test_rows_without_weight_are_not_looked_at(fit, X):
    X[25] = X[3]
    assert fit(X, sample_weight=np.arange(30) != 25) == []


def test_images_that_are_trained_and_validated_on_are_named(fit, X, paths):
    X[10:20], paths[10:20] = X[:10], paths[:10]
    for images in (X, paths):
        (message,) = fit(images, validation_fraction=0.3)
        assert message.startswith(PARTS)
        assert "(training) and " in message
        assert "more such images" in message


def test_groups_that_keep_copies_together_leave_nothing_to_warn_of(fit, X):
    X[10:20] = X[:10]
    groups = np.r_[np.arange(10), np.arange(10), np.arange(20, 30)]
    assert fit(X, validation_fraction=0.3, groups=groups) == []


def test_copies_in_the_validation_data_are_named(fit, X, paths):
    for images in (X, paths):
        (message,) = fit(images, validation_data=(images[3:5], y[3:5]))
        assert message.startswith(PARTS)
        assert message.count("(validation), and 1 more such images") == 1


def test_rows_of_a_table_may_be_equal(fit, tiny):
    tiny.set_params(backbone="mlp")
    assert fit(np.zeros((30, 4)), validation_fraction=0.3) == []


def test_an_array_on_disk_is_not_read_for_it(fit, X):
    class OnDisk:
        dtype, shape = X.dtype, X.shape
        n_read = 0

        def __getitem__(self, rows):
            OnDisk.n_read += 1
            return X[rows]

        def __len__(self):
            return len(X)

    X[25] = X[3]
    assert fit(OnDisk(), validation_fraction=0.3) == []
    assert OnDisk.n_read < len(X)


def test_files_of_a_size_of_their_own_are_not_read_again(fit, paths, tmp_path, monkeypatch):
    for i, path in enumerate(paths):
        with open(path, "ab") as file:
            file.write(bytes(1000 * i))
    with open(paths[25], "wb") as file:
        file.write((tmp_path / "3.png").read_bytes())
    read = []
    digest = _copies._digest
    monkeypatch.setattr(_copies, "_digest", lambda path: read.append(path) or digest(path))
    assert len(fit(paths)) == 1
    assert sorted(read) == sorted([paths[3], paths[25]])
