"""CSRF, ENUM, BIZ, PRIV, MAIL, DOS, SUP: rules of the house that strangers, customers and misbehaving clients try to get round."""
import email
import http.client
import re
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from support.contact.mail import Mail
from support.database import db
from support.people import links
from support.people.links import MailedLink
from support.people.person import Person
from support.people.sign_ins import SignIn
from support.quality.surveys import Survey
from support.settings import Settings
from tests.conftest import token_of

ROOT = Path(__file__).resolve().parents[2]
WEBSOCKET = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
CARDS = ("4111 1111 1111 1111", "4111111111111111", "5500-0000-0000-0004", "340000000000009", "6011 0009 9013 9424")
ASKED = {"subject": "A tent", "body": "Where is it", "topic": "orders", "channel": "form"}


def mails(app) -> list:
    folder = app.config["SETTINGS"].data_dir / "mail"
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in sorted(folder.glob("*.eml"))] if folder.exists() else []


def shake(server, transport: str, cookie: str, **headers) -> int:
    """The status of opening a socket the way a browser on another site would."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port, timeout=20)
    sent = {"Cookie": cookie, **headers, **(WEBSOCKET if transport == "websocket" else {})}
    connection.request("GET", f"/socket.io/?EIO=4&transport={transport}", headers=sent)
    status = connection.getresponse().status
    connection.close()
    return status


def test_CSRF_03_a_foreign_page_opens_no_socket_with_the_cookie_of_its_victim(live_default):
    cookie = f"switchboard={token_of(live_default.app, 'maja')}"
    assert shake(live_default, "websocket", cookie, Origin=live_default.url) == 101
    for origin in ("https://evil.example", "null", f"{live_default.url}.evil.example", "http://127.0.0.1", "http://127.0.0.1:1"):
        for transport in ("websocket", "polling"):
            assert shake(live_default, transport, cookie, Origin=origin) == 400, (transport, origin)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_CSRF_04_no_answer_lets_another_site_read_it(app, client_of, origin):
    client = client_of(app, "maja")
    for path in ("/", "/account", "/orders", "/questions", "/suggest?q=tent", "/healthz"):
        for method in ("GET", "OPTIONS"):
            answer = client.open(path, method=method, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
            assert not [name for name in answer.headers.keys() if name.lower().startswith("access-control-")], path
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_XSS_08_what_the_browser_side_puts_into_pages_is_never_parsed_as_markup():
    """`innerHTML` takes whole fragments from our server only, in the two places named here; never words of a hint or of typing."""
    places = {}
    for path in (ROOT / "support/web/static/js").rglob("*.js"):
        for line in path.read_text().splitlines():
            if re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|new Function", line):
                places.setdefault(path.name, []).append(line.strip())
    assert set(places) <= {"suggest.js", "fragments.js"} and all(len(lines) == 1 for lines in places.values()), places


def test_ENUM_06_the_number_of_a_question_opens_nothing(app, client_of):
    gero = client_of(app)
    gero.post("/track", data={"number": "TT-204733", "proof": "gero@mail.example"})
    ticket_id = int(gero.post("/ask", data={**ASKED, "client_id": "client-guest-01"}).location.rsplit("/", 1)[1])
    assert gero.get(f"/questions/{ticket_id}").status_code == 200
    for client in (client_of(app), client_of(app, "odile")):
        for path in (f"/questions/{ticket_id}", f"/questions/{ticket_id}/messages", f"/questions/{ticket_id}?email=gero@mail.example&token="):
            assert client.get(path).status_code in (303, 404)
        for number in (f"T-{ticket_id}", str(ticket_id)):
            assert client.post("/track", data={"number": number, "proof": "gero@mail.example"}).status_code in (422, 404)
    other = client_of(app)
    other.post("/track", data={"number": "TT-204733", "proof": "13597"})
    assert other.get(f"/questions/{ticket_id}").status_code == 404, "another pass for the same order is another guest"


def solved(desk) -> int:
    ticket_id = desk.taken()
    desk.client_of(desk.app, "ines").post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": desk.disposition()})
    desk.settle()
    return ticket_id


def test_BIZ_04_one_rating_of_one_to_five_by_the_customer_inside_the_window(desk, clock):
    ticket_id, maja = solved(desk), desk.client_of(desk.app, "maja")
    path = f"/questions/{ticket_id}/rating"
    assert [maja.post(path, data={"score": score}).status_code for score in ("11", "0", "-1", "4.5", "", "five", "9" * 40)] == [422] * 7
    assert maja.post(path, data={"score": "5"}).status_code == maja.post(path, data={"score": "2"}).status_code == 303
    assert desk.client_of(desk.app, "odile").post(path, data={"score": "1"}).status_code == 404
    assert desk.client_of(desk.app, "ines").post(path, data={"score": "5"}).status_code == 403
    clock.move(desk.app.config["SETTINGS"].rating_days * 86_400 + 60)
    maja = desk.client_of(desk.app, "maja")
    assert maja.post(path, data={"score": "5"}).status_code == 409
    with desk.app.app_context():
        assert list(db.session.scalars(select(Survey.score))) == [2]


def test_BIZ_05_steps_are_not_skipped(desk, clock):
    ticket_id, ines, maja = solved(desk), desk.client_of(desk.app, "ines"), desk.client_of(desk.app, "maja")
    code = str(desk.disposition("Solved by itself"))
    for act in ("hold", "turn"):
        assert ines.post(f"/desk/tickets/{ticket_id}/{act}").status_code == 409, act
    assert ines.post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": code}).status_code == 409, "not twice"
    clock.move(desk.app.config["SETTINGS"].close_after_days * 86_400 + 60)
    desk.settle()
    ines, maja = desk.client_of(desk.app, "ines"), desk.client_of(desk.app, "maja")
    assert desk.ticket(ticket_id).state == "closed"
    for act in ("hold", "turn", "reopening"):
        assert ines.post(f"/desk/tickets/{ticket_id}/{act}").status_code == 409, act
    assert ines.post(f"/desk/tickets/{ticket_id}/messages", data={"body": "One more", "client_id": "client-late-01"}).status_code == 409
    assert maja.post(f"/questions/{ticket_id}/reopening").status_code == 409
    again = maja.post(f"/questions/{ticket_id}/messages", data={"body": "And now?", "client_id": "client-late-02"})
    assert again.status_code == 303 and f"/questions/{ticket_id}#" not in again.location, "a follow-up of its own"
    assert desk.ticket(ticket_id).state == "closed"
    unsolved = desk.ask(client_id="client-unsolved-01")
    assert maja.post(f"/questions/{unsolved}/rating", data={"score": "5"}).status_code == 409


@pytest.mark.parametrize("settings", [{"log_level": "INFO", "log_format": "json"}], indirect=True)
def test_PRIV_03_a_whole_story_leaves_no_words_names_addresses_or_secrets_in_the_log(desk, log, clock):
    desk.client_of(desk.app).post("/sign-in", data={"email": "maja@mail.example", "password": "wrong-Zqpassword"})
    desk.client_of(desk.app).post("/sign-up", data={"email": "zqnew@mail.example", "name": "Zqnewname"})
    ticket_id = desk.taken(subject="Zqsubject", body=f"Zqbody {CARDS[0]}", channel="form")
    for kind in ("reply", "note"):
        desk.client_of(desk.app, "ines").post(f"/desk/tickets/{ticket_id}/messages", data={"body": f"Zq{kind}", "client_id": f"client-log-{kind}", "kind": kind})
    desk.client_of(desk.app, "odile").post(f"/questions/{ticket_id}/messages", data={"body": "Zqforeign", "client_id": "client-log-02"})
    desk.client_of(desk.app, "maja").get("/search?q=Zqsearched")
    desk.settle()
    clock.move(120)
    desk.settle()
    written = log()
    assert "sign-in refused" in written and "change refused" in written
    with desk.app.app_context():
        tokens = [links.token_of(link) for link in db.session.scalars(select(MailedLink))]
    assert tokens
    for word in ("Zq", "zqnew", "Maja", "Lindqvist", "mail.example", "4111", "Rosenthaler", *tokens):
        assert word not in written, word


@pytest.mark.parametrize("card", CARDS)
def test_PRIV_04_card_numbers_are_masked_before_they_are_stored_mailed_or_shown(desk, clock, card):
    last, digits = re.sub(r"\D", "", card)[-4:], re.sub(r"\D", "", card)
    ticket_id, maja, ines = desk.taken(subject=f"Card {card}", body=f"I paid with {card}.", channel="form"), desk.client_of(desk.app, "maja"), desk.client_of(desk.app, "ines")
    maja.post(f"/questions/{ticket_id}/messages", data={"body": f"Again: {card}", "client_id": "client-card-01"})
    for kind in ("reply", "note"):
        ines.post(f"/desk/tickets/{ticket_id}/messages", data={"body": f"You mean {card}?", "client_id": f"client-card-{kind}", "kind": kind})
    desk.settle()
    clock.move(60)
    desk.settle()
    ines.post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": desk.disposition()})
    maja.post(f"/questions/{ticket_id}/rating", data={"score": "4", "comment": f"my {card}"})
    desk.client_of(desk.app, "hanna").post(f"/tickets/{ticket_id}/reviews", data={"body": f"never repeat {card}"})
    maja.post("/answers/where-is-my-parcel/feedback", data={"helped": "no", "comment": f"I wrote {card}"})
    desk.settle()
    with desk.app.app_context():
        db.session.rollback()
        connection = db.engine.raw_connection()
        dump = "\n".join(connection.driver_connection.iterdump())
        connection.close()
    sent = "".join(part.get_content() for mail in mails(desk.app) for part in mail.iter_parts())
    for text in (dump, sent, desk.client_of(desk.app, "ines").get(f"/desk/tickets/{ticket_id}").text):
        assert card not in text and digits not in text
    assert dump.count(f"•••• {last}") >= 6


def test_MAIL_06_mails_name_the_shop_and_no_member_of_staff_beyond_a_first_name(desk, clock):
    ticket_id, ines = desk.taken(channel="form"), desk.client_of(desk.app, "ines")
    ines.post(f"/desk/tickets/{ticket_id}/messages", data={"body": "It comes on Friday", "client_id": "client-mail-01"})
    desk.settle()
    clock.move(60)
    desk.settle()
    ines.post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": desk.disposition()})
    desk.settle()
    clock.move(60)
    desk.settle()
    sent = mails(desk.app)
    assert len(sent) == 3
    for mail in sent:
        assert set(mail.keys()) <= {"Subject", "From", "To", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"}
        assert mail["To"] == "maja@mail.example" and mail["From"] == "Switchboard <help@example.org>" and mail["Auto-Submitted"] == "auto-generated"
        text = str(mail) + "".join(part.get_content() for part in mail.iter_parts())
        assert not [word for word in ("Duarte", "ines@", "tarn-thistle.example", "Hanna", "Received", "X-Originating") if word in text]


def test_MAIL_08_a_form_is_no_machine_for_mailing_strangers(app, client_of, settle, clock):
    """An unproven address gets one short mail a day, without the sender's words; the form stops after ten."""
    guest = client_of(app)
    guest.post("/track", data={"number": "TT-204733", "proof": "13597"})
    codes = [guest.post("/ask", data={**ASKED, "subject": "BUY Zqspam", "body": "Zqspam https://evil.example", "client_id": f"client-spam-{n:03}"}).status_code for n in range(30)]
    assert codes == [303] * 10 + [429] * 20
    for _time in range(30):
        client_of(app).post("/sign-up", data={"email": "victim@mail.example", "name": "Zqspam evil.example"})
        client_of(app).post("/sign-in/link", data={"email": "victim@mail.example"})
    settle(app)
    clock.move(3600)
    settle(app)
    sent = mails(app)
    text = "".join(str(mail) + "".join(part.get_content() for part in mail.iter_parts()) for mail in sent)
    assert "Zqspam" not in text and "evil.example" not in text
    assert len([mail for mail in sent if mail["To"] == "gero@mail.example"]) == 1
    assert len([mail for mail in sent if mail["To"] == "victim@mail.example"]) <= 3
    with app.app_context():
        assert {mail.purpose for mail in db.session.scalars(select(Mail))} <= {"received", "link"}


def test_DOS_04_a_socket_that_says_too_much_is_cut_off_and_others_are_not(app, client_of):
    io = app.extensions["live"].io
    loud, quiet = (io.test_client(app, flask_test_client=client_of(app, key)) for key in ("maja", "ines"))
    said = 0
    while loud.is_connected() and said < 1000:
        loud.emit("alive")
        said += 1
    assert said < 100 and not loud.is_connected() and quiet.is_connected()
    assert quiet.emit("join", {"screen": f"desk:{app.extensions['cast']['ines']}"}, callback=True)["ok"]
    assert len(app.extensions["live"].sockets) == 1


@pytest.mark.parametrize("settings", [{"mode": "production", "base_url": "https://help.example.org"}], indirect=True)
def test_SUP_02_SUP_03_production_has_no_debugger_no_demo_sign_ins_and_a_closed_first_run_page(app, client_of):
    client = client_of(app)
    assert not app.debug and not app.testing
    for path in ("/sign-in", "/staff/sign-in"):
        assert "lantern-over-tarn" not in client.get(path, base_url="https://help.example.org").text
    for path in ("/setup", "/install", "/first-run", "/admin/setup", "/console", "/debug", "/.env", "/.git/config", "/static/../wsgi.py", "/static/..%2fwsgi.py", "/var/switchboard.db"):
        assert client.get(path, base_url="https://help.example.org").status_code == 404, path
    assert client.open("/", method="TRACE", base_url="https://help.example.org").status_code == 405


def test_SUP_04_a_copy_of_the_database_opens_nothing(app, client_of):
    """Passwords are hashed slowly, tokens are hashed, and mailed links need the key that lies beside the database, not in it."""
    client_of(app).post("/sign-in/link", data={"email": "maja@mail.example"})
    token = token_of(app, "maja")
    with app.app_context():
        (link,) = db.session.scalars(select(MailedLink))
        mailed, nonce, link_hash = links.token_of(link), link.nonce, link.token_hash
        db.session.rollback()
        connection = db.engine.raw_connection()
        dump = "\n".join(connection.driver_connection.iterdump())
        connection.close()
        hashes = [value for value in db.session.scalars(select(Person.password_hash)) if value]
        kept = db.session.scalar(select(SignIn.token_hash).order_by(SignIn.id.desc()))
    assert token not in dump and mailed not in dump and "lantern-over-tarn" not in dump and app.secret_key not in dump
    assert all(value.startswith("$argon2id$") for value in hashes) and len(kept) == 64
    for stolen in (kept, nonce, link_hash):
        client = client_of(app)
        client.set_cookie("switchboard", stolen)
        assert client.get("/account").status_code == 303
        assert client_of(app).get(f"/link/{stolen}").status_code == 404


def test_SUP_04_the_key_made_at_the_first_start_is_for_its_owner_only(tmp_path):
    Settings.from_env({}, data_dir=tmp_path)
    (kept,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and len(kept.read_text().strip()) >= 32


def test_SUP_04_the_repository_holds_no_secrets():
    pattern = re.compile(r"(?i)(-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|secret_key\s*=\s*[\"'][0-9a-f]{16,}|ghp_[A-Za-z0-9]{30})")
    for folder in ("portal", "agent_console", "kb", "support", "migrations", "docs", "tools"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".md", ".toml", ".html", ".js", ".txt") and "node_modules" not in path.parts:
                assert not pattern.search(path.read_text(errors="replace")), path
    assert not [name for name in (".env", "secret.key") if (ROOT / name).exists()]
