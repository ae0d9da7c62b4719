"""The skills, certificates, courses and training records of the demo world and of the cast of all tests."""
from datetime import timedelta

from support.database import db
from support.training.certificates import end_of
from support.training.courses import last_day
from support.training.models import Certificate, Course, CourseGives, Skill, Traineeship, TrainingRecord

SKILLS = (
    # slug, name, kind, language code, description
    ("orders", "Orders", "subject", None, "Where an order is, changing and cancelling it, late and lost parcels."),
    ("returns", "Returns", "subject", None, "Sending back, repair, exchange, and what the rules allow."),
    ("payments", "Payments", "subject", None, "Invoices, refunds, cards and vouchers."),
    ("products", "Products", "subject", None, "Choosing gear: sizes, materials, care, spare parts."),
    ("english", "English", "language", "en", "Writes and speaks English with customers."),
    ("german", "German", "language", "de", "Writes and speaks German with customers."),
    ("french", "French", "language", "fr", "Writes and speaks French with customers."),
    ("polish", "Polish", "language", "pl", "Writes and speaks Polish with customers."),
)

# person: {skill: (level, days from today until the last day; None: no end)}
CERTIFICATES = {
    "ines": {"orders": (5, 330), "returns": (4, 120), "products": (3, 200), "english": (5, None), "german": (4, None)},
    "tomasz": {"orders": (4, 150), "payments": (4, 270), "english": (4, None), "polish": (5, None)},
    "jonas": {"returns": (3, 240), "products": (4, 150), "orders": (3, -30), "english": (3, None), "german": (5, None)},
    "lena": {"payments": (5, 300), "orders": (3, 10), "german": (5, None), "english": (4, None)},
    "priya": {"products": (5, 350), "returns": (4, 180), "english": (5, None)},
    "samuel": {"orders": (3, 90), "english": (5, None), "french": (4, None)},
    "aoife": {"products": (1, 60), "english": (5, None)},
    "mirela": {"payments": (3, 210), "returns": (2, 45), "english": (4, None)},
}

# name: description, what it gives, months it counts (None: no end), pass mark
COURSES = {
    "First steps with products": ("Sizes, materials and care, with a mentor at the next desk.", {"products": 2}, 6, 60),
    "Choosing gear": ("Advice for those who answer alone: tents, stoves, boots, what fits whom.", {"products": 4}, 12, 75),
    "Orders and late parcels": ("Changing and cancelling orders, what carriers report, what is refunded when.", {"orders": 3}, 12, 70),
    "Returns and repairs": ("What the rules allow, exchange, spare parts, goodwill.", {"returns": 3}, 12, None),
    "Payments and refunds": ("Invoices, cards, vouchers, and the law behind them.", {"payments": 4}, 12, 80),
}
# who, course, state, days ago enrolled, by whom, days from today until the last day, score
RECORDS = (
    ("aoife", "Choosing gear", "enrolled", 12, "hanna", 30, None),
    ("mirela", "Returns and repairs", "enrolled", 40, "hanna", -5, None),
    ("jonas", "Orders and late parcels", "failed", 45, "hanna", None, 58),
    ("tomasz", "Payments and refunds", "passed", 120, "arno", None, 91),
    ("priya", "Returns and repairs", "enrolled", 3, "priya", None, None),
    ("samuel", "Payments and refunds", "withdrawn", 70, "samuel", None, None),
)
STARTED = ("aoife", "First steps with products", "passed", 30, "hanna", None, 78)  # in the full shop: a trainee who has work
TRAINEE, MENTOR = "aoife", "priya"


def build(world) -> None:
    """Skills by slug in `world.skills`, certificates attested by the supervisor a good while ago, courses, and who attends or attended them."""
    for slug, name, kind, code, description in SKILLS:
        world.skills[slug] = Skill(slug=slug, name=name, kind=kind, language_code=code, description=description)
    db.session.add_all(world.skills.values())
    db.session.flush()
    held = {(key, slug): certificate for key, slug, certificate in _certificates(world)}
    db.session.add_all(held.values())
    courses = {
        name: Course(
            name=name, description=description, valid_for=months, pass_mark=mark,
            gives=[CourseGives(skill_id=world.skills[slug].id, level=level) for slug, level in gives.items()],
        )
        for name, (description, gives, months, mark) in COURSES.items()
    }
    db.session.add_all(courses.values())
    db.session.flush()
    _records(world, courses, held)
    db.session.add(Traineeship(
        person_id=world.people[TRAINEE].id, mentor_id=world.people[MENTOR].id, until=end_of((world.now + timedelta(days=60)).astimezone(world.settings.zone).date())
    ))


def _records(world, courses: dict, held: dict) -> None:
    """What was passed gave the certificate that is held at that level, or one of its own."""
    for key, name, state, days, by, due, score in (*RECORDS, *((STARTED,) if world.full else ())):
        since = world.now - timedelta(days=days)
        ended = None if state == "enrolled" else since + timedelta(days=14)
        row = TrainingRecord(
            course_id=courses[name].id, person_id=world.people[key].id, state=state, enrolled_at=since, enrolled_by_id=world.people[by].id, score=score, ended_at=ended,
            due_at=None if due is None else end_of((world.now + timedelta(days=due)).astimezone(world.settings.zone).date()),
            attested_by_id=None if ended is None else world.people[key if state == "withdrawn" else "hanna"].id,
        )
        db.session.add(row)
        db.session.flush()
        for slug, level in COURSES[name][1].items() if state == "passed" else ():
            certificate = held.get((key, slug))
            if certificate is None or certificate.level != level:
                end = end_of(last_day(courses[name], ended.astimezone(world.settings.zone).date()))
                certificate = Certificate(
                    person_id=row.person_id, skill_id=world.skills[slug].id, level=level, valid_from=ended, created_at=ended, valid_until=end,
                    attested_by_id=row.attested_by_id,
                )
                db.session.add(certificate)
            certificate.record_id = row.id


def _certificates(world):
    zone = world.settings.zone
    since = world.now - timedelta(days=365)
    for key, held in CERTIFICATES.items():
        for slug, (level, days) in held.items():
            until = None if days is None else end_of((world.now + timedelta(days=days)).astimezone(zone).date())
            yield key, slug, Certificate(
                person_id=world.people[key].id, skill_id=world.skills[slug].id, level=level, valid_from=since, created_at=since,
                valid_until=until, attested_by_id=world.people["hanna"].id,
                warned_days=None if days is None or days > 30 else 30 if days > 7 else 7, lapse_told_at=until if until and until <= world.now else None,
            )
