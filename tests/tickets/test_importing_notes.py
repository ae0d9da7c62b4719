"""What only staff might see in the other helpdesk, only staff see here: however a file says it, and whenever it says so."""
import pytest
from sqlalchemy import select

from support.database import db
from support.events import Event
from tests.importing.made import written
from tests.imports import last_run
from tests.tickets.brought import brought, lines, talk, ticket

AGENT = {"name": "Berta Old", "email": "berta@old.example"}
FIRST = ("customer", "Where is it?", "2025-03-01T10:00:00Z")
LAST = ("customer", "Thank you", "2025-03-01T12:00:00Z")
SECRET = "She sounds angry."
HIDDEN = (
    {"public": "false"}, {"public": 0}, {"public": False}, {"internal": False, "private": True}, {"internal": False, "public": False}, {"internal": "0", "note": 1}, {"is_public": False},
    {"isPublic": "no"}, {"visibility": "internal"}, {"type": "note"}, {"type": "PrivateNote"}, {"Private": "yes"}, {"IS_INTERNAL": 1}, {"internal": "true"}, {"jsdPublic": False},
)
SHOWN = ({}, {"public": "true"}, {"internal": 0, "note": False, "private": None}, {"visibility": "public"}, {"type": "Comment"}, {"public": 1, "internal_id": 7}, {"private": ""})
UNCLEAR = ({"visibility": {"type": "role", "value": "Agents"}}, {"visibility": "level 3"}, {"is_public": "perhaps"}, {"internal": "who knows"}, {"publicly_visible": False})


def with_one(**more) -> dict:
    return ticket("4711", FIRST, ("agent", SECRET, "2025-03-01T11:00:00Z", {**AGENT, **more}), LAST)


@pytest.mark.parametrize("more", HIDDEN, ids=str)
def test_a_message_of_a_list_is_a_note_when_anything_says_so(app, imports, client_of, tmp_path, more):
    imports(app, "tickets", lines(tmp_path / "old.jsonl", with_one(**more)), "--source", "old_desk")
    assert [(message.seq, message.kind) for message in talk(app, "4711")] == [(1, "reply"), (None, "note"), (2, "reply")]
    assert SECRET not in client_of(app, "maja").get(f"/questions/{brought(app, '4711').id}").text


@pytest.mark.parametrize("more", SHOWN, ids=str)
def test_a_reply_of_a_list_stays_a_reply(app, imports, tmp_path, more):
    imports(app, "tickets", lines(tmp_path / "old.jsonl", with_one(**more)), "--source", "old_desk")
    assert [message.kind for message in talk(app, "4711")] == ["reply"] * 3


@pytest.mark.parametrize("more", UNCLEAR, ids=str)
def test_what_cannot_be_read_surely_is_rejected_and_never_shown(app, imports, rejected, tmp_path, more):
    imports(app, "tickets", lines(tmp_path / "old.jsonl", with_one(**more), ticket("good", FIRST)), "--source", "old_desk")
    assert list(rejected(app)) == [1] and "whether customers may see the message" in rejected(app)[1]


HEADER = ("ticket", "customer_email", "author_kind", "author_name", "body", "sent_at")
ROWS = [("5", "maja@mail.example", "customer", "", "Hello", "2025-01-01 10:00"), ("5", "", "agent", "Berta Old", SECRET, "2025-01-01 11:00"),
        ("5", "", "customer", "", "Thank you", "2025-01-01 12:00")]


@pytest.mark.parametrize("column, word", [("Internal", "yes"), ("Note", "1"), ("is_private", "true"), ("public", "no"), ("Is Public", "false"), ("Visibility", "internal"), ("type", "Note")])
def test_a_column_that_no_earlier_file_had_is_taken_however_it_is_spelled(app, imports, client_of, tmp_path, column, word):
    imports(app, "tickets", written(tmp_path / "a.csv", HEADER, [("4", *row[1:]) for row in ROWS[:1]]), "--source", "old_desk")
    imports(app, "tickets", written(tmp_path / "b.csv", (*HEADER, column), [(*row, word if row[4] == SECRET else "") for row in ROWS]), "--source", "old_desk")
    assert [message.kind for message in talk(app, "5")] == ["reply", "note", "reply"]
    assert SECRET not in client_of(app, "maja").get(f"/questions/{brought(app, '5').id}").text


@pytest.mark.parametrize("numbered", [True, False], ids=["numbered", "unnumbered"])
def test_a_reply_that_a_later_file_calls_a_note_becomes_one(any_app, imports, client_of, tmp_path, numbered):
    header, numbers = (*HEADER, "message"), [f"m{n}" if numbered else "" for n in range(3)]
    rows = [(*row, number) for row, number in zip(ROWS, numbers, strict=True)]
    imports(any_app, "tickets", written(tmp_path / "a.csv", header, rows), "--source", "old_desk")
    assert [message.seq for message in talk(any_app, "5")] == [1, 2, 3] and brought(any_app, "5").first_reply_at
    imports(any_app, "tickets", written(tmp_path / "b.csv", (*header, "internal"), [(*row, "yes" if row[4] == SECRET else "") for row in rows]), "--source", "old_desk")
    run = last_run(any_app)
    assert (run.created, run.changed, run.unchanged, run.rejected) == (0, 1, 2, 0)
    found = brought(any_app, "5")
    assert [(message.desk_seq, message.seq, message.kind) for message in talk(any_app, "5")] == [(1, 1, "reply"), (2, None, "note"), (3, 2, "reply")]
    assert (found.conversation.seq, found.conversation.desk_seq, found.first_reply_at) == (2, 3, None)
    maja = client_of(any_app, "maja")
    assert SECRET not in maja.get(f"/questions/{found.id}").text and "Thank you" in maja.get(f"/questions/{found.id}/messages?after=1").text
    with any_app.app_context():
        told = [(entry.kind, entry.data.get("seq"), entry.data["desk_seq"], "by_staff" in entry.data) for entry in db.session.scalars(
            select(Event).where(Event.ticket_id == found.id, Event.kind.in_(("message.posted", "note.written"))).order_by(Event.occurred_at))]
    assert told == [("message.posted", 1, 1, True), ("note.written", None, 2, False), ("message.posted", 2, 3, True)]
    written(tmp_path / "c.csv", (*header, "internal"), [(*row, "") for row in rows])
    for file in ("b.csv", "c.csv"):
        imports(any_app, "tickets", tmp_path / file, "--source", "old_desk")
        assert last_run(any_app).unchanged == 3 and [message.kind for message in talk(any_app, "5")] == ["reply", "note", "reply"], "and stays one"


def test_the_words_of_a_note_do_not_stay_behind_as_the_subject(app, imports, client_of, tmp_path):
    first = ("agent", SECRET, "2025-03-01T09:00:00Z", AGENT)
    imports(app, "tickets", lines(tmp_path / "a.jsonl", ticket("4711", first, FIRST)), "--source", "old_desk")
    assert brought(app, "4711").subject == SECRET
    imports(app, "tickets", lines(tmp_path / "b.jsonl", ticket("4711", (*first[:3], {**AGENT, "private": True}), FIRST)), "--source", "old_desk")
    assert brought(app, "4711").subject == "Where is it?" and SECRET not in client_of(app, "maja").get("/questions").text


def test_a_ticket_that_was_worked_on_keeps_the_reply_and_the_report_says_so(app, imports, rejected, client_of, tmp_path):
    imports(app, "tickets", lines(tmp_path / "a.jsonl", with_one()), "--source", "old_desk")
    noted = client_of(app, "ines").post(f"/desk/tickets/{brought(app, '4711').id}/messages", data={"body": "Looked at it", "kind": "note", "client_id": "a-note-of-today"})
    assert noted.status_code < 400
    imports(app, "tickets", lines(tmp_path / "b.jsonl", with_one(private=True)), "--source", "old_desk")
    assert "can read it here" in rejected(app)[1] and [message.kind for message in talk(app, "4711")][:3] == ["reply"] * 3
