"""Orders of another system come in whole, once, and as history."""
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from support.contact.mail import Mail
from support.database import db
from support.events import Delivery, Event
from support.orders import Order, OrderLine
from support.people import Person
from tests.importing.made import RETAIL, retail, written
from tests.imports import everything, last_run, order_of

LINES = [
    ("536365", "85123A", "WHITE HOLDER", "6", "2010-12-01 08:26:00", "2.55", "17850", "United Kingdom"),
    ("536365", "71053", "LANTERN", "3", "2010-12-01 08:26:00", "1.655", "17850", "United Kingdom"),
    ("536365", "71053", "LANTERN", "3", "2010-12-01 08:26:00", "1.655", "17850", "United Kingdom"),
    ("536366", "22633", "HAND WARMER", "6", "2010-12-01 08:28:00", "1.85", "", "Unspecified"),
    ("536366", "84016", "", "-7", "2010-12-01 08:28:00", "0.0", "", "Unspecified"),
    ("C536379", "85123a", "WHITE HOLDER SMALL", "-1", "2010-12-01 09:41:00", "27.5", "14527", "EIRE"),
    ("A563185", "B", "Adjust bad debt", "1", "2011-08-12 14:50:00", "-11062.06", "", "United Kingdom"),
]


@pytest.fixture
def small(tmp_path):
    return written(tmp_path / "small.csv", RETAIL, LINES)


def test_rows_become_customers_products_orders_lines_credit_notes_and_guests(any_app, imports, small):
    said = imports(any_app, "orders", small)
    assert "7  new" in said and "2  customers" in said and "1  credit note\n" in said and "3  orders" in said and "6  products" in said
    order = order_of(any_app, "536365")
    assert order.person.name == "Customer 17850" and order.person.email is None and not order.person.has_account
    assert [(line.title, line.quantity, line.unit_price) for line in order.lines] == [
        ("WHITE HOLDER", 6, Decimal("2.55")), ("LANTERN", 3, Decimal("1.655")), ("LANTERN", 3, Decimal("1.655")),
    ]
    assert (order.total, order.currency, order.source, order.ship_country) == (Decimal("25.23"), "GBP", "online_retail", "United Kingdom")
    assert not any(line.product.active for line in order.lines), "a thing of the past is not on sale"
    guest, credit = order_of(any_app, "536366"), order_of(any_app, "C536379")
    assert guest.person is None and guest.lines[1].title == "84016" and not guest.credit
    assert credit.credit and credit.total == Decimal("-27.5") and credit.lines[0].product.sku == "85123a"
    assert order_of(any_app, "A563185").total == Decimal("-11062.06")


def test_a_second_run_changes_nothing_and_says_so(any_app, imports, tmp_path):
    path = written(tmp_path / "many.csv.gz", RETAIL, retail(2500))
    imports(any_app, "orders", path)
    before = everything(any_app)
    with any_app.app_context():
        totals = dict(tuple(row) for row in db.session.execute(select(Order.number, Order.total)))
    imports(any_app, "orders", path)
    run = last_run(any_app)
    assert (run.created, run.changed, run.unchanged) == (0, 0, run.rows)
    after = everything(any_app)
    assert {name: count for name, count in after.items() if count != before[name]} == {"event": before["event"] + 1}
    with any_app.app_context():
        assert dict(tuple(row) for row in db.session.execute(select(Order.number, Order.total))) == totals


def test_a_trial_stores_nothing_and_counts_the_same_as_the_real_run(any_app, imports, tmp_path):
    path = written(tmp_path / "many.csv", RETAIL, [*retail(2500), ("1", "x", "y", "none", "2010-12-01", "1", "", "")])
    before = everything(any_app)
    imports(any_app, "orders", path, "--dry-run")
    assert everything(any_app) == before
    trial = last_run(any_app)
    imports(any_app, "orders", path)
    real = last_run(any_app)
    assert trial.rejected == 1 and trial.created > 2500
    assert (trial.created, trial.rejected, trial.things) == (real.created, real.rejected, real.things)


def test_an_order_that_is_split_over_two_files_is_one_order(any_app, imports, tmp_path):
    imports(any_app, "orders", written(tmp_path / "a.csv", RETAIL, LINES[:1]))
    later = (*LINES[1][:4], "2010-12-01 08:27:00", *LINES[1][5:])
    imports(any_app, "orders", written(tmp_path / "b.csv", RETAIL, [LINES[0], later]))
    order = order_of(any_app, "536365")
    assert [line.title for line in order.lines] == ["WHITE HOLDER", "LANTERN"] and order.total == Decimal("20.265")
    assert order.lines[0].added_at is None and order.lines[1].added_at is not None
    assert (last_run(any_app).created, last_run(any_app).unchanged) == (1, 1)


def test_rows_that_make_no_sense_are_rejected_with_line_and_reason_and_the_others_are_kept(any_app, imports, rejected, tmp_path):
    wanted = ("order_number", "quantity", "unit_price", "placed_at", "sku", "customer", "customer_email", "currency")
    path = written(tmp_path / "mixed.csv", wanted, [
        ("1001", "1", "5", "2020-01-02", "A", "7", "", "EUR"),
        ("1001", "1", "5", "2020-01-02", "B", "7", "", "USD"),
        ("1001", "1", "5", "2020-01-02", "B", "8", "", "EUR"),
        ("1002", "0", "5", "2020-01-02", "B", "8", "", "EUR"),
        ("1003", "1", "5", "04/05/2020", "B", "8", "", "EUR"),
        ("1004", "1", "1,5", "2020-01-02", "B", "8", "", "EUR"),
        ("1005", "1", "5", "2020-01-02", "B", "66", "ines@tarn-thistle.example", "EUR"),
        ("1006", "1", "5", "2020-01-02", "B", "9", "", "pounds"),
        ("1007", "1", "5", "2020-01-02", "", "9", "", "EUR"),
        ("1008", "1", "99999999999", "2020-01-02", "B", "9", "", "EUR"),
        ("1009", "3", "99999999999", "2020-01-02", "B", "9", "", "EUR"),
        ("1010", "1", "5", "2020-01-02", "B", "10", "Nobody@Else.example", "EUR"),
    ])
    imports(any_app, "orders", path, "--source", "shop_a")
    said = rejected(any_app)
    assert set(said) == {3, 4, 5, 6, 7, 8, 9, 10, 12}, said
    for line, words in ((3, "in EUR, this line in USD"), (4, "another customer"), (5, "no pieces"), (6, "could be two days"), (7, "comma"), (8, "staff"), (9, "three letters"),
                        (10, "neither an article number"), (12, "too large")):
        assert words in said[line] or line == 9 and "at most 3" in said[line], said[line]
    assert order_of(any_app, "1010").person.email == "nobody@else.example"
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order).where(Order.source == "shop_a")) == 3


def test_an_order_of_the_shop_itself_is_never_touched(any_app, imports, rejected, tmp_path):
    with any_app.app_context():
        number, total = db.session.execute(select(Order.number, Order.total).limit(1)).one()
    imports(any_app, "orders", written(tmp_path / "a.csv", RETAIL, [(number.lower(), *LINES[0][1:])]))
    assert "does not come from this source" in rejected(any_app)[2]
    assert order_of(any_app, number).total == total


def test_a_known_address_leads_to_the_customer_who_has_it(any_app, imports, person, tmp_path):
    header = ("order_number", "quantity", "unit_price", "placed_at", "title", "customer", "customer_email")
    imports(any_app, "orders", written(tmp_path / "a.csv", header, [("77", "1", "5", "2020-01-02", "Tent", "K-1", "MAJA@mail.example")]), "--source", "old")
    assert order_of(any_app, "77").person_id == person(any_app, "maja").id
    imports(any_app, "orders", written(tmp_path / "b.csv", header, [("78", "1", "5", "2020-01-02", "Tent", "K-1", "")]), "--source", "old")
    assert order_of(any_app, "78").person_id == person(any_app, "maja").id, "the reference is remembered"


DELIVERED = ("order_number", "line_reference", "quantity", "amount", "title", "parcel", "mode", "promised_on", "delivered_on", "currency")


def test_lines_with_a_reference_are_changed_by_it_and_deliveries_are_filled_in(any_app, imports, rejected, tmp_path):
    rows = [("9", "a", "3", "10", "Kits", "P1", "Air", "2020-02-01", "", "USD"), ("9", "b", "1", "7.5", "Gloves", "P1", "Air", "2020-02-01", "", "USD")]
    imports(any_app, "orders", written(tmp_path / "a.csv", DELIVERED, rows), "--source", "depot")
    order = order_of(any_app, "9")
    assert order.total == Decimal("17.5") and order.lines[0].amount == Decimal(10) and len(order.parcels) == 1
    with any_app.app_context():
        assert not order.is_late() and not order.waiting_lines
    rows = [("9", "a", "3", "12", "Kits", "P1", "Air", "2020-02-01", "2020-01-30", "USD"), ("9", "b", "1", "7.5", "Gloves", "P1", "Air", "2020-02-01", "2020-01-30", "USD"),
            ("9", "b", "1", "8", "Gloves", "P1", "Air", "2020-02-01", "2020-01-30", "USD")]
    imports(any_app, "orders", written(tmp_path / "b.csv", DELIVERED, rows), "--source", "depot")
    order = order_of(any_app, "9")
    assert order.total == Decimal("19.5") and [parcel.is_delivered for parcel in order.parcels] == [True]
    assert "stood in this file before" in rejected(any_app)[4]
    assert (last_run(any_app).created, last_run(any_app).changed, last_run(any_app).rejected) == (0, 1, 1)


def test_history_mails_nobody_and_writes_one_event(any_app, imports, settle, tmp_path):
    header = ("order_number", "quantity", "unit_price", "placed_at", "title", "customer_email")
    settle(any_app)
    with any_app.app_context():
        last, mails, deliveries = (db.session.scalar(query) for query in (
            select(func.max(Event.id)), select(func.count()).select_from(Mail), select(func.count()).select_from(Delivery)))
    imports(any_app, "orders", written(tmp_path / "a.csv", header, [(str(n), "1", "5", "2020-01-02", "Tent", f"c{n}@mail.example") for n in range(50)]), "--source", "old")
    settle(any_app)
    with any_app.app_context():
        events = list(db.session.scalars(select(Event).where(Event.id > last)))
        assert [(event.kind, event.history) for event in events] == [("import.finished", True)]
        assert db.session.scalar(select(func.count()).select_from(Mail)) == mails
        assert db.session.scalar(select(func.count()).select_from(Delivery)) == deliveries
        assert db.session.scalar(select(func.count()).select_from(Person).where(Person.email.like("c%@mail.example"))) == 50


def test_lines_of_an_order_far_apart_in_the_file_meet_in_it(any_app, imports, tmp_path):
    rows = retail(5000, seed=3)
    imports(any_app, "orders", written(tmp_path / "many.csv", RETAIL, rows))
    with any_app.app_context():
        stored = {number: count for number, count in db.session.execute(select(Order.number, func.count()).join(OrderLine).where(Order.source.is_not(None)).group_by(Order.number))}
    counted = {}
    for row in rows:
        counted[row[0]] = counted.get(row[0], 0) + 1
    assert stored == counted


def test_a_customers_number_that_looks_like_an_address_is_none(any_app, imports, rejected, tmp_path):
    header = ("order_number", "quantity", "unit_price", "placed_at", "sku", "customer", "customer_email")
    rows = [("2001", "1", "5", "2020-01-02", "A", "bob@x.example", "anna@x.example"), ("2002", "1", "5", "2020-01-02", "A", "", "bob@x.example"),
            ("2003", "1", "5", "2020-01-02", "A", "17", ""), ("2003", "1", "5", "2020-01-02", "B", "", "eve@x.example"), ("2004", "1", "5", "2020-01-02", "A", "17", "")]
    imports(any_app, "orders", written(tmp_path / "a.csv", header, rows), "--source", "shop_a")
    assert [order_of(any_app, number).person.email for number in ("2001", "2002", "2003", "2004")] == ["anna@x.example", "bob@x.example", None, None]
    assert list(rejected(any_app)) == [5] and "another customer" in rejected(any_app)[5]
