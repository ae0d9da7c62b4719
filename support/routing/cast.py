"""Queues and presences of the demo world and of the cast of all tests."""
from support.database import db
from support.routing.models import AVAILABLE, BREAK, IDLE, OFFLINE, OVERFLOW, Presence, PresenceLog, Queue, QueueSkill

QUEUES = (
    # slug, name, description, priority, target, ring
    ("orders", "Orders", "Where is it, change it, cancel it", 1, 60, 30),
    ("returns", "Returns", "Send back, exchange, repair", 2, 120, 30),
    ("payments", "Payments", "Invoices, refunds, vouchers", 2, 120, 30),
    ("products", "Products", "Sizes, materials, care, spare parts", 2, 180, 30),
)
LEAST_LEVEL = 2
CALLS_BACK = ("orders", "returns", "payments")
ALWAYS_OPEN = ("orders", "products")  # in the full demo, so that the chat can be tried whenever somebody looks at it

# Who sits at a desk in the demo; in tests everybody starts offline and comes when the test says so.
AT_THEIR_DESKS = {"tomasz": AVAILABLE, "jonas": AVAILABLE, "priya": AVAILABLE, "mirela": BREAK}


def queues(world) -> None:
    """Queues by slug in `world.queues`; each asks for its subject."""
    for place, (slug, name, description, priority, target, ring) in enumerate(QUEUES):
        calendar = world.calendars["always" if world.full and slug in ALWAYS_OPEN else "shop"]
        queue = Queue(
            slug=slug, name=name, description=description, priority=priority, target_seconds=target, ring_seconds=ring, position=place,
            calendar_id=calendar.id, callbacks=slug in CALLS_BACK,
        )
        queue.needs = [QueueSkill(skill_id=world.skills[slug].id, min_level=LEAST_LEVEL)]
        world.queues[slug] = queue
    db.session.add_all(world.queues.values())
    if world.full:  # one line that goes on when it is long
        db.session.flush()
        long = world.queues["payments"]
        long.most_waiting, long.longest_wait_seconds, long.when_full, long.overflow_id = 5, 300, OVERFLOW, world.queues["orders"].id


def presences(world) -> None:
    """A row for each agent. In the full world some were just here; without pages of theirs they soon show as offline."""
    for key in ("ines", "tomasz", "jonas", "lena", "priya", "samuel", "aoife", "mirela"):
        chosen = AT_THEIR_DESKS.get(key, OFFLINE) if world.full else OFFLINE
        system = OFFLINE if chosen == OFFLINE else IDLE
        person_id = world.people[key].id
        db.session.add(
            Presence(
                person_id=person_id, chosen=chosen, chosen_at=world.now, system=system, system_at=world.now, seen_at=world.now, idle_since=world.now, missed=0
            )
        )
        db.session.add(PresenceLog(person_id=person_id, chosen=chosen, system=system, since=world.now))
