"""The list of skills: added and changed by administrators, asked for by queues and certificates."""
import re
from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from support.clock import now
from support.database import db, lock, transaction
from support.errors import Invalid, NotFound
from support.events import record
from support.kept import Kept
from support.listing import Listing
from support.people.permissions import demand
from support.people.person import Person
from support.training import kinds
from support.training.models import KINDS, Certificate, Skill, valid_at

FIELDS = ("name", "kind", "language_code", "description", "active")


def visible_to(person) -> Select:
    """All skills, for those who see the whole centre."""
    demand(person, "board")
    return select(Skill)


def list_skills(person, args: Mapping) -> Listing:
    """Skills for the list of the administration; `kind` and `state` (active, retired) narrow it."""
    sorts = {"name": Skill.name, "kind": Skill.kind, "language": Skill.language_code}
    filters = {"kind": KINDS, "state": ("active", "retired")}
    listing = Listing(args, sorts=sorts, default="name", search=[Skill.name, Skill.description], filters=filters)
    query = visible_to(person)
    if "kind" in listing.filters:
        query = query.where(Skill.kind == listing.filters["kind"])
    if "state" in listing.filters:
        query = query.where(Skill.active.is_(listing.filters["state"] == "active"))
    return listing.apply(query)


def active() -> list[Skill]:
    """Skills that may be asked for, subjects first, languages last, by name."""
    return [skill for skill in all_skills() if skill.active]


def all_skills() -> list[Skill]:
    """The same with retired ones, which a queue may ask for still."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(db.session.scalars(select(Skill).order_by(Skill.name)), key=lambda skill: order[skill.kind])


def find(person, skill_id: int) -> Skill:
    skill = db.session.scalar(visible_to(person).where(Skill.id == skill_id))
    if skill is None:
        raise NotFound()
    return skill


def language_skills() -> dict[str, Skill]:
    """{language code: skill}: a ticket in such a language goes only to people who hold that skill."""
    return _languages()


_languages = Kept(
    lambda session: {skill.language_code: skill for skill in session.scalars(select(Skill).where(Skill.language_code.is_not(None), Skill.active))},
    models=(Skill,), kinds=(kinds.SKILL_CHANGED,),
)


def holders(skill_ids: list[int]) -> dict[int, int]:
    """{skill: number of active people who hold a valid certificate for it now}, for the list."""
    query = (
        select(Certificate.skill_id, func.count(Certificate.person_id.distinct())).join(Person, Person.id == Certificate.person_id)
        .where(Certificate.skill_id.in_(skill_ids), valid_at(now()), Person.active)
    )
    return dict(db.session.execute(query.group_by(Certificate.skill_id)).all())


def add_skill(person, values: dict) -> Skill:
    """`values`: name, kind, language_code, description. Raises Invalid."""
    demand(person, "administer")
    with transaction() as session:
        skill = Skill(slug=_free_slug(session, values["name"]))
        session.add(skill)
        _fill(session, skill, values)
        session.flush()
        record(kinds.SKILL_CHANGED, subject=("skill", skill.id), actor=person, added=True)
    return skill


def change_skill(person, skill_id: int, values: dict) -> Skill:
    """Change any of FIELDS; the slug stays, so that what refers to it goes on. Raises Invalid, NotFound."""
    demand(person, "administer")
    with transaction() as session:
        skill = lock(session, Skill, skill_id)
        _fill(session, skill, values)
        record(kinds.SKILL_CHANGED, subject=("skill", skill.id), actor=person, added=False)
    return skill


def _fill(session, skill: Skill, values: dict) -> None:
    for name in FIELDS:
        if name in values:
            setattr(skill, name, values[name])
    skill.language_code = (skill.language_code or "").strip().lower() or None
    errors = _errors(session, skill)
    if errors:
        raise Invalid(errors)


def _errors(session, skill: Skill) -> dict[str, str]:
    errors = {}
    with session.no_autoflush:
        if not (skill.name or "").strip():
            errors["name"] = _("Give the skill a name")
        elif _taken(session, skill, func.lower(Skill.name) == skill.name.strip().lower()):
            errors["name"] = _("There is a skill of this name already")
        if skill.kind not in KINDS:
            errors["kind"] = _("Choose a kind from the list")
        if skill.kind == "language" and not skill.language_code:
            errors["language_code"] = _("Give the code of the language, such as en or de")
        if skill.kind != "language":
            skill.language_code = None
        elif skill.language_code and _taken(session, skill, Skill.language_code == skill.language_code):
            errors["language_code"] = _("Another skill stands for this language")
    return errors


def _taken(session, skill: Skill, condition) -> bool:
    return session.scalar(select(Skill.id).where(condition, Skill.id != (skill.id or 0))) is not None


def _free_slug(session, name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", (name or "").lower()).strip("-")[:50] or "skill"
    taken = set(session.scalars(select(Skill.slug).where(Skill.slug.startswith(base))))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1000))) if slug not in taken)
