"""The plans as they stand, kept in memory: the desk asks with every look, the router before each offer."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from support import shop
from support.clock import now
from support.kept import Kept
from support.people.shifts.keeping import CHANGED
from support.people.shifts.models import ShiftException, ShiftPlan
from support.people.shifts.plans import LONGEST, Plan, plan_of
from support.shop.model import ShopRow
from support.shop.profile import CHANGED as SHOP_CHANGED

BEHIND = timedelta(days=8)  # exceptions that ended longer ago matter to no one but the pages of past weeks
SHIFT_SOON, BREAK_SOON, SHIFT_OVER = timedelta(minutes=15), timedelta(minutes=5), timedelta(hours=2)


def read(session, since=None) -> dict[int, Plan]:
    """{person: plan} from the database; people without a plan are absent, whatever exceptions they have. Two statements."""
    exceptions: dict[int, list] = {}
    query = select(ShiftException).order_by(ShiftException.id)
    for row in session.scalars(query.where(ShiftException.last_day >= since) if since else query):
        exceptions.setdefault(row.person_id, []).append(row)
    weekly: dict[int, list] = {}
    for row in session.scalars(select(ShiftPlan).order_by(ShiftPlan.id)):
        weekly.setdefault(row.person_id, []).append(row)
    zone = shop.profile().zone
    return {person_id: plan_of(rows, exceptions.get(person_id, ()), zone) for person_id, rows in weekly.items()}


_kept = Kept(
    lambda session: read(session, (now() - BEHIND).date()), models=(ShiftPlan, ShiftException, ShopRow), kinds=(CHANGED, SHOP_CHANGED),
)


def plans() -> dict[int, Plan]:
    """{person: plan}, from some days back on."""
    return _kept()


def off_shift(person_ids: Iterable[int], at: datetime) -> set[int]:
    """Those of them who have a plan and no shift at that instant."""
    known = plans()
    return {person_id for person_id in person_ids if person_id in known and not known[person_id].is_on(at)}


@dataclass(frozen=True)
class Reminder:
    """What the desk says of the shift. `kind`: break (now or in five minutes), ends (soon), over (lately, and still here)."""

    kind: str
    start: datetime
    end: datetime
    is_now: bool = True


def reminder(person_id: int, at: datetime) -> Reminder | None:
    """What somebody should know of the shift now; None when nothing."""
    plan = plans().get(person_id)
    if plan is None:
        return None
    pause = next((span for span in plan.breaks(at - LONGEST, at + LONGEST) if span[0] - BREAK_SOON <= at < span[1]), None)
    if pause:
        return Reminder("break", *pause, is_now=pause[0] <= at)
    shift = plan.shift_at(at)
    if shift:
        return Reminder("ends", *shift) if shift[1] - at <= SHIFT_SOON else None
    past = [span for span in plan.work(at - LONGEST, at) if at - span[1] <= SHIFT_OVER]
    return Reminder("over", *past[-1]) if past else None
