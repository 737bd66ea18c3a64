"""Zip archives, workbooks among them: what unpacks to too much is refused before it is unpacked.

A file of 1.5 MB can unpack to 1.5 GB, and say in its headers that it does not.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from criticalmass.data.readers.files_only import require_file
from criticalmass.errors import DataError, explain

MOST_BYTES = 1_000_000_000
"""An archive that unpacks to more bytes than this is refused."""
FREE_BYTES = 50_000_000
MOST_TIMES = 100
"""So is one that unpacks to more than `FREE_BYTES` and to `MOST_TIMES` its own size: tables and
texts are packed to a tenth or so, zeros to a thousandth."""
CHUNK = 1 << 20
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What `zipfile` raises where an archive is damaged, encrypted or packed in an unusual way."""


@contextmanager
def archive_of(path: Path, what: str, content: bytes | None = None) -> Iterator[zipfile.ZipFile]:
    """Open an archive that can be unpacked; what goes wrong meanwhile is a `DataError`.

    Parameters
    ----------
    path
        The file.
    what
        What it should be, such as ``"a workbook (.xlsx)"``.
    content
        Its bytes, if they have been read.

    Raises
    ------
    DataError
        If it is missing, damaged, encrypted, or unpacks to too much.
    """
    if content is None and not require_file(path):
        raise DataError(f"no file {str(path)!r}")
    try:
        with zipfile.ZipFile(path if content is None else BytesIO(content)) as archive:
            size = path.stat().st_size if content is None else len(content)
            _refuse_odd(archive, size, path.name)
            yield archive
    except _DAMAGED as error:
        reason = str(error) if isinstance(error, zipfile.BadZipFile) else explain(error)
        raise DataError(f"{path.name} is damaged, or not {what}: {reason}") from error


def _refuse_odd(archive: zipfile.ZipFile, size: int, name: str) -> None:
    """Raise `DataError` if headers say that an archive is encrypted, or unpacks to too much."""
    parts = archive.infolist()
    for part in parts:
        if part.flag_bits & 1:
            raise DataError(f"{name} is encrypted; save it without a password")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DataError(f"{name} is packed in a way that is not read here; pack it again")
    refuse_much(sum(part.file_size for part in parts), size, name)


def refuse_much(unpacked: int, size: int, name: str) -> None:
    """Raise `DataError` if an archive of ``size`` bytes unpacks to more than is allowed.

    Examples
    --------
    >>> refuse_much(1_500_000_000, 1_500_000, "people.xlsx")
    Traceback (most recent call last):
        ...
    criticalmass.errors.DataError: people.xlsx unpacks to more than 1,000,000,000 bytes, ...
    """
    if unpacked > MOST_BYTES:
        raise DataError(
            f"{name} unpacks to more than {MOST_BYTES:,} bytes, which is not read; save a table as "
            "CSV"
        )
    if unpacked > max(FREE_BYTES, MOST_TIMES * size):
        raise DataError(
            f"{name} unpacks to more than {MOST_TIMES} times its size, as files do that are made "
            "to fill the memory; save a table as CSV"
        )


def unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part of an archive piece by piece, to its true end, whatever its headers say."""
    file = archive.fp
    assert file is not None
    file.seek(part.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("a part is not where it should be")
    name, extra = struct.unpack("<HH", header[26:30])
    file.seek(name + extra, 1)
    left = part.compress_size
    stored = part.compress_type == zipfile.ZIP_STORED
    inflate = zlib.decompressobj(-15)
    while left > 0 and (packed := file.read(min(CHUNK, left))):
        left -= len(packed)
        if stored:
            yield packed
            continue
        while packed and not inflate.eof:
            yield inflate.decompress(packed, CHUNK)
            packed = inflate.unconsumed_tail
