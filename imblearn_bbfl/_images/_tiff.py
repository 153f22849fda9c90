"""The tags of a TIFF file, or of the EXIF data in another one, which are written alike."""

ORIENTATION, PHOTOMETRIC = 0x0112, 0x0106
_SIGNATURES = (b"II*\0", b"MM\0*")


def is_tiff(data):
    """Whether these are the bytes of a TIFF file of less than 4 GB."""
    return data.startswith(_SIGNATURES)


def read_tag(data, tag, default):
    """Return the value, of 16 bit, of a tag in the first directory, or what is taken without it."""

    def read(start, length):
        return int.from_bytes(data[start : start + length], order)

    order = "little" if data.startswith(b"II") else "big"
    first = read(4, 4) + 2
    for entry in range(first, first + 12 * read(first - 2, 2), 12):
        if read(entry, 2) == tag:
            return read(entry + 8, 2)
    return default
