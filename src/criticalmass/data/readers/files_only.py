"""What may be opened: files, neither pipes nor devices, and no archive under another name."""

from __future__ import annotations

from pathlib import Path

from criticalmass.errors import DataError

_ARCHIVES = {
    b"\x1f\x8b": "compressed with gzip",
    b"PK\x03\x04": "a zip archive or a workbook",
    b"\xfd7zXZ\0": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls), or one with a password",
    b"SQLite format 3\0": "an SQLite database",
}
"""What files begin with that are not what their ending says; no text begins so."""


def require_file(path: Path, most: int | None = None) -> bool:
    """Return whether there is something of this name; it is a file that can be read to its end.

    Parameters
    ----------
    path
        The file.
    most
        Bytes that it may have.

    Raises
    ------
    DataError
        If it is a folder, or a pipe or a device, which may never end; if it is too long; or if its
        name is none that the file system takes.
    """
    try:
        if not path.exists():
            return False
        size = path.stat().st_size
        if path.is_dir():
            raise DataError(f"{str(path)!r} is a folder; a file is expected")
        if not path.is_file():
            raise DataError(f"{str(path)!r} is a pipe or a device; a file is expected")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(f"{str(path)!r} cannot be read: {reason}") from error
    if most is not None and size > most:
        raise DataError(f"{path.name} has {size:,} bytes; {most:,} at most are read")
    return True


def refuse_archive(start: bytes, name: str) -> None:
    """Raise `DataError` if a file that is to hold text begins as an archive does."""
    for mark, what in _ARCHIVES.items():
        if start.startswith(mark):
            raise DataError(
                f"{name} is {what}, whatever its name says; unpack it, or give it the ending of "
                "what it is"
            )
