import hashlib

import numpy as np
import pytest

from imblearn_bbfl.datasets import _retinamnist, fetch_retinamnist

SIZES = {"train": 4, "val": 2, "test": 3}


@pytest.fixture
def tiny_file(tmp_path, monkeypatch):
    """Stand in for the official file and its address with a tiny file of the same layout."""
    rng = np.random.default_rng(0)
    arrays = {}
    for part, n in SIZES.items():
        arrays[f"{part}_images"] = rng.integers(0, 256, (n, 28, 28, 3), dtype=np.uint8)
        arrays[f"{part}_labels"] = rng.integers(0, 5, (n, 1), dtype=np.uint8)
    path = tmp_path / "source" / "retinamnist.npz"
    path.parent.mkdir()
    np.savez(path, **arrays)
    url = path.as_uri().replace("file://", "file://localhost")
    monkeypatch.setattr(_retinamnist, "_URL", url)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(_retinamnist, "_SHA256", digest)
    return path


def test_a_file_that_is_there_is_used_without_network(tiny_file, monkeypatch):
    monkeypatch.setattr(_retinamnist, "_URL", "http://localhost:1/no-such-server")
    data = fetch_retinamnist(data_home=tiny_file.parent)
    assert data.images.shape == (4, 28, 28, 3)
    assert data.images.dtype == np.uint8


def test_a_missing_file_is_downloaded_once(tiny_file, tmp_path):
    fetch_retinamnist(data_home=tmp_path / "home")
    tiny_file.unlink()
    assert len(fetch_retinamnist(data_home=tmp_path / "home").images) == 4


def test_a_missing_file_is_an_error_if_not_to_be_downloaded(tmp_path):
    with pytest.raises(OSError, match=r"retinamnist\.npz does not exist and download_if_missing"):
        fetch_retinamnist(data_home=tmp_path, download_if_missing=False)


def test_a_file_with_a_wrong_checksum_is_an_error(tiny_file):
    tiny_file.write_bytes(tiny_file.read_bytes() + b"x")
    with pytest.raises(OSError, match=r"SHA-256 checksum is .* but must be"):
        fetch_retinamnist(data_home=tiny_file.parent)


def test_a_download_with_a_wrong_checksum_is_an_error(tiny_file, tmp_path):
    tiny_file.write_bytes(tiny_file.read_bytes() + b"x")
    with pytest.raises(OSError, match="checksum"):
        fetch_retinamnist(data_home=tmp_path / "home")
    assert not (tmp_path / "home" / "retinamnist.npz").exists()


def test_a_failed_download_tells_where_to_put_the_file(tiny_file, tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise _retinamnist.URLError("no route to host")

    monkeypatch.setattr(_retinamnist, "fetch_file", fail)
    with pytest.raises(OSError, match=r"no route to host.* save it as .*retinamnist\.npz"):
        fetch_retinamnist(data_home=tmp_path / "home")


@pytest.mark.parametrize(("subset", "n"), [("train", 4), ("validation", 2), ("test", 3)])
def test_subset_is_a_part_of_the_official_split(tiny_file, subset, n):
    data = fetch_retinamnist(data_home=tiny_file.parent, subset=subset)
    assert len(data.images) == len(data.target) == n
    assert set(data.split) == {subset}


def test_all_is_the_three_parts_in_order(tiny_file):
    data = fetch_retinamnist(data_home=tiny_file.parent, subset="all")
    assert data.split.tolist() == ["train"] * 4 + ["validation"] * 2 + ["test"] * 3
    with np.load(tiny_file) as arrays:
        np.testing.assert_array_equal(data.images[6:], arrays["test_images"])


def test_target_is_a_row_of_integers(tiny_file):
    X, y = fetch_retinamnist(data_home=tiny_file.parent, return_X_y=True)
    assert (y.shape, y.dtype) == ((4,), np.int64)
    assert len(X) == 4


def test_unknown_subset_is_refused():
    with pytest.raises(ValueError, match=r"subset must be one of .*'validation'"):
        fetch_retinamnist(subset="val")


def test_description_names_licence_and_source(tiny_file):
    data = fetch_retinamnist(data_home=tiny_file.parent)
    assert all(text in data.DESCR for text in ("CC BY 4.0", "MedMNIST v2", "DeepDRiD"))
    assert len(data.target_names) == 5


@pytest.mark.real_data
def test_the_official_file_has_the_official_counts(data_folder):
    data = fetch_retinamnist(data_home=data_folder / "retinamnist", download_if_missing=False)
    assert data.class_counts == {0: 486, 1: 128, 2: 206, 3: 194, 4: 66}
