"""AZ: somebody else's things, fields that nobody may set, and what only staff may read."""
import re

import pytest
from sqlalchemy import select

from kb import articles
from support.database import db
from support.people.links import MailedLink
from support.people.person import Person
from support.people.sign_ins import SignIn
from support.tickets.models import Ticket

ABSENT = 987_654


def plain(answer) -> tuple[int, str]:
    """Status and page without what differs at each answer."""
    return answer.status_code, re.sub(r'[0-9a-f]{16}|name="server-time" content="[^"]+"', "", answer.text)


def test_AZ_01_a_question_of_somebody_else_looks_like_one_that_does_not_exist(desk):
    ticket_id = desk.taken(body="Zqsecret words")
    odile = desk.client_of(desk.app, "odile")
    for path in ("/questions/{}", "/questions/{}/status", "/questions/{}/messages", "/desk/tickets/{}", "/tickets/{}"):
        hers, nothing = odile.get(path.format(ticket_id)), odile.get(path.format(ABSENT))
        assert plain(hers) == plain(nothing) and hers.status_code == 404, path
        script = odile.get(path.format(ticket_id), headers={"Accept": "application/json"})
        assert script.status_code == 404 and "Zqsecret" not in script.text
    for path in ("/search?q=Zqsecret", f"/search?q=T-{ticket_id}", "/questions", "/suggest?q=Zqsecret", "/ask/answers?subject=Zqsecret&body=words+words"):
        assert "Zqsecret words" not in odile.get(path).text and f"/questions/{ticket_id}" not in odile.get(path).text, path


ACTS = {
    "messages": {"body": "Mine now", "client_id": "client-foreign-01"}, "rating": {"score": "1"}, "reopening": {}, "reading": {"seen": "1", "got": "1"},
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["odile", None])
def test_AZ_03_acting_on_somebody_elses_question_is_refused_changes_nothing_and_is_logged(desk, stored, log, act, role):
    ticket_id = desk.taken()
    with desk.app.app_context():
        disposition = desk.disposition()
    desk.client_of(desk.app, "ines").post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": disposition})
    client = desk.client_of(desk.app, role)
    before = stored(desk.app)
    answer = client.post(f"/questions/{ticket_id}/{act}", data=ACTS[act])
    if role:
        assert plain(answer) == plain(client.post(f"/questions/{ABSENT}/{act}", data=ACTS[act])) and answer.status_code == 404
        assert f"person_id={desk.app.extensions['cast']['odile']}" in log()
    else:
        assert answer.status_code == 401
    assert stored(desk.app) == before


@pytest.mark.parametrize("act", ["resolution", "hold", "turn", "priority", "messages", "reopening"])
def test_AZ_03_an_agent_does_not_act_on_a_colleagues_work(desk, stored, act):
    ticket_id, tomasz = desk.taken(), desk.client_of(desk.app, "tomasz")
    before = stored(desk.app)
    body = {"disposition": "1", "priority": "urgent", "body": "Mine", "client_id": "client-foreign-02"}
    assert tomasz.post(f"/desk/tickets/{ticket_id}/{act}", data=body).status_code == 403
    assert stored(desk.app) == before


def test_AZ_05_a_note_is_in_no_mail_no_search_and_no_number(desk, clock):
    ticket_id = desk.taken(channel="form")
    ines, maja = desk.client_of(desk.app, "ines"), desk.client_of(desk.app, "maja")
    ines.post(f"/desk/tickets/{ticket_id}/messages", data={"body": "Zqnote she is difficult", "client_id": "client-note-01", "kind": "note"})
    ines.post(f"/desk/tickets/{ticket_id}/messages", data={"body": "It comes on Friday", "client_id": "client-reply-01"})
    desk.settle()
    clock.move(60)
    desk.settle()
    mails = "".join(path.read_text() for path in (desk.app.config["SETTINGS"].data_dir / "mail").glob("*.eml"))
    assert "It comes on Friday" in mails and "Zqnote" not in mails
    for path in ("/search?q=Zqnote", "/suggest?q=Zqnote", "/ask/answers?subject=Zqnote+she+is&body=difficult", f"/questions/{ticket_id}/messages?after=-5"):
        assert "difficult" not in maja.get(path).text.replace("body=difficult", ""), path


FORGED = {
    "role": "administrator", "is_admin": "1", "owner": "1", "customer_id": "2", "person_id": "2", "author_id": "1", "by_staff": "1", "price": "0", "verified": "1", "sla": "1",
    "created_at": "2020-01-01T00:00:00", "opened_at": "2020-01-01T00:00:00", "email_proven_at": "2020-01-01", "state": "resolved", "assignee_id": "1", "agent": "1", "team": "vip",
    "priority": "urgent", "queue_id": "1", "version": "99", "kind": "note", "then": "pending", "id": "1", "seq": "99", "sign_in_id": "1",
}


def test_AZ_11_BIZ_06_a_question_takes_no_owner_priority_agent_or_time_from_its_form(desk):
    client = desk.client_of(desk.app, "odile")
    words = {"subject": "A tent", "body": "Where is it", "topic": "orders", "channel": "form", "client_id": "client-forged-01"}
    opened = client.post("/ask", data={**FORGED, **words})
    ticket_id = int(opened.location.rsplit("/", 1)[1])
    client.post(f"/questions/{ticket_id}/messages", data={**FORGED, "body": "More", "client_id": "client-forged-02"})
    ticket = desk.ticket(ticket_id)
    cast = desk.app.extensions["cast"]
    assert (ticket.customer_id, ticket.priority, ticket.state, ticket.assignee_id) == (cast["odile"], "normal", "new", None)
    assert ticket.opened_at.year > 2024 and ticket.id != 1 or ticket_id == 1
    assert desk.words(ticket_id, "odile") == ["Where is it", "More"], "no note, whatever was sent"


def test_AZ_11_signing_up_and_addresses_take_no_role_and_no_owner(app, client_of):
    client_of(app).post("/sign-up", data={**FORGED, "email": "new@mail.example", "name": "New"})
    maja = client_of(app, "maja")
    maja.post("/account/addresses/new", data={**FORGED, "label": "x", "name": "M", "street": "Long Lane 1", "postcode": "10178", "city": "Berlin", "country": "DE"})
    with app.app_context():
        assert db.session.scalar(select(Person.id).where(Person.email == "new@mail.example")) is None, "nobody exists before the mailbox is proven"
        odile = db.session.get(Person, app.extensions["cast"]["odile"])
        assert odile.role == "customer"
    assert "Long Lane 1" in maja.get("/account/addresses").text and "Long Lane 1" not in client_of(app, "odile").get("/account/addresses").text


@pytest.mark.parametrize("role", [None, "maja", "ines", "hanna", "arno"])
def test_AZ_12_no_page_of_any_role_shows_a_hash_a_token_or_somebody_elses_address(desk, role):
    desk.taken(order="TT-204817")
    client = desk.client_of(desk.app, role)
    with desk.app.app_context():
        secrets = {row for row in db.session.scalars(select(Person.password_hash)) if row}
        secrets |= {row for pair in db.session.execute(select(SignIn.token_hash, SignIn.previous_hash)) for row in pair if row}
        secrets |= {row for pair in db.session.execute(select(MailedLink.token_hash, MailedLink.nonce)) for row in pair}
    hidden = {"Rosenthaler"} if role is None else {"14 rue des Tanneurs", "Am Lindenufer 7"} if role == "maja" else {"Rosenthaler Straße 40, 2nd address"}
    for rule in desk.app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments:
            page = client.get(rule.rule).data.decode(errors="replace")
            assert not [secret for secret in secrets | hidden if secret in page], rule.rule
            assert "argon2" not in page and "password_hash" not in page, rule.rule


def test_AZ_12_a_guest_reads_no_name_street_or_mail_address(app, client_of):
    client = client_of(app)
    client.post("/track", data={"number": "TT-204733", "proof": "13597"})
    for path in ("/orders", "/orders/TT-204733", "/orders/TT-204733/state", "/ask", "/questions", "/"):
        page = client.get(path).text
        assert client.get(path).status_code == 200
        assert not [word for word in ("Lindenufer", "gero@mail.example", "13597") if word in page], path


@pytest.mark.parametrize("state", ["draft", "internal"])
@pytest.mark.parametrize("role", [None, "maja"])
def test_AZ_13_hidden_articles_are_found_by_no_way_of_customers(desk, state, role):
    with desk.app.app_context():
        arno = desk.person("arno")
        hidden = articles.write(arno, title="Zqhidden parcel rules", body="Zqhidden where is my parcel", category="Zqshelf", state=state)
        once = articles.write(arno, title="Zqonce public parcel", body="Zqonce where is my parcel", category="Delivery", state="public")
        once = articles.change(arno, once.id, once.version, title=once.title, body="Zqonce and more", category="Delivery", state=state)
        slugs, number = (hidden.slug, once.slug), once.id
    desk.settle()
    client = desk.client_of(desk.app, role)
    pages = ["/search?q=Zqhidden+Zqonce+parcel&exact=1", "/search?q=where+is+my+parcel", "/suggest?q=where+is+my+parcel+zqhi", "/suggest?q=Zqonec", "/answers", "/answers?category=Zqshelf",
             "/answers?category=Delivery", "/answers/where-is-my-parcel", "/ask/answers?subject=where+is+my+parcel&body=it+does+not+move", "/", "/sitemap.xml", "/feed"]
    for path in pages:
        page = client.get(path).text
        for word in ("Zqhidden parcel", "Zqonce public", *slugs):
            assert word not in page, path
    for slug in slugs:
        assert client.get(f"/answers/{slug}").status_code == 404
        assert client.post(f"/answers/{slug}/feedback", data={"helped": "yes"}).status_code == 404
        assert client.post("/ask/solved", data={"article": slug}).status_code in (404, 401)
    for path in (f"/admin/articles/{number}/revisions", f"/admin/articles/{number}/revisions/1"):
        assert client.get(path).status_code == (303 if role is None else 404)
    internal = desk.client_of(desk.app, "ines").get(f"/answers/{slugs[0]}").status_code
    assert internal == (200 if state == "internal" else 404)


def test_AZ_13_what_a_customer_read_before_it_was_hidden_is_not_told_by_name_to_others(desk):
    """Tickets keep the title of what was read; only the customer herself and staff see it."""
    maja = desk.client_of(desk.app, "maja")
    maja.get("/answers/where-is-my-parcel")
    opened = maja.post("/ask", data={"subject": "A tent", "body": "Where is it", "topic": "orders", "channel": "form", "client_id": "client-read-01"})
    with desk.app.app_context():
        assert [one.title for one in db.session.get(Ticket, int(opened.location.rsplit("/", 1)[1])).seen]
