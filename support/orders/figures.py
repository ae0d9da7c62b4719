"""Figures of orders, computed by the database: how much, by whom, how often, how punctual. Beside each stands its formula.

Money is added up in whole ten-thousandths, so that no database rounds on the way. An amount is pieces × price, or what was charged.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import BigInteger, Select, and_, case, cast, desc, distinct, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from support import shop
from support.database import db, snapshot
from support.errors import Invalid
from support.orders.day_numbers import day_number, learn, number_of
from support.orders.figure import Figure, Part, written
from support.orders.model import Order, OrderLine
from support.orders.parcels import Parcel, ParcelLine
from support.people import Person

FIFTHS = (20, 40, 60, 80)
UNIT = Decimal(10_000)
PRICE = cast(func.round(OrderLine.unit_price * 10_000), BigInteger)
AMOUNT = case((OrderLine.charged.is_not(None), cast(func.round(OrderLine.charged * 10_000), BigInteger)), else_=PRICE * OrderLine.quantity)
AT = func.coalesce(OrderLine.added_at, Order.placed_at, type_=Order.placed_at.type)
CLEAN = and_(Order.person_id.is_not(None), Order.cancelled_at.is_(None), OrderLine.quantity > 0, OrderLine.unit_price > 0)


def figures(source: str | None = None, currency: str | None = None, as_of: date | None = None) -> list[Part]:
    """All figures of the orders of one source and currency (None: of all). `as_of` is the day from which the days since an order count.

    Raises Invalid when the orders are in several currencies and none is chosen, or when there are none.
    """
    with snapshot():
        learn(db.session.connection())
        chosen = _chosen(source, currency)
        totals = _one(_lines(chosen, *_totals().values()), _totals())
        if not totals["lines"]:
            raise Invalid({"orders": _("There are no such orders.")})
        return [(_("All lines"), _raw(totals, chosen)), *_cleaned(chosen, as_of), *_deliveries(chosen)]


def _chosen(source: str | None, currency: str | None) -> list[ColumnElement]:
    chosen = [Order.source == source] if source else []
    found = sorted(db.session.scalars(select(Order.currency).where(*chosen).distinct()))
    if currency is None and len(found) > 1:
        raise Invalid({"currency": _("The orders are in %(several)s, which cannot be added up. Choose one with --currency, or a --source.", several=", ".join(found))})
    return [*chosen, Order.currency == currency.upper()] if currency else chosen


def _lines(chosen: list[ColumnElement], *columns) -> Select:
    return select(*columns).select_from(OrderLine).join(Order, Order.id == OrderLine.order_id).where(*chosen)


def _one(query: Select, names) -> dict:
    return dict(zip(names, db.session.execute(query).one(), strict=True))


def _totals() -> dict[str, ColumnElement]:
    credit = Order.credit.is_(True)
    return {
        "lines": func.count(), "orders": func.count(distinct(OrderLine.order_id)),
        "credits": func.count(distinct(case((credit, OrderLine.order_id)))), "credit_lines": func.count(case((credit, 1))),
        "customers": func.count(distinct(Order.person_id)), "guest_lines": func.count(case((Order.person_id.is_(None), 1))),
        "articles": func.count(distinct(OrderLine.product_id)), "countries": func.count(distinct(func.nullif(Order.ship_country, ""))),
        "suppliers": func.count(distinct(OrderLine.supplier)), "value": func.sum(AMOUNT),
        "known": func.sum(case((Order.person_id.is_not(None), AMOUNT), else_=0)), "credit_value": func.sum(case((credit, AMOUNT), else_=0)),
        "returning": func.count(distinct(case((credit, Order.person_id)))), "first": func.min(AT), "last": func.max(AT),
    }


def _raw(t: dict, chosen: list[ColumnElement]) -> list[Figure]:
    same = (OrderLine.order_id, OrderLine.product_id, OrderLine.title, OrderLine.quantity, OrderLine.unit_price, OrderLine.charged, OrderLine.added_at, OrderLine.reference)
    different = db.session.scalar(select(func.count()).select_from(_lines(chosen, *same).distinct().subquery()))
    return [
        Figure(_("lines"), t["lines"], _("count of lines")),
        Figure(_("invoices"), t["orders"], _("count of different orders and credit notes that have lines")),
        Figure(_("cancel invoices"), t["credits"], _("count of different credit notes")),
        Figure(_("cancel lines"), t["credit_lines"], _("count of lines of credit notes")),
        Figure(_("customers"), t["customers"], _("count of different customers")),
        Figure(_("lines without customer"), t["guest_lines"], _("count of lines of guests")),
        Figure(_("stock codes"), t["articles"], _("count of different article numbers")),
        Figure(_("suppliers"), t["suppliers"], _("count of different suppliers")),
        Figure(_("countries"), t["countries"], _("count of different countries")),
        Figure(_("revenue"), _money(t["value"], 4), _("sum of pieces × price, or of what was charged")),
        Figure(_("net by known customers"), _money(t["known"]), _("the same of orders that have a customer")),
        Figure(_("value of cancel invoices"), _money(t["credit_value"]), _("the same of credit notes")),
        Figure(_("full duplicate lines"), t["lines"] - different, _("lines − different lines: same order, time, article, text, pieces, price")),
        Figure(_("customers with a return"), t["returning"], _("count of different customers of credit notes")),
        Figure(_("first"), _local(t["first"]), _("earliest time of a line, in the shop's zone")),
        Figure(_("last"), _local(t["last"]), _("latest time of a line, in the shop's zone")),
    ]


def _cleaned(chosen: list[ColumnElement], as_of: date | None) -> list[Part]:
    """Lines of known customers with pieces and a price, and the customers by them."""
    query = _lines([*chosen, CLEAN], Order.person_id, func.sum(AMOUNT).label("value"), func.count(distinct(Order.id)).label("orders"),
                   func.max(Order.placed_at).label("last"), func.count().label("lines")).group_by(Order.person_id)
    each = query.cte("each_customer")
    ranked = select(each.c.value, func.row_number().over(order_by=(desc(each.c.value), each.c.person_id)).label("place"), func.count().over().label("all")).cte("ranked")
    t = _one(select(func.count(), func.sum(each.c.lines), func.sum(each.c.orders), func.sum(each.c.value), func.count(case((each.c.orders >= 2, 1))), func.max(each.c.last)),
             ("customers", "lines", "orders", "value", "again", "last"))
    if not t["customers"]:
        return []
    top = _one(select(func.count(), func.sum(ranked.c.value)).where(ranked.c.place <= (ranked.c.all + 4) / 5), ("customers", "value"))
    best = db.session.execute(select(Person.name, each.c.value).join(each, each.c.person_id == Person.id).order_by(desc(each.c.value), Person.id).limit(5)).all()
    until = as_of or _local(t["last"]).date()
    days = literal(number_of(until)) - day_number(each.c.last)
    return [
        (_("Cleaned: with customer, pieces > 0, price > 0, not cancelled"), [
            Figure(_("lines"), int(t["lines"]), _("count of such lines")),
            Figure(_("orders"), int(t["orders"]), _("count of different orders with such lines")),
            Figure(_("customers"), t["customers"], _("count of different customers with such lines")),
            Figure(_("revenue"), _money(t["value"]), _("sum of their amounts")),
            Figure(_("mean order value"), _money(t["value"] / Decimal(t["orders"])), _("revenue ÷ orders")),
            Figure(_("customers with 2+ orders"), t["again"], _("count of customers with at least two orders")),
            Figure(_("repeat rate"), _percent(t["again"], t["customers"]), _("customers with 2+ orders ÷ customers")),
            Figure(_("top fifth, customers"), top["customers"], _("customers ÷ 5, rounded up, by revenue")),
            Figure(_("share of the top fifth"), _percent(top["value"], t["value"]), _("revenue of the top fifth ÷ revenue")),
            *(Figure(_("best customer %(place)s", place=place), f"{name}: {written(_money(value))}", _("largest revenue of one customer")) for place, (name, value) in enumerate(best, start=1)),
        ]),
        (_("Quantiles at 20, 40, 60, 80 %% as of %(day)s, linear interpolation", day=until.isoformat()), [
            Figure("R", _quantiles(select(days.label("value")).select_from(each), 1), _("days from the day of a customer's last order")),
            Figure("F", _quantiles(select(each.c.orders.label("value")), 1), _("different orders of a customer")),
            Figure("M", [round(value / UNIT, 2) for value in _quantiles(select(each.c.value.label("value")), 2)], _("revenue of a customer")),
        ]),
    ]


def _quantiles(values: Select, digits: int) -> list[Decimal]:
    """With linear interpolation: the two values around place p·(n − 1) of the sorted ones, weighed by how near they are."""
    values = values.subquery()
    place = func.row_number().over(order_by=values.c.value) - 1
    numbered = select(values.c.value, place.label("place"), (func.count().over() - 1).label("last")).subquery()
    off = [func.abs(numbered.c.place - numbered.c.last * percent / 100.0) for percent in FIFTHS]
    row = db.session.execute(select(*(func.sum(case((far < 1, numbered.c.value * (1.0 - far)), else_=0)) for far in off))).one()
    return [round(Decimal(str(value)), digits) for value in row]


def _deliveries(chosen: list[ColumnElement]) -> list[Part]:
    """Lines that were promised for a day and have arrived."""
    late = day_number(Parcel.delivered_at) - day_number(Parcel.promised_on)
    by = func.coalesce(Parcel.mode, func.nullif(Parcel.carrier, ""), "?")
    lines = (
        select(Order.id.label("order_id"), Parcel.tracking_number.label("parcel"), by.label("mode"), late.label("late")).select_from(ParcelLine)
        .join(Parcel, Parcel.id == ParcelLine.parcel_id).join(Order, Order.id == Parcel.order_id)
        .where(*chosen, Parcel.promised_on.is_not(None), Parcel.delivered_at.is_not(None)).cte("delivered")
    )
    days = lines.c.late
    t = _one(select(func.count(), func.count(case((days <= 0, 1))), func.count(case((days < 0, 1))), func.count(case((days == 0, 1))), func.count(case((days > 0, 1))),
                    func.count(case((days > 14, 1))), func.sum(case((days > 0, days), else_=0)), func.count(distinct(lines.c.order_id))),
             ("lines", "kept", "early", "same", "late", "very", "sum", "orders"))
    if not t["lines"]:
        return []
    shipments = db.session.scalar(select(func.count()).select_from(select(lines.c.order_id, lines.c.parcel).distinct().subquery()))
    whole = select(lines.c.order_id).group_by(lines.c.order_id).having(func.max(days) <= 0).subquery()
    modes = db.session.execute(select(lines.c.mode, func.count(), func.count(case((days <= 0, 1)))).group_by(lines.c.mode).order_by(desc(func.count()), lines.c.mode)).all()
    return [(_("Deliveries: lines with a promised day that have arrived"), [
        Figure(_("lines delivered"), t["lines"], _("count of such lines")),
        Figure(_("orders delivered"), t["orders"], _("count of different orders with such lines")),
        Figure(_("shipments"), shipments, _("count of different parcel numbers")),
        Figure(_("on time"), t["kept"], _("day of delivery ≤ day promised")),
        Figure(_("on-time rate"), _percent(t["kept"], t["lines"]), _("on time ÷ lines delivered")),
        Figure(_("early"), t["early"], _("day of delivery < day promised")),
        Figure(_("on the day"), t["same"], _("day of delivery = day promised")),
        Figure(_("late"), t["late"], _("day of delivery > day promised")),
        Figure(_("late by more than 14 days"), t["very"], _("day of delivery − day promised > 14")),
        Figure(_("mean days late"), round(Decimal(int(t["sum"])) / t["late"], 3) if t["late"] else None, _("sum of days late ÷ late lines")),
        Figure(_("orders wholly on time"), db.session.scalar(select(func.count()).select_from(whole)), _("orders of which no line came late")),
        *(Figure(_("on-time rate by %(mode)s", mode=mode), round(_percent(kept, count), 2),
                 _("on time ÷ lines delivered by %(mode)s: %(kept)s ÷ %(all)s", mode=mode, kept=written(kept), all=written(count))) for mode, count, kept in modes),
    ])]


def _money(units, digits: int = 2) -> Decimal:
    amount = Decimal(units) / UNIT
    return round(amount, digits)


def _percent(part, whole) -> Decimal:
    return round(Decimal(int(part)) * 100 / Decimal(int(whole)), 3) if whole else Decimal(0)


def _local(instant: datetime) -> datetime:
    return instant.astimezone(shop.profile().zone_info).replace(tzinfo=None)
