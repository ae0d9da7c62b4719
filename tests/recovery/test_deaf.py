"""FLT-08, FLT-09, FLT-22: a worker that no longer hears Redis or the database says so in time, sends its pages away, answers nobody with a fault of its own, and comes back by itself."""
import http.client
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from support.web.pulse import DEAF
from tests import services
from tests.recovery.caller import BROKEN, until
from tests.recovery.crowd import Crowd
from tests.recovery.flow import WITHOUT_LIMITS
from tests.recovery.slow_line import SlowLine
from tests.recovery.test_stopping import all_is_delivered, nothing_was_lost_or_doubled
from tests.servers import grown_size

LATE = 5  # seconds of a busy machine
SLOWEST = 40  # seconds after which no request may still be unanswered


@pytest.fixture
def server(tmp_path):
    with contextmanager(grown_size)(tmp_path, lambda server: server.env.update(WITHOUT_LIMITS)) as running:
        yield running
        print("last lines of the server:", *running.log.read_text(errors="replace").splitlines()[-25:], sep="\n")


def ask(server, path="/readyz") -> tuple[int, str, str]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SLOWEST)
    with closing(line):
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.getheader("Retry-After", ""), answer.read().decode()


def all_workers(server, status: int, because: str = "") -> bool:
    """Whether many questions in a row, which come to all workers, are answered like this, and say so."""
    return all((answer := ask(server))[0] == status and because in answer[2] for _try in range(12))


def only_clean_answers(crowd) -> None:
    assert set(crowd.failed) <= {503}, f"a clean 503 each: {set(crowd.failed)}"


@pytest.mark.parametrize("how", ["stands still", "dies"])
def test_FLT_08_workers_deaf_to_redis_shed_their_pages_and_heal(server, how):
    crowd = Crowd(server, writers=2, sockets=8, pause=0.2)
    until(lambda: crowd.open == 8 and len(crowd.waits) > 10 and all_workers(server, 200), "all is well")
    moved, began = crowd.moved, time.monotonic()
    if how == "dies":
        server.redis.stop()
    else:
        server.redis.process.send_signal(signal.SIGSTOP)
    until(lambda: all_workers(server, 503, "redis"), "no worker is ready", DEAF["redis"] + LATE)
    print(f"{how}: not ready after {time.monotonic() - began:.1f} s")
    until(lambda: crowd.open == 0 and crowd.moved - moved >= 8 and crowd.refused, "all pages were sent away and are refused", 15)
    assert ask(server, "/")[0] == 200, "pages go on"
    began = time.monotonic()
    if how == "dies":
        server.redis.start()
    else:
        server.redis.process.send_signal(signal.SIGCONT)
    until(lambda: all_workers(server, 200) and crowd.open == 8, "all hear again, and the pages are back", 30)
    print(f"{how}: healed after {time.monotonic() - began:.1f} s; tries that failed {len(crowd.failed)}")
    crowd.stop()
    only_clean_answers(crowd)
    nothing_was_lost_or_doubled(server, crowd)
    all_is_delivered(server, 30)


@contextmanager
def standing_postgresql():
    """The server first, so that none of its processes comes while they are stopped; those that end meanwhile are none any more."""
    stopped = [psutil.Process(int((Path(os.environ[services.FOLDER]) / "pg" / "postmaster.pid").read_text().split()[0]))]
    stopped[0].suspend()
    try:
        for process in stopped[0].children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                process.suspend()
                stopped.append(process)
        yield
    finally:
        for process in stopped:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def test_a_database_that_stands_still_makes_nobody_wait_for_long(server):
    crowd = Crowd(server, writers=2, sockets=8, pause=0.2)
    until(lambda: crowd.open == 8 and len(crowd.waits) > 10 and all_workers(server, 200), "all is well")
    moved, began = crowd.moved, time.monotonic()
    with standing_postgresql():
        until(lambda: all_workers(server, 503, "database"), "no worker is ready", DEAF["database"] + LATE)
        print(f"not ready after {time.monotonic() - began:.1f} s")
        until(lambda: crowd.moved - moved >= 8, "all pages were sent away", 15)
        began = time.monotonic()
        with ThreadPoolExecutor(60) as many:
            answers = list(many.map(lambda _nth: ask(server, "/")[:2], range(60)))
        assert {status for status, _retry in answers} == {503} and {retry for _status, retry in answers} == {"5"}
        assert time.monotonic() - began < LATE, "nobody waits in a line that does not move"
        assert ask(server, "/healthz")[0] == 200
    began = time.monotonic()
    until(lambda: all_workers(server, 200) and ask(server, "/")[0] == 200 and crowd.open == 8, "all is well again", 15 + LATE)
    print(f"healed after {time.monotonic() - began:.1f} s")
    crowd.stop()
    only_clean_answers(crowd)
    nothing_was_lost_or_doubled(server, crowd)
    all_is_delivered(server, 30)


def test_FLT_09_a_database_that_is_restarted_costs_a_few_clean_refusals(server):
    crowd = Crowd(server, writers=4, sockets=4, pause=0.02)
    until(lambda: crowd.open == 4 and len(crowd.waits) > 20, "the crowd is at work")
    data = Path(os.environ[services.FOLDER]) / "pg"
    for _time in range(2):
        services.stop_postgresql(data)
        answered = [ask(server, "/")[0] for _try in range(5)]
        assert set(answered) <= {200, 503}
        services.start_postgresql(data)
        seen = len(crowd.waits)
        until(lambda seen=seen: len(crowd.waits) > seen + 20 and all(ask(server, "/")[0] == 200 for _try in range(8)), "the pool has healed", 15 + LATE)
    crowd.stop()
    print(f"tries that failed: {len(crowd.failed)} of {len(crowd.waits)}: {set(crowd.failed)}")
    only_clean_answers(crowd)
    nothing_was_lost_or_doubled(server, crowd)
    all_is_delivered(server, 90)


def test_FLT_22_a_slow_database_piles_nothing_up_and_keeps_the_sockets(tmp_path):
    lines = []

    def through_a_line(server) -> None:
        lines.append(SlowLine(server.world.url))
        server.env.update(WITHOUT_LIMITS, DATABASE_URL=lines[0].url)

    with contextmanager(grown_size)(tmp_path, through_a_line) as server:
        line = lines[0]
        crowd = Crowd(server, writers=2, sockets=6, pause=0.2)
        until(lambda: crowd.open == 6 and len(crowd.waits) > 10, "the crowd is at work")
        moved = crowd.moved
        for delay, seconds in ((0.5, 10), (5.0, 25)):
            line.delay = delay
            end, statuses = time.monotonic() + seconds, []
            with ThreadPoolExecutor(40) as many:
                while time.monotonic() < end:
                    statuses += many.map(lambda _nth: _status(server), range(40))
            assert set(statuses) <= {200, 503}, set(statuses)
            assert line.open < 3 * 40, "connections are bounded"
            assert crowd.open == 6 and crowd.moved == moved, "sockets stay up"
            print(f"{delay} s: {statuses.count(200)} answered, {statuses.count(503)} refused, {line.open} connections")
        line.delay = 0.0
        began = time.monotonic()
        until(lambda: all_workers(server, 200) and all(_status(server) == 200 for _try in range(10)), "all is well again", 30)
        print(f"healed after {time.monotonic() - began:.1f} s")
        crowd.stop()
        assert set(crowd.failed) <= {503, "TimeoutError"}, "refused cleanly, or given up by a client with less patience"
        nothing_was_lost_or_doubled(server, crowd)
        line.close()


def _status(server) -> int | str:
    try:
        return ask(server, "/")[0]
    except BROKEN as error:
        return type(error).__name__
