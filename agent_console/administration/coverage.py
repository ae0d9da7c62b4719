"""Coverage: for each open hour to come, how many trained people are on shift for each queue and language. For supervisors and administrators."""
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from agent_console.gaps import language_name
from support import calendars, dates, shop
from support.errors import NotFound
from support.routing import coverage
from support.routing.covering import Cell
from support.routing.fitness import LANGUAGE, LAPSED, LEVEL, UNTRAINED
from support.web.identity import allow, me

bp = Blueprint("admin_coverage", __name__, template_folder="../templates", url_prefix="/admin/coverage")

ONE_HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)
LACKS = {UNTRAINED: _l("not trained for it"), LAPSED: _l("certificate has lapsed"), LEVEL: _l("level too low"), LANGUAGE: _l("not trained for the language")}
ELSEWHERE = {"off": _l("no shift then"), "break": _l("on a planned break"), "absence": _l("absent"), "training": _l("in training")}


@dataclass(frozen=True)
class Table:
    """One day: `hours` are its columns, `rows` (queue, language, {hour: cell}); an hour in which a queue is closed has no cell."""

    hours: list[datetime]
    rows: list[tuple]


@bp.get("")
@allow("supervisor", "administrator")
def show():
    found = coverage.read()
    rows = _filtered(found)
    days = _days(found)
    day = _chosen_day(days, rows)
    detail = _detail(found)
    return render_template(
        "administration/coverage/show.html", found=found, days=[(one, _empty_hours(rows, one)) for one in days], day=day, table=_table(found, rows, day),
        languages=sorted({key[1] for key in found.rows}), language_name=language_name, chosen=_chosen(), detail=detail, sentence=_sentence(detail) if detail else "",
        lacks=LACKS, elsewhere=ELSEWHERE,
    )


def _chosen() -> dict:
    return {"queue": request.args.get("queue", type=int), "language": request.args.get("language", "")}


def _filtered(found: coverage.Coverage) -> dict:
    """The rows that the two filters leave; a filter that names nothing counts as none."""
    chosen = _chosen()
    queues = {chosen["queue"]} & found.queues.keys() or found.queues.keys()
    languages = {chosen["language"]} & {key[1] for key in found.rows} or {key[1] for key in found.rows}
    return {key: cells for key, cells in found.rows.items() if key[0] in queues and key[1] in languages}


def _days(found: coverage.Coverage) -> list[date]:
    first = found.at.astimezone(shop.profile().zone_info).date()
    count = (found.end.astimezone(shop.profile().zone_info).date() - first).days
    return [first + n * ONE_DAY for n in range(count)]


def _chosen_day(days: list[date], rows: dict) -> date:
    """The day that was asked for, else the first with a hole, else today."""
    asked = request.args.get("day", "")
    wanted = next((day for day in days if day.isoformat() == asked), None)
    return wanted or next((day for day in days if _empty_hours(rows, day)), days[0])


def _empty_hours(rows: dict, day: date) -> int:
    start, end = _span(day)
    return sum(cell.least == 0 and start <= cell.start < end for cells in rows.values() for cell in cells)


def _table(found: coverage.Coverage, rows: dict, day: date) -> Table:
    start, end = _span(day)
    made, hours = [], set()
    for (queue_id, language), cells in rows.items():
        by_hour: dict[datetime, Cell] = {}
        for cell in cells:
            if start <= cell.start < end:
                hour = start + (cell.start - start) // ONE_HOUR * ONE_HOUR
                by_hour[hour] = min(by_hour.get(hour, cell), cell, key=lambda one: one.least)
        hours |= by_hour.keys()
        made.append((found.queues[queue_id], language, by_hour))
    return Table(sorted(hours), made)


def _span(day: date) -> tuple[datetime, datetime]:
    zone = shop.profile().zone
    return calendars.instant(zone, day, time(0)), calendars.instant(zone, day + ONE_DAY, time(0))


def _detail(found: coverage.Coverage) -> coverage.Detail | None:
    """What is behind the cell that was asked for; an hour that is over or closed by now has none."""
    queue, _dash, language = request.args.get("line", "").partition("-")
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
        return coverage.detail(me(), found, int(queue), language, at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, NotFound):
        return None


def _sentence(detail: coverage.Detail) -> str:
    """“Nobody on shift holds German on Thursday 26 November, 10:00–12:00. Ines's certificate German ends on Wednesday …”."""
    when = _("%(day)s, %(start)s–%(end)s", day=dates.spelled(dates.local(detail.cell.start).date(), dates.local(detail.cell.start).date()),
             start=dates.clock_time(detail.cell.start), end=dates.clock_time(detail.cell.end))
    levels = {skill.id: level for skill, level in detail.asked}
    if detail.cell.least:
        return _("At the weakest moment of %(when)s there is somebody trained.", when=when)
    if detail.without:
        held = ", ".join(skill.name if skill.kind == "language" else _("%(skill)s level %(level)s", skill=skill.name, level=levels[skill.id]) for skill in detail.without)
        return _("Nobody on shift holds %(skills)s on %(when)s.", skills=held, when=when)
    return _("Nobody on shift holds all that is asked for together on %(when)s.", when=when)
