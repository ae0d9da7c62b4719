"""Holds the journals of all clients against the database: every broken promise, as a sentence that begins with its kind.

An empty list is a proof only because hand-made journals (test_verdict.py) and broken builds (test_chaos.py) fill it.
"""
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.recovery.journal import Line

LATE = 20.0  # seconds an open page may take to show what is acknowledged when nothing is broken; it would look by itself after sixty


@dataclass(frozen=True)
class Stored:
    """A message in the database. `number` is its place for its customer, None for a note; `desk_number` that for staff."""

    name: str
    number: int | None
    desk_number: int
    author: str
    words: str


@dataclass
class Books:
    """All that is compared. `clients` are journals by name; whoever's begins with `c` is a customer, with `s` staff."""

    clients: dict[str, list[Line]]
    stored: dict[str, list[Stored]]
    faults: list[Line] = field(default_factory=list)
    accepted: dict[str, int] = field(default_factory=dict)  # how many times somebody got this piece of work
    working: dict[str, int] = field(default_factory=dict)  # pieces of work of a ticket that are open
    tickets: dict[str, list[str]] = field(default_factory=dict)  # by the name of the question
    mails: dict[str, int] = field(default_factory=dict)  # by what they are about
    posts: dict[str, int] = field(default_factory=dict)  # events of a message

    def of(self, word: str) -> Iterator[tuple[str, Line]]:
        return ((client, line) for client, lines in self.clients.items() for line in lines if line.word == word)


KINDS = ("lost", "doubled", "disordered", "differing", "wrong", "ghost", "gap", "assigned", "mails", "log", "missing", "stuck")


def problems(books: Books) -> list[str]:
    """Every broken promise about what is stored and shown; none of them is forgiven on any machine."""
    return [*_kept(books), *_in_order(books), *_transcripts(books), *_once(books), *(f"wrong: {client} {line.fields[0]}" for client, line in books.of("wrong"))]


def kinds(found: list[str]) -> set[str]:
    """The kinds of broken promises among the sentences."""
    return {sentence.partition(":")[0] for sentence in found}


def table(found: list[str]) -> str:
    """How often each kind of promise was broken, in one line."""
    counts = Counter(sentence.partition(":")[0] for sentence in found)
    return ", ".join(f"{kind} {counts[kind]}" for kind in KINDS)


def _kept(books: Books) -> Iterator[str]:
    """What was acknowledged is stored, under its number, and no words are stored twice."""
    for client, line in books.of("acked"):
        talk, name, number = line.fields
        message = _named(books, talk).get(name)
        if message is None:
            yield f"lost: {name} of {client} was acknowledged and is not stored"
        elif int(number) != (message.number if client.startswith("c") else message.desk_number):
            yield f"differing: {name} was acknowledged to {client} as number {number} and is stored as another"
    for talk, messages in books.stored.items():
        for (author, words), times in Counter((message.author, message.words) for message in messages).items():
            if times > 1:
                yield f"doubled: {words!r} of {author} is stored {times} times in {talk}"


def _in_order(books: Books) -> Iterator[str]:
    """The numbers have no hole, and each writer's messages stand as they were written."""
    written = defaultdict(list)
    for client, line in books.of("sent"):
        written[client, line.fields[0]].append(line.fields[1])
    for talk, messages in books.stored.items():
        if [message.desk_number for message in messages] != list(range(1, len(messages) + 1)):
            yield f"gap: the numbers of {talk} have a hole"
        shown = [message.number for message in messages if message.number is not None]
        if shown != list(range(1, len(shown) + 1)):
            yield f"gap: the customer's numbers of {talk} have a hole"
    for (client, talk), names in written.items():
        stored = [message.name for message in books.stored[talk]]
        mine = [name for name in stored if name in set(names)]
        if mine != [name for name in names if name in set(mine)]:
            yield f"disordered: {client} wrote to {talk} in another order than is stored"


def _transcripts(books: Books) -> Iterator[str]:
    """Each reader was shown all that is his to see, once, under its number and in its words, and nothing else."""
    everywhere = {message.name for messages in books.stored.values() for message in messages}
    for client, lines in books.clients.items():
        shown = defaultdict(list)
        for line in lines:
            if line.word == "saw":
                shown[line.fields[0]].append(line.fields[1:])
        mine = {line.fields[0] for line in lines if line.word == "reads"}
        for talk in sorted(mine | set(shown)):
            yield from _transcript(client, talk, _visible(books, client, talk) if talk in mine else {}, shown[talk], everywhere)


def _transcript(client: str, talk: str, truth: dict[str, tuple[int, str]], shown: list[tuple[str, ...]], everywhere: set[str]) -> Iterator[str]:
    for name, times in Counter(name for _number, name, _words in shown).items():
        if times > 1:
            yield f"doubled: {client} was shown {name} of {talk} {times} times"
    for number, name, words in shown:
        if name not in everywhere:
            yield f"ghost: {client} was shown {name} of {talk}, which is not stored"
        elif name not in truth:
            yield f"wrong: {client} was shown {name}, which is not his to see in {talk}"
        elif truth[name] != (int(number), words):
            yield f"differing: {client} was shown {name} of {talk} as number {number}, {words!r}; stored is {truth[name]}"
    missing = set(truth) - {name for _number, name, _words in shown}
    if missing:
        yield f"lost: {client} was never shown {len(missing)} of {len(truth)} messages of {talk}, such as {min(missing)}"


def late(books: Books) -> list[str]:
    """Messages an open page did not hear of while nothing was broken: shown only when somebody looked by chance, or on a machine that is too busy."""
    return [
        f"late: {client} was shown {name} {waited:.1f} s after it was acknowledged, while nothing was broken (at {line.at:.1f})"
        for client, line, name, waited in waits(books) if waited > LATE
    ]


def waits(books: Books) -> Iterator[tuple[str, Line, str, float]]:
    """For each reader and each message of others: seconds from its acknowledgement until it was shown, in calm times only."""
    acked = {line.fields[1]: line for _client, line in books.of("acked")}
    broken = list(_pairs(books.faults, "began", "back"))
    for client, lines in books.clients.items():
        away = [*broken, *_pairs(lines, "lost", "joined")]
        wrote = {line.fields[1] for line in lines if line.word == "sent"}
        for line in lines:
            known = acked.get(line.fields[2]) if line.word == "saw" and line.fields[2] not in wrote else None
            if known and not any(start < known.at + LATE and end > known.at for start, end in away):
                yield client, known, line.fields[2], max(0.0, line.at - known.at)


def _pairs(lines: list[Line], start: str, end: str) -> Iterator[tuple[float, float]]:
    """From each `start` to the next `end`; one that never ended lasts for ever."""
    began = None
    for line in lines:
        if line.word == start and began is None:
            began = line.at
        elif line.word == end and began is not None:
            yield began, line.at
            began = None
    if began is not None:
        yield began, float("inf")


def _once(books: Books) -> Iterator[str]:
    """Work has one owner, a question became one ticket, an event led to one mail."""
    yield from (f"assigned: {times} people got {work}" for work, times in books.accepted.items() if times > 1)
    yield from (f"assigned: {ticket} has {count} open pieces of work" for ticket, count in books.working.items() if count != 1)
    yield from (f"doubled: the question {name} became the tickets {', '.join(tickets)}" for name, tickets in books.tickets.items() if len(tickets) > 1)
    for client, line in books.of("asked"):
        if line.fields[1] not in books.tickets.get(line.fields[0], []):
            yield f"lost: {client} was told that {line.fields[0]} is ticket {line.fields[1]}, and it is not"
    yield from (f"mails: {times} mails instead of one about {what}" for what, times in books.mails.items() if times != 1)
    names = {message.name for messages in books.stored.values() for message in messages}
    yield from (f"log: {name} has {books.posts.get(name, 0)} events" for name in sorted(names | set(books.posts)) if books.posts.get(name, 0) != (name in names))


def _named(books: Books, talk: str) -> dict[str, Stored]:
    return {message.name: message for message in books.stored.get(talk, [])}


def _visible(books: Books, client: str, talk: str) -> dict[str, tuple[int, str]]:
    if client.startswith("s"):
        return {message.name: (message.desk_number, message.words) for message in books.stored[talk]}
    return {message.name: (message.number, message.words) for message in books.stored[talk] if message.number is not None}
