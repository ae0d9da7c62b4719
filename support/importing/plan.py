"""A mapping made ready to work: each row of a file becomes the values of the fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from support.importing.importer import Importer, Row
from support.importing.mapping import Mapping, zone_of
from support.importing.reading import Raw
from support.importing.values import Field, Wrong, converter


@dataclass(frozen=True)
class Cell:
    """One field of one row, for a preview: what stood in the file, and the value or the sentence why there is none."""

    field: Field
    text: str
    value: object = None
    problem: str = ""


class Plan:
    """The compiled mapping. `shop_zone` is the zone of times that name none, unless the mapping says another."""

    def __init__(self, importer: Importer, mapping: Mapping, shop_zone: str):
        self.mapping = mapping
        self.zone: ZoneInfo = zone_of(mapping.format, shop_zone)
        self.missing = {"", *mapping.format.missing}
        given = [each for each in importer.fields if each.name in mapping.targets or each.name in mapping.defaults]
        self.steps = [(each, mapping.columns.get(each.name), self._fallback(each.name), converter(each, mapping.format, self.zone)) for each in given]

    def _fallback(self, name: str) -> str:
        return self.mapping.constants.get(name) or self.mapping.defaults.get(name) or ""

    def counts(self, raw: Raw) -> bool:
        """Whether `only` and `skip` let this row through."""
        values = raw.values
        return not any(values.get(column, "").strip() not in words for column, words in self.mapping.only.items()) and not any(
            values.get(column, "").strip() in words for column, words in self.mapping.skip.items()
        )

    def convert(self, raw: Raw) -> Row:
        """The row as values. Raises Wrong with the first thing that does not fit."""
        if raw.problem:
            raise Wrong(raw.problem)
        values, cells = {}, raw.values
        for each, column, fallback, make in self.steps:
            text = self._cell(each, cells, column, fallback)
            if text:
                values[each.name] = self._made(each, make, text)
            elif each.required:
                raise Wrong(_("%(field)s is empty.", field=each.label))
        return Row(raw.line, values)

    def cells(self, raw: Raw) -> list[Cell]:
        """Every mapped field of the row, with its value or what is wrong with it."""
        found = []
        for each, column, fallback, make in self.steps:
            text = self._cell(each, raw.values, column, fallback)
            try:
                value = self._made(each, make, text) if text else None
                found.append(Cell(each, text, value, _("This field is needed.") if each.required and not text else ""))
            except Wrong as problem:
                found.append(Cell(each, text, problem=str(problem)))
        return found

    def _cell(self, each: Field, cells: dict[str, str], column: str | None, fallback: str) -> str:
        given = cells.get(column, "") if column else fallback
        text = given.strip()
        if text in self.missing:
            return fallback
        return given if each.whole else text

    @staticmethod
    def _made(each: Field, make: Callable[[str], object], text: str):
        try:
            return make(text)
        except Wrong as problem:
            raise Wrong(f"{each.label}: {problem}") from None
