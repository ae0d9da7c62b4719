"""Minutes of chaos: everything that can die dies while fifty conversations go on, and nothing is lost, doubled, disordered, differing or seen by the wrong.

CHAOS_MINUTES makes it longer (30 for the note in docs/development.md), CHAOS_SEED repeats a run.
"""
import os
import sqlite3
import time

import pytest
from sqlalchemy import text

from support.database import db
from tests.recovery import books, verdict
from tests.recovery.clients import LIMITS, Clients
from tests.recovery.conftest import living, with_a_switch
from tests.recovery.faults import KINDS, Faults
from tests.recovery.flow import WITHOUT_LIMITS

MINUTES = {"default": 2.0, "grown": 5.0}
SEED = int(os.environ.get("CHAOS_SEED", 4))
CALM = 5.0  # seconds before the first fault and behind the last
# Messages a second; each is a POST, two hints and two looks, and the clients share the machine with the server.
RATES = {"default": 5.0, "grown": 2.5} if (os.cpu_count() or 1) < 4 else {"default": 15.0, "grown": 15.0}


def started(size: str, folder, **values):
    def prepare(server) -> None:
        _durable(server)
        with_a_switch(server)
        server.env.update(WITHOUT_LIMITS, **LIMITS, **values)

    yield from living(size, folder, prepare)


@pytest.fixture(params=list(MINUTES))
def doomed(request, tmp_path):
    """Both sizes, with a database that is slow to commit now and then."""
    for mortal in started(request.param, tmp_path, SLOW="0.05"):
        mortal.size = request.param
        yield mortal


# One writer at a time, as on SQLite, forgives a cursor of ids. The last one has no mistake: on the same machine nothing may be found in it.
@pytest.fixture(params=[("default", "ahead"), ("grown", "ahead"), ("grown", "ids"), ("grown", "")], ids=lambda param: "-".join(param).rstrip("-"))
def mistaken(request, tmp_path):
    """A build with a mistake in it."""
    size, mistake = request.param
    for mortal in started(size, tmp_path, BROKEN=mistake, SLOW="0" if mistake == "ahead" else "1"):
        mortal.size, mortal.mistake = size, mistake
        yield mortal


@pytest.fixture(params=["early", "forgetful"])
def careless(request, tmp_path):
    """A build that breaks its word when it dies."""
    for mortal in started("default", tmp_path, BROKEN=request.param):
        mortal.size, mortal.mistake = "default", request.param
        yield mortal


def test_FLT_01_FLT_08_FLT_09_nothing_is_lost_doubled_disordered_differing_or_seen_by_the_wrong(doomed, tmp_path):
    minutes = float(os.environ.get("CHAOS_MINUTES", MINUTES[doomed.size]))
    crowd = Clients(doomed, tmp_path / "journals", 50, RATES[doomed.size], SEED)
    found, _late = through_chaos(doomed, crowd, minutes * 60)
    assert found == [], "\n".join(found)
    if doomed.size == "default":
        with sqlite3.connect(tmp_path / "switchboard.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_build_with_a_mistake_is_found(mistaken, tmp_path):
    """Only one side writes, each talk is seldom, and pages do not look by themselves: nothing may hide that a message was not told of."""
    count, rate = (30, 2.5) if mistaken.size == "grown" else (10, 0.8)
    crowd = Clients(mistaken, tmp_path / "journals", count, rate, SEED, talking="s", asking=False, safety=600)
    found, late = through_chaos(mistaken, crowd, 18, kinds=(), patience=verdict.LATE + 2)
    assert bool(late) == bool(mistaken.mistake), late
    assert verdict.kinds(found) <= ({"missing"} if mistaken.mistake else set()), found


def test_a_build_that_breaks_its_word_is_found(careless, tmp_path):
    """The one must die to lose something; the other is asked for the same again often enough."""
    kinds, found_as = {"early": (("everything", "unanswered"), "lost"), "forgetful": ((), "doubled")}[careless.mistake]
    crowd = Clients(careless, tmp_path / "journals", 8, 4.0, SEED, asking=False)
    found, _late = through_chaos(careless, crowd, 30, kinds=kinds, patience=5)
    assert found_as in verdict.kinds(found)


def through_chaos(mortal, crowd: Clients, seconds: float, kinds=None, patience=180.0) -> tuple[list[str], list[str]]:
    """Everybody talks while parts fail; what the journals and the database disagree about, and what was shown late. `kinds` of faults are those of its size; `patience` is how long pages may take to catch up when all is well again."""
    kinds = KINDS[mortal.size] if kinds is None else kinds
    first = books.newest_event(mortal)
    chaos = Faults(mortal, crowd, crowd.folder, kinds, SEED, longest=60 if seconds > 900 else 5)
    crowd.opens()
    began = time.monotonic()
    crowd.talks_on()
    time.sleep(CALM)
    if kinds:
        chaos.go_on(seconds - 2 * CALM)
    time.sleep(CALM if kinds else seconds - CALM)
    busy = time.monotonic() - began
    found = crowd.rests(180)
    with mortal.app.app_context():
        db.engine.dispose()  # its connections are those of a server that was restarted
    books.come_to_rest(mortal, first)
    settling = time.monotonic()
    found += crowd.catches_up(lambda: books.visible(mortal, crowd), patience)
    settling = time.monotonic() - settling
    crowd.closes()
    read = books.opened(mortal, crowd, chaos, first)
    late = verdict.late(read)
    found += [*verdict.problems(read), *chaos.missing]
    print(_told(mortal, crowd, chaos, read, busy, settling), *chaos.story, verdict.table(found), *late, sep="\n")
    assert sum(len(messages) for messages in read.stored.values()) > len(crowd.writers), "there was talk to lose"
    return found, late


def _durable(server) -> None:
    """The tests' PostgreSQL confirms before it has written, to be quick; here it must not. Before the server starts, since a connection that is open stays as it is."""
    if server.world.store == "postgresql":
        with server.app.app_context():
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(f'ALTER DATABASE "{db.engine.url.database}" SET synchronous_commit = on'))
            db.engine.dispose()


def _told(mortal, crowd, chaos, read, busy: float, settling: float) -> str:
    acked, tries = sum(len(writer.acked) for writer in crowd.writers), sum(writer.tries for writer in crowd.writers)
    answers: dict[int, int] = {}
    for writer in crowd.writers:
        for status, count in writer.answers.items():
            answers[status] = answers.get(status, 0) + count
    waits = sorted(waited for _client, _line, _name, waited in verdict.waits(read)) or [0.0]
    at = lambda share: waits[min(len(waits) - 1, int(share * len(waits)))]  # noqa: E731
    return (
        f"{mortal.size}, seed {SEED}: {len(crowd.talks)} conversations for {busy:.0f} s, {len(chaos.story)} faults, {acked} acknowledgements of {tries} tries "
        f"({acked / busy:.1f} a second; answers {dict(sorted(answers.items()))}), {len(read.tickets)} tickets, {len(read.mails)} mails due; "
        f"in calm {len(waits)} were shown to others after {at(0.5):.2f} s (median), {at(0.99):.2f} s (p99), {waits[-1]:.2f} s at most; all pages had caught up {settling:.1f} s after the last delivery"
    )
