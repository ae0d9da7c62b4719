"""Twenty events a second: customers ask and write, agents come, go, accept and solve, all by HTTP as their pages would."""
import itertools
import random
import threading
import time

from sqlalchemy import func, select

from support.database import db
from support.events import Event
from support.routing.models import Offer
from support.tickets.models import Disposition, Ticket
from tests.recovery.caller import Caller, until

CUSTOMERS = ("maja", "odile")
AGENTS = ("lena", "priya", "samuel", "aoife", "mirela")
WITHOUT_LIMITS = {"MESSAGES_PER_MINUTE": "100000", "TICKETS_PER_HOUR": "100000", "LIVE_CHATS": "1000"}


class Flow:
    """Threads that keep the shop busy until `stop()`; `pause()` returns when the last request is answered.

    `rate` is of events a second, held by looking at the log: one request leads to one event or to several.
    """

    def __init__(self, server, talks: dict[int, str], rate: float, threads: int = 4, seed: int = 1):
        self.server, self.talks, self.rate = server, talks, rate
        self.began, self.first, self.stood = time.monotonic(), self._events(), 0.0
        self.seen = self.first
        self.callers = {key: Caller(server, key) for key in (*CUSTOMERS, *AGENTS)}
        self.agents = {server.app.extensions["cast"][key]: key for key in AGENTS}
        self.refused, self.stopping, self.running = [], threading.Event(), threading.Event()
        self.busy = [threading.Lock() for _ in range(threads)]
        self.running.set()
        self.threads = [threading.Thread(target=self._run, args=(lock, random.Random(seed + nth)), daemon=True) for nth, lock in enumerate(self.busy)]
        self.threads.append(threading.Thread(target=self._count, daemon=True))
        for thread in self.threads:
            thread.start()

    def pause(self) -> None:
        self.running.clear()
        self.paused = time.monotonic()
        for lock in self.busy:
            with lock:
                pass

    def go_on(self) -> None:
        self.stood += time.monotonic() - self.paused
        self.running.set()

    def stop(self) -> None:
        self.stopping.set()
        self.running.set()
        for thread in self.threads:
            thread.join()

    def _run(self, lock, rng: random.Random) -> None:
        deeds = (self._presence, self._presence, self._message, self._message, self._ask, self._answer)
        for nth in itertools.count():
            while self._ahead() and not self.stopping.is_set():
                time.sleep(rng.uniform(0.02, 0.1))
            self.running.wait()
            if self.stopping.is_set():
                return
            with lock:
                if not self.running.is_set():  # paused between the two lines above: nobody knows that this one is at work
                    continue
                status = rng.choice(deeds)(rng, nth)
            if status >= 500 or status in (401, 403, 429):
                self.refused.append(status)

    def _ahead(self) -> bool:
        """Whether there were more events already than the rate allows for the time that the flow has run."""
        return self.seen - self.first > self.rate * (time.monotonic() - self.began - self.stood)

    def _count(self) -> None:
        """One look for all threads: the flow shares the machine with what it measures."""
        while not self.stopping.wait(0.1):
            self.seen = self._events()

    def _events(self) -> int:
        with self.server.app.app_context():
            return db.session.scalar(select(func.max(Event.id)))

    def _presence(self, rng, nth) -> int:
        return self.callers[rng.choice(AGENTS)].post("/desk/presence", chosen=rng.choice(("available", "available", "break", "training")))[0]

    def _message(self, rng, nth) -> int:
        """The customers of the talks on the open pages write."""
        ticket_id = rng.choice(list(self.talks))
        return self.callers[self.talks[ticket_id]].writes(f"/questions/{ticket_id}/messages", f"One more word, number {nth}")[0]

    def _ask(self, rng, nth) -> int:
        caller = self.callers[rng.choice(CUSTOMERS)]
        return 303 if caller.asks(f"Question {nth}", rng.choice(("chat", "form")), topic=rng.choice(("orders", "payments"))) else 422

    def _answer(self, rng, nth) -> int:
        """An agent of ours takes what rings, or solves what is taken."""
        with self.server.app.app_context():
            offers = db.session.execute(select(Offer.id, Offer.agent_id).where(Offer.state == "live", Offer.agent_id.in_(self.agents))).all()
            mine = db.session.execute(select(Ticket.id, Ticket.assignee_id, Ticket.version).where(Ticket.assignee_id.in_(self.agents), Ticket.state == "open")).all()
            code = db.session.scalar(select(Disposition.id).where(Disposition.active))
        if offers:
            offer_id, agent_id = rng.choice(offers)
            return self.callers[self.agents[agent_id]].post(f"/desk/offers/{offer_id}/acceptance")[0]
        if mine:
            ticket_id, agent_id, version = rng.choice(mine)
            return self.callers[self.agents[agent_id]].post(f"/desk/tickets/{ticket_id}/resolution", disposition=code, version=version)[0]
        return self._presence(rng, nth)


def events_since(server, first_id: int) -> list[Event]:
    """What has happened, once all of it has its place in the log."""
    found: list[Event] = []

    def numbered() -> bool:
        with server.app.app_context():
            found[:] = db.session.scalars(select(Event).where(Event.id > first_id).order_by(Event.id))
            db.session.expunge_all()
        return all(event.position for event in found)

    until(numbered, "every event has its place")
    return found
