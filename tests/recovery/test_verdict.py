"""The checker of the proof by chaos on journals made by hand: each broken promise is named, and a kept one is not."""
from dataclasses import replace

import pytest

from tests.recovery import verdict
from tests.recovery.journal import Journal, Line, read
from tests.recovery.verdict import LATE, Books, Stored

TALK = "7"
WORDS = [("m1", "c01", "Where is it?"), ("m2", "s-ines", "On its way"), ("m3", "c01", "Thank you")]


def line(at: float, word: str, *fields) -> Line:
    return Line(at, word, tuple(str(field) for field in fields))


@pytest.fixture
def whole() -> Books:
    """A customer and an agent, three messages and a note behind the second, all well."""
    stored = [Stored("m1", 1, 1, "c01", WORDS[0][2]), Stored("m2", 2, 2, "s-ines", WORDS[1][2]), Stored("n1", None, 3, "s-ines", "Calm down"), Stored("m3", 3, 4, "c01", WORDS[2][2])]
    clients = {key: [line(0, "reads", TALK)] for key in ("c01", "s-ines")}
    for nth, message in enumerate(stored, 1):
        number = message.number if message.author == "c01" else message.desk_number
        clients[message.author] += [line(10 * nth, "sent", TALK, message.name, message.words), line(10 * nth + 1, "acked", TALK, message.name, number)]
        clients["s-ines"].append(line(10 * nth + 2, "saw", TALK, message.desk_number, message.name, message.words))
        if message.number:
            clients["c01"].append(line(10 * nth + 2, "saw", TALK, message.number, message.name, message.words))
    clients["c01"].append(line(60, "asked", "q1", 8))
    posts = {message.name: 1 for message in stored}
    return Books(clients, {TALK: stored}, accepted={"work 1": 1}, working={"ticket 7": 1}, tickets={"q1": ["8"]}, mails={"message.posted 4": 1}, posts=posts)


def change(books: Books, client: str, word: str, nth: int, *fields) -> None:
    """The nth line of that word in a journal gets other fields; none removes it."""
    places = [place for place, entry in enumerate(books.clients[client]) if entry.word == word]
    entry = books.clients[client].pop(places[nth])
    if fields:
        books.clients[client].insert(places[nth], line(entry.at, word, *fields))


def test_nothing_is_found_where_all_is_well(whole):
    assert verdict.problems(whole) == verdict.late(whole) == []


MISTAKES = {
    "acknowledged and not stored": ("lost", lambda books: books.clients["c01"].append(line(70, "acked", TALK, "m9", 4))),
    "stored and never shown": ("lost", lambda books: change(books, "s-ines", "saw", 0)),
    "a ticket that is not there": ("lost", lambda books: books.clients["c01"].append(line(70, "asked", "q2", 9))),
    "stored twice": ("doubled", lambda books: books.stored[TALK].append(Stored("m4", 4, 5, "c01", WORDS[2][2]))),
    "shown twice": ("doubled", lambda books: books.clients["c01"].append(line(70, "saw", TALK, 3, "m3", WORDS[2][2]))),
    "a question that became two": ("doubled", lambda books: books.tickets["q1"].append("9")),
    "shown and never stored": ("ghost", lambda books: books.clients["c01"].append(line(70, "saw", TALK, 4, "m9", "Boo"))),
    "shown in other words": ("differing", lambda books: change(books, "c01", "saw", 1, TALK, 2, "m2", "It is lost")),
    "shown under another number": ("differing", lambda books: change(books, "c01", "saw", 1, TALK, 4, "m2", WORDS[1][2])),
    "acknowledged under another number": ("differing", lambda books: change(books, "c01", "acked", 1, TALK, "m3", 9)),
    "a note shown to the customer": ("wrong", lambda books: books.clients["c01"].append(line(70, "saw", TALK, 3, "n1", "Calm down"))),
    "shown to another customer": ("wrong", lambda books: books.clients.update(c02=[line(70, "saw", TALK, 1, "m1", WORDS[0][2])])),
    "a hint about others": ("wrong", lambda books: books.clients["c01"].append(line(70, "wrong", "heard of board"))),
    "a hole in the numbers": ("gap", lambda books: books.stored[TALK].__setitem__(3, replace(books.stored[TALK][3], desk_number=5))),
    "a hole in the customer's numbers": ("gap", lambda books: books.stored[TALK].__setitem__(3, replace(books.stored[TALK][3], number=4))),
    "written in another order": ("disordered", lambda books: books.clients["c01"].insert(0, line(0, "sent", TALK, "m3", WORDS[2][2]))),
    "work of two": ("assigned", lambda books: books.accepted.update({"work 1": 2})),
    "a ticket with two pieces of work": ("assigned", lambda books: books.working.update({"ticket 7": 2})),
    "a mail too many": ("mails", lambda books: books.mails.update({"message.posted 4": 2})),
    "a mail too few": ("mails", lambda books: books.mails.update({"message.posted 4": 0})),
    "a message without its event": ("log", lambda books: books.posts.pop("m1")),
    "an event without its message": ("log", lambda books: books.posts.update({"message 9": 1})),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_broken_promise_is_named(whole, mistake):
    kind, make = MISTAKES[mistake]
    make(whole)
    found = verdict.problems(whole)
    assert kind in verdict.kinds(found) and f"{kind} 0" not in verdict.table(found)


def delay(books: Books) -> None:
    """The agent is shown the first message long after it was acknowledged."""
    seen = next(entry for entry in books.clients["s-ines"] if entry.word == "saw")
    books.clients["s-ines"].remove(seen)
    books.clients["s-ines"].append(replace(seen, at=11 + LATE + 1))


def test_what_is_shown_late_while_nothing_is_broken_is_found(whole):
    delay(whole)
    assert verdict.kinds(verdict.late(whole)) == {"late"}
    assert verdict.problems(whole) == []


@pytest.mark.parametrize("broken", ["fault", "socket", "fault without an end"])
def test_nobody_is_late_while_something_is_broken(whole, broken):
    delay(whole)
    if broken == "socket":
        whole.clients["s-ines"] += [line(9, "lost"), line(12, "joined")]
    else:
        whole.faults = [line(12, "began", "worker"), *([line(14, "ended", "worker"), line(15, "back", "worker")] if broken == "fault" else [])]
    assert verdict.late(whole) == []


def test_a_fault_that_was_over_before_excuses_nobody(whole):
    delay(whole)
    whole.faults = [line(5, "began", "worker"), line(10, "back", "worker")]
    assert verdict.kinds(verdict.late(whole)) == {"late"}


def test_a_journal_outlives_its_writer_and_is_read_up_to_a_line_that_was_cut_off(tmp_path):
    journal = Journal(tmp_path / "c01.journal")
    journal.note("saw", TALK, 3, "m3", "Words with\nspaces")
    journal.note("joined")
    with journal.path.open("a") as file:
        file.write("12.0 acked 7 m")
    assert [(entry.word, entry.fields) for entry in read(journal.path)] == [("saw", (TALK, "3", "m3", "Words with spaces")), ("joined", ())]
