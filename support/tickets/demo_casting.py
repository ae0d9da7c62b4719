"""Who could be in a talk of the demo world: customers with an order that fits, agents who were trained on that day."""
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select

from support.database import db
from support.tickets.demo_slots import line_for
from support.tickets.demo_talks import Talk
from support.training import Certificate

LEAST_LEVEL = 2
MOST_PER_ORDER, MOST_PER_CUSTOMER = 2, 7
LANGUAGE_OF = {"DE": ("en", "de"), "AT": ("en", "de"), "FR": ("en", "fr"), "PL": ("en", "pl")}


class Casting:
    """Draws people, orders and times; remembers whom it has used."""

    def __init__(self, world):
        self.world, self.rng = world, world.rng
        self.by_story: dict[str, list] = {}
        for moment in world.moments:
            self.by_story.setdefault(moment.story, []).append(moment)
        self.customers = [person for key, person in world.people.items() if key.startswith("c") and key[1:].isdigit()]
        self.used: Counter = Counter()
        self.load: Counter = Counter()
        self.certificates = list(db.session.scalars(select(Certificate)))

    def customer(self, talk: Talk, since: datetime, until: datetime, only=None):
        """(customer, order or None, when asked) for a talk that began between two instants; None if nobody fits."""
        return self._with_order(talk, since, until, only) if talk.order else self._without_order(talk, since, until, only)

    def use(self, talk: Talk, customer, order) -> None:
        self.used[customer.id] += 1
        self.used[customer.id, talk.key] += 1
        if order is not None:
            self.used[order.number] += 1

    def agent(self, talk: Talk, at: datetime, live: bool = False):
        """Somebody trained for topic and language at that instant, rather one with little work; None if there is none.

        `live`: the work is still on the desk, so whoever has some already is passed over.
        """
        keys = self.trained(talk, at)
        if not keys:
            return None
        key = min(keys, key=lambda one: (live and self.load[one, "live"], self.load[one] + self.rng.random() * 6))
        self.load[key] += 1
        self.load[key, "live"] += live
        return self.world.people[key]

    def trained(self, talk: Talk, at: datetime) -> list[str]:
        """The keys of the agents who held what the work asks for."""
        subject, tongue = self.skills(talk)
        held = {(one.person_id, one.skill_id): one.level for one in self.certificates if one.is_valid(at)}
        return [
            key for key, person in self.world.people.items()
            if person.role == "agent" and held.get((person.id, subject.id), 0) >= LEAST_LEVEL and (person.id, tongue.id) in held
        ]

    def skills(self, talk: Talk) -> tuple:
        """The skills of the subject and of the language."""
        skills = self.world.skills
        return skills[talk.topic], next(skill for skill in skills.values() if skill.language_code == talk.language)

    def _with_order(self, talk: Talk, since: datetime, until: datetime, only):
        moments = [moment for moment in self.by_story.get(talk.order, []) if only is None or moment.order.person_id == only.id]
        for moment in self.rng.sample(moments, min(60, len(moments))):
            order, begin, end = moment.order, max(since, moment.since), min(until, moment.until)
            if begin >= end or self.used[order.number] >= MOST_PER_ORDER or line_for(talk, order) is None:
                continue
            if self.used[order.person_id, talk.key] or talk.language not in LANGUAGE_OF.get(order.ship_country, ("en",)) or self.used[order.person_id] >= MOST_PER_CUSTOMER:
                continue
            at = self._time(begin, end)
            if at is not None:
                return order.person, order, at
        return None

    def _without_order(self, talk: Talk, since: datetime, until: datetime, only):
        customer = only or self.rng.choice(self.customers)
        at = self._time(max(since, customer.created_at), until)
        taken = self.used[customer.id, talk.key] or self.used[customer.id] >= MOST_PER_CUSTOMER
        return None if at is None or taken else (customer, None, at)

    def _time(self, since: datetime, until: datetime) -> datetime | None:
        """A time of day at which people write."""
        zone = self.world.settings.zone
        for _try in range(12):
            if since >= until:
                return None
            at = since + self.rng.random() * (until - since)
            if 7 <= at.astimezone(zone).hour < 23 or until - since < timedelta(hours=12):
                return at
        return None
