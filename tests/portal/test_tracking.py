"""Looking at one order as a guest: number and e-mail or postcode."""

import re

import pytest
from sqlalchemy import func, select

from support.database import db
from support.events import Event
from support.people.sign_ins import SignIn

GERO = {"number": "TT-204733", "proof": "gero@mail.example"}


def track(client, number="TT-204733", proof="gero@mail.example", **more):
    return client.post("/track", data={"number": number, "proof": proof}, **more)


@pytest.mark.parametrize(("number", "proof"), [("TT-204733", "Gero@Mail.example"), ("tt-204733", "13597"), (" TT-204 733 ", " 135 97 ")])
def test_a_guest_sees_the_order_with_number_and_mail_or_postcode(any_app, client_of, number, proof):
    guest = client_of(any_app)
    answer = track(guest, number, proof)
    assert (answer.status_code, answer.location) == (303, "/orders/TT-204733")
    page = guest.get(answer.location)
    assert "Your order has not left us yet." in page.text
    assert "Steps of this order" in page.text


def test_a_guest_sees_that_one_order_and_nothing_else(app, client_of):
    guest = client_of(app)
    track(guest)
    assert set(re.findall(r"TT-\d{6}", guest.get("/orders").text)) == {"TT-204733"}
    for number in ("TT-204817", "TT-204790", "TT-999999"):
        assert guest.get(f"/orders/{number}").status_code == 404


def test_ENUM_02_personal_data_stays_masked_until_an_account_proves_the_person(app, client_of):
    guest = client_of(app)
    track(guest, "TT-204817", "10178")
    page = guest.get("/orders/TT-204817")
    assert "Your Skerry 2 tent is three days late" in page.text
    for hidden in ("Maja", "Lindqvist", "Rosenthaler", "10178", "maja@mail.example", "number 14"):
        assert hidden not in page.text
    assert "Rosenthaler" in client_of(app, "maja").get("/orders/TT-204817").text


def test_ENUM_02_wrong_and_absent_get_the_same_answer_and_the_same_work(app, client_of, count_statements):
    answers, works = [], []
    client_of(app).get("/track")  # what every page shows is read once and kept
    for number, proof in (("TT-204733", "odile@mail.example"), ("TT-999999", "gero@mail.example"), ("TT-204733", "99999"), ("TT-999999", "99999")):
        with count_statements(app) as count:
            answer = track(client_of(app), number, proof, environ_base={"REMOTE_ADDR": f"10.0.0.{len(answers)}"})
        assert answer.status_code == 422
        answers.append(re.sub(r'server-time" content="[^"]+"', "", answer.text).replace(number, "").replace(proof, ""))
        works.append(count.total)
    assert len(set(answers)) == 1
    assert len(set(works)) == 1


def test_ENUM_02_an_order_is_slowed_after_five_tries_from_anywhere_with_anything(app, client_of):
    for n in range(5):
        assert track(client_of(app), "TT-204733", f"guess{n}@mail.example", environ_base={"REMOTE_ADDR": f"10.0.1.{n}"}).status_code == 422
    slowed = track(client_of(app), **GERO, environ_base={"REMOTE_ADDR": "10.0.1.99"})
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) > 0


def test_ENUM_02_an_order_that_does_not_exist_is_slowed_just_the_same(app, client_of):
    statuses = [
        track(client_of(app), "TT-999999", f"guess{n}@mail.example", environ_base={"REMOTE_ADDR": f"10.0.2.{n}"}).status_code for n in range(6)
    ]
    assert statuses == [422] * 5 + [429]


def test_ENUM_02_an_address_is_slowed_after_five_orders(app, client_of):
    statuses = [
        track(client_of(app), f"TT-99000{n}", "gero@mail.example", environ_base={"REMOTE_ADDR": f"10.0.3.{n}"}).status_code for n in range(6)
    ]
    assert statuses == [422] * 5 + [429]


def test_ENUM_02_a_hundred_tries_of_one_client_find_nothing(app, client_of):
    client = client_of(app)
    statuses = [track(client, f"TT-20{n:04}", f"{10000 + n}").status_code for n in range(100)]
    assert statuses == [422] * 5 + [429] * 95


def test_ENUM_02_an_own_order_between_guesses_buys_no_more_guesses(app, client_of):
    client, statuses = client_of(app), []
    for n in range(4):
        statuses.append(track(client, "TT-204790", f"{20000 + n}").status_code)
        statuses.append(track(client, **GERO).status_code)
    assert statuses.count(422) < 4
    assert statuses[-1] == 429


def test_ENUM_07_a_spoofed_address_does_not_move_the_limit(app, client_of):
    client, statuses = client_of(app), []
    for n in range(8):
        spoofed = {name: f"203.0.113.{n}" for name in ("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP")}
        spoofed["Forwarded"] = f"for=203.0.113.{n}"
        statuses.append(track(client, f"TT-88{n:04}", f"{30000 + n}", headers=spoofed).status_code)
    assert statuses == [422] * 5 + [429] * 3


def test_BIZ_01_the_number_alone_proves_nothing(app, client_of):
    for proof in ("", " ", "@", "%", "TT-204733"):
        client = client_of(app)
        assert track(client, "TT-204733", proof, environ_base={"REMOTE_ADDR": "10.0.4.1"}).status_code in (422, 429)
        assert client.get("/orders/TT-204733").status_code == 303


def test_a_pass_is_written_down_as_an_event_without_personal_data(app, client_of):
    track(client_of(app))
    with app.app_context():
        told = db.session.scalar(select(Event).where(Event.kind == "order.tracked"))
        assert told.data == {"sign_in_id": db.session.scalar(select(func.max(SignIn.id))), "proof": "email"}


def test_a_wrong_try_keeps_what_was_typed_and_leads_to_the_field(app, client_of):
    page = track(client_of(app), "TT-111111", "someone@mail.example")
    assert 'value="TT-111111"' in page.text
    assert 'value="someone@mail.example"' in page.text
    assert 'href="#f-number"' in page.text
    assert "<title>Error" in page.text


def test_a_signed_in_customer_needs_no_tracking(app, client_of):
    assert client_of(app, "maja").get("/track").location == "/orders"


def test_the_pass_ends_after_a_day(app, client_of, clock):
    guest = client_of(app)
    track(guest)
    clock.move(25 * 3600)
    assert guest.get("/orders/TT-204733").status_code == 303
