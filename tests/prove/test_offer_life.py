"""The life of an offer against a simple slow model: whatever people do in whatever order, the router offers what it may, all it can, and keeps every place."""
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from sqlalchemy import select

from support import clock, relay, routing, training
from support.calendars import Calendar
from support.clock import now
from support.database import db, transaction
from support.errors import NotAllowed
from support.routing.models import Offer, Queue, WorkItem
from support.tickets import reopen, resolve
from support.training.models import Certificate, Skill
from tests.routing.desks import ALWAYS, Desks
from tests.worlds import SHIFT, World, application, settings_for

AGENTS = ("ines", "tomasz", "lena")
TOPICS = ("orders", "payments")
RING, PAUSE, WRAP_UP, CHATS, MISSES = 30, 60, 40, 3, 3  # as the settings say; no rule of the product is asked here


@dataclass
class Held:
    """A certificate."""

    id: int
    agent: str
    slug: str
    level: int
    until: float | None
    gone: bool = False


@dataclass
class Question:
    """Where a question stands: in line (rings at `agent` until `rings`), with `agent`, or over."""

    topic: str
    place: datetime
    state: str = "line"
    agent: str | None = None
    offer: int | None = None
    rings: float = 0.0
    passed: dict[str, float] = field(default_factory=dict)


@dataclass
class Colleague:
    here: bool = False
    missed: int = 0
    pause: float = 0.0  # until when not asked after letting one pass
    wrap_up: float = 0.0


class OfferLife(RuleBasedStateMachine):
    """Chats only, in English; time moves by the rules alone."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="offer-life-"))
        self.world = World("sqlite", self.folder)
        app = application(settings_for(self.folder, database_url=self.world.url, offline_seconds=10**6, tickets_per_hour=10_000, live_chats=10_000))
        app.extensions["cast"] = self.world.cast
        self.patch, self.moved = pytest.MonkeyPatch(), SHIFT
        instant = datetime.now(clock.UTC)
        self.patch.setattr(clock, "datetime", type("Standing", (datetime,), {"now": classmethod(lambda cls, tz=None: instant)}))
        clock.move(SHIFT)
        self.desks, self.questions, self.colleagues = Desks(app), {}, {key: Colleague() for key in AGENTS}
        with app.app_context():
            relay.catch_up()
            with transaction() as session:
                for calendar in session.query(Calendar):
                    calendar.week, calendar.country, calendar.closed_days = ALWAYS, "", {}
            self.skills = dict(db.session.execute(select(Skill.slug, Skill.id)).all())
            slugs = {number: slug for slug, number in self.skills.items()}
            self.needs = {topic: [[topic, 2]] for topic in TOPICS}
            for queue in db.session.scalars(select(Queue).where(Queue.slug.in_(TOPICS))):
                self.needs[queue.slug] = [[slugs[need.skill_id], need.min_level] for need in queue.needs if need.required]
            self.held = [
                Held(one.id, self.desks.key(one.person_id), slugs[one.skill_id], one.level, one.valid_until and one.valid_until.timestamp())
                for one in db.session.scalars(select(Certificate)) if self.desks.key(one.person_id) in AGENTS
            ]

        for key in AGENTS[:2]:
            self.comes(key)
        for topic in TOPICS:
            self.open("maja", topic)

    def teardown(self):
        with self.desks.app.app_context():
            db.engine.dispose()
        self.patch.undo()
        clock.move(SHIFT)
        shutil.rmtree(self.folder)

    # the model

    def time(self) -> float:
        return now().timestamp()

    def trained(self, key: str, topic: str) -> bool:
        asked = [*self.needs[topic], ["english", 1]]
        return all(any(one.agent == key and one.slug == slug and one.level >= level and not one.gone and (one.until is None or one.until > self.time()) for one in self.held) for slug, level in asked)

    def free(self, key: str) -> bool:
        one, at = self.colleagues[key], self.time()
        carried = [q for q in self.questions.values() if q.state == "with" and q.agent == key]
        ringing = any(q.state == "line" and q.agent == key for q in self.questions.values())
        return one.here and not ringing and one.missed < MISSES and one.pause <= at and one.wrap_up <= at and len(carried) < CHATS

    def in_state(self, state: str, ringing: bool | None = None) -> list[int]:
        return [number for number, q in self.questions.items() if q.state == state and (ringing is None or ringing == (q.agent is not None))]

    def back(self, question: Question) -> str:
        """The offer is over; the question stands where it stood."""
        key, question.agent, question.offer = question.agent, None, None
        return key

    def passes(self) -> None:
        """What time alone has ended."""
        for question in self.questions.values():
            if question.state == "line" and question.agent and question.rings <= self.time():
                key = self.back(question)
                question.passed[key] = self.time() + PAUSE
                self.colleagues[key].missed += 1
                self.colleagues[key].pause = self.time() + PAUSE

    def check(self) -> None:
        """Let the product come to rest, and hold every question against the model."""
        self.passes()
        self.desks.flow()
        self.desks.sweep()
        with self.desks.app.app_context():
            db.session.rollback()
            items = {number: db.session.scalar(select(WorkItem).where(WorkItem.ticket_id == number).order_by(WorkItem.id.desc()).limit(1)) for number in self.questions}
            live = {offer.work_item_id: offer for offer in db.session.scalars(select(Offer).where(Offer.state == "live"))}
            assert len({offer.agent_id for offer in live.values()}) == len(live), "one offer at one desk"
            for number, question in self.questions.items():
                item, offer = items[number], live.get(items[number].id)
                if question.state == "over":
                    assert item.state in ("done", "left") and offer is None
                elif question.state == "with":
                    assert (item.state, self.desks.key(item.agent_id), offer) == ("assigned", question.agent, None)
                else:
                    assert item.state == ("offered" if offer else "waiting"), "what is in line rings or waits"
                    assert item.entered_at == question.place, "and keeps its place"
            fresh = [(number, live[items[number].id]) for number in self.in_state("line") if items[number].id in live and live[items[number].id].id != self.questions[number].offer]
            for number in self.in_state("line", ringing=True):
                assert items[number].id in live, "what rings goes on ringing"
            for number, offer in sorted(fresh, key=lambda pair: pair[1].id):
                question, key = self.questions[number], self.desks.key(offer.agent_id)
                assert question.agent is None and self.free(key) and self.trained(key, question.topic), f"{key} may be offered it"
                assert question.passed.get(key, 0) <= self.time(), f"{key} let it pass just now"
                question.agent, question.offer, question.rings = key, offer.id, self.time() + RING
                assert abs(offer.expires_at.timestamp() - question.rings) < 0.001
            for number in self.in_state("line", ringing=False):
                question = self.questions[number]
                idle = [key for key in AGENTS if self.free(key) and self.trained(key, question.topic) and question.passed.get(key, 0) <= self.time()]
                assert idle == [], f"{number} waits though {idle} might have it"

    # what people do

    @rule(customer=st.sampled_from(["maja", "odile", "gero"]), topic=st.sampled_from(TOPICS))
    def open(self, customer, topic):
        if len(self.questions) < 6:
            number = self.desks.ask(customer, topic)
            self.questions[number] = Question(topic, self.desks.ticket(number).opened_at)
            self.check()

    @rule(key=st.sampled_from(AGENTS))
    def comes(self, key):
        with self.desks.app.app_context():
            routing.choose_presence(self.desks.person(key), "available")
        self.colleagues[key] = Colleague(here=True)
        self.check()

    @rule(key=st.sampled_from(AGENTS))
    def leaves(self, key):
        with self.desks.app.app_context():
            routing.choose_presence(self.desks.person(key), "break")
        self.colleagues[key].here, self.colleagues[key].missed, self.colleagues[key].pause = False, 0, 0.0
        for question in self.questions.values():
            if question.state == "line" and question.agent == key:
                self.back(question)
        self.check()

    @precondition(lambda self: self.in_state("line", ringing=True))
    @rule(data=st.data())
    def accepts(self, data):
        question = self.questions[data.draw(st.sampled_from(self.in_state("line", ringing=True)))]
        with self.desks.app.app_context():
            if self.trained(question.agent, question.topic):
                routing.accept(self.desks.person(question.agent), question.offer)
                question.state, question.offer = "with", None
                self.colleagues[question.agent].missed = 0
            else:
                with pytest.raises(NotAllowed):
                    routing.accept(self.desks.person(question.agent), question.offer)
                self.back(question)
        self.check()

    @precondition(lambda self: self.in_state("line", ringing=True))
    @rule(data=st.data())
    def declines(self, data):
        question = self.questions[data.draw(st.sampled_from(self.in_state("line", ringing=True)))]
        with self.desks.app.app_context():
            routing.decline(self.desks.person(question.agent), question.offer, "busy")
        key = self.back(question)
        question.passed[key], self.colleagues[key].missed = self.time() + PAUSE, 0
        self.check()

    @precondition(lambda self: self.in_state("with"))
    @rule(data=st.data())
    def finishes(self, data):
        number = data.draw(st.sampled_from(self.in_state("with")))
        question, disposition = self.questions[number], self.desks.disposition()
        with self.desks.app.app_context():
            resolve(self.desks.person(question.agent), number, disposition)
        question.state = "over"
        self.colleagues[question.agent].wrap_up = self.time() + WRAP_UP
        self.check()

    @precondition(lambda self: self.in_state("over"))
    @rule(data=st.data())
    def reopens(self, data):
        """Straight back to whoever had it, if he could be offered it; else to the end of the line."""
        number = data.draw(st.sampled_from(self.in_state("over")))
        question = self.questions[number]
        with self.desks.app.app_context():
            reopen(self.desks.person(self.desks.key(self.desks.ticket(number).customer_id)), number)
        if self.free(question.agent) and self.trained(question.agent, question.topic):
            question.state = "with"
        else:
            self.questions[number] = Question(question.topic, now())
        self.check()

    @rule(seconds=st.sampled_from([1, 15, 29, 30, 31, 45, 61]))
    def time_passes(self, seconds):
        self.moved += seconds
        clock.move(self.moved)
        self.check()

    @rule(key=st.sampled_from(AGENTS), slug=st.sampled_from([*TOPICS, "english"]), level=st.sampled_from([2, 4]))
    def is_trained(self, key, slug, level):
        with self.desks.app.app_context():
            made = training.grant(self.desks.person("arno"), person_id=self.desks.cast[key], skill_id=self.skills[slug], level=level)
            self.held.append(Held(made.id, key, slug, level, None))
        self.check()

    @rule(data=st.data())
    def loses_a_certificate(self, data):
        held = data.draw(st.sampled_from(self.held))
        with self.desks.app.app_context():
            training.revoke(self.desks.person("arno"), held.id)
        held.gone = True
        self.check()

    @rule(data=st.data(), seconds=st.sampled_from([1, 20, 30]))
    def a_certificate_will_lapse(self, data, seconds):
        held = data.draw(st.sampled_from(self.held))
        if held.until is None or held.until > self.time():
            with self.desks.app.app_context(), transaction() as session:
                session.get(Certificate, held.id).valid_until = now() + timedelta(seconds=seconds)
            held.until = self.time() + seconds
            self.check()

    @rule(topic=st.sampled_from(TOPICS), level=st.sampled_from([1, 3, 5]))
    def the_queue_asks_for_another_level(self, topic, level):
        with self.desks.app.app_context():
            queue = db.session.scalar(select(Queue).where(Queue.slug == topic))
            values = {name: getattr(queue, name) for name in routing.queues.FIELDS}
            needs = [(self.skills[slug], level, True) for slug, _level in self.needs[topic]]
            routing.queues.change_queue(self.desks.person("arno"), queue.id, {**values, "needs": needs})
        self.needs[topic] = [[slug, level] for slug, _level in self.needs[topic]]
        self.check()


TestOfferLife = OfferLife.TestCase
TestOfferLife.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)
