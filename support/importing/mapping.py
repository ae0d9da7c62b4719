"""The mapping: which column of a file gives which field. Written as TOML, so that people can keep, read and send it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import gettext as _
from sqlalchemy import String, Text, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from support.clock import now
from support.database import Base, UTCDateTime, db
from support.errors import SwitchboardError
from support.importing.importer import Importer
from support.importing.values import ORDERS, Format, bare

READY = Path(__file__).with_name("ready")
LONGEST_PATTERN = 100  # characters
PARTS = ("columns", "constants", "defaults", "only", "skip", "options", "format")


class Unmappable(SwitchboardError):
    """The mapping cannot work; `sentences` say why, one for each fault."""

    status = 422

    def __init__(self, sentences: list[str]):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Mapping:
    """Which column, constant or default gives which field; only the rows that `only` and `skip` let through count."""

    kind: str
    source: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)
    skip: dict[str, tuple[str, ...]] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    format: Format = Format()

    @property
    def targets(self) -> set[str]:
        return {*self.columns, *self.constants}

    def to_toml(self) -> str:
        """The mapping as a file, in a fixed order."""
        lines = [f"kind = {_quoted(self.kind)}", f"source = {_quoted(self.source)}"]
        for part in PARTS:
            values = getattr(self, part)
            table = {f.name: getattr(values, f.name) for f in fields(values)} if part == "format" else values
            kept = {name: value for name, value in table.items() if value}
            if kept:
                lines += ["", f"[{part}]", *(f"{_key(name)} = {_written(value)}" for name, value in kept.items())]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, text: str) -> Mapping:
        """Read a mapping. Raises Unmappable with what is wrong in it."""
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Unmappable([_("The mapping is not TOML: %(error)s", error=str(error))])
        unknown = sorted(set(found) - {"kind", "source", *PARTS})
        if unknown:
            raise Unmappable([_("The mapping has a part “%(name)s”, which means nothing.", name=unknown[0])])
        tables = {part: found.get(part, {}) for part in PARTS}
        if not all(isinstance(table, dict) for table in tables.values()):
            raise Unmappable([_("In a mapping, %(parts)s are tables.", parts=", ".join(PARTS))])
        how = tables.pop("format")
        strange = sorted(set(how) - {f.name for f in fields(Format)})
        if strange:
            raise Unmappable([_("The mapping has a format “%(name)s”, which means nothing.", name=strange[0])])
        words = {part: {name: str(value) for name, value in tables[part].items()} for part in ("columns", "constants", "defaults", "options")}
        sets = {part: {name: _several(value) for name, value in tables[part].items()} for part in ("only", "skip")}
        written = Format(**{name: _several(value) if name == "missing" else str(value) for name, value in how.items()})
        return cls(str(found.get("kind", "")), str(found.get("source", "")), **words, **sets, format=written)

    def problems(self, importer: Importer, header: Iterable[str]) -> list[str]:
        """Everything that keeps this mapping from working with this importer and this file; empty when it can start."""
        header, known = set(header), {each.name: each for each in importer.fields}
        said = [_("This is a mapping for %(kind)s, not for %(wanted)s.", kind=self.kind, wanted=importer.name)] if self.kind != importer.name else []
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,39}", self.source):
            said.append(_("Name the source in small letters, digits, points, dashes: for example “old_shop”."))
        said += [_("There is no field “%(name)s”.", name=name) for name in (*self.columns, *self.constants, *self.defaults) if name not in known]
        said += [_("The file has no column “%(name)s”.", name=name[:80]) for name in {*self.columns.values(), *self.only, *self.skip} if name not in header]
        said += [_("Nothing gives the field “%(name)s”, which is needed.", name=each.name) for each in known.values() if each.required and each.name not in self.targets]
        said += [_("There is no option “%(name)s”.", name=name) for name in self.options if name not in importer.options]
        return [*said, *format_problems(self.format), *importer.problems(self.targets, self.options)]


def format_problems(how: Format) -> list[str]:
    """What is wrong with the way of writing that a mapping names."""
    said = []
    if how.dates and how.dates not in ORDERS and not _is_pattern(how.dates):
        said.append(_("Dates are ymd, dmy, mdy or a pattern such as %%d.%%m.%%Y."))
    if how.decimal not in ("", ".", ","):
        said.append(_("The decimal sign is “.” or “,”."))
    try:
        zone_of(how, "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        said.append(_("There is no time zone “%(name)s”.", name=how.zone[:60]))
    return said


def _is_pattern(dates: str) -> bool:
    """Whether days can be read by the pattern: one that is written by it can be."""
    if "%" not in dates or len(dates) > LONGEST_PATTERN:
        return False
    try:
        datetime.strptime(datetime(2021, 11, 22, 13, 14, 15, tzinfo=UTC).strftime(dates), dates)  # noqa: DTZ007  only whether it can be read
    except (ValueError, re.error):  # the latter for the same part twice
        return False
    return True


def zone_of(how: Format, shop_zone: str) -> ZoneInfo:
    """The zone of times that name none."""
    return ZoneInfo(how.zone or shop_zone)


def fitting(importer: Importer, header: Iterable[str], source: str) -> Mapping:
    """The mapping kept for the source, else a first guess.

    An importer that knows its own columns gets also those that no earlier file of the source had: a draft must not become public.
    """
    header = list(header)
    known = (saved(importer.name, source) if source else None) or suggested(importer, header, source)
    if not importer.own_names:
        return known
    free = [name for name in header if name not in known.columns.values()]
    more = {name: column for name, column in _named(importer, free).items() if name not in {*known.targets, *known.defaults}}
    return replace(known, columns={**known.columns, **more})


def _named(importer: Importer, columns: list[str]) -> dict[str, str]:
    """The fields with the columns that are called like them, however they are spelled."""
    by_name = {bare(name): name for name in reversed(columns)}
    found = {each.name: next((by_name[bare(name)] for name in (each.name, *each.also) if bare(name) in by_name), None) for each in importer.fields}
    return {name: column for name, column in found.items() if column}


def suggested(importer: Importer, header: Iterable[str], source: str = "") -> Mapping:
    """A first guess: the ready mapping whose columns all are there, else every field with the column that is called like it."""
    header = list(header)
    for ready in ready_mappings(importer.name).values():
        if {*ready.columns.values(), *ready.only, *ready.skip} <= set(header):
            return replace(ready, source=source or ready.source)
    by_name, named = {bare(name): name for name in reversed(header)}, _named(importer, header)
    found = {each.name: named.get(each.name) or by_name.get(bare(str(each.label))) for each in importer.fields}
    return Mapping(importer.name, source, {name: column for name, column in found.items() if column})


def ready_mappings(kind: str) -> dict[str, Mapping]:
    """The mappings that come with the product, by source."""
    found = [Mapping.from_toml(path.read_text(encoding="utf8")) for path in sorted(READY.glob("*.toml"))]
    return {mapping.source: mapping for mapping in found if mapping.kind == kind}


class SavedMapping(Base):
    """The mapping last used for one kind and source."""

    __tablename__ = "import_mapping"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


def saved(kind: str, source: str) -> Mapping | None:
    """The mapping kept for this source, else the ready one of that name."""
    row = db.session.get(SavedMapping, (kind, source))
    return Mapping.from_toml(row.text) if row else ready_mappings(kind).get(source)


def saved_mappings(kind: str) -> dict[str, Mapping]:
    """All mappings of a kind that may be chosen, by source: the ready ones and those kept here."""
    kept = db.session.scalars(select(SavedMapping).where(SavedMapping.kind == kind).order_by(SavedMapping.source))
    return {**ready_mappings(kind), **{row.source: Mapping.from_toml(row.text) for row in kept}}


def keep(session, mapping: Mapping) -> None:
    """Remember the mapping for its kind and source; inside a transaction."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(SavedMapping)  # one statement: two first imports of a source may start at once
    insert = insert.values(kind=mapping.kind, source=mapping.source, text=mapping.to_toml(), changed_at=now())
    other = {"text": insert.excluded.text, "changed_at": insert.excluded.changed_at}
    session.execute(insert.on_conflict_do_update(index_elements=["kind", "source"], set_=other, where=SavedMapping.text != insert.excluded.text))


def _several(value) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else (str(value),)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _written(value) -> str:
    return f"[{', '.join(map(_quoted, value))}]" if isinstance(value, tuple) else _quoted(value)
