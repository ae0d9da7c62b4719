"""Tickets of another helpdesk come in as what they are: history that mails nobody, rings nowhere, and reads as it was."""
import re

import pytest
from sqlalchemy import func, select

from support.contact.mail import Mail
from support.database import db
from support.events import Event
from support.orders import Order
from support.people import Person
from support.quality import Survey
from support.routing import Offer, WorkItem, board
from support.tickets import Message, Ticket
from tests.importing.killed import killed_behind
from tests.importing.made import written
from tests.imports import everything, last_run
from tests.tickets.brought import ROWS, brought, lines, talk, ticket

TENT = ticket(
    "4711", ("customer", "Where is my <b>tent</b>?", "2025-03-01T10:00:00Z"), ("agent", "On its way.", "2025-03-01T11:00:00Z", {"name": "Berta Old", "email": "berta@old.example"}),
    ("note", "She sounds angry.", "2025-03-01T11:05:00Z", {"name": "Berta Old", "email": "berta@old.example"}), ("customer", "Thank you", "2025-03-02T09:00:00Z"),
    subject="Tent not here", tags=["parcel", "vip"], rating="good", rating_comment="Kind", topic="Tier 2",
)
PLAIN = [
    ("77", "Broken pole", "open", "new@old.example", "Nora New", "customer", "", "", "A pole broke.", "2025-02-01 08:00", "2025-02-01 08:00"),
    ("78", "Refund", "closed", "maja@mail.example", "Maja", "customer", "", "", "Where is my money?", "2025-02-02 08:00", ""),
    ("77", "", "open", "", "", "agent", "Berta Old", "", "Which one?", "2025-02-01 09:00", ""),
]


def count(app, model, *where) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*where))


def figures(app):
    """What the board shows now, without its clock and its version."""
    with app.app_context():
        seen = board()
        return seen.waiting, seen.missed_today, [(row.slug, row.waiting, row.longest_since) for row in seen.queues], [(row.name, row.shown, row.tickets) for row in seen.agents]


def test_a_ticket_comes_in_with_its_talk_and_reads_in_order(any_app, imports, client_of, tmp_path):
    said = imports(any_app, "tickets", lines(tmp_path / "old.jsonl", TENT), "--source", "old_desk")
    assert re.search(r"1\s+ticket\n", said) and re.search(r"4\s+messages", said)
    found = brought(any_app, "4711")
    assert (found.state, found.subject, found.customer.email) == ("closed", "Tent not here", "maja@mail.example")
    assert [(message.seq, message.kind, message.by_staff) for message in talk(any_app, "4711")] == [
        (1, "reply", False), (2, "reply", True), (None, "note", True), (3, "reply", False)]
    page = client_of(any_app, "hanna").get(f"/tickets/{found.id}").text
    places = [page.index(words) for words in (
        "Maja Lindqvist asked", "&lt;b&gt;tent&lt;/b&gt;", "On its way.", "She sounds angry.", "Thank you", "Berta Old resolved it", "It was closed", "brought over from old_desk")]
    assert places == sorted(places)
    assert "4711" in page and "parcel, vip" in page and "solved" in page and "Kind" in page
    assert f"/tickets/{found.id}" in client_of(any_app, "hanna").get("/tickets?q=4711").text
    assert f"/tickets/{found.id}" in client_of(any_app, "hanna").get("/tickets?q=Tent+not").text


def test_rows_of_one_ticket_may_be_far_apart_in_two_files_and_in_any_order(any_app, imports, tmp_path):
    imports(any_app, "tickets", written(tmp_path / "a.csv", ROWS, PLAIN), "--source", "old_desk")
    earlier = ("77", "", "open", "", "", "note", "Berta Old", "", "He called before.", "2025-02-01 08:30", "2025-01-31 12:00")
    imports(any_app, "tickets", written(tmp_path / "b.csv", ROWS, [earlier]), "--source", "old_desk")
    said = talk(any_app, "77")
    assert [(message.desk_seq, message.seq, message.body) for message in said] == [(1, 1, "A pole broke."), (2, None, "He called before."), (3, 2, "Which one?")]
    found = brought(any_app, "77")
    assert f"{found.opened_at:%Y-%m-%d}" == "2025-01-31" and found.conversation.desk_seq == 3 and found.conversation.seq == 2
    with any_app.app_context():
        told = {entry.data["message_id"]: (entry.data["desk_seq"], entry.data.get("seq")) for entry in db.session.scalars(
            select(Event).where(Event.ticket_id == found.id, Event.kind.in_(("message.posted", "note.written"))))}
        opened = db.session.scalar(select(Event.occurred_at).where(Event.ticket_id == found.id, Event.kind == "ticket.opened"))
    assert told == {message.id: (message.desk_seq, message.seq) for message in said}
    assert opened == found.opened_at


def test_a_second_run_changes_nothing_and_a_later_export_only_what_is_new(any_app, imports, tmp_path):
    first = lines(tmp_path / "old.jsonl", TENT, ticket("4712", ("customer", "Hello?", "2025-03-05T10:00:00Z"), status="open"))
    imports(any_app, "tickets", first, "--source", "old_desk")
    before, was = everything(any_app), brought(any_app, "4711")
    imports(any_app, "tickets", first, "--source", "old_desk")
    again = last_run(any_app)
    assert (again.created, again.changed, again.unchanged, again.rejected) == (0, 0, 2, 0)
    assert {**before, "event": 0} == {**everything(any_app), "event": 0} and was.activity_at == brought(any_app, "4711").activity_at
    later = ticket("4712", ("customer", "Hello?", "2025-03-05T10:00:00Z"), ("agent", "Solved.", "2025-03-06T10:00:00Z", {"name": "Berta Old"}), closed_at="2025-03-07T10:00:00Z")
    imports(any_app, "tickets", lines(tmp_path / "later.jsonl", TENT, later), "--source", "old_desk")
    run = last_run(any_app)
    assert (run.created, run.changed, run.unchanged) == (0, 1, 1)
    found = brought(any_app, "4712")
    assert f"{found.closed_at:%Y-%m-%d}" == "2025-03-07" and [message.body for message in talk(any_app, "4712")] == ["Hello?", "Solved."]
    with any_app.app_context():
        kinds = list(db.session.scalars(select(Event.kind).where(Event.ticket_id == found.id).order_by(Event.occurred_at, Event.id)))
    assert kinds == ["ticket.opened", "message.posted", "message.posted", "ticket.resolved", "ticket.closed", "ticket.imported"]


def test_it_mails_nobody_offers_nothing_and_leaves_the_board_as_it_is(any_app, imports, settle, clock, tmp_path):
    settle(any_app)
    before = figures(any_app), count(any_app, WorkItem), count(any_app, Offer), count(any_app, Mail)
    fresh = clock.now().isoformat()
    imports(any_app, "tickets", lines(tmp_path / "old.jsonl", TENT, ticket("4713", ("customer", "Just now", fresh), ("agent", "Done", fresh, {"name": "Berta"}))), "--source", "old_desk")
    settle(any_app)
    clock.move(600)
    settle(any_app)
    assert before[1:] == (count(any_app, WorkItem), count(any_app, Offer), count(any_app, Mail))
    assert figures(any_app)[:3] == before[0][:3]
    assert count(any_app, Event, Event.ticket_id == brought(any_app, "4711").id, ~Event.history) == 0


def test_the_customer_sees_her_ticket_without_the_notes_and_nobody_else_does(any_app, imports, client_of, tmp_path):
    imports(any_app, "tickets", lines(tmp_path / "old.jsonl", TENT), "--source", "old_desk")
    place = f"/questions/{brought(any_app, '4711').id}"
    maja = client_of(any_app, "maja")
    assert "Tent not here" in maja.get("/questions").text
    page, newer = maja.get(place).text, maja.get(f"{place}/messages?after=0").text
    for told in (page, newer):
        assert "On its way." in told and "She sounds angry" not in told
    assert "Old" not in re.sub(r"<head>.*?</head>", "", page, flags=re.DOTALL).split("On its way.")[0][-400:], "customers see first names of staff"
    assert client_of(any_app, "odile").get(place).status_code == 404


def test_authors_of_then_are_accounts_that_nobody_can_sign_in_with(any_app, imports, client_of, settle, tmp_path):
    imports(any_app, "tickets", lines(tmp_path / "old.jsonl", TENT), "--source", "old_desk")
    berta = talk(any_app, "4711")[1].author
    assert berta.name == "Berta Old" and not berta.active and berta.email is None and berta.password_hash is None and not berta.has_account
    stranger = client_of(any_app)
    for address in ("/staff/sign-in", "/sign-in"):
        assert stranger.post(address, data={"email": "berta@old.example", "password": "lantern-over-tarn"}).status_code == 422
    for address in ("/staff/reset", "/reset", "/sign-in/link"):
        assert stranger.post(address, data={"email": "berta@old.example"}).status_code == 303
    settle(any_app)
    assert count(any_app, Mail, Mail.address == "berta@old.example") == 0
    assert "Berta Old" in client_of(any_app, "arno").get("/admin/staff?state=disabled").text
    assert client_of(any_app, "arno").get(f"/admin/staff/{berta.id}").status_code == 200


def test_an_import_gives_nobody_more_rights_than_before(any_app, imports, rejected, person, tmp_path):
    """Staff here stay staff and are no customers; a customer here whom the file calls an agent stays a customer."""
    imports(
        any_app, "tickets",
        lines(
            tmp_path / "old.jsonl",
            ticket("1", ("customer", "I am staff", "2025-03-01T10:00:00Z"), customer_email="ines@tarn-thistle.example"),
            ticket("2", ("customer", "Hello", "2025-03-01T10:00:00Z"), ("agent", "From an agent", "2025-03-01T11:00:00Z", {"email": "odile@mail.example", "name": "Odile"})),
            ticket("3", ("customer", "Hello", "2025-03-01T10:00:00Z"), ("agent", "From Ines", "2025-03-01T11:00:00Z", {"email": "INES@tarn-thistle.example"})),
            ticket("4", ("customer", "Hello", "2025-03-01T10:00:00Z"), ("customer", "As customer", "2025-03-01T11:00:00Z", {"email": "hanna@tarn-thistle.example"})),
        ), "--source", "old_desk",
    )
    assert {line: "cannot be a customer" in reason for line, reason in rejected(any_app).items()} == {1: True, 4: True}
    odile = person(any_app, "odile")
    stranger = talk(any_app, "2")[1].author
    assert odile.role == "customer" and stranger.id != odile.id and stranger.email is None and not stranger.active
    assert talk(any_app, "3")[1].author_id == person(any_app, "ines").id and person(any_app, "ines").active


def test_open_tickets_join_the_line_when_asked_and_wait_from_now(any_app, imports, settle, clock, client_of, tmp_path):
    settle(any_app)
    mails = count(any_app, Mail)
    open_ = ticket("9", ("customer", "Still waiting", "2025-01-01T10:00:00Z"), ("agent", "We look", "2025-01-02T10:00:00Z", {"name": "Berta"}), status="open", topic="orders", channel="chat")
    imports(any_app, "tickets", lines(tmp_path / "old.jsonl", TENT, open_), "--source", "old_desk", "--option", "reopen=yes")
    settle(any_app)
    found = brought(any_app, "9")
    assert (found.state, found.assignee_id, brought(any_app, "4711").state) == ("open", None, "closed")
    with any_app.app_context():
        item = db.session.scalar(select(WorkItem).where(WorkItem.ticket_id == found.id))
        assert (item.state, item.channel) == ("waiting", "ticket")
        assert abs((item.entered_at - clock.now()).total_seconds()) < 60, "the wait in the other helpdesk is none of ours"
    assert count(any_app, Mail) == mails
    page = client_of(any_app, "hanna").get(f"/tickets/{found.id}").text
    assert page.index("We look") < page.index("It was brought over") < page.index("It goes on here") < page.index("It joined the line")
    imports(any_app, "tickets", tmp_path / "old.jsonl", "--source", "old_desk", "--option", "reopen=yes")
    settle(any_app)
    assert count(any_app, WorkItem, WorkItem.ticket_id == found.id) == 1 and last_run(any_app).unchanged == 2


def test_without_being_asked_everything_comes_in_closed_and_can_go_on_later(any_app, imports, settle, tmp_path):
    file = lines(tmp_path / "old.jsonl", ticket("9", ("customer", "Still waiting", "2025-01-01T10:00:00Z"), status="open"))
    imports(any_app, "tickets", file, "--source", "old_desk")
    settle(any_app)
    found = brought(any_app, "9")
    assert found.state == "closed" and found.resolved_at is None and count(any_app, WorkItem, WorkItem.ticket_id == found.id) == 0
    imports(any_app, "tickets", file, "--source", "old_desk", "--option", "reopen=yes")
    settle(any_app)
    assert brought(any_app, "9").state == "new" and count(any_app, WorkItem, WorkItem.ticket_id == found.id, WorkItem.state == "waiting") == 1


def test_a_ticket_that_people_work_on_here_is_left_alone(any_app, imports, rejected, client_of, settle, tmp_path):
    imports(any_app, "tickets", lines(tmp_path / "old.jsonl", TENT), "--source", "old_desk")
    found = brought(any_app, "4711")
    noted = client_of(any_app, "ines").post(f"/desk/tickets/{found.id}/messages", data={"body": "Looked at it", "kind": "note", "client_id": "a-note-of-today"})
    assert noted.status_code < 400, noted.text
    more = {**TENT, "messages": [*TENT["messages"], {"role": "customer", "body": "One more", "at": "2025-03-03T10:00:00Z"}]}
    imports(any_app, "tickets", lines(tmp_path / "more.jsonl", more), "--source", "old_desk")
    assert "worked on here" in rejected(any_app)[1] and len(talk(any_app, "4711")) == 5
    imports(any_app, "tickets", tmp_path / "old.jsonl", "--source", "old_desk")
    assert last_run(any_app).unchanged == 1


def test_a_trial_stores_nothing_and_tells_the_same(any_app, imports, tmp_path):
    before = everything(any_app)
    said = imports(any_app, "tickets", lines(tmp_path / "old.jsonl", TENT), "--source", "old_desk", "--dry-run")
    assert "nothing was stored" in said and re.search(r"1\s+would be new", said) and re.search(r"4\s+messages", said)
    assert everything(any_app) == before


HOSTILE = {
    "long words": (ticket("1", ("customer", "x" * 10_001, "2025-03-01T10:00:00Z")), "10,001 characters long, at most 10,000"),
    "no words": (ticket("1", ("customer", " \u202e\x07 ", "2025-03-01T10:00:00Z")), "few words|no words"),
    "the future": (ticket("1", ("customer", "Hello", "2199-03-01T10:00:00Z")), "in the future"),
    "an unknown state": (ticket("1", ("customer", "Hello", "2025-03-01T10:00:00Z"), status="Zamknięte"), "option “statuses”"),
    "an unknown kind": (ticket("1", ("wizard", "Hello", "2025-03-01T10:00:00Z")), "option “authors”"),
    "no customer": (ticket("1", ("agent", "Hello", "2025-03-01T10:00:00Z", {"name": "B"}), customer_email=None), "whose ticket"),
    "no time": ({**ticket("1"), "messages": [{"role": "customer", "body": "Hello"}]}, "when it was written"),
    "nobody": ({**ticket("1"), "messages": [{"body": "Hello", "at": "2025-03-01T10:00:00Z"}]}, "who wrote it"),
    "no messages": (ticket("1"), "no messages"),
    "no list": ({**ticket("1"), "messages": "Hello"}, "not JSON|no list"),
    "closed first": (ticket("1", ("customer", "Hello", "2025-03-01T10:00:00Z"), opened_at="2025-03-01T10:00:00Z", closed_at="2024-03-01T10:00:00Z"), "before it was opened"),
    "a strange language": (ticket("1", ("customer", "Hello", "2025-03-01T10:00:00Z"), language="klingon!"), "code of a language"),
    "a strange address": (ticket("1", ("customer", "Hello", "2025-03-01T10:00:00Z"), customer_email="no@where@x"), "not a mail address"),
    "too much markup": ({**ticket("1"), "messages": [{"role": "customer", "html": "<div>" * 9000, "at": "2025-03-01T10:00:00Z"}]}, "markup is too long"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_row_that_cannot_be_one_is_left_out_with_a_reason(app, imports, rejected, tmp_path, what):
    row, reason = HOSTILE[what]
    before = count(app, Message)
    imports(app, "tickets", lines(tmp_path / "old.jsonl", row, {**TENT, "ticket": "good"}), "--source", "old_desk")
    told = rejected(app)
    assert list(told) == [1] and re.search(reason, told[1]), told
    assert count(app, Message) == before + 4 and last_run(app).created == 1


def test_odd_text_stays_text_and_html_becomes_text(app, imports, client_of, tmp_path):
    odd = ticket(
        "1", ("customer", "a\x00\x07\u202eb <script>alert(1)</script> 4111 1111 1111 1111", "2025-03-01T10:00:00Z"),
        ("agent", None, "2025-03-01T11:00:00Z", {"name": "<i>B</i>\n\u202e", "html": "<p>Hi &amp; <b>bye</b></p><script>x()</script><ul><li>one<li>two</ul><a href='https://x.example/a'>here</a>"}),
        subject="  <img src=x onerror=alert(1)>\u202e " + "y" * 300,
    )
    imports(app, "tickets", lines(tmp_path / "old.jsonl", odd), "--source", "old_desk")
    first, second = talk(app, "1")
    assert first.body == "ab <script>alert(1)</script> •••• 1111"
    assert second.body == "Hi & bye\n\n- one\n- two\n\nhere (https://x.example/a)" and second.author.name == "<i>B</i>"
    found = brought(app, "1")
    assert len(found.subject) == 200
    for who, place in (("hanna", f"/tickets/{found.id}"), ("ines", f"/desk/tickets/{found.id}"), ("maja", f"/questions/{found.id}"), ("hanna", "/tickets")):
        page = client_of(app, who).get(place)
        assert page.status_code == 200 and "<script>alert(1)" not in page.text and "<img src=x" not in page.text and "<i>B</i>" not in page.text


def test_an_order_is_linked_only_if_it_is_the_customers(app, imports, person, tmp_path):
    with app.app_context():
        hers = db.session.scalar(select(Order.number).where(Order.person_id == person(app, "maja").id).limit(1))
        other = db.session.scalar(select(Order.number).where(Order.person_id == person(app, "odile").id).limit(1))
    at = "2025-03-01T10:00:00Z"
    imports(app, "tickets", lines(tmp_path / "o.jsonl", *(ticket(str(n), ("customer", "Hi", at), order_number=number) for n, number in enumerate((hers, other, "none")))), "--source", "old_desk")
    assert [brought(app, str(n)).order and brought(app, str(n)).order.number for n in range(3)] == [hers, None, None]


def test_an_import_killed_in_the_middle_goes_on(any_app, imports, tmp_path):
    rows = [
        (str(n % 1500), f"Ticket {n % 1500}", "closed", f"c{n % 300}@old.example", "", "customer" if n < 1500 else "agent", "" if n < 1500 else f"Agent {n % 7}", "",
         f"Words {n}", f"2025-01-{1 + n // 200:02} 08:{n % 60:02}", "") for n in range(4500)
    ]
    path = written(tmp_path / "many.csv", ROWS, rows)
    reached = killed_behind(any_app, 500, "tickets", path, "--source", "old_desk")
    assert reached < len(rows), "it was not killed in the middle"
    assert f"Going on behind row {reached:,}" in imports(any_app, "tickets", path, "--source", "old_desk")
    run = last_run(any_app)
    assert (run.state, run.created, run.changed, run.unchanged, run.rejected) == ("done", 4500, 0, 0, 0)
    found = brought(any_app, "3")
    assert [message.desk_seq for message in talk(any_app, "3")] == [1, 2, 3] and found.conversation.seq == 3 and found.assignee.name == f"Agent {3003 % 7}"
    assert count(any_app, Message, Message.client_id.like("import-%")) == 4500
    assert count(any_app, Event, Event.kind == "message.posted", Event.history, Event.ticket_id == found.id) == 3


def test_the_words_of_another_system_are_mapped_by_options(app, imports, tmp_path):
    talk_of = {"id": 5, "user": "u1", "agent": "a1", "events": [
        {"who": "Guide", "act": "instruct", "text": "Be angry", "t": 1589375664}, {"who": "User", "act": "utter", "text": "Hello", "t": 1589375697},
        {"who": "Wizard", "act": "draft", "text": "never sent", "t": 1589375711}, {"who": "Wizard", "act": "pick", "text": "Your name?", "t": 1589375714}], "state": "Fertig"}
    imports(
        app, "tickets", lines(tmp_path / "star.jsonl", talk_of), "--source", "star", "--set", "ticket=id", "--set", "customer=user", "--set", "agent=agent", "--set", "messages=events",
        "--set", "status=state", "--option", "statuses=Fertig=resolved", "--option", "authors=Wizard=agent; Guide=skip", "--option", "only_messages=act=utter|pick", "--option",
        "message_kind=who", "--option", "message_body=text", "--option", "message_at=t",
    )
    found = brought(app, "5", "star")
    assert found.subject == "Hello" and found.assignee.name == "Agent a1" and found.customer.name == "Customer u1"
    with app.app_context():
        assert list(db.session.scalars(select(Message.body).where(Message.conversation_id == found.conversation.id).order_by(Message.seq))) == ["Hello", "Your name?"]


@pytest.mark.parametrize("words", (["--option", "reopen=perhaps"], ["--option", "statuses=Done=finished"], ["--option", "nonsense=1"], ["--set", "body=nowhere"]))
def test_a_mapping_that_cannot_work_is_told_before_anything_happens(app, imports, tmp_path, words):
    before = everything(app)
    assert "does not fit" in imports(app, "tickets", lines(tmp_path / "old.jsonl", TENT), "--source", "old_desk", *words, fails=True)
    assert everything(app) == before


def test_ratings_of_then_are_kept_once(any_app, imports, tmp_path):
    for _run in range(2):
        imports(any_app, "tickets", lines(tmp_path / "old.jsonl", TENT), "--source", "old_desk")
    with any_app.app_context():
        kept = db.session.scalars(select(Survey).join(Ticket, Ticket.id == Survey.ticket_id).where(Ticket.id == brought(any_app, "4711").id)).one()
    assert (kept.score, kept.comment) == (5, "Kind") and kept.answered_at.year == 2025


def test_a_column_of_agents_names_makes_one_account_for_each(app, imports, client_of, tmp_path):
    rows = [("5", "closed", "maja@mail.example", "customer", "", "Hello", "2025-01-01 10:00"), ("5", "closed", "", "agent", "Berta Old", "Hi", "2025-01-01 11:00")]
    path = written(tmp_path / "n.csv", ("ticket", "status", "customer_email", "author_kind", "agent", "body", "sent_at"), rows)
    before = count(app, Person)
    imports(app, "tickets", path, "--source", "old_desk", "--set", "author_name=agent")
    assert count(app, Person) == before + 1 and brought(app, "5").assignee.name == "Berta Old"
    arno = client_of(app, "arno")
    assert "None" not in arno.get("/admin/staff?state=disabled").text
    berta = brought(app, "5").assignee_id
    arno.post(f"/admin/staff/{berta}/enabling")
    refused = arno.post(f"/admin/staff/{berta}/invitation")
    assert refused.status_code == 422 and "no address" in refused.text


def test_an_export_of_zendesk_is_known_by_its_columns(app, imports, tmp_path):
    comments = [
        {"id": 1, "author_id": 11, "public": True, "plain_body": "Where is it?", "html_body": "<p>Where is it?</p>", "created_at": "2025-03-01T10:00:00Z"},
        {"id": 2, "author_id": 9, "public": True, "plain_body": "", "html_body": "<p>On its <b>way</b></p>", "created_at": "2025-03-01T11:00:00Z"},
        {"id": 3, "author_id": 8, "public": False, "plain_body": "Check this", "html_body": "", "created_at": "2025-03-01T12:00:00Z"},
        {"id": 4, "author_id": 8, "public": True, "plain_body": "", "html_body": "", "created_at": "2025-03-01T13:00:00Z"},
    ]
    file = lines(tmp_path / "export.json", {
        "id": 35, "subject": "Parcel", "status": "hold", "priority": "urgent", "tags": ["late"], "created_at": "2025-03-01T10:00:00Z", "updated_at": "2025-03-01T12:00:00Z",
        "requester": {"id": 11, "name": "Maja", "email": "Maja@mail.example"}, "assignee": {"id": 9, "name": "Berta Old", "email": "berta@old.example"}, "comments": comments,
    })
    imports(app, "tickets", file)
    found = brought(app, "35", "zendesk")
    assert (found.customer.email, found.priority, found.assignee.name, found.state) == ("maja@mail.example", "urgent", "Berta Old", "closed")
    with app.app_context():
        said = [(message.kind, message.body, message.author.name) for message in db.session.scalars(
            select(Message).where(Message.conversation_id == found.conversation.id).order_by(Message.desk_seq))]
    assert said == [("reply", "Where is it?", "Maja Lindqvist"), ("reply", "On its way", "Berta Old"), ("note", "Check this", "Agent 8")]


NESTED = ("[" * 970 + "]" * 970, "[" * 60 + "]" * 60, '[{"role": "customer", "body": "a", "at": "2025-01-01T10:00:00Z", "x": ' + '{"x": ' * 960 + "1" + "}" * 961 + "]")
HALVES = ('[{"role": "customer", "body": "a \\ud800 b", "at": "2025-01-01T10:00:00Z"}]', '[{"role": "customer", "body": "a", "\\udc00": 1, "at": "2025-01-01T10:00:00Z"}]')
BROKEN = [*((cell, "", "nested too deeply|not JSON") for cell in NESTED), *((cell, "", "half a character") for cell in HALVES), (None, '["\\ud800"]', "half a character"), (None, "[" * 970 + "]" * 970, "nested too deeply|not JSON")]


@pytest.mark.parametrize("messages, tags, reason", BROKEN, ids=range(len(BROKEN)))
def test_one_broken_list_costs_one_row_and_not_the_import(app, imports, rejected, tmp_path, messages, tags, reason):
    good = '[{"role": "customer", "body": "Hello", "at": "2025-01-01T10:00:00Z"}]'
    path = written(tmp_path / "a.csv", ("ticket", "customer_email", "messages", "tags"), [("1", "maja@mail.example", messages or good, tags), ("2", "maja@mail.example", good, "")])
    imports(app, "tickets", path, "--source", "old_desk")
    assert list(rejected(app)) == [2] and re.search(reason, rejected(app)[2])
    assert last_run(app).state == "done" and talk(app, "2")[0].body == "Hello"
