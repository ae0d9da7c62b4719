"""Files of rows, read with bounded memory: CSV (any usual separator and line end) and JSON lines, plain or as .gz.

`survey` walks through the whole file once before anything is stored, so that what makes it unreadable is said in one sentence while
nothing has happened yet. `rows` then gives row by row.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from flask_babel import format_decimal
from flask_babel import gettext as _

from support.importing.opening import Unreadable, guessed_encoding, known_encoding, lines_of, opened, text_of
from support.importing.values import Wrong

LONGEST_NAME = 200  # characters of a column's name
DEEPEST = 100  # lists and objects inside of each other
LONGEST_CELL = 900_000  # what is longer is a quotation mark that nobody closed
MOST_COLUMNS = 500
SEPARATORS = (",", ";", "\t", "|")
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: `syntax` is csv or jsonl; `header` the names of its columns."""

    syntax: str
    encoding: str
    separator: str
    header: tuple[str, ...]

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict) -> Layout:
        return cls(**{**values, "header": tuple(values["header"])})


@dataclass(frozen=True)
class Survey:
    """What one walk through the file found: its layout, rows, bytes on disk and SHA-256."""

    layout: Layout
    rows: int
    size: int
    sha256: str


@dataclass(slots=True)
class Raw:
    """One row as it stands in the file; `problem` says why it cannot be used at all."""

    line: int
    values: dict[str, str]
    problem: str | None = None


def survey(path: Path, encoding: str = "", name: str = "") -> Survey:
    """Read all of the file once. `encoding` empty means UTF-8 (or UTF-16 with its mark); `name` is what the file was called.

    Raises Unreadable.
    """
    layout, count = _layout(path, encoding, name or path.name), 0
    names = dict.fromkeys(layout.header)
    for row in rows(path, layout):
        count += 1
        if layout.syntax == "jsonl" and row.problem is None:
            names.update(dict.fromkeys(row.values))  # any row may bring a value that no earlier one had
            if len(names) > MOST_COLUMNS:
                raise Unreadable(_("Up to line %(line)s the rows name more than %(most)s different values; at most so many can be read.", line=format_decimal(row.line), most=MOST_COLUMNS))
    if not count:
        raise Unreadable(_("The file has no rows."))
    return Survey(replace(layout, header=tuple(names)), count, path.stat().st_size, fingerprint(path))


def fingerprint(path: Path) -> str:
    """The SHA-256 of the file as it lies on disk."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows(path: Path, layout: Layout) -> Iterator[Raw]:
    """Row by row in the order of the file. Raises Unreadable where the file ends being what it was at its beginning."""
    with text_of(path, layout.encoding) as file:
        yield from _csv_rows(file, layout) if layout.syntax == "csv" else _json_rows(file)


def _layout(path: Path, encoding: str, name: str) -> Layout:
    encoding = known_encoding(encoding) or guessed_encoding(path)
    with text_of(path, encoding) as file:
        first = next((line for line in lines_of(file) if line.strip()), "")
    if not first:
        raise Unreadable(_("The file is empty."))
    if _is_json(first, name):
        return Layout("jsonl", encoding, "", ())
    separator = max(SEPARATORS, key=first.count)
    return Layout("csv", encoding, separator, _header(first, separator))


def _header(first: str, separator: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([first], delimiter=separator))
    except csv.Error as error:
        raise Unreadable(_("The first line cannot be read as names of columns.")) from error
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(_("The first line has %(count)s columns; at most %(most)s can be read.", count=format_decimal(len(cells)), most=MOST_COLUMNS))
    # A name in no language: mappings that are kept use it, and readers of every language use them.
    header = tuple(cell.strip() or f"column {number}" for number, cell in enumerate(cells, start=1))
    if any(len(cell) > LONGEST_NAME for cell in header):
        raise Unreadable(_("The first line names a column with more than %(most)s characters. Is it really the line of names?", most=LONGEST_NAME))
    twice = sorted({cell for cell in header if header.count(cell) > 1})
    if twice:
        raise Unreadable(_("The first line names the column “%(name)s” twice. Give each column a name of its own.", name=twice[0][:80]))
    return header


def _is_json(first: str, name: str) -> bool:
    bare = name.lower().removesuffix(".gz")
    return bare.endswith((".jsonl", ".ndjson")) or not bare.endswith((".csv", ".tsv", ".txt")) and first.lstrip().startswith("{")


def _csv_rows(file: io.TextIOBase, layout: Layout) -> Iterator[Raw]:
    reader = csv.reader(lines_of(file), delimiter=layout.separator)
    header, width = layout.header, len(layout.header)
    begins, seen_header = 1, False
    torn = cache(_torn)  # finding the words takes ten times as long as reading a row
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not cells or not seen_header:
                seen_header = seen_header or any(cell.strip() for cell in cells)
                continue
            yield Raw(line, dict(zip(header, cells, strict=False)), None if len(cells) == width else torn(len(cells), width))
    except csv.Error as error:
        raise Unreadable(_("Near line %(line)s the row cannot be read: a quotation mark may be opened and never closed.", line=format_decimal(begins))) from error


def _torn(have: int, want: int) -> str:
    return _("The row has %(have)s columns instead of %(want)s.", have=format_decimal(have), want=want)


def _json_rows(file: io.TextIOBase) -> Iterator[Raw]:
    for number, line in enumerate(lines_of(file), start=1):
        if not line.strip():
            continue
        try:
            row = Raw(number, _values(_object(line)))
        except Wrong as problem:
            row = Raw(number, {"": line.strip()[:1000]}, str(problem))
        yield row


def _object(line: str) -> dict:
    """The object that the line is. Raises Wrong."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if line.count("[") + line.count("{") > DEEPEST and _is_deep(found, DEEPEST):
        raise Wrong(_("Lists and objects in the line stand more than %(most)s deep inside of each other.", most=DEEPEST))
    if not isinstance(found, dict) or "\\u" in line and not _is_text(found):
        raise Wrong(_("The line is not a JSON object."))
    return found


def _values(found: dict) -> dict[str, str]:
    """The values as text. What stands in an object inside can also be named by the way to it, such as requester.email. Raises Wrong."""
    values = {_as_text(name): _as_text(value) for name, value in found.items()}
    if any(len(name) > LONGEST_NAME for name in values):
        raise Wrong(_("A value in the line has a name of more than %(most)s characters.", most=LONGEST_NAME))
    for name, value in found.items():
        if isinstance(value, dict) and len(value) <= MOST_COLUMNS:
            for inner, deep in value.items():
                if len(name) + len(inner) < LONGEST_NAME:  # others are still in the object
                    values.setdefault(_as_text(f"{name}.{inner}"), _as_text(deep))
    return values


def _is_deep(value, left: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left < 0 or any(_is_deep(each, left - 1) for each in inner if isinstance(each, dict | list))


def _is_text(found: dict) -> bool:
    """Whether it can be written down: JSON may name half a letter, which no file and no database can hold."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_text(value) -> str:
    if isinstance(value, str):
        return value.replace("\0", "")
    return "" if value is None else json.dumps(value, ensure_ascii=False)
