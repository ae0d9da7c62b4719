"""A customer's orders in the portal."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from support.clock import now
from support.database import db, transaction
from support.errors import NotFound
from support.orders import Order, OrderLine, Parcel, ParcelLine, TrackingEvent, find_by_id, planned, record_tracking, today
from support.people.person import NOBODY, Guest, Person

HOT_PAGE = 6


def text_of(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_she_reads_first_that_her_tent_is_late(app, client_of):
    page = client_of(app, "maja").get("/orders/TT-204817")
    assert page.status_code == 200
    said = text_of(page)
    assert "Your Skerry 2 tent is three days late" in said
    assert said.index("is three days late") < said.index("Parcel 1: Skerry 2 tent")
    assert "/ask?order=TT-204817" in page.text


def test_the_page_shows_steps_done_and_to_come_parcels_and_what_follows(app, client_of):
    said = text_of(client_of(app, "maja").get("/orders/TT-204817"))
    assert "9 of 10 done" in said
    assert "Rest on backorder , now" in said
    assert "On its way , now, late" in said
    assert "Left with a neighbour at number 14" in said
    assert "Follows about" in said
    assert "€489.00" in said


def test_the_list_says_the_answer_in_each_row(app, client_of):
    said = text_of(client_of(app, "maja").get("/orders"))
    assert "Your Skerry 2 tent is three days late. Norpost now says" in said
    assert "Your order arrived on" in said
    assert "This order was cancelled on" in said


@pytest.mark.parametrize(("query", "shown"), [
    ("?show=under_way", {"TT-204817"}), ("?show=arrived", {"TT-203960"}), ("?show=cancelled", {"TT-204102"}), ("?q=heron", {"TT-203960"}),
    ("?q=tt-2048", {"TT-204817"}), ("?show=nonsense", {"TT-204817", "TT-203960", "TT-204102"}), ("?q=nothing+like+it", set()),
])
def test_she_finds_an_order_by_number_product_or_state(any_app, client_of, query, shown):
    page = client_of(any_app, "maja").get(f"/orders{query}")
    assert set(re.findall(r"TT-\d{6}", page.text)) == shown
    assert shown or "No order fits this search." in page.text


def test_somebody_without_orders_is_told_what_to_do(app, client_of):
    with app.app_context(), transaction() as session:
        session.add(Person(id=9001, role="customer", name="Nina Neu", email="nina@mail.example"))
    app.extensions["cast"]["nina"] = 9001
    page = client_of(app, "nina").get("/orders")
    assert "You have no orders yet." in page.text
    assert "/products" in page.text


def test_AZ_02_an_order_of_somebody_else_looks_like_one_that_does_not_exist(app, client_of):
    maja = client_of(app, "maja")
    foreign, absent = maja.get("/orders/TT-204790"), maja.get("/orders/TT-999999")
    assert foreign.status_code == absent.status_code == 404
    assert text_of(foreign) == text_of(absent)


def test_AZ_02_counts_of_a_list_leak_nothing(app, client_of):
    for words in ("Loch", "TT-204790"):
        page = client_of(app, "maja").get(f"/orders?q={words}")
        assert "No order fits this search." in page.text
        assert "sleeping bag" not in page.text


@pytest.mark.parametrize("key", ["ines", "hanna", "arno"])
def test_staff_do_not_use_the_customers_pages(app, client_of, key):
    assert client_of(app, key).get("/orders/TT-204817").status_code == 403


def test_INJ_03_a_template_in_a_search_stays_text(app, client_of):
    assert 'value="{{7*7}}"' in client_of(app, "maja").get("/orders", query_string={"q": "{{7*7}}"}).text


def test_nobody_is_asked_to_sign_in(app, client_of):
    page = client_of(app).get("/orders/TT-204817")
    assert page.status_code == 303
    assert "/sign-in" in page.location


@pytest.mark.parametrize("nasty", ["' OR 1=1 --", "%", "_", "\\", '"', "NEAR(", "'; DROP TABLE \"order\"; --", "\x00", "{{7*7}}", "a" * 3000])
def test_INJ_01_INJ_02_signs_of_sql_are_only_text(app, client_of, nasty):
    maja = client_of(app, "maja")
    for arguments in ({"q": nasty}, {"sort": nasty}, {"order": nasty}, {"page": nasty}, {"show": nasty}):
        page = maja.get("/orders", query_string=arguments)
        assert page.status_code == 200
        assert "TT-204790" not in page.text
    assert maja.get("/orders", query_string={"q": "'_%"}).text.count("TT-2") == 0


def many_orders(app, count: int) -> None:
    """Orders of Maja with two lines, one of two parcels late, and reports."""
    with app.app_context(), transaction() as session:
        for number in range(count):
            order = Order(
                number=f"MANY-{number:03}", person_id=app.extensions["cast"]["maja"], placed_at=now() - timedelta(days=9, minutes=number), currency="EUR",
                total=Decimal(20), steps=planned(now(), today()), lines=[OrderLine(title=f"Thing {n}", quantity=1, unit_price=10, shipped=1, product_id=n) for n in (1, 2)],
            )
            session.add(order)
            session.flush()
            for line in order.lines:
                order.parcels.append(Parcel(
                    carrier="Norpost", tracking_number=f"{number}-{line.id}", state="in_transit", shipped_at=now(), promised_on=today() - timedelta(days=1),
                    contents=[ParcelLine(order_line_id=line.id, quantity=1)],
                    tracking=[TrackingEvent(at=now() - timedelta(hours=n), state="in_transit", substate="007") for n in range(number % 5 + 1)],
                ))


def test_the_list_takes_as_many_statements_for_twenty_orders_as_for_three(any_app, client_of, count_statements):
    maja = client_of(any_app, "maja")
    maja.get("/orders")
    with count_statements(any_app) as few:
        maja.get("/orders")
    many_orders(any_app, 40)
    with count_statements(any_app) as many:
        page = maja.get("/orders")
    assert "Page 1 of 3" in page.text
    assert many.total == few.total <= HOT_PAGE, "\n".join(many.texts)


def test_the_page_of_an_order_takes_a_fixed_number_of_statements(app, client_of, count_statements):
    many_orders(app, 5)
    maja = client_of(app, "maja")
    maja.get("/orders/TT-203960")
    counts = []
    for number in ("TT-203960", "TT-204817", "MANY-004"):
        with count_statements(app) as count:
            assert maja.get(f"/orders/{number}").status_code == 200
        counts.append(count.total)
    assert len(set(counts)) == 1
    assert counts[0] <= HOT_PAGE, "\n".join(count.texts)


def test_the_open_page_follows_the_parcel(app, client_of, settle):
    maja, hints = client_of(app, "maja"), []
    app.extensions["relay"].push = lambda screen, version: hints.append(screen)
    with app.app_context():
        order = db.session.scalar(select(Order).where(Order.number == "TT-204817"))
        screen = f"order:{order.id}"
        record_tracking(order.parcels[0].id, "out_for_delivery", place="Berlin", text="With the courier")
    settle(app)
    assert screen in hints
    assert f'data-live-screen-value="{screen}"' in maja.get("/orders/TT-204817").text
    fragment = maja.get("/orders/TT-204817/state")
    assert "Late, out for delivery" in fragment.text
    assert "<html" not in fragment.text
    assert client_of(app, "odile").get("/orders/TT-204817/state").status_code == 404


def test_AZ_02_the_live_screen_of_an_order_is_guarded_like_its_page(app):
    with app.app_context():
        order = db.session.scalar(select(Order).where(Order.number == "TT-204817"))
        assert find_by_id(db.session.get(Person, app.extensions["cast"]["maja"]), order.id) is order
        for stranger in (NOBODY, Guest(order.person_id, order_id=order.id + 1), db.session.get(Person, app.extensions["cast"]["odile"])):
            with pytest.raises(NotFound):
                find_by_id(stranger, order.id)
