"""A file becomes lines of text: unpacked by what it is, decoded, and refused in one sentence where it is none of that."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_babel import format_decimal
from flask_babel import gettext as _

from support.errors import SwitchboardError

LONGEST_LINE = 1_000_000  # characters
MOST_EMPTY = 10_000  # empty lines one after the other
MOST_UNPACKED = 2_000_000_000  # bytes
MOST_TIMES, UNASKED = 200, 1_000_000  # tables become ten or twenty times as large unpacked; below so many bytes nobody asks
ENCODINGS = frozenset((
    *"utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be ascii mac-roman mac-cyrillic mac-greek mac-turkish mac-latin2 koi8-r koi8-u".split(),
    *"shift_jis cp932 euc_jp iso2022_jp gb2312 gbk gb18030 big5 big5hkscs cp950 euc_kr cp949 tis-620 cp874".split(),
    *(f"iso8859-{number}" for number in range(1, 17)), *(f"cp{number}" for number in (437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 866, 869)),
    *(f"cp{number}" for number in range(1250, 1259)),
))  # others change more than letters: Python's own ways of writing, or of packing


class Unreadable(SwitchboardError):
    """The file cannot be taken; the sentence says why and what to do."""

    status = 422


def known_encoding(encoding: str) -> str:
    """The encoding as it was named. Raises Unreadable when nobody knows it."""
    try:
        known = codecs.lookup(encoding or "utf-8").name in ENCODINGS
    except (LookupError, ValueError):
        known = False
    if not known:
        raise Unreadable(_("There is no encoding called “%(name)s”. Usual ones are utf-8, cp1252 and utf-16.", name=encoding[:40]))
    return encoding


def guessed_encoding(path: Path) -> str:
    """UTF-16 when the file carries its mark, else UTF-8 with or without one."""
    with _unpacked(path) as file:
        head = file.read(4096)
    return "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


class _Unpacking(io.RawIOBase):
    """What a packed file holds, as long as that is not far more than a table could be."""

    def __init__(self, packed: gzip.GzipFile, size: int):
        self.packed, self.most, self.come = packed, min(MOST_UNPACKED, max(UNASKED, MOST_TIMES * size)), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        piece = self.packed.read1(len(buffer))
        self.come += len(piece)
        if self.come > self.most:
            raise Unreadable(_("Unpacked the file is larger than %(most)s MB, or far larger than a packed table is.", most=format_decimal(MOST_UNPACKED // 1_000_000)))
        buffer[:len(piece)] = piece
        return len(piece)


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """The file as it lies on disk. Raises Unreadable."""
    try:
        with open(path, "rb") as file:
            yield file
    except IsADirectoryError as error:
        raise Unreadable(_("“%(name)s” is a folder, not a file.", name=path.name)) from error
    except FileNotFoundError as error:
        raise Unreadable(_("There is no file “%(name)s”.", name=path.name)) from error
    except PermissionError as error:
        raise Unreadable(_("The file “%(name)s” may not be read by this program.", name=path.name)) from error


@contextmanager
def _unpacked(path: Path) -> Iterator[io.BufferedIOBase]:
    """The contents, unpacked. What it is follows from its first bytes, whatever it is called."""
    with opened(path) as file:
        magic = file.read(8)
        file.seek(0, os.SEEK_SET)
        if magic[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            raise Unreadable(_("This is a ZIP archive or an Excel workbook, whatever it is called. Unpack it, or save the sheet as CSV, and try again."))
        is_packed = magic[:2] == b"\x1f\x8b"
        packed = io.BufferedReader(_Unpacking(gzip.GzipFile(fileobj=file), os.fstat(file.fileno()).st_size)) if is_packed else file
        try:
            yield packed
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise Unreadable(_("The packed file is damaged or was cut off. Copy it again.")) from error


@contextmanager
def text_of(path: Path, encoding: str) -> Iterator[io.TextIOBase]:
    """The unpacked contents as text, line ends as they are."""
    with _unpacked(path) as packed:
        text = io.TextIOWrapper(packed, encoding=encoding, newline="")
        try:
            yield text
        finally:
            text.detach()


def lines_of(file: io.TextIOBase) -> Iterator[str]:
    """Line by line. Raises Unreadable at one that is too long, not text, or not in the encoding."""
    number = empty = 0
    while True:
        number += 1
        try:
            line = file.readline(LONGEST_LINE + 1)
        except UnicodeError as error:
            raise Unreadable(
                _("Near line %(line)s the file is not in the encoding %(encoding)s. Files of Excel or Windows are often cp1252: name the right one.",
                  line=format_decimal(number), encoding=file.encoding.removesuffix("-sig"))
            ) from error
        if not line:
            return
        if "\0" in line:
            raise Unreadable(_("Line %(line)s holds bytes that are not text. Is this really a file of rows?", line=format_decimal(number)))
        if len(line) > LONGEST_LINE:
            raise Unreadable(_("Line %(line)s is longer than %(most)s characters. That is no row of a table.", line=format_decimal(number), most=format_decimal(LONGEST_LINE)))
        empty = 0 if line.strip() else empty + 1
        if empty > MOST_EMPTY:
            raise Unreadable(_("There are more than %(most)s empty lines before line %(line)s. Is this really a file of rows?", most=format_decimal(MOST_EMPTY), line=format_decimal(number)))
        yield line
