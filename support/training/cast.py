"""The skills and certificates of the demo world and of the cast of all tests."""
from datetime import timedelta

from support.database import db
from support.training.certificates import end_of
from support.training.models import Certificate, Skill

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


def build(world) -> None:
    """Skills by slug in `world.skills`, certificates attested by the supervisor a good while ago."""
    for slug, name, kind, code, description in SKILLS:
        world.skills[slug] = Skill(slug=slug, name=name, kind=kind, language_code=code, description=description)
    db.session.add_all(world.skills.values())
    db.session.flush()
    db.session.add_all(_certificates(world))


def _certificates(world):
    zone = world.settings.zone
    since = world.now - timedelta(days=365)
    for key, held in CERTIFICATES.items():
        for slug, (level, days) in held.items():
            until = None if days is None else end_of((world.now + timedelta(days=days)).astimezone(zone).date())
            yield Certificate(
                person_id=world.people[key].id, skill_id=world.skills[slug].id, level=level, valid_from=since, created_at=since,
                valid_until=until, attested_by_id=world.people["hanna"].id,
                warned_days=None if days is None or days > 30 else 30 if days > 7 else 7, lapse_told_at=until if until and until <= world.now else None,
            )
