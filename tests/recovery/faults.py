"""What goes wrong in the proof by chaos, one after the other at random, and how long it takes until everybody is there again."""
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from tests import services
from tests.recovery.caller import until
from tests.recovery.clients import Clients
from tests.recovery.journal import Journal

NOTICED = 1.5  # seconds after which everybody has noticed that a connection is gone
PATIENCE = 180.0  # seconds after a fault within which everybody is back, also on a slow and busy machine; how long it took is told
KINDS = {
    "default": ("worker", "everything", "unanswered", "sockets", "rolling"),
    "grown": ("worker", "work", "redis stops", "redis dies", "database restarts", "database crashes", "rolling", "sockets", "everything", "unanswered"),
}


class Faults:
    """Breaks things until the end; `story` is what it did, `missing` who did not come back."""

    def __init__(self, mortal, crowd: Clients, folder: Path, kinds: tuple[str, ...], seed: int, longest: float = 5.0):
        self.mortal, self.server, self.crowd, self.rng = mortal, mortal.server, crowd, random.Random(seed)
        self.kinds, self.longest, self.journal = kinds, longest, Journal(folder / "faults.txt")
        self.story, self.missing, self.began = [], [], time.monotonic()

    def go_on(self, seconds: float) -> None:
        """Rounds of all kinds in a new order each time, the first one whole, with a while of calm behind each fault."""
        end, waiting = time.monotonic() + seconds, self._round()
        while time.monotonic() < end or len(self.story) < len(self.kinds):
            waiting = waiting or self._round()
            self.happens(waiting.pop())
            time.sleep(self.rng.uniform(1, 3))

    def _round(self) -> list[str]:
        return self.rng.sample(self.kinds, len(self.kinds))

    def happens(self, kind: str) -> None:
        self.journal.note("began", kind.replace(" ", "-"))
        began = time.monotonic()
        told = {
            "worker": self._worker, "work": self._work, "redis stops": self._redis_stops, "redis dies": self._redis_dies, "database restarts": self._database_restarts,
            "database crashes": self._database_crashes, "rolling": self._rolling, "sockets": self._sockets, "everything": self._everything, "unanswered": self._unanswered,
        }[kind]() or ""
        ended = self.journal.note("ended", kind.replace(" ", "-")).at
        back = self._back(ended)
        self.journal.note("back", kind.replace(" ", "-"))
        figures = ", ".join(f"{what} after {seconds:.1f} s" if seconds is not None else f"never {what}" for what, seconds in back.items())
        self.story.append(f"{began - self.began:6.1f} s  {kind} {told}: {figures}")
        self.missing += [f"missing: not {what} within {PATIENCE:.0f} s after {kind}" for what, seconds in back.items() if seconds is None]

    def _back(self, since: float) -> dict[str, float | None]:
        """Seconds until every socket is joined, all that was written before is acknowledged, and what is new is shown at once."""
        tests = {"connected": self.crowd.joined, "sent": lambda: self.crowd.has_sent_what_it_wrote_before(since), "live": lambda: self.crowd.hears(since)}
        found = dict.fromkeys(tests)
        time.sleep(NOTICED)
        while None in found.values() and time.monotonic() < since + PATIENCE:
            time.sleep(0.1)
            for name, test in tests.items():
                if found[name] is None and test():
                    found[name] = time.monotonic() - since - (NOTICED if name == "live" else 0)
        if found["connected"] is not None:
            found["connected"] = max(0.0, self.crowd.joined_last() - since)
        return found

    def _worker(self) -> str:
        master = psutil.Process(self.server.processes["web"].pid)

        def killed() -> psutil.Process | None:
            with suppress(psutil.NoSuchProcess, IndexError):  # one may end by itself while it is chosen, and for a moment there may be none
                victim = self.rng.choice(master.children())
                victim.send_signal(signal.SIGKILL)
                return victim

        return f"{until(killed, 'a worker is there to be killed').pid} killed"

    def _work(self) -> str:
        self.server.kill("work")
        return self._down_for(self.rng.uniform(0.5, 3), lambda: self.server.start("work"))

    def _redis_stops(self) -> str:
        self.server.redis.process.send_signal(signal.SIGSTOP)
        return self._down_for(self.rng.uniform(2, self.longest), lambda: self.server.redis.process.send_signal(signal.SIGCONT))

    def _redis_dies(self) -> str:
        self.server.redis.stop()
        return self._down_for(self.rng.uniform(0.5, self.longest), self.server.redis.start)

    def _database_restarts(self) -> str:
        services.break_postgresql("fast")
        return self._down_for(self.rng.uniform(0, 4), services.postgresql)

    def _database_crashes(self) -> str:
        services.break_postgresql("immediate")
        return self._down_for(self.rng.uniform(0, 4), services.postgresql)

    def _rolling(self) -> str:
        """All workers replaced by new ones; over when the last of the old has ended."""
        master = psutil.Process(self.server.processes["web"].pid)
        old = master.children()
        master.send_signal(signal.SIGHUP)
        _gone, alive = psutil.wait_procs(old, timeout=60)
        return f"restart of {len(old)}" + (f", {len(alive)} did not end" if alive else "")

    def _sockets(self) -> str:
        pages = self.rng.sample(sorted(self.crowd.pages), len(self.crowd.pages) // 2)
        for key in pages:
            self.crowd.pages[key].cut()
        return f"{len(pages)} cut"

    def _everything(self) -> str:
        self.server.kill()
        return self._down_for(self.rng.uniform(0, 2), self.server.start)

    def _unanswered(self) -> str:
        """kill -9 between a commit and its answer."""
        self.mortal.fails_at(f"committed {self.rng.choice(self.crowd.writers).thread.path}")
        self.mortal.dies()
        self.server.start()
        return "killed after a commit"

    def _down_for(self, seconds: float, up) -> str:
        time.sleep(seconds)
        up()
        return f"down for {seconds:.1f} s"
