"""Minutes of kill -9 at random while ten conversations go on: what the clients were promised and saw is compared with the database."""
import random
import threading
import time
from collections import Counter

import pytest

from tests.recovery.caller import BROKEN, NUMBER, Caller, fresh, until
from tests.recovery.conftest import living, with_a_switch
from tests.recovery.flow import WITHOUT_LIMITS
from tests.servers import SIZES

SECONDS, CONVERSATIONS = 150, 10
AGENTS = ("ines", "tomasz")
LIMITS = {**WITHOUT_LIMITS, "UNITS": "60", "CHAT_UNITS": "2", "MAX_CHATS": "30", "OFFLINE_SECONDS": "3600"}


@pytest.fixture(params=list(SIZES))
def doomed(request, tmp_path):
    yield from living(request.param, tmp_path, _prepare)


@pytest.fixture(params=["early", "forgetful"])
def broken(request, tmp_path):
    """The default size as a build with a mistake in it."""
    for mortal in living("default", tmp_path, lambda server: _prepare(server, BROKEN=request.param)):
        mortal.mistake = request.param
        yield mortal


def _prepare(server, **values) -> None:
    with_a_switch(server)
    server.env.update(LIMITS, **values)


class Writer(threading.Thread):
    """One side of a conversation: sends each message under one name until it is acknowledged, as the outbox does."""

    def __init__(self, mortal, key: str, path: str, stopping, seed: str, **fields):
        super().__init__(daemon=True)
        self.caller, self.path, self.fields = Caller(mortal.server, key), path, fields
        self.stopping, self.rng, self.acknowledged, self.tries = stopping, random.Random(seed), [], 0

    def run(self) -> None:
        for nth in range(10**6):
            if self.stopping.is_set():
                return
            self._send(f"{self.caller.key} says {nth}", fresh())
            time.sleep(self.rng.uniform(0.3, 1.5))

    def _send(self, body: str, name: str) -> None:
        while True:
            self.tries += 1
            try:
                status, text = self.caller.writes(self.path, body, name, **self.fields)
            except BROKEN:
                status, text = 0, ""
            if status == 201:
                self.acknowledged.append((name, body))
                return
            assert status in (0, 500, 502, 503), f"{status}: {text[:300]}"
            time.sleep(self.rng.uniform(0.2, 0.8))


class Reader(threading.Thread):
    """An open page: asks for what is behind the last it has, and keeps what it got in the order in which it came."""

    def __init__(self, mortal, key: str, path: str, stopping):
        super().__init__(daemon=True)
        self.caller, self.path, self.stopping, self.seen = Caller(mortal.server, key), path, stopping, []

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.look()
            except BROKEN:
                pass
            time.sleep(0.4)

    def look(self) -> None:
        last = self.seen[-1][1] if self.seen else 0
        status, _location, text = self.caller.get(f"{self.path}?after={last}")
        if status == 200:
            self.seen += [(name, int(number)) for _found, number, name in NUMBER.findall(text)]


def test_nothing_is_lost_doubled_or_disordered_in_ten_conversations(doomed):
    assert talk_and_kill(doomed, CONVERSATIONS, SECONDS) == []


def test_a_build_with_a_mistake_is_found(broken):
    found = {sentence.partition(":")[0] for sentence in talk_and_kill(broken, 2, 30)}
    assert {"early": "lost", "forgetful": "doubled"}[broken.mistake] in found


def talk_and_kill(doomed, conversations: int, seconds: float) -> list[str]:
    """Everybody writes and reads while parts are killed; what the journals of the clients and the database disagree about."""
    tickets = _conversations(doomed, conversations)
    stopping, still = threading.Event(), threading.Event()
    writers, readers = [], []
    for ticket_id, (customer, agent) in tickets.items():
        hers, theirs = f"/questions/{ticket_id}/messages", f"/desk/tickets/{ticket_id}/messages"
        writers += [Writer(doomed, customer, hers, stopping, f"c{ticket_id}"), Writer(doomed, agent, theirs, stopping, f"a{ticket_id}", kind="reply")]
        readers += [Reader(doomed, customer, hers, still), Reader(doomed, agent, theirs, still)]
    for thread in (*writers, *readers):
        thread.start()
    kills = _kill_at_random(doomed, random.Random(7), seconds, [writer.path for writer in writers])
    stopping.set()
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive(), "every message is acknowledged in the end"
    until(lambda: all(event.position for ticket_id in tickets for event in doomed.events(ticket_id)), "every event has its place", 90)
    still.set()
    for reader in readers:
        reader.join(30)
        reader.look()
    pairs = [(writers[nth:nth + 2], readers[nth:nth + 2]) for nth in range(0, len(writers), 2)]
    found = [sentence for ticket_id, pair in zip(tickets, pairs, strict=True) for sentence in _differences(doomed, ticket_id, *pair)]
    acknowledged = sum(len(writer.acknowledged) for writer in writers)
    print(f"{kills} kills, {acknowledged} messages acknowledged after {sum(writer.tries for writer in writers)} tries, {len(found)} differences")
    assert acknowledged > seconds / 4, "there was talk to lose"
    return found


def _conversations(doomed, count: int) -> dict[int, tuple[str, str]]:
    """So many chats in the hands of agents."""
    doomed.rings_for(60)
    doomed.comes(*AGENTS)
    found = {}
    for nth in range(count):
        customer = ("maja", "odile")[nth % 2]
        ticket_id = Caller(doomed.server, customer).asks(f"Conversation {nth}")
        offer = doomed.ringing(ticket_id)
        agent = next(key for key in AGENTS if doomed.app.extensions["cast"][key] == offer.agent_id)
        assert Caller(doomed.server, agent).post(f"/desk/offers/{offer.id}/acceptance")[0] == 303
        found[ticket_id] = (customer, agent)
    return found


def _kill_at_random(doomed, rng, seconds: float, paths: list[str]) -> int:
    """Everything, or one part, or Redis, at any moment or between a commit and its answer; and up again."""
    kills, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(rng.uniform(2, 8))
        part = rng.choice([*doomed.server.commands, "all", "unanswered", *(["redis"] if hasattr(doomed.server, "redis") else [])])
        if part == "redis":
            doomed.server.redis.stop()
            time.sleep(rng.uniform(0.5, 3))
            doomed.server.redis.start()
        elif part == "unanswered":
            doomed.fails_at(f"committed {rng.choice(paths)}")
            doomed.dies()
            doomed.server.start()
        else:
            doomed.server.restart(*([] if part == "all" else [part]))
        kills += 1
    return kills


def _differences(doomed, ticket_id: int, writers, readers) -> list[str]:
    """Sentences; an empty list is what was promised."""
    stored = doomed.messages(ticket_id)
    found = []
    for (author_id, body), times in Counter((message.author_id, message.body) for message in stored).items():
        if times > 1:
            found.append(f"doubled: {body} by {author_id} is stored {times} times")
    by_name = {message.client_id[:32]: message.body for message in stored}
    for writer in writers:
        found += [f"lost: {body} was acknowledged" for name, body in writer.acknowledged if by_name.get(name) != body]
        mine = [message.body for message in stored if message.author_id == doomed.app.extensions["cast"][writer.caller.key]]
        if [body for body in mine if " says " in body] != [body for _name, body in writer.acknowledged]:
            found.append(f"disordered: {writer.caller.key} wrote in another order than is stored")
    if [message.desk_seq for message in stored] != list(range(1, len(stored) + 1)):
        found.append("gap: the numbers of the conversation have a hole")
    for reader in readers:
        if [entry[0] for entry in reader.seen] != [message.client_id for message in stored]:
            found.append(f"different: {reader.caller.key} saw {len(reader.seen)} messages of {len(stored)}, or another order")
    posted = Counter(event.data["message_id"] for event in doomed.events(ticket_id) if event.kind == "message.posted")
    if posted != Counter(message.id for message in stored):
        found.append("log: messages and their events do not match")
    return found
