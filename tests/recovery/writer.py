"""Somebody who writes: each message under one name until it is acknowledged, in order, as the outbox of a page does (composer.js)."""
import threading
import time

from tests.recovery.caller import BROKEN, Caller, fresh
from tests.recovery.journal import Journal
from tests.recovery.page import Page, Thread, messages

RESEND = 8.0  # seconds, and up to two more
LATER = (0, 401, 429, 500, 502, 503)  # what a page sends again by itself
DAY = 86_400


class Writer(threading.Thread):
    """`pause()` gives the seconds until the next message. `skew` is by how much the clock of this client is wrong, in seconds."""

    def __init__(self, caller: Caller, journal: Journal, page: Page, thread: Thread, rng, pause, *, staff=False, skew=0.0):
        super().__init__(daemon=True)
        self.caller, self.journal, self.page, self.thread, self.rng, self.pause = caller, journal, page, thread, rng, pause
        self.staff, self.skew, self.stopping = staff, skew, threading.Event()
        self.tries, self.answers, self.acked, self.notes, self.waiting_since = 0, {}, [], set(), None

    def run(self) -> None:
        nth = 0
        while not self.stopping.wait(self.pause()):
            nth += 1
            self._send(f"{self.caller.key} says {nth} in {self.thread.talk}", fresh())

    def _send(self, words: str, name: str) -> None:
        self.journal.note("sent", self.thread.talk, name, words)
        fields = {"kind": "note" if self.rng.random() < 0.15 else "reply"} if self.staff else {}
        if fields.get("kind") == "note":
            self.notes.add(name)
        if self.skew:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.skew))
            fields |= {"at": at, "created_at": at, "seq": "1"}  # what no server must believe
        self.waiting_since = time.monotonic()
        while not self._stored(words, name, fields):
            self._wait_for_a_better_time()
        self.waiting_since = None
        if self.rng.random() < 0.05:
            self._stored(words, name, fields)  # an answer that was lost on the way: the same again

    def _stored(self, words: str, name: str, fields: dict) -> bool:
        self.tries += 1
        try:
            status, text = self.caller.writes(self.thread.path, words, name, **fields)
        except BROKEN:
            status, text = 0, ""
        self.answers[status] = self.answers.get(status, 0) + 1
        if status != 201:
            if status not in LATER:
                self.journal.note("wrong", f"was refused with {status} in {self.thread.talk}")
            return status not in LATER
        number = next((number for found, number, _words in messages(self.page.side, text) if found == name), 0)
        self.acked.append(self.journal.note("acked", self.thread.talk, name, number))
        self.page.shows(self.thread, text)
        return True

    def _wait_for_a_better_time(self) -> None:
        """The next tick of the page, or when its socket comes back."""
        end, was = time.monotonic() + RESEND + self.rng.uniform(0, 2), self.page.joined
        while time.monotonic() < end:
            time.sleep(0.1)
            if self.page.joined and not was:
                return
            was = self.page.joined
