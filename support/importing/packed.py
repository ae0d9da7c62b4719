"""A folder that comes as a ZIP archive: unpacked with care, since its names and sizes were written by somebody else."""

from __future__ import annotations

import io
import lzma
import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from flask_babel import format_decimal
from flask_babel import gettext as _

from support.importing.opening import Unreadable

MOST_FILES = 20_000
MOST_BYTES = 500_000_000  # of all files together, unpacked
MOST_PARTS, LONGEST_NAME = 30, 300  # folders and the file's own name; characters of them all
PIECE = 1 << 20
ENTRY, LARGEST_ENTRY = b"PK\x01\x02", 1000  # what each file begins with in the list of an archive, and the bytes it may have there


class _Archive(io.BufferedReader):
    """The file of an archive, whose list is read in one piece before anything can be asked of it: so the piece is looked at first."""

    listed = False

    def read(self, size: int | None = -1, /) -> bytes:
        asked = size if size is not None and size >= 0 else os.fstat(self.fileno()).st_size - self.tell()
        fits = self.listed or asked <= MOST_FILES * LARGEST_ENTRY
        piece = super().read(size) if fits else b""
        if not fits or not self.listed and piece.count(ENTRY) > MOST_FILES:
            raise _too_many()
        return piece


def _too_many() -> Unreadable:
    return Unreadable(_("The archive holds more than %(most)s files.", most=format_decimal(MOST_FILES)))


def is_archive(path: Path) -> bool:
    """Whether the file begins as a ZIP archive does, whatever it is called."""
    with open(path, "rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def lies_too_deep(name: str) -> bool:
    """Whether a file called this inside of its folder lies deeper, or has a longer name, than walking through folders can bear."""
    return len(name) > LONGEST_NAME or len(PurePosixPath(name).parts) > MOST_PARTS


def unpack(path: Path, into: Path) -> Path:
    """The files of the archive in a folder; returns it. Links are left out. Raises Unreadable, also where it is far larger than it looks."""
    try:
        with _Archive(io.FileIO(path)) as file, zipfile.ZipFile(file) as archive:
            file.listed = True
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not stat.S_ISLNK(entry.external_attr >> 16)]
            if len(entries) > MOST_FILES:
                raise _too_many()
            into.mkdir(parents=True)
            left = MOST_BYTES
            for entry in entries:
                left = _copied(archive, entry, into.joinpath(*_parts(entry.filename)), left)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error) as error:
        raise _damaged() from error
    except OSError as error:  # a file where another needs a folder, a name no disk takes
        if error.errno is None:  # bzip2 says so of what it cannot unpack
            raise _damaged() from error
        raise Unreadable(_("The archive holds names that cannot be files: two are the same, or one is too long.")) from error
    return into


def _damaged() -> Unreadable:
    return Unreadable(_("The archive is damaged, locked by a password, or packed in a way that cannot be read. Pack it again as a plain ZIP."))


def _parts(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0] == "/" or parts[0].endswith(":"):
        raise Unreadable(_("“%(name)s” in the archive would lie outside of it. Pack it again without such names.", name=name[:80]))
    if lies_too_deep("/".join(parts)):
        raise Unreadable(_("“%(name)s” in the archive lies too deep or has too long a name.", name=name[:80]))
    return parts


def _copied(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path, left: int) -> int:
    """Unpack one file; returns how many bytes may still come. What the archive says of its size is not believed."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as packed, open(to, "xb") as file:
        while piece := packed.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise Unreadable(_("Unpacked the archive is larger than %(most)s MB.", most=format_decimal(MOST_BYTES // 1_000_000)))
            file.write(piece)
    return left
