"""The shifts of the full demo shop, with the people of its nights and weekends, and one hole that the board warns of.

The cast of the tests has no shifts, so that nothing is different for them.
"""
from datetime import date, timedelta

from support.database import db
from support.people.cast import SHOP
from support.people.person import Person
from support.people.shifts.models import ABSENCE, ShiftException, ShiftPlan
from support.training.models import Certificate

ALL_SUBJECTS = {"orders": 3, "returns": 3, "payments": 3, "products": 3, "english": 4, "german": 5}
# People beside the cast, who never sit at a desk of the demo: key, name, {skill: level}
CREW = (
    ("nora", "Nora Lindholm", ALL_SUBJECTS), ("emil", "Emil Sørensen", ALL_SUBJECTS), ("femke", "Femke de Wit", ALL_SUBJECTS),
    ("ruben", "Ruben Achterberg", {"payments": 3, "orders": 3, "english": 4, "german": 4}),
)
NIGHT, DAY = [["19:45", "08:15"]], [["07:45", "20:15"]]
EARLY, MIDDLE, LATE = [["08:00", "16:30"]], [["10:00", "18:30"]], [["11:30", "20:00"]]
WORKDAYS = range(5)
PLANS = {
    # key: (slots by weekday, breaks)
    "ines": (dict.fromkeys(WORKDAYS, EARLY), [["12:00", "12:30"]]), "tomasz": (dict.fromkeys(WORKDAYS, EARLY), [["12:30", "13:00"]]),
    "jonas": (dict.fromkeys(WORKDAYS, LATE), [["14:00", "14:30"]]), "lena": (dict.fromkeys(WORKDAYS, LATE), [["15:30", "16:00"]]),
    "priya": (dict.fromkeys(WORKDAYS, MIDDLE), [["14:30", "15:00"]]), "samuel": (dict.fromkeys(WORKDAYS, LATE), [["16:00", "16:30"]]),
    "mirela": (dict.fromkeys(WORKDAYS, EARLY), [["11:45", "12:15"]]), "aoife": (dict.fromkeys((0, 1, 2), MIDDLE), [["13:00", "13:30"]]),
    "ruben": (dict.fromkeys(WORKDAYS, EARLY), [["12:45", "13:15"]]),
    "nora": ({5: NIGHT, 6: NIGHT, 0: NIGHT}, []), "emil": ({1: NIGHT, 2: NIGHT, 5: DAY}, []), "femke": ({3: NIGHT, 4: NIGHT, 6: DAY}, []),
}
ABSENT = "ruben"  # on one morning to come, when nobody else on an early shift knows payments and German


def build(world) -> None:
    """Plans for everybody at a desk, and the absence that leaves a hole."""
    if not world.full:
        return
    since = world.now - timedelta(days=60)
    staff = {**world.people, **{key: _hired(world, key, name, skills) for key, name, skills in CREW}}
    for key, (week, breaks) in PLANS.items():
        days = {str(day): slots for day, slots in sorted(week.items())}
        db.session.add(ShiftPlan(person_id=staff[key].id, zone="", week=days, breaks=breaks, valid_from=since.date()))
    day = _next_workday(world)
    if day is not None:
        db.session.add(ShiftException(person_id=staff[ABSENT].id, kind=ABSENCE, zone="", first_day=day, last_day=day, slots=[["08:00", "11:30"]], breaks=[]))


def _hired(world, key: str, name: str, skills: dict[str, int]) -> Person:
    since = world.now - timedelta(days=300)
    person = Person(role="agent", name=name, email=f"{key}@{SHOP}", locale="en", created_at=since)
    db.session.add(person)
    db.session.flush()
    db.session.add_all(
        Certificate(person_id=person.id, skill_id=world.skills[slug].id, level=level, valid_from=since, created_at=since, attested_by_id=world.people["hanna"].id)
        for slug, level in skills.items()
    )
    return person


def _next_workday(world) -> date | None:
    """The first day but one, or a later one, on which the shop is open all day."""
    hours = world.calendars["shop"].hours()
    today = world.now.astimezone(world.settings.zone).date()
    ahead = (today + timedelta(days=n) for n in range(2, 7))
    return next((day for day in ahead if day.weekday() in WORKDAYS and hours.describe_day(day).slots), None)
