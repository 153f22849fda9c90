from pathlib import Path

import pytest

from imblearn_bbfl.datasets import load_image_folder


def _make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_each_sub_folder_is_a_class(tmp_path):
    _make(tmp_path, "sick/a.png", "healthy/b.jpg", "healthy/a.JPG")
    data = load_image_folder(tmp_path)
    assert data.target.tolist() == ["healthy", "healthy", "sick"]
    assert [Path(path).name for path in data.data] == ["a.JPG", "b.jpg", "a.png"]
    assert data.target_names == ["healthy", "sick"]
    assert data.class_counts == {"healthy": 2, "sick": 1}


def test_paths_are_strings_that_exist(tmp_path):
    _make(tmp_path, "a/1.png", "b/2 Größe.png")
    paths, _ = load_image_folder(str(tmp_path), return_X_y=True)
    assert paths.dtype.kind == "U"
    assert all(Path(path).is_file() for path in paths)


def test_images_are_found_at_any_depth_in_sorted_order(tmp_path):
    _make(tmp_path, "a/2.png", "a/x/y/1.png", "a/b/3.png", "b/1.png")
    paths, labels = load_image_folder(tmp_path, return_X_y=True)
    assert [Path(path).relative_to(tmp_path).as_posix() for path in paths] == [
        "a/2.png",
        "a/b/3.png",
        "a/x/y/1.png",
        "b/1.png",
    ]
    assert labels.tolist() == ["a", "a", "a", "b"]


def test_hidden_files_and_folders_are_left_out(tmp_path):
    _make(tmp_path, ".cache/1.png", "a/.1.png", "a/.x/1.png", "a/1.png", ".2.png")
    assert len(load_image_folder(tmp_path).data) == 1


def test_files_with_other_extensions_are_left_out(tmp_path):
    _make(tmp_path, "a/1.png", "a/labels.csv", "README.md")
    assert len(load_image_folder(tmp_path).data) == 1


def test_extensions_can_be_chosen(tmp_path):
    _make(tmp_path, "a/1.png", "a/1.gif")
    paths, _ = load_image_folder(tmp_path, extensions=(".GIF",), return_X_y=True)
    assert [Path(path).name for path in paths] == ["1.gif"]


def test_one_extension_need_not_be_in_a_list(tmp_path):
    _make(tmp_path, "a/1.png", "a/1.gif", "a/png")
    paths, _ = load_image_folder(tmp_path, extensions=".png", return_X_y=True)
    assert [Path(path).name for path in paths] == ["1.png"]


def test_linked_sub_folders_are_followed(tmp_path):
    _make(tmp_path, "elsewhere/x/1.png", "root/a/2.png")
    (tmp_path / "root" / "a" / "link").symlink_to(tmp_path / "elsewhere")
    paths, _ = load_image_folder(tmp_path / "root", return_X_y=True)
    assert [Path(path).name for path in paths] == ["2.png", "1.png"]


def test_a_folder_reached_by_several_links_is_listed_once(tmp_path):
    _make(tmp_path, "root/a/x/1.png", "elsewhere/2.png")
    for name, target in {"1": "root", "2": "root/a", "3": "elsewhere", "4": "elsewhere"}.items():
        (tmp_path / "root" / "a" / "x" / name).symlink_to(tmp_path / target)
    paths, _ = load_image_folder(tmp_path / "root", return_X_y=True)
    assert [Path(path).name for path in paths] == ["1.png", "2.png"]


def test_linked_class_folders_and_images_are_followed(tmp_path):
    _make(tmp_path, "elsewhere/1.png", "root/b/2.png")
    (tmp_path / "root" / "a").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "b" / "3.png").symlink_to(tmp_path / "elsewhere" / "1.png")
    assert load_image_folder(tmp_path / "root").class_counts == {"a": 1, "b": 2}


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_folder_that_is_none_is_refused(tmp_path, name):
    _make(tmp_path, "file")
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        load_image_folder(tmp_path / name)


def test_a_folder_without_class_folders_is_refused(tmp_path):
    _make(tmp_path, "README.md")
    with pytest.raises(ValueError, match="one sub-folder of images per class, but has none"):
        load_image_folder(tmp_path)


def test_class_folders_without_images_are_named(tmp_path):
    _make(tmp_path, "a/1.png", "b/notes.txt", "c/.hidden.png")
    with pytest.raises(ValueError, match=r"but b, c in .* has none"):
        load_image_folder(tmp_path)


def test_images_beside_the_class_folders_are_refused(tmp_path):
    _make(tmp_path, "a/1.png", "stray.png")
    with pytest.raises(ValueError, match=r"itself holds 1, such as stray\.png"):
        load_image_folder(tmp_path)
