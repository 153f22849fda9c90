"""What a file holds that OpenCV reads as no image, by its first bytes."""

_IMAGES = (
    *(b"\xff\xd8", b"\x89PNG", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"RIFF", b"GIF8"),
    *(b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  "),  # JPEG 2000
    *(b"P%d\n" % i for i in range(1, 8)),  # PBM, PGM, PPM and PAM
    *(b"P%d " % i for i in range(1, 8)),
)
_AVIF = (b"avif", b"avis")
# Where they begin, what with, and what they are.
_OTHERS = (
    (0, b"version https://git-lfs", "a pointer of Git LFS, whose image git lfs pull fetches"),
    (128, b"DICM", "a DICOM file"),
    (344, b"n+1\0", "a NIfTI file"),
    (0, b"\x1f\x8b", "a file packed by gzip"),
    (0, b"PK\3\4", "a zip archive"),
    (0, b"\x93NUMPY", "an array of NumPy"),
    (0, b"\x89HDF", "an HDF5 file"),
    (0, b"%PDF", "a PDF document"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"\0\0\1\0", "an icon"),
    (0, b"\xff\x0a", "a JPEG XL image"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL image"),
)
_TEXTS = ((b"<svg", "an SVG drawing"), (b"<!doctype html", "a web page"), (b"<html", "a web page"))
_GLANCE = 512  # bytes


def is_of_known_kind(data):
    """Whether a file begins as an image does that OpenCV can read, unless it is damaged."""
    return data.startswith(_IMAGES) or (data[4:8] == b"ftyp" and data[8:12] in _AVIF)


def describe_content(data):
    """Say what a file is instead of an image that OpenCV can read: ``not an image, but ...``."""
    if data.count(0) == len(data):
        return "nothing but zeros"
    if data[4:8] == b"ftyp":  # HEIC has several brands
        return "HEIC or a video, which OpenCV cannot read"
    start = data[:_GLANCE].lower()
    names = [name for place, mark, name in _OTHERS if data.startswith(mark, place)]
    names += [name for mark, name in _TEXTS if mark in start]
    return f"not an image that OpenCV can read, but {names[0]}" if names else "not an image"
