"""Days as numbers in SQL, on both databases alike, so that days can be subtracted: an instant counts as the day it is in the shop's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from support import shop


class day_number(FunctionElement):  # noqa: N801  reads like the SQL it makes
    """The number of a day, or of the day an instant lies in."""

    inherit_cache = True
    name = "day_number"
    type = Integer()

    def __init__(self, value: ColumnElement):
        super().__init__(value)
        self.of_date = isinstance(value.type, Date)


def number_of(day: date) -> int:
    """The number that `day_number` gives this day."""
    return day.toordinal()


def learn(connection: Connection) -> None:
    """Teach this connection the days of the shop's zone; before a query that asks for them."""
    zone = shop.profile().zone_info
    if connection.dialect.name == "sqlite":
        connection.connection.dbapi_connection.create_function("day_number", 1, lru_cache(100_000)(lambda text: _of_text(text, zone)), deterministic=True)
    else:
        connection.exec_driver_sql("SELECT set_config('switchboard.zone', %s, true)", (zone.key,))


def _of_text(text: str | None, zone: ZoneInfo) -> int | None:
    """SQLite keeps dates as “2011-12-09” and instants in UTC as “2011-12-09 12:50:00.000000”."""
    if text is None:
        return None
    if len(text) == 10:
        return date.fromisoformat(text).toordinal()
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(zone).toordinal()


@compiles(day_number, "sqlite")
def _on_sqlite(element, compiler, **options) -> str:
    return f"day_number({compiler.process(element.clauses, **options)})"


@compiles(day_number, "postgresql")
def _on_postgresql(element, compiler, **options) -> str:
    value = compiler.process(element.clauses, **options)
    day = value if element.of_date else f"({value} AT TIME ZONE current_setting('switchboard.zone'))::date"
    return f"(({day}) - DATE '0001-01-01' + 1)"
