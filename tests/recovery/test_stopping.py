"""FLT-02: stopped and started anew under load. Nothing acknowledged is lost, nothing is done twice, and whoever waits is served."""
import email
import signal
import time
from contextlib import contextmanager

import psutil
import pytest
from sqlalchemy import func, select

from support.clock import now
from support.contact.mail import Mail
from support.database import db
from support.events import Delivery, Event
from support.tickets.models import Conversation, Message
from tests.recovery.caller import until
from tests.recovery.crowd import Crowd
from tests.recovery.flow import WITHOUT_LIMITS
from tests.servers import SIZES

ENDS_IN = {"default": 3, "grown": 30}  # seconds; promised in docs/deploying.md
MARGIN = 2  # seconds of a busy machine


def stored(server) -> dict[int, list[str]]:
    """The bodies of every question in their order, without its first message."""
    query = select(Conversation.ticket_id, Message.seq, Message.body).join(Conversation, Conversation.id == Message.conversation_id).order_by(Conversation.ticket_id, Message.seq)
    found: dict[int, list[str]] = {}
    with server.app.app_context():
        db.session.rollback()
        for ticket_id, seq, body in db.session.execute(query):
            if seq > 1:
                found.setdefault(ticket_id, []).append(body)
    return found


def nothing_was_lost_or_doubled(server, crowd) -> None:
    have = stored(server)
    assert crowd.acknowledged and sum(map(len, crowd.acknowledged.values())) > len(crowd.acknowledged), "the crowd wrote"
    for ticket_id, bodies in crowd.acknowledged.items():
        assert have[ticket_id] == bodies, "each once, in order"


def all_is_delivered(server, seconds: float) -> None:
    """Also what was in hand when a process ended: its lease was given back, so nobody waits a minute for it."""

    def undone():
        with server.app.app_context():
            db.session.rollback()
            due = db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "due"))
            return due + db.session.scalar(select(func.count()).where(Event.position.is_(None)))

    until(lambda: not undone(), "everything is delivered", seconds)


def mails_once(server) -> None:
    def waiting():
        with server.app.app_context():
            db.session.rollback()
            return db.session.scalar(select(func.count()).select_from(Mail).where(Mail.state == "waiting", Mail.next_at <= now()))

    until(lambda: not waiting(), "every mail that is due was sent")
    names = [email.message_from_bytes(path.read_bytes())["Message-ID"] for path in server.folder.rglob("*.eml")]
    assert names and len(names) == len(set(names)), "no mail twice"


def test_FLT_02_stopped_under_load_it_ends_in_time_and_leaves_nothing_half_done(server, size):
    crowd = Crowd(server, writers=4, sockets=12)
    until(lambda: crowd.open == 12 and len(crowd.waits) > 40, "the crowd is at work")
    began = time.monotonic()
    for process in server.processes.values():
        process.send_signal(signal.SIGTERM)
    for process in server.processes.values():
        process.wait(timeout=40)
    took = time.monotonic() - began
    server.processes.clear()
    assert took < ENDS_IN[size] + MARGIN, f"{took:.1f} s"
    print(f"{size}: ended in {took:.1f} s, moved {crowd.moved} of 12")
    until(lambda: crowd.moved >= 11, "pages were told to move, and have read it", MARGIN)
    server.start()
    crowd.stop()
    nothing_was_lost_or_doubled(server, crowd)
    all_is_delivered(server, 20)
    mails_once(server)


def test_FLT_02_a_rolling_restart_is_seen_by_nobody(live_grown_without_limits):
    server = live_grown_without_limits
    crowd = Crowd(server, writers=4, sockets=12)
    until(lambda: crowd.open == 12 and len(crowd.waits) > 40, "the crowd is at work")
    master = psutil.Process(server.processes["web"].pid)
    before = {child.pid for child in master.children()}
    crowd.waits.clear()
    for nth in range(2):
        old = {child.pid for child in master.children()}
        master.send_signal(signal.SIGHUP)
        server.processes["work"].send_signal(signal.SIGTERM)
        server.processes["work"].wait(timeout=30)
        server.start("work")
        until(lambda old=old: len(new := {child.pid for child in master.children()}) == 2 and not new & old, "all workers are new", 40)
        # A page that is still on its way when the next workers begin to come may go straight to them, and is then told nothing.
        until(lambda nth=nth: crowd.moved >= 12 * (nth + 1) and crowd.open == 12, "all pages were told to move and are back")
    crowd.stop()
    print(f"{len(crowd.waits)} requests, longest {max(crowd.waits):.2f} s, tries that failed {crowd.failed}, sockets moved {crowd.moved}, refused {crowd.refused}")
    assert not before & {child.pid for child in master.children()}
    assert crowd.moved >= 24, "every page was told to move, each time"
    assert crowd.failed == [], "no request failed, not even one that a retry would heal"
    nothing_was_lost_or_doubled(server, crowd)
    all_is_delivered(server, 20)
    mails_once(server)


@pytest.fixture
def live_grown_without_limits(tmp_path):
    with contextmanager(SIZES["grown"])(tmp_path, lambda server: server.env.update(WITHOUT_LIMITS)) as running:
        yield running
