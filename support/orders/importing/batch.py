"""Stores a batch of lines of the past: one look-up for each kind of thing, then bulk inserts; no object for each row."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict

from flask_babel import gettext as _
from sqlalchemy import bindparam, insert, select, update

from support import shop
from support.catalogue import Product
from support.catalogue.demo import slug
from support.database import db
from support.importing import Outcome, Row, RunContext, Wrong
from support.orders.importing import past_orders
from support.orders.importing.past_lines import Line, Seen, key_of, lines_of
from support.orders.importing.past_orders import PastOrder, customer_of
from support.orders.importing.past_parcels import pack
from support.orders.model import Order, OrderLine
from support.people import brought

TABLE = OrderLine.__table__
MOST_PRICE = 9_999_999_999
LOOKED_UP = (
    OrderLine.id, OrderLine.order_id, OrderLine.title, OrderLine.quantity, OrderLine.unit_price, OrderLine.charged, OrderLine.added_at, OrderLine.reference,
    Product.sku, Order.placed_at,
)


def seen(run: RunContext) -> Seen:
    """What this process has met in the run so far."""
    return run.memory.setdefault("seen", Seen())


class Batch:
    """Some rows on their way into the database, inside one transaction."""

    def __init__(self, rows: list[Row], run: RunContext):
        self.run, self.outcome = run, Outcome()
        self.shop_currency = shop.profile().currency
        self.lines, rejects = lines_of(rows, run.zone)
        self.outcome.rejects.extend(rejects)
        self.orders: dict[str, PastOrder] = past_orders.stored(line.number for line in self.lines)

    def store(self) -> Outcome:
        """Everything that is new or has changed. A failure leaves the memory of the run as it was: the batch is tried again."""
        self._keep(self._fits)
        self._keep(self._is_theirs())
        fresh, changed, met = self._compare()
        self._make_orders({line.number for line in fresh})
        line_ids = self._make_lines(fresh)
        self._change(changed)
        past_orders.grow(self.orders.values())
        parcels, moved = pack(self.lines, line_ids, {number: order.id for number, order in self.orders.items()}, self.run.zone)
        touched = {line.at_line for line, _old in changed} | moved | past_orders.cancel(self.lines, self.orders)
        touched -= {line.at_line for line in fresh}
        self.outcome.created, self.outcome.changed = len(fresh), len(touched)
        self.outcome.unchanged = len(self.lines) - len(fresh) - len(touched)
        self._count("lines", ((line.at_line, None) for line in fresh))
        self._count("parcels", parcels)
        seen(self.run).add(met)
        return self.outcome

    def _count(self, noun: str, keys) -> None:
        self.run.count(self.outcome, noun, keys)

    def _keep(self, check) -> None:
        """Go on with the lines that pass; the others become rejects."""
        self.lines = self.outcome.sift(self.lines, check, lambda line: line.at_line)

    def _fits(self, line: Line) -> None:
        currency = line.row.values.get("currency", self.shop_currency).upper()
        order = self.orders.get(line.number)
        if order is None:
            self.orders[line.number] = past_orders.begun(line, self.run.source, currency)
        else:
            past_orders.demand_fits(order, line, self.run.source, currency)

    def _is_theirs(self):
        """The check of a line's customer; those who are not known yet are made."""
        people = brought(self.run.source, filter(None, map(customer_of, self.lines)))
        self._count("customers", people.made)

        def check(line: Line) -> None:
            who, order = customer_of(line), self.orders[line.number]
            if who is None:
                return
            if refusal := people.refusal(who.key, who.email):
                raise Wrong(refusal)
            if order.first is None and order.person_id != people.ids[who.key]:
                raise Wrong(_("Order %(number)s belongs to another customer.", number=line.number))
            if order.first is not None:
                order.person_id = people.ids[who.key]

        return check

    def _compare(self) -> tuple[list[Line], list[tuple[Line, dict]], list[Line]]:
        """The lines that are new, those that differ from what is stored under their reference, and all that were met."""
        fresh, changed, met = [], [], []
        before, times = self._stored_lines(), Counter()

        def check(line: Line) -> None:
            place = (line.number, line.key)
            times[place] += 1
            nth, there = seen(self.run).times(line) + times[place], before[line.number][line.key]
            if line.reference and nth > 1:
                raise Wrong(_("The line %(reference)s of order %(number)s stood in this file before.", reference=line.reference, number=line.number))
            met.append(line)
            if nth > len(there):
                fresh.append(line)
                self.orders[line.number].grows += line.amount
            elif line.reference and _differs(line, there[0]):
                changed.append((line, there[0]))
                self.orders[line.number].grows += line.amount - _amount(there[0])

        self._keep(check)
        return fresh, changed, met

    def _stored_lines(self) -> dict[str, dict[int, list]]:
        """What stands in the orders that were stored before, by number and key."""
        found: dict[str, dict[int, list]] = defaultdict(lambda: defaultdict(list))
        numbers = {order.id: number for number, order in self.orders.items() if order.id}
        if numbers:
            query = select(*LOOKED_UP).join(Order, Order.id == OrderLine.order_id).outerjoin(Product, Product.id == OrderLine.product_id)
            for row in db.session.execute(query.where(OrderLine.order_id.in_(numbers)).order_by(OrderLine.id)):
                at = row.added_at or row.placed_at
                key = hash(row.reference) if row.reference else key_of(row.sku, row.title, row.quantity, row.unit_price, row.charged, at)
                found[numbers[row.order_id]][key].append(row)
        return found

    def _make_orders(self, numbers: set[str]) -> None:
        fresh = [order for number, order in self.orders.items() if order.id is None and number in numbers]
        rows = past_orders.make(fresh, self.run.options.get("credit_prefix", "").upper())
        self._count("orders", (row["number"] for row in rows if not row["credit"]))
        self._count("credit notes", (row["number"] for row in rows if row["credit"]))
        self.orders = {number: order for number, order in self.orders.items() if order.id is not None}

    def _make_lines(self, fresh: list[Line]) -> dict[int, int]:
        """Store the new lines; returns ids by row for those that name a parcel."""
        products = self._products(fresh)
        placed = self._placed_at(fresh)
        rows = [self._row(line, products, placed[line.number]) for line in fresh]
        if not rows:
            return {}
        if not fresh[0].row.values.keys() & {"parcel", "promised_on", "delivered_on", "shipped_on"}:
            db.session.connection().execute(TABLE.insert(), rows)
            return {}
        ids = db.session.scalars(insert(OrderLine).returning(OrderLine.id, sort_by_parameter_order=True), rows)
        return dict(zip((line.at_line for line in fresh), ids, strict=True))

    def _row(self, line: Line, products: dict[str, int], placed_at) -> dict:
        values = line.row.values
        gone = "cancelled_at" in values or line.quantity < 0
        return {
            "order_id": self.orders[line.number].id, "product_id": products.get(line.sku), "title": line.title, "quantity": line.quantity, "unit_price": line.price,
            "charged": line.charged, "added_at": None if line.at == placed_at else line.at, "reference": line.reference, "supplier": values.get("supplier"),
            "shipped": 0 if gone else line.quantity, "backordered": 0, "returned": 0,
        }

    def _placed_at(self, fresh: list[Line]) -> dict:
        """When each order was placed: lines keep their own time only where it is another."""
        begun = {number: order.first.at for number, order in self.orders.items() if order.first is not None}
        numbers = {line.number for line in fresh} - set(begun)
        if numbers:
            begun.update((number, at) for number, at in db.session.execute(select(Order.number, Order.placed_at).where(Order.number.in_(numbers))))
        return begun

    def _products(self, fresh: list[Line]) -> dict[str, int]:
        """The products of the lines by article number; unknown ones are made, not on sale."""
        first: dict[str, Line] = {}
        for line in fresh:
            if line.sku and (line.sku not in first or first[line.sku].title == line.sku):
                first[line.sku] = line
        if not first:
            return {}
        found = {sku: product_id for sku, product_id in db.session.execute(select(Product.sku, Product.id).where(Product.sku.in_(first)))}
        missing = [sku for sku in first if sku not in found]
        if missing:
            rows = [_product(sku, first[sku], self.orders[first[sku].number].currency) for sku in missing]
            found.update(zip(missing, db.session.scalars(insert(Product).returning(Product.id, sort_by_parameter_order=True), rows), strict=True))
            self._count("products", missing)
        return found

    def _change(self, changed: list[tuple[Line, dict]]) -> None:
        if not changed:
            return
        products = self._products([line for line, _old in changed])
        rows = [
            {"key": old.id, "name": line.title, "pieces": line.quantity, "price": line.price, "all": line.charged, "product": products.get(line.sku),
             "sent": max(0, line.quantity)} for line, old in changed
        ]
        c = TABLE.c
        values = {c.title: bindparam("name"), c.quantity: bindparam("pieces"), c.unit_price: bindparam("price", type_=c.unit_price.type),
                  c.charged: bindparam("all", type_=c.charged.type), c.product_id: bindparam("product"), c.shipped: bindparam("sent")}
        db.session.connection().execute(update(TABLE).where(c.id == bindparam("key")).values(values), rows)


def _differs(line: Line, old) -> bool:
    return (line.sku, line.title, line.quantity, line.price, line.charged) != (old.sku, old.title, old.quantity, old.unit_price, old.charged)


def _amount(old):
    return old.unit_price * old.quantity if old.charged is None else old.charged


def _product(sku: str, line: Line, currency: str) -> dict:
    mark = f"{zlib.crc32(sku.encode()):08x}"  # numbers may differ in what an address cannot show, such as capitals
    return {
        "sku": sku, "slug": f"{slug(sku)[:60]}-{mark}".lstrip("-"), "name": line.title[:120], "description": "", "price": min(max(0, round(line.price, 2)), MOST_PRICE),
        "currency": currency, "category": "", "stock": 0, "active": False,
    }
