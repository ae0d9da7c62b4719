"""An open page as a thread: one socket for its screens, `?after=` behind each hint, polls without one. Does what live_socket.js and thread.js do."""
import html
import json
import re
import threading
import time
from dataclasses import dataclass, field

import simple_websocket
from wsproto.utilities import ProtocolError

from tests.recovery.caller import BROKEN, Caller
from tests.recovery.journal import Journal
from tests.wire import Client

POLL, SAFETY, SILENT = 10.0, 60.0, 35.0  # seconds: without a socket, with one, until one that says nothing is given up
ALIVE = 15.0
JOINED_AT_ONCE, JOIN_PACE = 12, 0.06  # of the 20 events at once, and then 20 a second, that a socket may send
GONE = (OSError, simple_websocket.ConnectionClosed, simple_websocket.ConnectionError, ProtocolError)
ATTRIBUTE = {"c": re.compile(r'\sdata-seq="(\d+)"'), "s": re.compile(r'\sdata-desk-seq="(\d+)"')}
WORDS = re.compile(r"<p>(.*?)</p>", re.S)


@dataclass
class Thread:
    """One conversation on the page: its screen, where its messages are fetched, and what is shown, by name."""

    talk: str
    screen: str
    path: str
    shown: dict[str, int] = field(default_factory=dict)
    looked: float = 0.0

    def last(self) -> int:
        """The number up to which nothing is missing."""
        numbers = set(self.shown.values())
        return next(number for number in range(len(numbers) + 1) if number + 1 not in numbers)


class Page(threading.Thread):
    """`cut()` breaks the connection as a tunnel does; `foreign` are screens it tries to join and must not. `safety` is in seconds."""

    def __init__(self, caller: Caller, journal: Journal, threads: list[Thread], rng, foreign=(), safety=SAFETY):
        super().__init__(daemon=True)
        self.caller, self.journal, self.rng, self.foreign = caller, journal, rng, set(foreign)
        self.threads = {thread.screen: thread for thread in threads}
        self.side, self.stopping, self.socket = journal.path.name[0], threading.Event(), None
        self.joined, self.joined_at, self.safety = False, 0.0, safety
        self._lock = threading.Lock()
        for thread in threads:
            journal.note("reads", thread.talk)

    def run(self) -> None:
        tries = 0
        while not self.stopping.is_set():
            try:
                pause = self._live()
                tries = 0
            except GONE:
                pause = min(15.0, 0.5 * 2**tries) * self.rng.uniform(0.4, 1.6)
                tries = 0 if self.joined else tries + 1
            self._gone()
            self._wait(pause)

    def cut(self) -> None:
        socket = self.socket
        if socket is not None:
            socket.sock.close()
            socket.connected = False
            socket.event.set()

    def look(self, thread: Thread) -> None:
        """Fetch what is behind the last one, page by page, until there is no more."""
        thread.looked = time.monotonic()
        fresh = 50
        while fresh >= 50:
            status, _location, text = self.caller.get(f"{thread.path}?after={thread.last()}")
            if status != 200:
                return
            fresh = self.shows(thread, text)

    def shows(self, thread: Thread, text: str) -> int:
        """Add the messages that are not here yet, also those that come as an acknowledgement; tells how many."""
        fresh = 0
        with self._lock:
            for name, number, words in messages(self.side, text):
                if name not in thread.shown:
                    fresh += 1
                    thread.shown[name] = number
                    self.journal.note("saw", thread.talk, number, name, words)
        return fresh

    def _live(self) -> float:
        """Until the socket is gone; returns the pause before the next one."""
        address = f"ws://127.0.0.1:{self.caller.server.port}/socket.io/?EIO=4&transport=websocket"
        self.socket = Client(address, headers={"Cookie": f"switchboard={self.caller.token}"})
        heard = alive = time.monotonic()
        while not self.stopping.is_set():
            frame = self.socket.receive(timeout=0.5)
            at = time.monotonic()
            if frame is not None:
                heard = at
                pause = self._hears(frame)
                if pause is not None:
                    return pause
            if at - heard > SILENT:
                raise ConnectionError
            if self.side == "s" and at - alive > ALIVE:
                alive = at
                self._says(["alive", {}])
            self._polls()
        return 0.0

    def _hears(self, frame: str) -> float | None:
        if frame.startswith("0"):
            self.socket.send("40")
        elif frame == "2":
            self.socket.send("3")
        elif frame.startswith("40"):
            self._joins(0)
        elif frame.startswith("43"):
            self._answered(frame)
        elif frame.startswith("42"):
            return self._told(*json.loads(frame[2:]))
        elif frame.startswith(("41", "44")):
            return 1.0 + self.rng.uniform(0, 4)
        return None

    def _answered(self, frame: str) -> None:
        nth, _, rest = frame[2:].partition("[")
        screen = [*self.threads, *self.foreign][int(nth)]
        allowed = json.loads("[" + rest)[0].get("ok")
        if screen in self.foreign:
            if allowed:
                self.journal.note("wrong", f"joined {screen}")
        elif not allowed:
            raise ConnectionError  # the server could not say; a page would try again when it comes back
        else:
            self._look_quietly(self.threads[screen])
            if int(nth) == len(self.threads) - 1:
                self.joined_at = self.journal.note("joined").at
                self.joined = True
        self._joins(int(nth) + 1)

    def _joins(self, nth: int) -> None:
        """One after the other, and after some no faster than a socket may: an agent with thirty conversations would say too much on a quick machine."""
        screens = [*self.threads, *self.foreign]
        if nth < len(screens):
            if nth >= JOINED_AT_ONCE:
                self.stopping.wait(JOIN_PACE)
            self._says(["join", {"screen": screens[nth]}], str(nth))

    def _told(self, event: str, data=None) -> float | None:
        if event == "stale" and data["screen"] in self.threads:
            self._look_quietly(self.threads[data["screen"]])
        elif event in ("stale", "typing"):
            self.journal.note("wrong", f"heard of {data['screen']}")
        elif event == "move":
            return 0.5 + self.rng.uniform(0, 4)
        elif event == "signed_out":
            self.journal.note("wrong", "was signed out")
        return None

    def _says(self, event: list, number: str = "") -> None:
        self.socket.send(f"42{number}{json.dumps(event)}")

    def _gone(self) -> None:
        if self.joined and not self.stopping.is_set():
            self.journal.note("lost")
        self.joined = False
        socket, self.socket = self.socket, None
        try:
            socket and socket.sock.close()
        except OSError:
            pass

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.stopping.is_set():
            self._polls()
            time.sleep(0.1)

    def _polls(self) -> None:
        pause = (self.safety if self.joined else POLL) * self.rng.uniform(0.9, 1.1)
        for thread in self.threads.values():
            if time.monotonic() - thread.looked > pause:
                self._look_quietly(thread)

    def _look_quietly(self, thread: Thread) -> None:
        try:
            self.look(thread)
        except BROKEN:
            pass


def messages(side: str, text: str) -> list[tuple[str, int, str]]:
    """(name, number, words) of each message in a partial, as the viewer of that side has them."""
    found = []
    for piece in text.split('id="message-')[1:]:
        head, _, rest = piece.partition(">")
        number, words = ATTRIBUTE[side].search(head), WORDS.search(rest)
        found.append((head.partition('"')[0], int(number[1]) if number else 0, html.unescape(words[1]) if words else ""))
    return found
