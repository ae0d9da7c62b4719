"""Mails out: each once, retried, only to who should get them, and saying only what they may."""
import email
from email import policy

import pytest
from sqlalchemy import select

from support import contact, relay, tickets, training
from support.contact import mail, transports
from support.contact.mail import Mail
from support.database import db, transaction
from support.orders import find as find_order
from support.people import links, sign_ins
from support.people.person import Guest, Person
from support.tickets import Disposition
from support.training import certificates, ending


@pytest.fixture
def box(app):
    """Everything that lies in the folder for mails, newest last."""

    def read():
        folder = app.config["SETTINGS"].data_dir / "mail"
        paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    return read


def who(app, key):
    return db.session.get(Person, app.extensions["cast"][key])


def asks(app, key="maja", channel="form", **over):
    given = {"subject": "Where is my tent?", "body": "It has not moved.", "topic": "orders", "client_id": f"client-{key}-1", **over}
    return contact.ask(who(app, key), channel=channel, **given).id


def answers(app, ticket_id, words="It comes on Thursday.", key="ines"):
    with transaction():
        found = db.session.get(tickets.Ticket, ticket_id)
        tickets.assign(found, who(app, key), actor=who(app, key))
    return tickets.post(who(app, key), ticket_id, words, f"answer-{words[:8].strip().replace(' ', '-')}")


def read(query):
    """One value as the database has it now, whatever this session has seen before."""
    db.session.rollback()
    return db.session.scalar(query)


def words_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def test_a_question_by_form_is_confirmed_once_although_the_relay_brings_it_twice(app, settle, box):
    with app.app_context():
        ticket = asks(app)
        settle(app)
        event = db.session.scalar(select(mail.Event).where(mail.Event.kind == "ticket.opened", mail.Event.ticket_id == ticket))
        mail.on_opened(event)
        settle(app)
    (received,) = box()
    assert received["To"] == "maja@mail.example"
    assert f"T-{ticket}" in received["Subject"]
    assert received["Auto-Submitted"] == "auto-generated"
    assert f"http://localhost/questions/{ticket}" in words_of(received)


def test_a_chat_is_not_confirmed_by_mail(app, settle, box):
    with app.app_context():
        asks(app, channel="chat")
        settle(app)
    assert box() == []


def test_an_answer_is_mailed_with_its_words_when_nobody_has_read_it(app, settle, box, clock):
    with app.app_context():
        ticket = asks(app)
        answers(app, ticket, "It comes on Thursday.")
        settle(app)
        clock.move(60)
        settle(app)
    assert "It comes on Thursday." in words_of(box()[-1])
    assert "Ines" in words_of(box()[-1])


def test_an_answer_that_she_reads_at_once_is_not_mailed(app, settle, box, clock):
    with app.app_context():
        ticket = asks(app, channel="chat")
        message = answers(app, ticket)
        settle(app)
        tickets.receipts.mark(who(app, "maja"), ticket, seen=message.seq)
        clock.move(600)
        settle(app)
        assert read(select(Mail.state).where(Mail.purpose == "answered")) == "skipped"
    assert box() == []


def test_a_note_is_never_mailed(app, settle, box, clock):
    with app.app_context():
        ticket = asks(app)
        answers(app, ticket)
        tickets.post(who(app, "ines"), ticket, "secret-marker", "note-000001", kind="note")
        settle(app)
        clock.move(600)
        settle(app)
    assert len(box()) == 2
    assert not any("secret-marker" in words_of(message) for message in box())


def test_a_solved_question_asks_how_it_was_unless_it_was_reopened(app, settle, box):
    with app.app_context():
        ticket = asks(app)
        answers(app, ticket)
        code = db.session.scalar(select(Disposition.id).limit(1))
        tickets.resolve(who(app, "ines"), ticket, code)
        settle(app)
        assert "How was it?" in box()[-1]["Subject"]
        tickets.reopen(who(app, "maja"), ticket)
        tickets.resolve(who(app, "ines"), ticket, code)
        tickets.reopen(who(app, "maja"), ticket)
        settle(app)
    assert sum("How was it?" in message["Subject"] for message in box()) == 1


def test_a_guest_gets_no_words_and_a_link_that_opens_only_his_question(app, settle, box, clock, client_of):
    with app.app_context():
        gero = who(app, "gero")
        order = find_order(who(app, "hanna"), "TT-204733")
        row, _token = sign_ins.begin(gero, "test", scope="order", scope_id=order.id)
        guest = Guest(gero.id, order_id=order.id, sign_in_id=row.id)
        ticket = contact.ask(guest, subject="Street marker", body="Body marker", topic="orders", channel="form", client_id="guest-00001", order_number="TT-204733").id
        settle(app)
        answers(app, ticket, "Answer marker")
        settle(app)
        clock.move(120)
        settle(app)
    first, second = box()
    for message in (first, second):
        assert message["To"] == "gero@mail.example" or "@" in message["To"]
        assert not any(marker in str(message) for marker in ("Street marker", "Body marker", "Answer marker"))
    address = next(word for word in words_of(second).split() if "/link/" in word)
    visitor = client_of(app)
    for _again in range(2):
        page = visitor.post(address, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=True)
        assert page.status_code == 200
        assert page.request.path == f"/questions/{ticket}"
        assert "Answer marker" in page.text
    assert visitor.get("/account").status_code in (303, 401, 404)


def test_an_unproven_address_gets_one_confirmation_a_day(app, settle, box):
    with app.app_context():
        gero = who(app, "gero")
        order = find_order(who(app, "hanna"), "TT-204733")
        row, _token = sign_ins.begin(gero, "test", scope="order", scope_id=order.id)
        guest = Guest(gero.id, order_id=order.id, sign_in_id=row.id)
        for n in range(3):
            contact.ask(guest, subject=f"Again {n}", body="x", topic="orders", channel="form", client_id=f"guest-1000{n}", order_number="TT-204733")
        settle(app)
    assert len(box()) == 1


def test_a_refusing_server_delays_a_mail_and_never_doubles_it(app, settle, box, clock, monkeypatch):
    tries = []

    def refuse(settings, message):
        tries.append(message["Message-ID"])
        raise transports.Refused("the mail server refused")

    with app.app_context():
        asks(app)
        with monkeypatch.context() as broken:
            broken.setattr(transports, "send", refuse)
            settle(app)
            clock.move(120)
            settle(app)
        row = read(select(Mail))
        assert (row.state, row.attempts) == ("waiting", 2)
        clock.move(600)
        settle(app)
        assert read(select(Mail.state)) == "sent"
    (sent,) = box()
    assert tries == [sent["Message-ID"]] * 2


def test_a_process_that_is_asked_to_end_begins_no_further_mail(app, settle, box):
    ending = app.extensions["relay"].stopping
    with app.app_context():
        asks(app)
        while relay.run_once():
            pass
        ending.set()
        mail.send_waiting()
        assert read(select(Mail.state)) == "waiting" and read(select(Mail.leased_until)) is None
        ending.clear()
        settle(app)
    assert len(box()) == 1


def test_a_sender_that_died_in_the_middle_leaves_the_mail_to_the_next(app, settle, box, clock, monkeypatch):
    class Killed(BaseException):
        pass

    def die(settings, message):
        raise Killed()

    with app.app_context():
        asks(app)
        with monkeypatch.context() as broken:
            broken.setattr(transports, "send", die)
            with pytest.raises(Killed):
                settle(app)
        assert mail.send_waiting() == 0
        clock.move(mail.LEASE.total_seconds() + 1)
        settle(app)
        assert read(select(Mail.state)) == "sent"
    assert len(box()) == 1


def test_a_mail_is_given_up_after_the_last_try_and_an_administrator_may_try_again(app, settle, box, clock, monkeypatch, client_of):
    with app.app_context():
        asks(app)
        with monkeypatch.context() as broken:
            broken.setattr(transports, "send", lambda settings, message: (_ for _ in ()).throw(transports.Refused("no")))
            for _try in range(app.config["SETTINGS"].mail_attempts):
                settle(app)
                clock.move(3600)
        row_id = read(select(Mail.id).where(Mail.state == "failed"))
        db.session.rollback()
        arno = client_of(app, "arno")
        assert "Try again" in arno.get("/admin/mail").text
        assert arno.post(f"/admin/mail/{row_id}/again").status_code == 303
        settle(app)
    assert len(box()) == 1


def test_the_test_button_sends_one_mail_to_the_administrator(app, settle, box, client_of):
    client_of(app, "arno").post("/admin/mail/test")
    settle(app)
    (sent,) = box()
    assert sent["To"] == "arno@tarn-thistle.example"


def test_INJ_05_line_breaks_in_a_subject_add_no_header(app, settle, box):
    with app.app_context():
        asks(app, subject="Hello\r\nBcc: eve@evil.example\r\n\r\nmore")
        settle(app)
    (sent,) = box()
    assert sent["Bcc"] is None
    assert "eve@evil.example" not in sent["To"]


def test_a_new_address_is_taken_by_its_own_account_alone_and_the_old_mailbox_hears_of_it(app, settle, box, clock, client_of):
    maja, other_device, stranger = client_of(app, "maja"), client_of(app, "maja"), client_of(app, "odile")
    with app.app_context():
        person = who(app, "maja")
        links.ask("verify", person=person, address="new@mail.example", data={"changes_address": True, "was": person.email})
        settle(app)
    (asked,) = box()
    assert asked["To"] == "new@mail.example"
    address = next(word for word in words_of(asked).split() if "/link/" in word)
    for nobody in (client_of(app), stranger):
        assert nobody.post(address).status_code == 422
    assert maja.post(address).status_code == 303
    clock.move(5)
    settle(app)
    told = box()[-1]
    assert told["To"] == "maja@mail.example"
    assert "new@mail.example" not in str(told)
    assert maja.get("/account").status_code == 200
    assert other_device.get("/account").status_code == 303


def test_the_holder_of_a_certificate_hears_by_mail_that_it_ends_and_that_it_is_over(app, settle, box, clock):
    with app.app_context():
        for days in (0, 5, 8):  # Lena has ten
            clock.move(days * 86_400)
            settle(app)
            clock.move(60)  # mails have a round of their own
            settle(app)
    first, last = [one for one in box() if one["To"] == "lena@tarn-thistle.example"]
    assert first["Subject"] == "Your certificate Orders ends soon" and "level 3, counts until" in words_of(first).replace("\n", " ")
    assert last["Subject"] == "Your certificate Orders has lapsed" and "What you have in hand goes on" in words_of(last)


def test_a_certificate_taken_back_before_its_mail_goes_out_sends_none(app, settle, box, clock):
    with app.app_context():
        clock.move(5 * 86_400)
        ending.tell()
        lena = who(app, "lena")
        (orders,) = [row for row in training.lapsing() if row.person_id == lena.id]
        certificates.revoke(who(app, "arno"), orders.id)
        settle(app)
    assert not [one for one in box() if one["To"] == "lena@tarn-thistle.example"]
