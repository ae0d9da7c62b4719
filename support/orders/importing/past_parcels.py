"""The parcels a batch of lines names: one for each number, day promised and day it came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select, update

from support.database import db
from support.orders import states
from support.orders.importing.past_lines import Line, noon
from support.orders.parcels import Parcel, ParcelLine

TABLE = Parcel.__table__
Key = tuple[int, str, date | None]


def pack(lines: Iterable[Line], line_ids: dict[int, int], order_ids: dict[str, int], zone: ZoneInfo) -> tuple[list[Key], set[int]]:
    """Put the lines into the parcels they name, made when they are not known; returns new parcels and the rows that say of a delivery.

    `line_ids` are the new lines' ids by row; what is not in there was packed before.
    """
    first: dict[Key, Line] = {}
    packed: list[tuple[Key, Line]] = []
    for line in lines:
        key = _key(line, order_ids)
        if key is not None:
            packed.append((key, line))
            first.setdefault(key, line)
    if not first:
        return [], set()
    known = _known(first)
    fresh = [key for key in first if key not in known]
    rows = [_row(key, first[key], zone) for key in fresh]
    ids = {key: row[0] for key, row in known.items()}
    if rows:
        ids.update(zip(fresh, db.session.scalars(insert(Parcel).returning(Parcel.id, sort_by_parameter_order=True), rows), strict=True))
    contents = [
        {"parcel_id": ids[key], "order_line_id": line_ids[line.at_line], "quantity": line.quantity}
        for key, line in packed if line.at_line in line_ids and line.quantity > 0
    ]
    if contents:
        db.session.execute(insert(ParcelLine), contents)
    return fresh, _arrive({key: line for key, line in first.items() if key in known and not known[key][1] and "delivered_on" in line.row.values}, ids, zone)


def _key(line: Line, order_ids: dict[str, int]) -> Key | None:
    values = line.row.values
    if not values.keys() & {"parcel", "promised_on", "delivered_on", "shipped_on"}:
        return None
    return order_ids[line.number], values.get("parcel", ""), values.get("promised_on")


def _known(keys: Iterable[Key]) -> dict[Key, tuple[int, bool]]:
    columns = (Parcel.id, Parcel.order_id, Parcel.tracking_number, Parcel.promised_on, Parcel.delivered_at.is_not(None))
    rows = db.session.execute(select(*columns).where(Parcel.order_id.in_({order_id for order_id, _number, _day in keys})))
    return {(order_id, number, day): (parcel_id, there) for parcel_id, order_id, number, day, there in rows}


def _row(key: Key, line: Line, zone: ZoneInfo) -> dict:
    values, (order_id, number, promised) = line.row.values, key
    delivered, shipped = values.get("delivered_on"), values.get("shipped_on")
    return {
        "order_id": order_id, "tracking_number": number, "promised_on": promised, "carrier": values.get("carrier", ""), "mode": values.get("mode"),
        "expected_on": promised, "shipped_at": noon(shipped, zone) if shipped else None, "delivered_at": noon(delivered, zone) if delivered else None,
        "state": states.DELIVERED if delivered else states.EXPIRED, "substate": "001",
    }


def _arrive(first: dict[Key, Line], ids: dict[Key, int], zone: ZoneInfo) -> set[int]:
    rows = [{"key": ids[key], "at": noon(line.row["delivered_on"], zone)} for key, line in first.items()]
    if rows:
        values = {"state": states.DELIVERED, "substate": "001", "delivered_at": bindparam("at", type_=TABLE.c.delivered_at.type)}
        db.session.connection().execute(update(TABLE).where(TABLE.c.id == bindparam("key")).values(values), rows)
    return {line.at_line for line in first.values()}
