"""`flask whatif`: replay recorded days or a scenario with changes, and lay the figures side by side."""
import json
from datetime import timedelta
from pathlib import Path

import click
from flask.cli import with_appcontext

from support import shop
from support.clock import now
from support.commands import Command
from support.whatif import changes, engine, figures, recorded, scenarios, table
from support.whatif.day import Day

RECORDED, UNCHANGED, CHANGED = "as recorded", "replayed unchanged", "with the change"


@click.command("whatif", cls=Command)
@click.option("--day", "word", help="today, yesterday or 2026-11-27, in the shop's zone; yesterday unless a scenario is given")
@click.option("--days", default=1, type=click.IntRange(1, 31), help="so many days from there")
@click.option("--scenario", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="a JSON file instead of recorded days; see docs/whatif.md")
@click.option("--add", multiple=True, metavar="NAME:SKILL=LEVEL,…[@FROM-TO]", help='somebody more at a desk, as in "Nova:orders=3,english=5@09:00-17:00"')
@click.option("--remove", multiple=True, metavar="NAME", help="somebody less")
@click.option("--skill", multiple=True, metavar="NAME:SKILL=LEVEL,…", help="give a skill at a level; 0 takes it away")
@click.option("--set", "settings", multiple=True, metavar="SETTING=VALUE", help=f"one of {', '.join(changes.SETTINGS)}")
@click.option("--arrivals", default=1.0, help="so many times as many contacts")
@click.option("--seed", default=1, help="for all that is drawn")
@click.option("--json", "as_json", is_flag=True, help="for programs")
@with_appcontext
def whatif(word, days, scenario, add, remove, skill, settings, arrivals, seed, as_json) -> None:
    """Replay recorded days, or a scenario, with other people, skills, weights or arrivals."""
    if scenario and word:
        raise click.UsageError("Give --day or --scenario, not both.")
    try:
        day = scenarios.load(_read(scenario), seed) if scenario else _recorded(word or "yesterday", days, seed)
        wanted = changes.Changes(
            tuple(_addition(text, day) for text in add), remove, tuple(_levels(text) for text in skill),
            dict(_setting(text) for text in settings) or None, arrivals,
        )
        columns = _columns(day, wanted, seed)
    except changes.Mistake as mistake:
        raise click.ClickException(str(mistake)) from None
    if as_json:
        click.echo(json.dumps({"seed": seed, "remarks": day.remarks, **table.values(columns)}, indent=2, ensure_ascii=False))
        return
    for line in table.lines(columns):
        click.echo(line)
    if RECORDED in columns:
        click.echo("\n" + table.calibration(columns[RECORDED], columns[UNCHANGED]))
    for remark in day.remarks:
        click.echo(remark)


def _columns(day: Day, wanted: changes.Changes, seed: int) -> dict[str, figures.Measured]:
    columns = {RECORDED: figures.measure(day, day.recorded)} if day.recorded is not None else {}
    columns[UNCHANGED] = figures.measure(day, engine.run(day, seed))
    if not wanted.is_empty:
        changed = changes.apply(day, wanted, seed)
        columns[CHANGED] = figures.measure(changed, engine.run(changed, seed))
    return columns


def _recorded(word: str, days: int, seed: int) -> Day:
    try:
        begins, ends = recorded.local_day(word, shop.profile().zone_info, now())
    except ValueError:
        raise changes.Mistake(f"“{word}” is no day; write today, yesterday or a date such as 2026-11-27.") from None
    day = recorded.day(begins, min(ends + timedelta(days=days - 1), max(begins, now())), seed)
    if not day.cases:
        raise changes.Mistake("Nothing came in these days.")
    return day


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise changes.Mistake(f"{path} is no JSON: {error}.") from None


def _levels(text: str) -> tuple[str, dict[str, int]]:
    name, _, rest = text.partition(":")
    try:
        pairs = [pair.rsplit("=", 1) for pair in rest.split(",")]
        return name.strip(), {skill.strip(): int(level) for skill, level in pairs}
    except ValueError:
        raise changes.Mistake(f"“{text}” is not understood; write it as in ines:german=3.") from None


def _addition(text: str, day: Day) -> tuple[str, dict[str, int], tuple[float, float] | None]:
    words, _, hours = text.partition("@")
    return (*_levels(words), _hours(hours, day) if hours else None)


def _hours(text: str, day: Day) -> tuple[float, float]:
    """Times of the first day."""
    try:
        begins, ends = (sum(int(part) * unit for part, unit in zip(time.split(":"), (3600, 60), strict=True)) for time in text.split("-"))
    except ValueError:
        raise changes.Mistake(f"“{text}” are no hours; write them as in 09:00-17:00.") from None
    return day.begins + begins, day.begins + ends


def _setting(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip().lower(), float(value)
    except ValueError:
        raise changes.Mistake(f"“{text}” is not understood; write it as in max_chats=2.") from None
