import os
import re
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, features

from imblearn_bbfl._images import as_images
from imblearn_bbfl.datasets import load_image_folder
from imblearn_bbfl.datasets._image_names import IMAGE_EXTENSIONS


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


# ---- which files are images

PIXELS = np.full((16, 16, 3), [200, 40, 90], np.uint8)  # red-green-blue
WRITTEN_AS = {
    **{".apng": "PNG", ".avif": "AVIF", ".bmp": "BMP", ".dib": "BMP", ".gif": "GIF"},
    **{".j2k": "JPEG2000", ".jp2": "JPEG2000", ".jfif": "JPEG", ".jpe": "JPEG", ".jpeg": "JPEG"},
    **{".jpg": "JPEG", ".pbm": "PPM", ".pgm": "PPM", ".png": "PNG", ".pnm": "PPM", ".ppm": "PPM"},
    **{".tif": "TIFF", ".tiff": "TIFF", ".webp": "WEBP"},
}


def _save(path, pixels):
    extension = path.suffix.lower()
    if extension in (".ras", ".sr"):
        cv2.imwrite(str(path), pixels[..., ::-1])
        return
    mode = {".pbm": "1", ".pgm": "L"}.get(extension, "RGB")
    Image.fromarray(pixels).convert(mode).save(path, WRITTEN_AS[extension])


@pytest.mark.parametrize("extension", IMAGE_EXTENSIONS)
def test_files_of_each_extension_are_listed_and_read(tmp_path, extension):
    if extension == ".gif" and not cv2.haveImageWriter(".gif"):
        pytest.skip("OpenCV reads GIF from version 4.11 on")
    if extension == ".avif" and not (cv2.haveImageWriter(".avif") and features.check("avif")):
        pytest.skip("OpenCV or Pillow was built without AVIF")
    pixels = np.full_like(PIXELS, 255) if extension in (".pbm", ".pgm") else PIXELS
    (tmp_path / "a").mkdir()
    _save(tmp_path / "a" / f"1{extension.upper()}", pixels)
    paths, _ = load_image_folder(tmp_path, return_X_y=True)
    np.testing.assert_allclose(as_images(paths).read([0])[0], pixels.astype(int), atol=4)


@pytest.mark.skipif(not cv2.haveImageWriter(".gif"), reason="OpenCV reads GIF from 4.11 on")
def test_the_first_frame_of_an_animated_gif_is_read(tmp_path):
    first, second = Image.fromarray(PIXELS), Image.fromarray(255 - PIXELS)
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second])
    assert (as_images([tmp_path / "a.gif"]).read([0])[0] == PIXELS).all()


def test_images_that_opencv_cannot_read_are_left_out_with_one_warning(tmp_path):
    _make(tmp_path, "a/1.png", "a/2.heic", "a/x/3.HEIC", "b/1.jpg", "4.dcm")
    with pytest.warns(UserWarning, match=r"left out, .*: 1 \.dcm, 2 \.heic\. Convert") as caught:
        data = load_image_folder(tmp_path)
    assert len(caught) == 1
    assert data.class_counts == {"a": 1, "b": 1}
    assert caught[0].filename == __file__


def test_endings_that_were_chosen_leave_others_out_silently(tmp_path):
    _make(tmp_path, "a/1.jpg", "a/mask.png", "a/2.heic")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(load_image_folder(tmp_path, extensions=[".jpg"]).data) == 1


@pytest.mark.parametrize(
    ("names", "counts"),
    [
        (["b/1.heic"], r"1 \.heic"),
        (["b/x/1.NPY", "b/2.npy", "b/.3.txt"], r"2 \.npy"),
        (["b/1", "b/2"], "2 without an ending"),
    ],
)
def test_a_class_of_other_files_names_their_endings(tmp_path, names, counts):
    _make(tmp_path, "a/1.jpg", "a/2.csv", *names)
    with pytest.raises(ValueError, match=rf"b in .* has none .* left out: {counts}\.$"):
        load_image_folder(tmp_path)


@pytest.mark.parametrize(
    "name", ["@eaDir/1.png", "a/@eaDir/1.png/thumb.jpg", "__MACOSX/a/1.png", "a/._1.png"]
)
def test_what_systems_and_network_drives_leave_behind_is_left_out(tmp_path, name):
    _make(tmp_path, "a/1.png", name, "a/Thumbs.db", "a/.ipynb_checkpoints/1.png")
    assert load_image_folder(tmp_path).class_counts == {"a": 1}


# ---- what cannot be read


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    _make(tmp_path, "a/1.png", "a/closed/2.png")
    scandir = os.scandir

    def refuse(path):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(PermissionError, match=r"Permission denied.*closed"):
        load_image_folder(tmp_path)


@pytest.mark.parametrize("name", ["b", "a/more"])
def test_a_link_to_a_folder_that_is_gone_is_named(tmp_path, name):
    _make(tmp_path, "a/1.png")
    (tmp_path / name).symlink_to(tmp_path / "gone")
    with pytest.raises(ValueError, match=rf"{name} is a link to .*gone, which does not exist"):
        load_image_folder(tmp_path)


MASKED = [
    ("a/x (1).png", "a/x (1)_mask.png", "a/x (1)_mask_1.png", "b/2.png"),  # as BUSI has them
    ("a/images/1.png", "a/masks/1.png", "b/images/2.png", "b/lung masks/2.png"),  # COVID-QU-Ex
    ("train/a/1.png", "train/a/1-segmentation.tif", "train/b/gt_1.png", "train/b/GT_1.gt.png"),
    ("images/1.png", "masks/1.png"),
]


@pytest.mark.parametrize("names", MASKED)
def test_masks_among_the_images_are_warned_of(tmp_path, names, monkeypatch):
    _make(tmp_path, *names)
    monkeypatch.chdir(tmp_path)
    n_masks = sum("mask" in name or "seg" in name for name in names)
    for folder in (tmp_path, "."):
        with pytest.warns(
            UserWarning, match=f"^{n_masks} of {len(names)} files .* masks of others"
        ):
            load_image_folder(folder)


@pytest.mark.parametrize(
    "names",
    [
        ("with_mask/1.png", "without_mask/1.png"),
        ("mask/1.png", "no mask/1_mask.png"),
        ("a/images/1.png", "a/more images/2.png", "b/images/1.png"),
    ],
)
def test_classes_named_mask_are_taken_without_a_word(tmp_path, names):
    _make(tmp_path, *names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_image_folder(tmp_path)


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("Sick", "sick", "'Sick' and 'sick'"),
        ("sick", "sick ", "'sick' and 'sick '"),
        ("a\u0308", "\xe4", "'a\\u0308' and '\xe4'"),
        ("01", "1", "'01' and '1'"),
    ],
)
def test_classes_whose_names_look_the_same_are_warned_of(tmp_path, one, other, shown):
    names = (f"train/{one}/1.png", "train/b/2.png", f"test/{other}/3.png", "test/b/4.png")
    _make(tmp_path, *names)
    with pytest.warns(UserWarning, match=f"the way they are written: {re.escape(shown)}\\. "):
        load_image_folder(tmp_path)
