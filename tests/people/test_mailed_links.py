"""Signing in, signing up and resetting by a mailed link."""
import re
import secrets

import pytest
from sqlalchemy import select

from support.database import db
from support.events import Event
from support.people import links
from support.people.consent import Consent
from support.people.links import MailedLink
from support.people.person import Person
from tests.people.door import PASSWORD, is_in, mailed, said, sign_in


def ask(client, email="maja@mail.example", path="/sign-in/link"):
    return client.post(path, data={"email": email})


def test_opening_a_link_uses_nothing_up_and_its_button_signs_in(app, client_of):
    client = client_of(app)
    assert ask(client).location == "/sign-in/sent"
    path = mailed(app, "sign_in")[0]
    for _scanner in range(3):
        assert client.get(path).status_code == 200
    assert not is_in(client)
    assert client.post(path).status_code == 303
    assert is_in(client)


def test_AUTH_05_a_link_works_once(app, client_of):
    client = client_of(app)
    ask(client)
    path = mailed(app, "sign_in")[0]
    assert client.post(path).status_code == 303
    assert client_of(app).post(path).status_code == 404
    assert client_of(app).get(path).status_code == 404


def test_AUTH_05_a_link_is_dead_after_30_minutes(app, client_of, clock, standing_clock):
    client = client_of(app)
    ask(client)
    path = mailed(app, "sign_in")[0]
    clock.move(30 * 60 - 5)
    assert client.get(path).status_code == 200
    clock.move(6)
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_AUTH_05_a_newer_link_voids_the_older(app, client_of):
    client = client_of(app)
    ask(client)
    ask(client)
    old, new = mailed(app, "sign_in")
    assert client.post(old).status_code == 404
    assert client.post(new).status_code == 303


def test_AUTH_05_a_link_is_for_its_person_whatever_else_is_sent_or_signed_in(app, client_of):
    ask(client_of(app))
    other = client_of(app, "odile")
    other.post(mailed(app, "sign_in")[0], data={"email": "odile@mail.example", "person_id": app.extensions["cast"]["odile"]})
    assert "Maja Lindqvist" in other.get("/account").text


def test_AUTH_05_a_reset_link_works_once_for_30_minutes_and_the_newest_only(app, client_of, clock):
    client = client_of(app)
    ask(client, path="/reset")
    ask(client, path="/reset")
    old, new = mailed(app, "reset")
    good = {"password": "seven quiet herons"}
    assert client.post(old, data=good).status_code == 404
    assert client.post(new, data=good).status_code == 303
    assert client.post(new, data=good).status_code == 404
    ask(client, path="/reset")
    clock.move(1801)
    assert client.post(mailed(app, "reset")[2], data=good).status_code == 404


def test_AUTH_05_a_token_of_one_purpose_opens_no_other_door(app, client_of):
    client = client_of(app)
    ask(client)
    token = mailed(app, "sign_in")[0].rsplit("/", 1)[1]
    for door in ("/reset/", "/staff/reset/"):
        assert client.post(door + token, data={"password": "seven quiet herons"}).status_code == 404
    assert client.post("/link/" + token).status_code == 303, "and is not spent by trying"


def test_a_weak_new_password_does_not_spend_the_link(app, client_of):
    client = client_of(app)
    ask(client, path="/reset")
    path = mailed(app, "reset")[0]
    answer = client.post(path, data={"password": "password1"})
    assert answer.status_code == 422 and "easy to guess" in answer.text
    assert client.post(path, data={"password": "seven quiet herons"}).status_code == 303


def test_AUTH_04_a_reset_ends_the_sign_ins_everywhere_else(app, client_of):
    elsewhere, client = client_of(app, "maja"), client_of(app)
    assert is_in(elsewhere)
    ask(client, path="/reset")
    client.post(mailed(app, "reset")[0], data={"password": "seven quiet herons"})
    assert is_in(client)
    assert not is_in(elsewhere)
    assert sign_in(client_of(app)).status_code == 422, "the old password is dead"
    assert sign_in(client_of(app), password="seven quiet herons").status_code == 303


def test_AUTH_04_a_changed_password_voids_links_already_mailed(app, client_of):
    client = client_of(app)
    ask(client)
    ask(client, path="/reset")
    client.post(mailed(app, "reset")[0], data={"password": "seven quiet herons"})
    assert client_of(app).post(mailed(app, "sign_in")[0]).status_code == 404


@pytest.mark.parametrize("forged", [
    {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Host": "localhost, evil.example"}, {"Forwarded": "host=evil.example"},
])
@pytest.mark.parametrize(("path", "purpose"), [("/sign-in/link", "sign_in"), ("/reset", "reset")])
def test_AUTH_11_the_mailed_link_is_under_the_configured_address_whatever_host_was_claimed(app, client_of, forged, path, purpose):
    client_of(app).post(path, data={"email": "maja@mail.example"}, headers=forged)
    with app.app_context():
        link = db.session.scalar(select(MailedLink).where(MailedLink.purpose == purpose))
        if link is not None:  # a request with a nonsense host may as well be refused
            assert links.url(link).startswith(app.config["SETTINGS"].base_url + "/")


@pytest.mark.parametrize("path", ["/sign-in/link", "/reset", "/staff/reset"])
def test_ENUM_01_asking_for_a_mail_answers_the_same_for_known_and_unknown(app, client_of, path):
    known, unknown = ask(client_of(app), path=path), ask(client_of(app), "nobody@nowhere.example", path)
    assert (known.status_code, known.location, known.text) == (unknown.status_code, unknown.location, unknown.text)


def test_ENUM_01_signing_up_answers_the_same_for_known_and_unknown(app, client_of):
    def answer(email):
        response = client_of(app).post("/sign-up", data={"email": email, "name": "Sam Somebody"})
        return response.status_code, response.location, response.text

    assert answer("maja@mail.example") == answer("new@mail.example") == answer("ines@tarn-thistle.example")


def test_ENUM_03_one_address_gets_at_most_three_mails_an_hour_and_nobody_is_told(app, client_of, clock):
    answers = set()
    for n in range(100):
        client = client_of(app)
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        response = ask(client, path=("/sign-in/link", "/reset")[n % 2])
        answers.add((response.status_code, response.location))
    assert answers == {(303, "/sign-in/sent")}
    assert len(mailed(app, "sign_in")) + len(mailed(app, "reset")) == 3


def test_ENUM_04_guessing_tokens_leads_to_a_pause(app, client_of):
    client = client_of(app)
    answers = [client.get(f"/link/{secrets.token_urlsafe(32)}").status_code for _guess in range(25)]
    assert answers[:20] == [404] * 20
    assert set(answers[21:]) == {429}


def test_the_event_and_the_row_know_no_token(app, client_of):
    ask(client_of(app))
    token = mailed(app, "sign_in")[0].rsplit("/", 1)[1]
    with app.app_context():
        link = db.session.scalar(select(MailedLink))
        event = db.session.scalar(select(Event).where(Event.kind == "link.asked"))
        assert event.data == {"link_id": link.id, "purpose": "sign_in"}
        kept = [getattr(link, column.key) for column in MailedLink.__table__.columns]
        assert not any(token in str(value) for value in kept)


def test_nobody_signs_in_by_mail_as_staff(app, client_of):
    ask(client_of(app), "ines@tarn-thistle.example")
    assert mailed(app, "sign_in") == []
    assert mailed(app, "staff_reset")[0].startswith("/staff/reset/")


def test_somebody_signs_up_proves_the_mailbox_and_chooses_a_password(app, client_of):
    client = client_of(app)
    client.post("/sign-up", data={"email": "Nele@Mail.example", "name": "Nele Busch"})
    path = mailed(app, "verify")[0]
    page = client.get(path)
    assert "nele@mail.example" in said(page) and 'autocomplete="new-password"' in page.text
    assert client.post(path, data={"password": "password"}).status_code == 422
    assert client.post(path, data={"password": "seven quiet herons"}).status_code == 303
    assert "Nele Busch" in client.get("/account").text
    assert sign_in(client_of(app), "nele@mail.example", "seven quiet herons").status_code == 303


def test_somebody_who_bought_as_a_guest_gets_an_account_with_the_same_orders(app, client_of):
    client = client_of(app)
    client.post("/sign-up", data={"email": "gero@mail.example", "name": "Gero Haas"})
    client.post(mailed(app, "verify")[0])
    assert is_in(client)
    with app.app_context():
        found = db.session.scalar(select(Person).where(Person.email == "gero@mail.example"))
        assert found.id == app.extensions["cast"]["gero"] and found.has_account


def test_a_stranger_cannot_prepare_an_account_with_a_password_of_his(app, client_of):
    client_of(app).post("/sign-up", data={"email": "nele@mail.example", "name": "Nele", "password": "strangers password"})
    client_of(app).post(mailed(app, "verify")[0])
    assert sign_in(client_of(app), "nele@mail.example", "strangers password").status_code == 422


def test_signing_up_with_a_known_address_mails_a_sign_in_instead_and_changes_nothing(app, client_of):
    client = client_of(app)
    client.post("/sign-up", data={"email": "maja@mail.example", "name": "Somebody Else"})
    assert mailed(app, "verify") == []
    client.post(mailed(app, "known")[0])
    assert "Maja Lindqvist" in client.get("/account").text


def test_PRIV_05_consent_at_sign_up_is_off_by_default_and_kept_with_time_text_and_source(app, client_of):
    page = client_of(app).get("/sign-up").text
    box = re.search(r'<input[^>]*name="marketing_email"[^>]*>', page)[0]
    assert "checked" not in box
    for email, more in (("no@mail.example", {}), ("yes@mail.example", {"marketing_email": "yes"})):
        client = client_of(app)
        client.post("/sign-up", data={"email": email, "name": "Sam Somebody", **more})
        client.post(mailed(app, "verify", email)[0])
    with app.app_context():
        rows = db.session.scalars(select(Consent)).all()
        assert [(row.purpose, row.channel, row.granted, row.source) for row in rows] == [("marketing", "email", True, "sign_up")]
        assert rows[0].text and rows[0].at


def test_PRIV_03_the_log_holds_no_password_token_or_address(app, client_of, log):
    client = client_of(app)
    sign_in(client, password="a-very-secret-thing")
    ask(client)
    path = mailed(app, "sign_in")[0]
    client.get(path)
    client.get("/link/" + "x" * 43)
    written = log()
    assert "sign-in refused" in written, "there is a log to look into"
    for secret in ("a-very-secret-thing", path.rsplit("/", 1)[1], "maja@mail.example", PASSWORD):
        assert secret not in written
