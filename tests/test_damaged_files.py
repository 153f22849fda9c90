"""Files that are damaged are named, and files go into folders that are there."""

import re
import zipfile

import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl._files import check_folder, name_damaged, read_json


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_damaged_file_of_a_classifier_is_named(tmp_path, content):
    path = tmp_path / "mine.keras"
    path.write_bytes(content)
    told = rf"{re.escape(str(path))}' is damaged.* BBFLClassifier\.save has written"
    with pytest.raises(ValueError, match=told):
        BBFLClassifier.load(path)


@pytest.mark.parametrize("damage", ["cut", "changed", "other"])
def test_a_damaged_archive_of_arrays_is_named_with_the_remedy(tmp_path, damage):
    path = tmp_path / "kept.npz"
    np.savez(path, a=np.arange(1000))
    content = bytearray(path.read_bytes())
    content[500] ^= 255
    changed = {"cut": content[:300], "changed": content, "other": b"PK"}
    path.write_bytes(changed[damage])
    with (
        pytest.raises(ValueError, match=r"kept\.npz' is damaged.*Remove it\."),
        name_damaged(path, "Remove it."),
        np.load(path, allow_pickle=False) as file,
    ):
        file["a"]


def test_a_damaged_json_file_is_named_with_the_remedy(tmp_path):
    path = tmp_path / "best.json"
    path.write_bytes(b'{"method": "bb')
    with pytest.raises(ValueError, match=r"best\.json' is damaged.*JSONDecodeError.*Remove it\."):
        read_json(path, "Remove it.")


def test_other_errors_stay_what_they_are(tmp_path):
    path = tmp_path / "gone.zip"
    with pytest.raises(FileNotFoundError), name_damaged(path, ""), zipfile.ZipFile(path):
        pass


def test_a_folder_that_is_missing_is_named_with_how_to_make_it(tmp_path):
    check_folder(tmp_path / "a.keras")
    with pytest.raises(FileNotFoundError, match=r"no folder '.*b' to write 'c.keras' to. Make it"):
        check_folder(tmp_path / "b" / "c.keras")
