"""Folders for the parts of a split, above or below those of the classes."""

import shutil
import warnings

import pytest

from imblearn_bbfl.datasets import load_image_folder


def _make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)  # no two files are alike


def _load_silently(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return load_image_folder(folder)


def test_folders_of_parts_are_a_split_and_those_in_them_classes(tmp_path):
    _make(tmp_path, "train/a/1.png", "train/b/2.png", "train/b/x/3.png", "val/a/1.png")
    _make(tmp_path, "val/b/1.png", "test/a/1.png", "test/b/1.png")
    data = _load_silently(tmp_path)
    assert data.target_names == ["a", "b"]
    assert data.target.tolist() == ["a", "b", "a", "b", "b", "a", "b"]
    assert data.split.tolist() == ["test", "test", "train", "train", "train", "val", "val"]
    assert data.class_counts == {"a": 3, "b": 4}
    for path, part, label in zip(data.data, data.split, data.target, strict=True):
        assert path.startswith(str(tmp_path / part / label))


@pytest.mark.parametrize(
    "parts",
    [
        ("Training", "Testing"),
        ("TRAIN", "VALID", "TEST"),
        ("train", "validation"),
        ("train", "dev", "test"),
        ("train",),
        ("train", "holdout"),
        ("Validate", "train"),
        ("eval", "train"),
        ("train_set", "test_set"),
        ("seg_train", "seg_test"),
        ("train-images", "Test images"),
    ],
)
def test_parts_are_known_by_their_usual_names_and_keep_them(tmp_path, parts):
    for part in parts:
        _make(tmp_path, f"{part}/a/1.png", f"{part}/b/1.png")
    data = _load_silently(tmp_path)
    assert data.target_names == ["a", "b"]
    assert set(data.split) == set(parts)


def test_parts_may_lie_in_the_folders_of_the_classes(tmp_path):
    _make(
        tmp_path, "a/train/1.png", "a/test/1.png", "b/train/1.png", "b/train/2.png", "b/test/1.png"
    )
    data = _load_silently(tmp_path)
    assert data.target.tolist() == ["a", "b", "a", "b", "b"]
    assert data.split.tolist() == ["test", "test", "train", "train", "train"]


def test_without_folders_of_parts_there_is_no_split(tmp_path):
    _make(tmp_path, "a/1.png", "b/1.png")
    assert _load_silently(tmp_path).split is None


def test_hidden_folders_and_other_files_beside_the_parts_do_no_harm(tmp_path):
    _make(tmp_path, "train/a/1.png", "test/a/1.png", ".git/x", "README.md", "__MACOSX/train/1.png")
    assert _load_silently(tmp_path).class_counts == {"a": 2}


@pytest.mark.parametrize(
    "names", [("test/1.png", "control/1.png"), ("test/p1/1.png", "b/p1/1.png")]
)
def test_a_class_may_be_named_as_a_part(tmp_path, names):
    _make(tmp_path, *names)
    data = _load_silently(tmp_path)
    assert data.split is None
    assert "test" in data.target_names


@pytest.mark.parametrize("names", [("train", "internal"), ("fold1", "fold2", "fold3")])
def test_classes_that_all_hold_the_same_sub_folders_are_warned_of(tmp_path, names):
    _make(tmp_path, *(f"{name}/{label}/1.png" for name in names for label in ("a", "b")))
    with pytest.warns(UserWarning, match=r"sub-folders of the same names, a, b, .* for classes"):
        assert load_image_folder(tmp_path).target_names == sorted(names)


def test_patients_that_hold_the_classes_are_warned_of(tmp_path):
    _make(tmp_path, *(f"p{i}/{label}/1.png" for i in range(45) for label in ("0", "1")[i % 3 :]))
    with pytest.warns(
        UserWarning, match=r"p0, p1, .* and \d+ more\) hold .* 0, 1, .* patients, say"
    ):
        load_image_folder(tmp_path)


@pytest.mark.parametrize(
    "names",
    [
        ("a/left/1.png", "a/right/1.png", "b/left/1.png"),
        ("a/p1/1.png", "a/p2/1.png", "b/p2/1.png", "b/p3/1.png", "c/p4/1.png"),
        ("a/left/1.png", "a/right/1.png", "b/left/1.png", "b/right/1.png", "b/1.png"),
        ("contest/x/1.png", "contest/y/1.png", "evaluator/x/1.png"),
    ],
)
def test_classes_with_sub_folders_of_their_own_are_taken_without_a_word(tmp_path, names):
    _make(tmp_path, *names)
    assert _load_silently(tmp_path).split is None


@pytest.mark.parametrize(
    ("names", "holding"),
    [
        (("archive/cat/1.png", "archive/dog/1.png"), "archive"),
        (("data/train/cat/1.png", "data/test/cat/2.png", "data/test/dog/2.png"), "data"),
        (("train/data/cat/1.png", "test/data/dog/2.png"), "test/data"),
    ],
)
def test_a_single_class_whose_sub_folders_may_be_the_classes_is_warned_of(tmp_path, names, holding):
    _make(tmp_path, *names)
    with pytest.warns(
        UserWarning, match="of one class, .*, but lie in sub-folders of it, cat, dog"
    ) as said:
        assert len(load_image_folder(tmp_path).class_counts) == 1
    assert str(said[0].message).endswith(f"holds them: {tmp_path / holding}.")


@pytest.mark.parametrize("name", ["a/1.png", "a/x.txt"])
def test_a_single_class_with_images_of_its_own_is_taken_without_a_word(tmp_path, name):
    _make(tmp_path, "a/1.png", name)
    assert _load_silently(tmp_path).target_names == ["a"]


@pytest.mark.parametrize("more", [[], ["other/1.png"]])
def test_classes_named_as_parts_are_classes_with_a_warning(tmp_path, more):
    _make(tmp_path, "train/1.png", "test/1.png", *more)
    with pytest.warns(UserWarning, match="test, train in .* are taken for classes") as caught:
        data = load_image_folder(tmp_path)
    assert data.split is None
    assert data.target_names[-2:] == ["test", "train"]
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["train/a/1.png", "test/1.png"], "images lie right in test"),
        (["train/a/1.png", "train/1.png", "test/a/1.png"], "images lie right in train"),
        (["train/a/1.png", "test/a/1.png", "c/1.png"], "c lies beside them"),
        (["a/1.png", "b/1.png", "test/a/1.png"], "a lies beside them"),
        (["train/a/1.png", "test/notes.txt"], "test has no class folders"),
        (["train/a/1.png", "test/b/1.png"], "no two of them have a class in common"),
        (["a/train/1.png", "a/test/1.png", "b/1.png"], "b does not hold such folders only"),
        (["a/train/1.png", "a/test/1.png", "a/x/1.png"], "a does not hold such folders only"),
    ],
)
def test_folders_that_are_parts_only_in_part_are_refused(tmp_path, names, reason):
    _make(tmp_path, *names)
    with pytest.raises(ValueError, match=f"look like the parts of a split, but {reason}"):
        load_image_folder(tmp_path)


def test_a_class_that_a_part_lacks_is_named(tmp_path):
    _make(tmp_path, "train/a/1.png", "train/b/1.png", "test/a/1.png", "val/b/1.png")
    (tmp_path / "val" / "a").mkdir()
    with pytest.warns(UserWarning, match=r"there are none of b in test, a in val\."):
        data = load_image_folder(tmp_path)
    assert data.class_counts == {"a": 2, "b": 2}


def test_a_class_without_images_in_any_part_is_refused(tmp_path):
    _make(tmp_path, "train/a/1.png", "test/a/1.png", "train/b/notes.txt")
    with pytest.raises(ValueError, match=r"but b in .* has none"):
        load_image_folder(tmp_path)


def test_a_split_is_not_lost_in_a_tuple(tmp_path):
    _make(tmp_path, "train/a/1.png", "test/a/1.png")
    with pytest.raises(
        ValueError, match=r"would mix the parts test, train .*data\.split == 'test'"
    ):
        load_image_folder(tmp_path, return_X_y=True)
    assert len(load_image_folder(tmp_path / "train", return_X_y=True)) == 2
    shutil.rmtree(tmp_path / "test")
    assert len(load_image_folder(tmp_path, return_X_y=True)) == 2


def test_images_beside_the_class_folders_of_a_part_that_cannot_be_read_are_counted(tmp_path):
    _make(tmp_path, "train/a/1.png", "test/a/1.png", "train/2.heic", "3.heic", "test/a/4.heic")
    with pytest.warns(UserWarning, match=r"left out, .*: 3 \.heic\."):
        load_image_folder(tmp_path)


def test_copies_in_another_part_are_named(tmp_path):
    _make(tmp_path, "train/a/1.png", "train/a/2.png", "test/a/1.png")
    (tmp_path / "test" / "a" / "copy.png").write_text("train/a/2.png")
    with pytest.warns(UserWarning, match=r"copy\.png \(test\) and .*2\.png \(train\)\.") as caught:
        load_image_folder(tmp_path)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_copies_within_a_part_and_empty_files_are_no_copies_of_another_part(tmp_path):
    _make(tmp_path, "train/a/1.png", "test/a/1.png")
    (tmp_path / "train" / "a" / "2.png").write_text("train/a/1.png")
    for part in ("train", "test"):
        (tmp_path / part / "a" / "3.png").touch()
    assert len(_load_silently(tmp_path).data) == 5
