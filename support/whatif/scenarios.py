"""A day out of a file: our own format (docs/whatif.md), or a centre of the routing benchmark. Pure: takes what the JSON holds; all that is drawn hangs on the seed."""
import random
from collections.abc import Mapping
from dataclasses import replace

from support.routing.fitness import CALL, CHAT, TICKET, TICKET_SECONDS, Limits, Line, Need
from support.whatif.changes import Mistake
from support.whatif.day import Case, Day, Rules, Worker

CHANNELS = {"voice": CALL, "chat": CHAT, "ticket": TICKET}
SPOKEN, SERVED = 100_000, 200_000  # numbers of the skills that stand for a centre's languages and channels
HOUR = 3600.0


def load(content: Mapping, seed: int = 1) -> Day:
    """Raises Mistake with what is missing."""
    try:
        return _centre(content, seed) if "classes" in content and "agents" in content else _ours(content, seed)
    except KeyError as error:
        raise Mistake(f"The scenario lacks {error}.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise error if isinstance(error, Mistake) else Mistake(f"The scenario cannot be read: {error}.") from error


def _ours(content: Mapping, seed: int) -> Day:
    begins, ends = 0.0, float(content["seconds"])
    names = _Numbers()
    queues = _Numbers()
    workers = tuple(
        Worker(
            number, row["name"], {names[skill]: int(level) for skill, level in row["levels"].items()}, tuple((float(a), float(b)) for a, b in row.get("there", [[begins, ends]])),
            float(row.get("misses", 0)), float(row.get("declines", 0)), float(row.get("speed", 1)),
        )
        for number, row in enumerate(content["people"], 1)
    )
    dice, cases, hours = random.Random(f"{seed}:scenario"), [], {}
    for row in content["lines"]:
        line = Line(
            queues[row["queue"]], row.get("channel", CHAT), row.get("language", ""),
            tuple(Need(names[need["skill"]], int(need.get("level", 1)), bool(need.get("required", True))) for need in row.get("needs", ())),
            names[row["language"]] if row.get("language") else None, float(row.get("target_seconds", 120)), float(row.get("due_seconds", TICKET_SECONDS)), float(row.get("value", 1)),
        )
        if line.channel not in (CALL, CHAT, TICKET):
            raise Mistake(f"“{line.channel}” is no channel; there are call, chat and ticket.")
        if "open" in row:
            hours[line.queue_id] = tuple((float(a), float(b)) for a, b in row["open"])
        drawn = {"handling": float(row["handling_seconds"]), "patience": row.get("patience_seconds")}
        cases += [_case(dice, line, at, drawn) for at in _poisson(dice, [float(row.get("per_hour", 0))], ends, ends)]
        cases += [
            Case(0, line, float(one["at"]), float(one.get("handling_seconds", drawn["handling"])), one.get("patience_seconds")) for one in row.get("contacts", ())
        ]
    settings = content.get("settings", {})
    rules = Rules(
        Limits(*(int(settings.get(name, default)) for name, default in (("units", 6), ("chat_units", 2), ("max_chats", 3), ("max_tickets", 2)))),
        rings=tuple(settings.get("answers_after_seconds", (1.0, 6.0))), wrap_up_seconds=float(settings.get("wrap_up_seconds", 40)),
    )
    return Day(begins, ends, _numbered(cases), workers, rules, hours, queues.names(), names.names())


class _Numbers(dict):
    """Numbers given to names as they come."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self) + 1
        return self[name]

    def names(self) -> dict[int, str]:
        return {number: name for name, number in self.items()}


def _poisson(dice: random.Random, per_hour: list[float], step: float, ends: float) -> list[float]:
    """Instants of arrivals whose rate changes from step to step."""
    found = []
    for place, rate in enumerate(per_hour):
        at = place * step
        while rate > 0:
            at += dice.expovariate(rate / HOUR)
            if at >= min(ends, (place + 1) * step):
                break
            found.append(at)
    return found


def _case(dice: random.Random, line: Line, at: float, drawn: Mapping) -> Case:
    """Handling and patience both exponential, with these means."""
    patience = dice.expovariate(1 / drawn["patience"]) if drawn["patience"] else None
    return Case(0, line, at, dice.expovariate(1 / drawn["handling"]), patience)


def _numbered(cases: list[Case]) -> tuple[Case, ...]:
    return tuple(replace(case, id=number) for number, case in enumerate(sorted(cases, key=lambda case: case.entered_at), 1))


def _centre(content: Mapping, seed: int) -> Day:
    """Skills, languages and channels become skills; people who come back after an unsolved contact are left out."""
    weights, capacity = content["capacity"]["weights"], content["capacity"]
    yields = "ticket" in capacity.get("interruptible", [])
    shared = Limits(capacity["units"], weights["chat"], ticket_units=weights["ticket"], calls_interrupt=yields)
    workers = tuple(
        Worker(
            number, f"Person {number}",
            {int(skill): level for skill, level in row["skills"].items()} | {SPOKEN + one: 5 for one in row["langs"]}
            | {SERVED + place: 5 for place, name in enumerate(CHANNELS) if name in row["channels"]},
            tuple(_without_outages(number, row["shifts"], content.get("outages", ()))), row["rona"], 0.0, row["speed"],
            replace(shared, max_chats=row["max_chat"], max_tickets=row["max_ticket"]),
        )
        for number, row in enumerate(content["agents"])
    )
    cases, dice = [], random.Random(f"{seed}:centre")
    for row in content["classes"]:
        channel = CHANNELS[row["channel"]]
        line = Line(
            row["skill"], channel, str(row["lang"]), (Need(row["skill"], row["min_level"]), Need(SERVED + list(CHANNELS).index(row["channel"]))), SPOKEN + row["lang"],
            row.get("target_s") or 1.0, row.get("sla_s") or TICKET_SECONDS, row["value"],
        )
        for at in _poisson(dice, row["rates_per_h"], content["rate_step_s"], content["horizon_s"]):
            sigma = row["sigma"]
            patience = dice.weibullvariate(row["patience_s"], row["patience_shape"]) if row.get("patience_s") else None
            cases.append(Case(0, line, at, row["aht_s"] * dice.lognormvariate(-sigma * sigma / 2, sigma), patience))
    skills = {int(one): f"skill {one}" for one in range(len(content["families"]))} | {case.line.language_skill: f"language {case.line.language}" for case in cases}
    skills |= {SERVED + place: name for place, name in enumerate(CHANNELS)}
    return Day(
        0.0, content["horizon_s"] + content["drain_s"], _numbered([replace(case, counted=content["warmup_s"] <= case.entered_at) for case in cases]), workers,
        Rules(
            shared, ring_seconds={CHANNELS[name]: seconds for name, seconds in content["offer_timeout_s"].items()}, retry_same_agent_seconds=content["rona_away_s"],
            wrap_up_seconds=max((row.get("wrap_s", 0) for row in content["classes"]), default=0),
        ),
        queues={row["skill"]: f"skill {row['skill']}" for row in content["classes"]}, skills=skills,
        remarks=("Of this centre, contacts that come back and the slowing by further chats are not replayed.",),
    )


def _without_outages(number: int, shifts, outages):
    for begins, ends in shifts:
        pieces = [(begins, ends)]
        for outage in outages:
            if number in outage["agents"]:
                since, until = outage["start_s"], outage["end_s"]
                pieces = [piece for a, b in pieces for piece in ((a, min(b, since)), (max(a, until), b)) if piece[1] > piece[0]]
        yield from pieces
