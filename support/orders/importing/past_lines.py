"""A row of another system's orders as a line of ours, and how it is known again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from support.importing import Row, Wrong
from support.orders.finding import squeezed

LONGEST_TITLE = 200
MOST_REMEMBERED = 2_000_000
LARGEST = Decimal(10**11)


@dataclass(slots=True)
class Line:
    """One line to be stored. `key` is by what it is known again within its order; `charged` is None where it is pieces times price."""

    at_line: int
    number: str
    key: int
    quantity: int
    price: Decimal
    charged: Decimal | None
    at: datetime
    sku: str | None
    title: str
    reference: str | None
    row: Row

    @property
    def amount(self) -> Decimal:
        return self.price * self.quantity if self.charged is None else self.charged


def line_of(row: Row, zone: ZoneInfo) -> Line:
    """The row as a line. Raises Wrong when it makes no sense."""
    values = row.values
    quantity, sku, reference = values["quantity"], values.get("sku"), values.get("line_reference")
    if quantity == 0:
        raise Wrong(_("The line has no pieces."))
    price, charged = _price(values.get("unit_price"), values.get("amount"), quantity)
    at = values.get("placed_at") or _first_day(values, zone)
    title = values.get("title") or sku
    if at is None:
        raise Wrong(_("Nothing says when it was ordered."))
    if title is None:
        raise Wrong(_("The line has neither an article number nor a description."))
    number, title = squeezed(values["order_number"]), title if len(title) <= LONGEST_TITLE else title[:LONGEST_TITLE - 1] + "…"
    key = hash(reference) if reference else key_of(sku, title, quantity, price, charged, at)
    return Line(row.line, number, key, quantity, price, charged, at, sku, title, reference, row)


def key_of(sku: str | None, title: str, quantity: int, price: Decimal, charged: Decimal | None, at: datetime) -> int:
    """By what a line without a reference is known again: everything that stands in it. Holds within one process only."""
    return hash((sku, title, quantity, price, charged, at))


def noon(day: date, zone: ZoneInfo) -> datetime:
    """An instant of that day for records that know only the day."""
    return datetime.combine(day, time(12), zone)


def _price(price: Decimal | None, amount: Decimal | None, quantity: int) -> tuple[Decimal, Decimal | None]:
    if price is None and amount is None:
        raise Wrong(_("The line has neither a price nor an amount."))
    if price is None:
        price = round(amount / quantity, 4)
    if abs(price * quantity) >= LARGEST:
        raise Wrong(_("The amount of the line is too large to be kept."))
    return price, None if amount is None or amount == price * quantity else amount


def _first_day(values: dict, zone: ZoneInfo) -> datetime | None:
    days = [values[name] for name in ("shipped_on", "promised_on", "delivered_on") if name in values]
    return noon(min(days), zone) if days else None


class Seen:
    """How often each line was met in this run: a line that stands twice in a file is kept twice, and a second run adds none.

    Remembers the orders met last, up to two million lines.
    """

    def __init__(self):
        self.orders: OrderedDict[str, dict[int, int]] = OrderedDict()
        self.size = 0

    def times(self, line: Line) -> int:
        return self.orders.get(line.number, {}).get(line.key, 0)

    def add(self, lines: Iterable[Line]) -> None:
        for line in lines:
            met = self.orders.setdefault(line.number, {})
            self.size += line.key not in met
            met[line.key] = met.get(line.key, 0) + 1
            self.orders.move_to_end(line.number)
        while self.size > MOST_REMEMBERED and len(self.orders) > 1:
            self.size -= len(self.orders.popitem(last=False)[1])


def lines_of(rows: Iterable[Row], zone: ZoneInfo) -> tuple[list[Line], list[tuple[int, str]]]:
    """The rows as lines, and those that make no sense with the reason."""
    lines, rejects = [], []
    for row in rows:
        try:
            lines.append(line_of(row, zone))
        except Wrong as problem:
            rejects.append((row.line, str(problem)))
    return lines, rejects
