"""Who qualifies, for the settings page: the same people as the dispatcher finds, on both databases."""
import random

from sqlalchemy import select

from support.clock import now
from support.database import db
from support.people.person import Person
from support.routing import capacity, picture
from support.routing.fitness import CHAT, Item, Line, Need, rule_out
from support.routing.qualifying import qualifying
from support.training.models import Skill


def test_it_says_of_everybody_at_a_desk_what_the_dispatcher_would(any_app, clock):
    """Against `rule_out` over the dispatcher's own picture, for many sets of needs."""
    chance = random.Random(5)
    with any_app.app_context():
        arno = db.session.get(Person, any_app.extensions["cast"]["arno"])
        skills = list(db.session.scalars(select(Skill.id).where(Skill.kind != "language")))
        seen = set()
        for _ in range(40):
            needs = [(skill, chance.randrange(1, 6), chance.random() < 0.8) for skill in chance.sample(skills, chance.randrange(3))]
            found = qualifying(arno, needs)
            told = {one.id: None for one in found.free} | {one.id: code for one, code in found.busy} | {one.id: lacks[0].code for one, lacks in found.nearly}
            line = Line(0, CHAT, needs=tuple(Need(*need) for need in needs))
            for agent in picture.agents(now()):
                code = rule_out(Item(0, line, now().timestamp()), agent, capacity.limits(), now().timestamp())
                seen.add(code)
                if agent.id in told:
                    assert told[agent.id] == code
                else:
                    assert code in ("untrained", "lapsed", "level"), "he lacks several things, one of them altogether"
            assert len(told) + found.strangers == len({one.id for one in db.session.scalars(select(Person).where(Person.role.in_(("agent", "supervisor"))))})
        assert {"level", "untrained"} <= seen and seen - {"level", "untrained", "lapsed"}, "both the trained and the others were met"
