"""What customers are told about their wait, against what came true, in simulated centres. Run by hand:

    OMP_NUM_THREADS=1 timeout 600 .venv/bin/python -m benchmarks.waits [--centre small_6 …] [--policy fastest_server …] [--days 3]

Needs the simulator and its centres (SIMULATOR, CENTRES below), which are no part of the product. The very class that the product
announces with (`support/routing/estimates.py`) watches: whenever a call or chat finds nobody free, it says a middle and a limit,
and learns when that one is answered. It starts knowing nothing; the days of a centre (one seed each) follow one another. Until it
is ready the product's rule for few data counts, the target of the queue. Counted are, as in the measured comparison, contacts
that had to wait and were answered, after the warm-up of each day. Written down in docs/performance.md.
"""
import argparse
import importlib
import math
import sys
from collections import defaultdict
from pathlib import Path

import click

from support.routing.estimates import Estimate, Estimator, Sight

SHARED = Path(__file__).resolve().parents[2] / "shared"  # beside the checkout
SIMULATOR, CENTRES = SHARED / "tools" / "routing", SHARED / "routing" / "scenarios"
OWN = "benchmarks.routing_adapter:Matcher"
POLICIES = ("fifo_longest_idle", "fastest_server", OWN)
LARGE_DAYS = 1  # a centre of this many agents has enough contacts in one
LARGE = 500
BIG_CELL = 50
DAY = 86_400.0
LIVE = ("voice", "chat")
NEAR = 15.0

if SIMULATOR.is_dir():
    sys.path.insert(0, str(SIMULATOR))
    sim, policies = importlib.import_module("sim"), importlib.import_module("policies")
    WAITING = sim.WAITING


class Told:
    """One announcement and what came true; `desks` is the number of people on shift who are trained for the cell."""

    def __init__(self, sight: Sight, estimate: Estimate, target: float):
        self.sight, self.estimate = sight, estimate
        few = max(target, target * (sight.ahead + 1) / max(1, sight.desks))
        self.middle, self.limit = (estimate.middle_seconds, estimate.limit_seconds) if estimate.ready else (few, few)
        self.waited: float | None = None
        self.counts = True


def watching(base, estimator: Estimator, told: list[Told], midnight: float):
    """The policy, looked at by the estimator: it decides as before. `midnight` puts the days one after another."""

    class Watched(base):
        def start(self, sim):
            super().start(sim)
            self.cells = {}
            for kind in sim.K:
                self.cells.setdefault((kind.ch, kind.skill, kind.lang), []).append(kind)
            self.serves = {agent.i: sorted({(kind.ch, kind.skill, kind.lang) for kind in agent.classes}) for agent in sim.agents}
            self.trained = defaultdict(list)
            for agent in sim.agents:
                for cell in self.serves[agent.i]:
                    self.trained[cell].append(agent)
            self.open = {}

        def item_added(self, item, now):
            new = item.tried is None
            super().item_added(item, now)
            if new and item.state == WAITING and item.k.ch in LIVE:
                sight = self.sight(item, now)
                made = Told(sight, estimator.estimate(sight), item.k.target)
                made.counts = self.s.WARM <= item.t < self.s.H
                self.open[item.id] = made
                told.append(made)

        def sight(self, item, now):
            cell = (item.k.ch, item.k.skill, item.k.lang)
            here = self.cells[cell]
            waiting = {key: sum(kind.nwait for kind in kinds) for key, kinds in self.cells.items()}
            on = [agent for agent in self.trained[cell] if agent.on]
            others = [max(1, sum(waiting[key] for key in self.serves[agent.i])) for agent in on]
            return Sight(
                cell, item.k.ch, midnight + now, waiting[cell] - 1, sum(kind.nwait for kind in here if kind.value >= item.k.value) - 1,
                max(now - self.s.head(kind).t for kind in here if kind.nwait), len(on), sum(waiting[cell] / count for count in others),
                sum(others) / max(1, len(on)), item.k.value,
            )

        def answered(self, item, agent, now):
            super().answered(item, agent, now)
            made = self.open.pop(item.id, None)
            if made is not None:
                made.waited = now - item.t
                estimator.came(made.sight.cell, midnight + now, made.estimate, made.waited)

    return Watched


def main() -> None:
    if not SIMULATOR.is_dir():
        sys.exit(f"The simulator is not there: {SIMULATOR}")
    chosen = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    chosen.add_argument("--centre", nargs="*", default=sorted((path.stem for path in CENTRES.glob("*.json")), key=lambda name: ("large" in name, name)))
    chosen.add_argument("--policy", nargs="*", default=POLICIES, help="a peer's name, or module:Class of a matcher with the simulator's interface")
    chosen.add_argument("--days", type=int, default=3)
    wanted = chosen.parse_args()
    click.echo("| centre, policy | cells | counted | mean wait s | error / mean | error of the best constant | within 2 x | limit held | as told, in minutes |")
    click.echo("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    rows: dict[str, list[float]] = defaultdict(list)
    held: dict[str, list[bool]] = defaultdict(list)
    for centre in wanted.centre:
        for policy in wanted.policy:
            told = simulated(centre, policy, wanted.days)
            for size in ("small", f"{BIG_CELL}+"):
                came = [one for one in told if one.counts and one.waited is not None and (one.sight.desks >= BIG_CELL) == (size != "small")]
                if came:
                    rows[size].append(line(f"{centre}, {'the product' if policy == OWN else policy}", size, came))
                    held[size] += [one.waited <= one.limit for one in came]
    for size, errors in rows.items():
        covered = sum(held[size]) / len(held[size])
        click.echo(f"\ncells {size}: error / mean wait {sum(errors) / len(errors):.2f} over the rows, worst {max(errors):.2f}; limit held in {covered:.1%} of {len(held[size]):,}")


def simulated(centre: str, policy: str, days: int) -> list[Told]:
    """All announcements of the days of one centre."""
    scenario = sim.load(CENTRES / f"{centre}.json")
    days = min(days, LARGE_DAYS) if len(scenario["agents"]) >= LARGE else days
    estimator, told = Estimator(), []
    for day in range(1, days + 1):
        sim.Sim(scenario, policy_of(policy, estimator, told, day * DAY), day).run()
    return told


def policy_of(name: str, *watched):
    if ":" not in name:
        return watching(policies.BY[name], *watched)()
    module, matcher = name.split(":")
    made = getattr(importlib.import_module(module), matcher)
    return watching(policies.AdapterPolicy, *watched)(made(), getattr(made, "mode", "choose"))


def line(name: str, size: str, came: list[Told]) -> float:
    """Print one row; returns its mean error by its mean wait."""
    waits = sorted(one.waited for one in came)
    mean, median = sum(waits) / len(waits), waits[len(waits) // 2]
    error = sum(abs(one.waited - one.middle) for one in came) / len(came) / mean
    constant = sum(abs(wait - median) for wait in waits) / len(waits) / mean
    near = sum(one.waited / 2 < one.middle < one.waited * 2 or abs(one.waited - one.middle) <= NEAR for one in came) / len(came)
    limit = sum(one.waited <= one.limit for one in came) / len(came)
    minutes = sum(one.waited <= max(60, math.ceil(one.limit / 60) * 60) for one in came) / len(came)
    click.echo(f"| {name} | {size} | {len(came):,} | {mean:.0f} | {error:.2f} | {constant:.2f} | {near:.0%} | {limit:.1%} | {minutes:.1%} |")
    return error


if __name__ == "__main__":
    main()
