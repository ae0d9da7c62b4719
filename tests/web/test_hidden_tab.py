"""A hidden tab costs little, and an agent behind one stays present. Minutes pass on the page's own clock."""
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
HELD_BACK = "const set = setInterval; window.setInterval = (task, pause) => set(() => window.heldBack || task(), pause)"


class Wire:
    """The page's socket with the server's pings in the hands of the test, so that the page's minutes need not be waited for."""

    def __init__(self, page, is_open=True):
        self.said, self.attempts, self.is_open = [], 0, is_open
        page.route_web_socket("**/socket.io/**", self._opens)

    def _opens(self, socket) -> None:
        self.attempts += 1
        if not self.is_open:
            return socket.close()
        self.page_side, server_side = socket, socket.connect_to_server()
        socket.on_message(lambda words: self._hears(words, server_side))
        server_side.on_message(lambda words: words == PING or socket.send(words))

    def _hears(self, words, server_side) -> None:
        if words != PONG:
            self.said.append(words)
            server_side.send(words)

    def ping(self) -> None:
        self.page_side.send(PING)


class Hidden:
    """A tab that was put aside, and what it has asked for since."""

    def __init__(self, page, wire):
        self.page, self.wire, self.asked = page, wire, []
        page.evaluate(HIDE)
        page.clock.run_for(1_000)  # a look at what rings may be due already
        page.wait_for_load_state("networkidle")
        page.on("request", lambda request: self.asked.append(request.url))
        wire.said.clear()
        wire.attempts = 0

    def for_minutes(self, minutes: int) -> None:
        for _ping in range(minutes * 60_000 // PINGED):
            self.page.clock.run_for(PINGED)
            if self.wire.is_open:
                self.wire.ping()
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def hides(live_default, new_page, live_desk):
    """`hides("ines", "/desk")`: a tab of hers that is open and then hidden; `with_socket=False` where no socket is to be had."""

    def hide(key: str, path: str, with_socket=True) -> Hidden:
        page = new_page(live_default, key, allow=REFUSED)
        page.clock.install()
        page.add_init_script(HELD_BACK)
        wire = Wire(page, with_socket)
        page.goto(path)
        if with_socket:
            page.wait_for_selector("html[data-live=connected]")
        return Hidden(page, wire)

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
    for _ping in range(3):
        before = seen_at(live_desk, "ines")
        live_default.move_clock(shift(live_default) + 40)
        ines.page.clock.run_for(30_000)
        assert seen_at(live_desk, "ines") == before
        ines.wire.ping()
        until(lambda before=before: ines.page.wait_for_timeout(20) or seen_at(live_desk, "ines") > before, "the ping of the server brings a sign of life", 5)
    with live_desk.app.app_context():
        assert routing.shown(routing.my_desk(live_desk.person("ines")).presence) == "busy"


def shift(server) -> float:
    """How far the clock of the installation stands from ten o'clock."""
    return float(server.clock_file.read_text()) - SHIFT
