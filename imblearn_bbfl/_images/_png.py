"""PNG files: whether their chunks are all there, which OpenCV takes memory for without looking."""

_SIGNATURE, _LAST = b"\x89PNG\r\n\x1a\n", b"IEND"
_FRAME = 12  # bytes of a chunk beside its content: length, name and check sum


def is_png(data):
    """Whether these are the bytes of a PNG file."""
    return data.startswith(_SIGNATURE)


def has_whole_chunks(data):
    """Say whether no chunk of a PNG file goes on beyond its end.

    A damaged length may be as much as 4 GB, which OpenCV 5 allocates before it reads on.
    """
    position = len(_SIGNATURE)
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        if position + _FRAME + length > len(data):
            return False
        if data[position + 4 : position + 8] == _LAST:
            return True
        position += _FRAME + length
    return True
