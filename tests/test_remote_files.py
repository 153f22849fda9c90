"""Images in archives and on object storage are the same as in files of this machine."""

import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pandas as pd
import pytest

from imblearn_bbfl._images import as_images
from imblearn_bbfl.cli._data import shorten_paths
from imblearn_bbfl.cli._images import find_images
from imblearn_bbfl.datasets import load_image_table
from imblearn_bbfl.model_selection._fingerprint import fingerprint_data

fsspec = pytest.importorskip("fsspec")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a folder with 40 images of noise, and their names."""
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(0)
    names = [f"{i}.png" for i in range(40)]
    for name in names:
        cv2.imwrite(str(folder / name), rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
    with zipfile.ZipFile(folder / "part.zip", "w") as archive:
        for name in names:
            archive.write(folder / name, f"images/{name}")
    with tarfile.open(folder / "part.tar", "w") as archive:
        for name in names:
            archive.add(folder / name, f"images/{name}")
    memory = fsspec.filesystem("memory")
    for path in folder.iterdir():
        memory.pipe_file(f"/bucket/{path.name}", path.read_bytes())
    return folder, names


PLACES = {
    "zip": "zip://images/{name}::{folder}/part.zip",
    "tar": "tar://images/{name}::{folder}/part.tar",
    "object storage": "memory://bucket/{name}",
    "zip on object storage": "zip://images/{name}::memory://bucket/part.zip",
    "URL of a file": "file://{folder}/{name}",
}


@pytest.fixture(params=PLACES)
def urls(request, files):
    folder, names = files
    return [PLACES[request.param].format(folder=folder, name=name) for name in names]


@pytest.fixture
def local(files):
    folder, names = files
    return [str(folder / name) for name in names]


def test_pixels_and_digests_are_those_of_the_files(urls, local):
    rows = np.arange(40)
    here, there = as_images(local), as_images(urls).verify()
    assert np.array_equal(there.read(rows), here.read(rows))
    assert there.digest(rows) == here.digest(rows)
    assert fingerprint_data(urls, np.arange(40), None) == fingerprint_data(
        local, np.arange(40), None
    )


def test_many_threads_may_read_one_archive(urls, local):
    images = as_images(urls)
    rows = np.random.default_rng(0).integers(0, 40, 400)
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(images.read_one, rows))
    assert np.array_equal(read, as_images(local).read(rows))


def test_what_is_not_there_is_named(urls):
    gone = urls[0].replace("0.png", "gone.png")
    with pytest.raises(ValueError, match=r"1 of 2 image files cannot be read: .*gone\.png.*missin"):
        as_images([gone, urls[1]]).verify()


def test_an_archive_that_was_written_again_is_read_anew(files, tmp_path):
    folder, names = files
    url = f"zip://a.png::{tmp_path}/a.zip"
    read = []
    for name in names[:2]:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(folder / name, "a.png")
            archive.writestr("of another size", name * (1 + len(read)))
        read.append(as_images([url]).read_one(0))
    assert np.array_equal(read, as_images([str(folder / name) for name in names[:2]]).read([0, 1]))


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("zip://a.png::/no/such.zip", ValueError, "missing"),
        ("what://a.png", ValueError, "Protocol not known: what"),
    ],
)
def test_what_cannot_be_opened_says_why(url, error, words):
    with pytest.raises(error, match=words):
        as_images([url]).read([0])


def test_a_damaged_archive_is_told_of(tmp_path):
    (tmp_path / "torn.zip").write_bytes(b"torn")
    with pytest.raises(ValueError, match="BadZipFile"):
        as_images([f"zip://a.png::{tmp_path}/torn.zip"]).read([0])


def test_files_of_this_machine_need_no_fsspec_and_others_say_what_to_install(local, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert as_images(local).read([0]).shape == (1, 8, 8, 3)
    with pytest.raises(ImportError, match=r"pip install '\.\[remote\]'"):
        as_images(["memory://bucket/0.png"]).read([0])


@pytest.mark.filterwarnings("error")  # of names without an ending
def test_tables_and_lists_may_name_them(urls, tmp_path):
    table = pd.DataFrame({"path": urls, "label": np.arange(40) % 2})
    assert load_image_table(table, path_column="path", label_column="label").data.tolist() == urls
    (tmp_path / "new.txt").write_text("\n".join(urls))
    assert find_images([str(tmp_path / "new.txt")]) == urls == shorten_paths(urls)
    assert find_images(urls[:1]) == urls[:1]
