"""Orders of another system: what a row may say, and how a batch of rows becomes customers, products, orders, lines and parcels."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from support.importing import Field, Importer, Outcome, Row, RunContext
from support.orders.importing.batch import Batch, seen
from support.orders.importing.past_lines import lines_of

FIELDS = (
    Field("order_number", _l("Order number"), "text", True, _l("number of the order or invoice; rows with the same number are its lines"), 30),
    Field("quantity", _l("Pieces"), "integer", True, _l("pieces of the line; fewer than none for what was taken back")),
    Field("placed_at", _l("Ordered at"), "instant", False, _l("when it was ordered; without it the first day known of its delivery")),
    Field("unit_price", _l("Price of a piece"), "decimal", False, _l("price of one piece")),
    Field("amount", _l("Amount"), "decimal", False, _l("what the whole line costs, where that is not pieces times price")),
    Field("currency", _l("Currency"), "text", False, _l("three letters; without it the shop's"), 3),
    Field("sku", _l("Article number"), "text", False, _l("leads to the product; unknown ones are made, but not put on sale"), 40),
    Field("title", _l("Description"), "text", False, _l("what the line is called; without it the article number")),
    Field("line_reference", _l("Reference of the line"), "text", False, _l("what the other system calls the line; a row that comes again with it changes that line"), 60),
    Field("customer", _l("Customer number"), "text", False, _l("what the other system calls the customer; without number and address the order is a guest's"), 80),
    Field("customer_name", _l("Name of the customer"), "text", False, _l("for customers who are not known yet"), 200),
    Field("customer_email", _l("Mail address"), "email", False, _l("leads to the customer who has it; nothing is mailed by an import")),
    Field("name", _l("Delivered to: name"), "text", False, "", 200),
    Field("street", _l("Delivered to: street"), "text", False, "", 200),
    Field("postcode", _l("Delivered to: postcode"), "text", False, "", 20),
    Field("city", _l("Delivered to: city"), "text", False, "", 100),
    Field("country", _l("Country"), "text", False, _l("as two letters or as it is called there"), 60),
    Field("cancelled_at", _l("Cancelled at"), "instant", False, _l("when the whole order was cancelled")),
    Field("credit", _l("Is a credit note"), "flag", False, _l("whether the order takes something back")),
    Field("supplier", _l("Supplier"), "text", False, _l("who supplied the line"), 120),
    Field("parcel", _l("Parcel number"), "text", False, _l("number of the delivery with which the line went"), 60),
    Field("carrier", _l("Carrier"), "text", False, _l("who brought it"), 60),
    Field("mode", _l("Way of transport"), "text", False, _l("such as air or truck"), 40),
    Field("shipped_on", _l("Sent on"), "date", False, ""),
    Field("promised_on", _l("Promised for"), "date", False, _l("the day by which it was to arrive")),
    Field("delivered_on", _l("Delivered on"), "date", False, ""),
)


class OrderImporter(Importer):
    """Takes in lines of orders. A line is known again by its order and its reference, else by everything that stands in it."""

    name = "orders"
    label = _l("Orders")
    fields = FIELDS
    things = {
        "orders": lambda n: ngettext("order", "orders", n), "credit notes": lambda n: ngettext("credit note", "credit notes", n), "lines": lambda n: ngettext("line", "lines", n),
        "parcels": lambda n: ngettext("parcel", "parcels", n), "customers": lambda n: ngettext("customer", "customers", n),
        "products": lambda n: ngettext("product", "products", n),
    }
    options = {"credit_prefix": _l("orders whose number begins with this take something back")}

    def problems(self, targets: set[str], options: dict[str, str]) -> list[str]:
        said = []
        if not targets & {"unit_price", "amount"}:
            said.append(_("Give a price of a piece (unit_price) or an amount (amount)."))
        if not targets & {"sku", "title"}:
            said.append(_("Give an article number (sku) or a description (title)."))
        if not targets & {"placed_at", "promised_on", "delivered_on", "shipped_on"}:
            said.append(_("Give a day: when it was ordered (placed_at), sent, promised or delivered."))
        return said

    def passed(self, rows: list[Row], run: RunContext) -> None:
        seen(run).add(lines_of(rows, run.zone)[0])

    def load(self, rows: list[Row], run: RunContext) -> Outcome:
        return Batch(rows, run).store()
