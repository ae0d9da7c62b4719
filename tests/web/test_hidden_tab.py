"""A hidden tab costs little, and an agent behind one stays present. Minutes pass on the page's own clock, which stands while the test does not turn it."""
import re
import time

import pytest

from support import routing
from support.database import db
from support.routing.models import Presence
from tests.recovery.caller import until
from tests.worlds import SHIFT

HIDE = "Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))"
SHOW = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"
PING, PONG = "2", "3"  # of engine.io
PINGED = 20_000  # ms between two pings of our server
MINUTES = 5
REFUSED = ("WebSocket", "ERR_CONNECTION")
JOIN, ANSWER = re.compile(r'42(\d+)\["join"'), re.compile(r"43(\d+)\[")  # of socket.io, each with the number that goes with it
HELD_BACK = "const set = setInterval; window.setInterval = (task, pause) => set(() => window.heldBack || task(), pause)"


class Wire:
    """The page's socket with the server's pings in the hands of the test, so that the page's minutes need not be waited for."""

    def __init__(self, page, is_open=True):
        self.page, self.said, self.pongs = page, [], 0
        self.attempts, self.is_open, self.is_tried = 0, is_open, False
        self.unanswered: set[str] = set()  # numbers of what the page has asked to join
        page.route_web_socket("**/socket.io/**", self._opens)

    def _opens(self, socket) -> None:
        self.attempts, self.is_tried = self.attempts + 1, True
        if not self.is_open:
            return socket.close()
        self.page_side, server_side = socket, socket.connect_to_server()
        socket.on_message(lambda words: self._hears(words, server_side))
        server_side.on_message(lambda words: server_side.send(PONG) if words == PING else self._tells(words, socket))

    def _hears(self, words, server_side) -> None:
        if words == PONG:
            self.pongs += 1
        else:
            self.said.append(words)
            self.unanswered.update(JOIN.findall(words[:20]))
            server_side.send(words)

    def _tells(self, words, socket) -> None:
        socket.send(words)
        self.unanswered.difference_update(ANSWER.findall(words[:20]))

    def ping(self) -> None:
        """As the server does; the page's minutes must not go on before the page has heard it, or it takes the server for dead."""
        before = self.pongs
        self.page_side.send(PING)
        until(lambda: self.page.wait_for_timeout(5) or self.pongs > before, "the page answers a ping")


class Hidden:
    """A tab that was put aside, and what it has asked for since."""

    def __init__(self, page, wire, on_the_way):
        self.page, self.wire, self.on_the_way, self.asked = page, wire, on_the_way, []
        self._comes_to_rest()
        page.evaluate(HIDE)
        page.clock.run_for(1_000)  # a look at what rings may be due already
        self._comes_to_rest()
        page.on("request", lambda request: self.asked.append(request.url))
        wire.said.clear()
        wire.attempts = 0

    def for_minutes(self, minutes: int) -> None:
        for _ping in range(minutes * 60_000 // PINGED):
            self.page.clock.run_for(PINGED)
            if self.wire.is_open:
                self.wire.ping()
        self._comes_to_rest()

    def _comes_to_rest(self) -> None:
        """What the page has joined is answered, and what it asked for then has come: nothing of that is counted as asked behind the scenes."""
        until(lambda: all(self._rests() for _look in range(3)), "the page comes to rest")  # an answer that has come may lead to one more question

    def _rests(self) -> bool:
        is_answered = self.wire.is_tried and not self.wire.unanswered
        self.page.evaluate("0")  # what the wire has passed on by now is heard
        return is_answered and not self.on_the_way


@pytest.fixture
def hides(live_default, new_page, live_desk):
    """`hides("ines", "/desk")`: a tab of hers that is open and then hidden; `with_socket=False` where no socket is to be had."""

    def hide(key: str, path: str, with_socket=True) -> Hidden:
        page = new_page(live_default, key, allow=REFUSED)
        page.clock.install(time=time.time() - 60)
        page.clock.pause_at(time.time())
        page.add_init_script(HELD_BACK)
        wire, on_the_way = Wire(page, with_socket), set()
        page.on("request", lambda request: on_the_way.add(request))
        for ended in ("requestfinished", "requestfailed"):
            page.on(ended, lambda request: on_the_way.discard(request))
        page.goto(path)
        if with_socket:
            page.wait_for_selector("html[data-live=connected]")
        return Hidden(page, wire, on_the_way)

    return hide


def seen_at(live_desk, key: str):
    with live_desk.app.app_context():
        return db.session.query(Presence).filter_by(person_id=live_desk.app.extensions["cast"][key]).one().seen_at


def test_a_hidden_tab_asks_for_nothing_and_looks_once_when_it_is_shown(live_desk, hides):
    ticket_id = live_desk.taken()
    maja, ines = hides("maja", f"/questions/{ticket_id}"), hides("ines", f"/desk/tickets/{ticket_id}")
    for tab in (maja, ines):
        tab.for_minutes(MINUTES)
        assert tab.asked == []
    assert maja.wire.said == [], "nobody needs a customer's sign of life"
    assert 0 < len(ines.wire.said) <= 4 * MINUTES + 1 and all('"alive"' in words for words in ines.wire.said)
    ines.page.evaluate(SHOW)
    ines.page.clock.run_for(1_000)
    until(lambda: ines.page.wait_for_timeout(20) or any("/viewers" in url for url in ines.asked), "what is shown again is fresh")


def test_hints_make_a_hidden_tab_fetch_the_new_messages_alone(live_desk, hides):
    ticket_id = live_desk.taken()
    ines = hides("ines", f"/desk/tickets/{ticket_id}")
    for number in range(3):
        live_desk.customer_writes(ticket_id, f"Anybody there? {number}", client_id=f"hidden-tab-{number:04}")
        ines.page.wait_for_selector(f"text=Anybody there? {number}", state="attached")
        ines.page.clock.run_for(5_000)
    ines.page.wait_for_load_state("networkidle")
    assert {url.partition("?")[0].rpartition("/")[2] for url in ines.asked} <= {"messages", "reading", "ring"}, "no piece that nobody looks at"
    assert ines.page.title().startswith("(3)")
    assert len(ines.asked) <= 9


def test_without_a_socket_a_hidden_tab_gives_signs_of_life_and_no_more(live_desk, hides):
    ticket_id = live_desk.taken()
    maja, ines = (hides(key, path, with_socket=False) for key, path in (("maja", f"/questions/{ticket_id}"), ("ines", f"/desk/tickets/{ticket_id}")))
    for tab in (maja, ines):
        tab.for_minutes(MINUTES)
        assert tab.wire.attempts <= 6 * MINUTES, "it tries to come back, a few times a minute"
    assert maja.asked == []
    assert 0 < len(ines.asked) <= 4 * MINUTES + 1 and all(url.endswith("/desk/heartbeat") for url in ines.asked)


def test_an_agent_behind_a_hidden_tab_whose_timers_are_held_back_stays_present(live_desk, hides, live_default):
    """Chromium lets the timers of a tab that was hidden for five minutes go off once a minute, and an agent is gone after 45 seconds."""
    live_desk.taken()
    ines = hides("ines", "/desk")
    ines.page.evaluate("window.heldBack = true")
    for _ping in range(4):  # each so early that a slow machine is not the reason why she is gone
        before = seen_at(live_desk, "ines")
        live_default.move_clock(shift(live_default) + PINGED / 1000)
        ines.page.clock.run_for(PINGED)
        assert seen_at(live_desk, "ines") == before
        ines.wire.ping()
        until(lambda before=before: ines.page.wait_for_timeout(20) or seen_at(live_desk, "ines") > before, "the ping of the server brings a sign of life", 5)
    with live_desk.app.app_context():
        assert routing.shown(routing.my_desk(live_desk.person("ines")).presence) == "busy"


def shift(server) -> float:
    """How far the clock of the installation stands from ten o'clock."""
    return float(server.clock_file.read_text()) - SHIFT
