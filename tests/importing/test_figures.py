"""Figures of orders agree with the same worked out one by one; pages show the past as the past."""
import re
from datetime import date

import pytest
from sqlalchemy import func, select

from support import orders
from support.database import db
from support.orders import Order
from support.people import CustomerReference, Person
from tests.importing.made import RETAIL, expected, retail, written

AS_OF = date(2012, 1, 31)


def test_the_figures_of_made_up_orders_agree_with_those_worked_out_in_python(any_app, imports, figures, tmp_path):
    rows = retail(4000, seed=11)
    imports(any_app, "orders", written(tmp_path / "made.csv", RETAIL, rows))
    found = figures(any_app, "--source", "online_retail", "--as-of", AS_OF.isoformat())
    for part, wanted in expected(rows, AS_OF).items():
        assert {name: found[part][name] for name in wanted} == wanted


def test_punctuality_is_counted_by_days_of_the_shop(any_app, imports, figures, tmp_path):
    header = ("order_number", "line_reference", "quantity", "amount", "title", "parcel", "mode", "promised_on", "delivered_on", "currency")
    days = [("Air", "2020-03-10", "2020-03-10"), ("Air", "2020-03-10", "2020-03-09"), ("Air", "2020-03-10", "2020-03-12"), ("Ocean", "2020-03-29", "2020-04-28")]
    path = written(tmp_path / "a.csv", header, [(str(n // 2), str(n), "2", "3", "Kit", f"P{n}", mode, promised, came, "USD") for n, (mode, promised, came) in enumerate(days)])
    imports(any_app, "orders", path, "--source", "depot")
    found = figures(any_app, "--source", "depot")["Deliveries"]
    assert {name: found[name] for name in ("lines delivered", "on time", "on-time rate", "early", "on the day", "late", "late by more than 14 days", "mean days late",
                                           "orders wholly on time", "on-time rate by Air", "on-time rate by Ocean")} == {
        "lines delivered": 4, "on time": 2, "on-time rate": "50.000", "early": 1, "on the day": 1, "late": 2, "late by more than 14 days": 1, "mean days late": "16.000",
        "orders wholly on time": 1, "on-time rate by Air": "66.67", "on-time rate by Ocean": "0.00"}


def test_money_in_two_currencies_is_not_added_up(app, imports, tmp_path):
    imports(app, "orders", written(tmp_path / "a.csv", RETAIL, retail(30)))
    done = app.test_cli_runner().invoke(args=["figures", "orders"])
    assert done.exit_code == 1 and "EUR, GBP, which cannot be added up" in done.output
    assert app.test_cli_runner().invoke(args=["figures", "orders", "--currency", "gbp"]).exit_code == 0
    assert "no such orders" in app.test_cli_runner().invoke(args=["figures", "orders", "--source", "nowhere"]).output


@pytest.fixture
def past(any_app, imports, tmp_path):
    """A customer with 300 invoices of 15 lines and one with two; both may sign in."""
    rows = [(f"{10_000 + n}", f"S{n % 40}", "THING", "2", f"2011-0{1 + n % 9}-03 10:{n % 60:02}:00", "1.5", "14646", "Netherlands") for n in range(300) for _line in range(15)]
    rows += [("20001", "S1", "THING", "2", "2011-03-03 10:00:00", "1.5", "17850", "EIRE"), ("C20002", "S1", "THING", "-1", "2011-03-04 10:00:00", "1.5", "17850", "EIRE")]
    imports(any_app, "orders", written(tmp_path / "past.csv", RETAIL, rows))
    with any_app.app_context():
        found = {reference: person_id for reference, person_id in db.session.execute(select(CustomerReference.reference, CustomerReference.person_id))}
    any_app.extensions["cast"] = {**any_app.extensions["cast"], "large": found["14646"], "small": found["17850"]}
    return any_app


def test_a_customer_with_hundreds_of_invoices_costs_no_more_statements(past, client_of, count_statements):
    counts = {}
    for key, number in (("large", "10000"), ("small", "20001")):
        client = client_of(past, key)
        client.get("/orders")
        for page in ("/orders", f"/orders/{number}"):
            with count_statements(past) as count:
                assert client.get(page).status_code == 200
            counts[key, page[:8]] = count.total
        with past.app_context(), count_statements(past) as count:
            hanna = db.session.get(Person, past.extensions["cast"]["hanna"])
            shown = orders.recent_for(hanna, past.extensions["cast"][key])
            assert [orders.headline(order) for order in shown] and len(shown) <= 5
        counts[key, "desk"] = count.total
    assert [counts["large", page] for page in ("/orders", "/orders/", "desk")] == [counts["small", page] for page in ("/orders", "/orders/", "desk")]


def test_pages_show_the_past_as_the_past(past, client_of):
    client = client_of(past, "small")
    listing = client.get("/orders").text
    assert "Credit note C20002" in listing and "Order 20001" in listing and "late" not in listing.lower().replace("later", "").replace("translate", "")
    assert "No order fits this search" in client.get("/orders?show=under_way").text
    assert "Order 20001" in client.get("/orders?show=arrived").text
    order, credit = client.get("/orders/20001").text, client.get("/orders/C20002").text
    assert "You ordered this on 3 March 2011" in order and "earlier records" in order and "Steps of this order" not in order
    assert "This is a credit note of 4 March 2011" in credit and "1 piece taken back" in credit


def test_who_has_no_address_can_neither_be_mailed_nor_tracked(past, client_of):
    with past.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person).join(CustomerReference).where(Person.email.is_not(None))) == 0
        guest = db.session.scalar(select(Order.number).where(Order.source.is_not(None)).limit(1))
    answer = client_of(past).post("/track", data={"number": guest, "proof": ""})
    assert answer.status_code == 422


@pytest.mark.parametrize("settings", [{"shop_languages": ("de", "en")}], indirect=True)
def test_the_figures_are_named_and_written_in_the_language_of_the_shop_and_for_machines_as_ever(app, imports, figures, tmp_path):
    header = ("order_number", "customer", "quantity", "amount", "title", "parcel", "mode", "promised_on", "delivered_on", "currency")
    rows = [(f"r{n}", f"c{n % 3}", "1", "1234.56", "Kit", f"P{n}", "Air", "2020-01-10", "2020-01-09" if n else "2020-01-12", "EUR") for n in range(1_200)]
    imports(app, "orders", written(tmp_path / "road.csv", header, rows), "--source", "road", "--const", "placed_at=2020-01-01")
    said = app.test_cli_runner().invoke(args=["figures", "orders", "--source", "road"]).output
    assert [" ".join(line.split()) for line in said.splitlines() if line.startswith("  ")][:3] == [
        "Zeilen 1.200 Anzahl der Zeilen", "Rechnungen 1.200 Anzahl verschiedener Bestellungen und Gutschriften mit Zeilen", "Gutschriften 0 Anzahl verschiedener Gutschriften",
    ]
    assert "Pünktlichkeit mit Air" in said and "1.199 ÷ 1.200" in said and "1.481.472,0000" in said
    assert re.search(" of |count|\\brate", said) is None
    assert figures(app, "--source", "road")["All lines"]["revenue"] == "1481472.0000"
