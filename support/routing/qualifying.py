"""Who qualifies for what a queue asks, now: for the settings page, also before anything is saved. The rules are the dispatcher's (`fitness`)."""
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select

from support import people, training
from support.clock import now
from support.database import db
from support.people.permissions import ACTS, demand
from support.people.person import Person
from support.routing import capacity, picture
from support.routing.fitness import CHAT, LANGUAGE, LAPSED, LEVEL, UNTRAINED, Agent, Item, Line, Need, Step, rule_out, untrained
from support.routing.models import OFFLINE
from support.training.certificates import Cell
from support.training.models import Skill

TRAINING = (UNTRAINED, LAPSED, LEVEL, LANGUAGE)


@dataclass(frozen=True)
class Lack:
    """What one person lacks for one required skill: `code` of `fitness`, the level asked for, and the field of the people × skills table."""

    code: str
    skill: Skill
    asked: int
    held: Cell


@dataclass(frozen=True)
class Speakers:
    """Of those who qualify, who may also be sent questions in one language, and who lacks only that."""

    skill: Skill
    able: list[Person]
    lacking: list[Person]


@dataclass(frozen=True)
class Qualifying:
    """Everybody who may take a desk, there or not, sorted by what the dispatcher would say of a chat that waits in the queue now. Lists are by name.

    `busy`: (person, code of what keeps them from an offer now); `nearly`: those who hold or held all that is required, but too low or too long ago.
    `stages`: of those who qualify, who may be asked from so many seconds of waiting on, where what is preferred relaxes by steps.
    """

    free: list[Person]
    busy: list[tuple[Person, str]]
    nearly: list[tuple[Person, list[Lack]]]
    strangers: int
    languages: list[Speakers]
    stages: list[tuple[int, list[Person]]]

    @property
    def able(self) -> int:
        return len(self.free) + len(self.busy)


def qualifying(person, needs: Iterable[tuple[int, int, bool]], steps: Iterable[tuple[int, int]] = ()) -> Qualifying:
    """`needs`: (skill_id, min_level, required) and `steps`: (seconds, level) as the form has them. For administrators; a fixed number of statements."""
    demand(person, "administer")
    at, limits = now(), capacity.limits()
    staff = people.active_staff(*ACTS["desk"])
    agents = agents_of(staff, at)
    line = Line(0, CHAT, needs=tuple(Need(*need) for need in needs))
    item = Item(0, line, at.timestamp())
    codes = {one.id: rule_out(item, agents[one.id], limits, at.timestamp()) for one in staff}
    able = [one for one in staff if codes[one.id] not in TRAINING]
    lacks = {one.id: _lacks(line, agents[one.id]) for one in staff if codes[one.id] in TRAINING}
    nearly = [one for one in staff if one.id in lacks and UNTRAINED not in dict(lacks[one.id]).values()]
    return Qualifying(
        free=[one for one in able if codes[one.id] is None], busy=[(one, codes[one.id]) for one in able if codes[one.id]],
        nearly=_told(nearly, lacks, line), strangers=len(lacks) - len(nearly), languages=_languages(able, agents),
        stages=_stages(able, agents, line, tuple(Step(*step) for step in steps)),
    )


def _stages(able: list[Person], agents: dict[int, Agent], line: Line, steps: tuple[Step, ...]) -> list[tuple[int, list[Person]]]:
    if not steps or all(need.required for need in line.needs):
        return []
    stepped = replace(line, steps=steps)
    asked = [(int(after), stepped.after(after)) for after in (0, *(step.after for step in steps))]
    return [(after, [one for one in able if untrained(at_last, agents[one.id].levels) is None]) for after, at_last in asked]


def agents_of(staff: list[Person], at) -> dict[int, Agent]:
    """Everybody as the matcher sees them; who never took a desk is offline."""
    seen = {agent.id: agent for agent in picture.agents(at)}
    others = [one.id for one in staff if one.id not in seen]
    held, lapsed = picture.levels_by_person(others, at), picture.lapsed_by_person(others, at)
    return {**seen, **{number: Agent(number, held.get(number, {}), out=OFFLINE, lapsed=frozenset(lapsed.get(number, ()))) for number in others}}


def _lacks(line: Line, agent: Agent) -> list[tuple[Need, str]]:
    """Every need that the agent does not meet; the dispatcher is content with the first."""
    told = ((need, untrained(Line(0, CHAT, needs=(need,)), agent.levels, agent.lapsed)) for need in line.needs)
    return [(need, code) for need, code in told if code]


def _told(nearly: list[Person], lacks: dict, line: Line) -> list[tuple[Person, list[Lack]]]:
    skills = {skill.id: skill for skill in db.session.scalars(select(Skill).where(Skill.id.in_([need.skill_id for need in line.needs])))}
    table = training.matrix(nearly, skills.values())
    return [(one, [Lack(code, skills[need.skill_id], need.min_level, table[one.id, need.skill_id]) for need, code in lacks[one.id]]) for one in nearly]


def _languages(able: list[Person], agents: dict[int, Agent]) -> list[Speakers]:
    told = []
    for skill in sorted(training.language_skills().values(), key=lambda skill: skill.name):
        line = Line(0, CHAT, language_skill=skill.id)
        speaks = {one.id: untrained(line, agents[one.id].levels) is None for one in able}
        told.append(Speakers(skill, [one for one in able if speaks[one.id]], [one for one in able if not speaks[one.id]]))
    return told
