"""The clients of the proof by chaos: customers and agents with open pages who talk, questions that come meanwhile, and desks that take them in."""
import random
import threading
import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from support.clock import now
from support.database import db, transaction
from support.people.person import Person
from support.routing.models import Offer
from support.tickets.models import Conversation
from tests.recovery.caller import BROKEN, Caller, fresh, until
from tests.recovery.journal import Journal
from tests.recovery.page import SAFETY, Page, Thread
from tests.recovery.writer import DAY, Writer

AGENTS = ("ines", "tomasz", "lena", "priya", "samuel", "aoife", "mirela")
SKEWS = (0, 0, 0, 2 * DAY, -2 * DAY, 90, -4000)  # seconds by which the clocks of clients are wrong
LIMITS = {"UNITS": "60", "CHAT_UNITS": "2", "MAX_CHATS": "30", "MAX_TICKETS": "500", "OFFLINE_SECONDS": "3600"}


class Clients:
    """`rate` is of messages a second, of all together. `talking` says which sides write: "cs", or one of them; `safety` after how many seconds a page with a socket looks by itself."""

    def __init__(self, mortal, folder: Path, conversations: int, rate: float, seed: int, talking="cs", asking=True, safety=SAFETY):
        self.mortal, self.folder, self.rng, self.asking = mortal, folder, random.Random(seed), asking
        folder.mkdir()
        mortal.rings_for(60)
        mortal.comes(*AGENTS)
        self.customers = _customers(mortal, conversations)
        self.callers = {key: Caller(mortal.server, key) for key in (*self.customers, *AGENTS)}
        self.journals = {key: Journal(folder / f"{'s-' if key in AGENTS else ''}{key}.journal") for key in self.callers}
        self.agents = {mortal.app.extensions["cast"][key]: key for key in AGENTS}
        self.talks = {key: self._begins(key) for key in self.customers}
        self.pages, self.writers = {}, []
        self._open_pages(safety)
        self._take_pens(rate, talking)
        self.stopping = threading.Event()
        self.others = [threading.Thread(target=task, daemon=True) for task in (self._ask, self._accept)] if asking else []

    def opens(self) -> None:
        """Every page is opened and has joined its screens before the first word and the first fault."""
        for page in self.pages.values():
            page.start()
        until(self.joined, "every page has joined its screens", 180)

    def talks_on(self) -> None:
        for thread in (*self.writers, *self.others):
            thread.start()

    def rests(self, seconds: float) -> list[str]:
        """Nobody begins anything new; returns who still had something unacknowledged after so long."""
        self.stopping.set()
        for writer in self.writers:
            writer.stopping.set()
        end = time.monotonic() + seconds
        for thread in (*self.writers, *self.others):
            thread.join(max(0.0, end - time.monotonic()))
        return [f"stuck: {writer.caller.key} has an unacknowledged message in {writer.thread.talk}" for writer in self.writers if writer.is_alive()]

    def catches_up(self, stored, seconds: float) -> list[str]:
        """Everybody goes on to listen and to poll until every page shows what is stored; returns which page did not within so long. `stored` gives the names by conversation."""
        def behind() -> list[str]:
            return [
                f"missing: {key} {'does not show all of ' + thread.talk if page.joined else 'has no socket'}"
                for key, page in self.pages.items() for thread in page.threads.values() if not (page.joined and set(thread.shown) >= truth[thread.talk][page.side])
            ]

        truth, end = stored(), time.monotonic() + seconds
        while (found := behind()) and time.monotonic() < end:
            time.sleep(0.1)
        return found

    def closes(self) -> None:
        """Each page looks once more, as at its next poll, and is closed."""
        for page in self.pages.values():
            page.stopping.set()
        for page in self.pages.values():
            page.join(30)
            for thread in page.threads.values():
                page.look(thread)

    def joined(self) -> bool:
        return all(page.joined for page in self.pages.values())

    def joined_last(self) -> float:
        """When the last socket was there again."""
        return max(page.joined_at for page in self.pages.values())

    def has_sent_what_it_wrote_before(self, at: float) -> bool:
        return all(writer.waiting_since is None or writer.waiting_since > at for writer in self.writers)

    def hears(self, since: float) -> bool:
        """Whether the last messages acknowledged since then were shown to the other side at once."""
        acked = [(line.at, writer, line.fields[1]) for writer in self.writers for line in writer.acked[-3:] if since < line.at < time.monotonic() - 1.5]
        return len(acked) >= min(5, len(self.writers)) and all(name in self.other_side(writer).shown for _at, writer, name in acked if name not in writer.notes)

    def other_side(self, writer: Writer) -> Thread:
        customer, agent = self.sides[writer.thread.talk]
        return customer if writer.staff else agent

    def _begins(self, customer: str) -> tuple[int, int, str]:
        """A chat in the hands of an agent: its ticket, its conversation, who has it."""
        ticket_id = self.callers[customer].asks(f"Question of {customer}")
        offer = self.mortal.ringing(ticket_id)
        agent = self.agents[offer.agent_id]
        assert self.callers[agent].post(f"/desk/offers/{offer.id}/acceptance")[0] == 303
        (conversation,) = self.mortal.all(select(Conversation).where(Conversation.ticket_id == ticket_id))
        return ticket_id, conversation.id, agent

    def _open_pages(self, safety: float) -> None:
        self.sides = {}
        for key, (ticket_id, conversation_id, _agent) in self.talks.items():
            customer = Thread(str(ticket_id), f"conversation:{conversation_id}", f"/questions/{ticket_id}/messages")
            self.sides[str(ticket_id)] = (customer, Thread(str(ticket_id), f"desk-conversation:{conversation_id}", f"/desk/tickets/{ticket_id}/messages"))
            foreign = [f"desk-conversation:{conversation_id}", f"conversation:{conversation_id - 1}", "board"]
            self.pages[key] = Page(self.callers[key], self.journals[key], [customer], random.Random(self.rng.random()), foreign, safety)
        for agent in AGENTS:  # each draws its number, whoever got the talks, so that the same seed makes the same run
            rng = random.Random(self.rng.random())
            theirs = [self.sides[str(ticket_id)][1] for ticket_id, _conversation, whose in self.talks.values() if whose == agent]
            if theirs:
                self.pages[agent] = Page(self.callers[agent], self.journals[agent], theirs, rng, safety=safety)

    def _take_pens(self, rate: float, talking: str) -> None:
        mean = len(self.talks) * len(talking) / rate
        for customer, (ticket_id, _conversation, agent) in self.talks.items():
            for side, key in (("c", customer), ("s", agent)):
                if side in talking:
                    rng, thread = random.Random(self.rng.random()), self.sides[str(ticket_id)]["cs".index(side)]
                    pause = lambda rng=rng: rng.uniform(0.6, 1.4) * mean  # noqa: E731
                    self.writers.append(Writer(self.callers[key], self.journals[key], self.pages[key], thread, rng, pause, staff=side == "s", skew=rng.choice(SKEWS)))

    def _ask(self) -> None:
        """Questions by form, each under its name until it is a ticket; and looks at what belongs to somebody else."""
        rng = random.Random(self.rng.random())
        while not self.stopping.wait(rng.uniform(4, 8)):
            one, other = rng.sample(self.customers, 2)
            name = fresh()
            while not self.stopping.is_set():
                try:
                    ticket_id = self.callers[one].asks(f"A question besides, of {one}", "form", name)
                    if ticket_id is not None:
                        self.journals[one].note("asked", name, ticket_id)
                        break
                except BROKEN:
                    pass
                self.stopping.wait(2)
            self._pry(one, other)

    def _pry(self, one: str, other: str) -> None:
        for path in (self.sides[str(self.talks[other][0])][0].path, self.sides[str(self.talks[one][0])][1].path):
            try:
                if self.callers[one].get(path)[0] == 200:
                    self.journals[one].note("wrong", f"was shown {path}")
            except BROKEN:
                pass

    def _accept(self) -> None:
        """What rings is taken, by two tabs of the agent at the same instant, and again when nobody answered."""
        while not self.stopping.wait(1):
            try:
                with self.mortal.app.app_context():
                    offers = db.session.execute(select(Offer.id, Offer.agent_id).where(Offer.state == "live", Offer.agent_id.in_(self.agents))).all()
            except SQLAlchemyError:
                continue  # the database is what is broken
            for offer_id, agent_id in offers:
                tabs = [threading.Thread(target=self._takes, args=(self.agents[agent_id], offer_id), daemon=True) for _tab in range(2)]
                for tab in tabs:
                    tab.start()
                for tab in tabs:
                    tab.join(30)

    def _takes(self, agent: str, offer_id: int) -> None:
        try:
            self.callers[agent].post(f"/desk/offers/{offer_id}/acceptance")
        except BROKEN:
            pass


def _customers(mortal, count: int) -> list[str]:
    """So many people with an account and a mailbox."""
    keys = [f"c{nth:02}" for nth in range(count)]
    with mortal.app.app_context(), transaction() as session:
        people = {key: Person(role="customer", name=f"Customer {key}", email=f"{key}@post.example", email_proven_at=now()) for key in keys}
        session.add_all(people.values())
        session.flush()
        mortal.app.extensions["cast"] = {**mortal.app.extensions["cast"], **{key: person.id for key, person in people.items()}}
    return keys
