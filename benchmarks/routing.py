"""The product's matcher beside other people's policies on the public centres, and what one decision costs. Run by hand:

    .venv/bin/python -m benchmarks.routing [centres] [decision] [--only mid_60,voice_60] [--seeds 1,2,3] [--jobs 2]

The centres, the simulator and the policies lie beside the checkout, in ../shared (routing, tools/routing): all policies meet the same customers,
drawn from the seed before the run. `POOLED` is the bound: everybody trained for everything. The optimal assignment is run where SciPy is installed.
Ratios bear comparison between machines and seeds, single scores less. Written down in docs/performance.md.
"""
import importlib
import importlib.util
import os
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import mean

import click

from support.routing import scores
from support.routing.fitness import CALL, CHAT, TICKET, Agent, Item, Limits, Line, Need, level_for, rule_out
from support.routing.matcher import Matcher

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
TOOLS = SHARED / "tools" / "routing"
OURS, FIFO, FASTEST, OPTIMAL, BOUND = "benchmarks.routing_adapter:Matcher", "fifo_longest_idle", "fastest_server", "optimal_assignment", "POOLED"
ROBIN = "round_robin_capacity"
PEERS = (FIFO, ROBIN, "priority_spare_capacity", "bullseye", "criteria_steps", "target_expression", FASTEST, "least_flexible_first", "generalized_cmu", "greedy_score")
COLUMNS = ("score", "v_sl", "v_abd", "v_wait", "v_p95", "c_sl", "c_abd", "tkt_breach", "fcr", "skill_sl_min", "lang_sl_min", "viol", "cpu_s")
LARGE = "large_1000"

# what is compared, the figure, against whom, floor, aim
GOALS = (
    ("score / longest idle", "score", FIFO, 1.05, 1.07), ("score / fastest server", "score", FASTEST, 1.015, 1.02),
    ("score / optimal assignment", "score", OPTIMAL, 1.015, 1.02), ("score / pooled bound", "score", BOUND, 0.86, 0.88),
    ("calls in target / longest idle", "v_sl", FIFO, 1.07, 1.11), ("calls in target / round robin", "v_sl", ROBIN, 1.14, 1.18),
    ("abandoned calls / longest idle", "v_abd", FIFO, 0.86, 0.80), ("abandoned calls / round robin", "v_abd", ROBIN, 0.78, 0.73),
    ("abandoned calls / optimal assignment", "v_abd", OPTIMAL, 0.90, 0.85), ("wait of calls, 95 %, / longest idle", "v_p95", FIFO, 0.90, 0.84),
    ("first contact resolves / fastest server", "fcr", FASTEST, 0.98, 0.99), ("first contact resolves / longest idle", "fcr", FIFO, 1.03, 1.04),
    ("worst language / longest idle", "lang_sl_min", FIFO, 1.10, 1.19), ("worst skill / longest idle", "skill_sl_min", FIFO, 1.10, 1.17),
)
WAITING, AGENTS, FREE, ROUNDS, SEED = 10_000, 5_000, 500, 200, 20261128


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(["centres", "decision"]))
@click.option("--only", default="", help="names of centres, separated by commas")
@click.option("--seeds", default="1,2,3")
@click.option("--jobs", default=2, help="processes")
def main(parts: tuple[str, ...], only: str, seeds: str, jobs: int) -> None:
    """Print the tables."""
    click.echo(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    if not parts or "centres" in parts:
        centres([name for name in only.split(",") if name], [int(seed) for seed in seeds.split(",")], jobs)
    if not parts or "decision" in parts:
        decision()


def centres(only: list[str], seeds: list[int], jobs: int) -> None:
    """Every policy on every centre, then the goals."""
    found = sorted(path for path in (SHARED / "routing" / "scenarios").glob("*.json") if not only or path.stem in only)
    if not found:
        raise click.ClickException("There are no centres in ../shared/routing/scenarios.")
    policies = [*PEERS, *([OPTIMAL] if importlib.util.find_spec("scipy") else []), OURS, BOUND]
    results = {}
    with ProcessPoolExecutor(jobs) as pool:
        for path in found:
            runs = {policy: [pool.submit(_run, str(path), policy, seed) for seed in seeds] for policy in policies}
            results[path.stem] = {policy: _average([run.result() for run in some]) for policy, some in runs.items()}
            _print_centre(path.stem, results[path.stem])
    _print_goals(results)


def _run(path: str, policy: str, seed: int) -> dict[str, float]:
    sys.path.insert(0, str(TOOLS))
    return importlib.import_module("run").one((path, policy, seed, {}))


def _average(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: mean(run.get(key, 0.0) for run in runs) for key in set().union(*runs)}


def _print_centre(name: str, rows: dict[str, dict[str, float]]) -> None:
    click.echo(f"\n| {name} | {' | '.join(COLUMNS)} |\n| --- |{' --- |' * len(COLUMNS)}")
    for policy, row in rows.items():
        shown = "**Switchboard**" if policy == OURS else policy
        click.echo(f"| {shown} | {' | '.join(f'{row.get(column, 0.0):.3f}' for column in COLUMNS)} |")


def _print_goals(results: dict[str, dict[str, dict[str, float]]]) -> None:
    click.echo("\n| mean over the centres | measured | floor | aim |\n| --- | --- | --- | --- |")
    for name, figure, peer, floor, aim in GOALS:
        ratios = [rows[OURS][figure] / rows[peer][figure] for rows in results.values() if peer in rows and rows[peer].get(figure)]
        if ratios:
            click.echo(f"| {name} | {mean(ratios):.3f} | {floor} | {aim} |")
    late = [rows[OURS].get("tkt_breach", 0.0) for rows in results.values()]
    click.echo(f"| tickets too late, mean; worst centre | {mean(late):.2%}; {max(late):.2%} | 0.6 %; 1.5 % | 0.3 %; 1.0 % |")
    worst, name, peer = min((rows[OURS]["score"] / rows[peer]["score"], name, peer) for name, rows in results.items() for peer in rows if peer not in (OURS, BOUND))
    click.echo(f"| worst centre, score / best peer ({name}, {peer}) | {worst:.3f} | 0.99 | 1.00 |")
    if LARGE in results:
        ours, theirs = results[LARGE][OURS], results[LARGE][FIFO]
        click.echo(f"| large centre: calls in target; abandoned / longest idle | {ours['v_sl'] / theirs['v_sl']:.2f}; {ours['v_abd'] / theirs['v_abd']:.2f} | 1.5; .60 | 1.95; .48 |")
    click.echo(f"| illegal offers | {sum(rows[OURS]['viol'] for rows in results.values()):.0f} | 0 | 0 |")


def decision() -> None:
    """One decision of the index beside a scan of all that waits (for an agent) or of all agents (for an item): same rules, same scores, same answer."""
    rng, now = random.Random(SEED), 100_000.0
    matcher, items, agents = _full_house(rng, now)
    free = [agent for agent in agents if agent.out is None]
    click.echo(f"\n{WAITING} waiting, {AGENTS} agents, {FREE} of them free, {ROUNDS} decisions, seed {SEED}\n\n| one decision | index, µs | scan, µs | times faster |\n| --- | --- | --- | --- |")
    for name, asked, ask, scan in (
        ("a freed agent finds his item", rng.sample(free, ROUNDS), lambda agent: matcher.freed(agent.id, now), lambda agent: _scan_items(matcher, items, agent, now)),
        ("an item finds its agent", rng.sample(items, ROUNDS), lambda item: matcher.arrived(item.id, now), lambda item: _scan_agents(matcher, item, agents, now)),
    ):
        quick, slow = [], []
        for one in asked:
            began = time.process_time()
            found = ask(one)
            reserved = found and _reserve(matcher, found)
            quick.append(time.process_time() - began)
            if reserved:
                for put, what in zip((matcher.put_item, matcher.put_agent), reserved, strict=True):
                    put(what)
            began = time.process_time()
            expected = scan(one)
            slow.append(time.process_time() - began)
            if (found and (found.item_id, found.agent_id)) != expected:
                raise click.ClickException(f"The index chose {found}, the scan {expected}.")
        click.echo(f"| {name}, and both are reserved | {1e6 * mean(quick):.0f} | {1e6 * mean(slow):.0f} | {mean(slow) / mean(quick):.0f} |")


def _full_house(rng: random.Random, now: float) -> tuple[Matcher, list[Item], list[Agent]]:
    """Sixty skills, three languages, three channels; of each agent four skills and one or two languages."""
    lines = [
        Line(queue * 10 + number, channel, str(language), (Need(queue),), 1000 + language, target_seconds=30, value=rng.choice((1.0, 3.0)))
        for queue in range(60) for number, channel in enumerate((CALL, CHAT, TICKET)) for language in range(3)
    ]
    matcher = Matcher(loads={line.key: rng.uniform(0.1, 3.0) for line in lines if line.channel != TICKET})
    items = [Item(number, rng.choice(lines), now - rng.uniform(0, 600)) for number in range(WAITING)]
    agents = [
        Agent(
            number, {skill: rng.randint(1, 5) for skill in rng.sample(range(60), 4)} | {1000 + language: 3 for language in rng.sample(range(3), rng.randint(1, 2))},
            None if number < FREE else "ringing", idle_since=now - rng.uniform(1, 900),
        )
        for number in range(AGENTS)
    ]
    for item in items:
        matcher.put_item(item)
    for agent in agents:
        matcher.put_agent(agent)
    return matcher, items, agents


def _reserve(matcher: Matcher, found) -> tuple[Item, Agent]:
    item, agent = matcher.items[found.item_id], matcher.agent(found.agent_id)
    matcher.remove_item(item.id)
    matcher.put_agent(Agent(agent.id, agent.levels, "ringing", idle_since=agent.idle_since))
    return item, agent


def _scan_items(matcher: Matcher, items: list[Item], agent: Agent, now: float) -> tuple[int, int] | None:
    price = matcher.price(agent, TICKET)
    ranks = [
        (item.line.channel != TICKET, scores.overdue(item, now), scores.freed(item, level_for(item.line, agent.levels), agent.id, now), -item.entered_at, -item.id)
        for item in items if rule_out(item, agent, Limits(), now) is None and (item.line.channel != TICKET or scores.urgency(item, now) > price or scores.overdue(item, now))
    ]
    return (-max(ranks)[4], agent.id) if ranks else None


def _scan_agents(matcher: Matcher, item: Item, agents: list[Agent], now: float) -> tuple[int, int] | None:
    ranks = []
    for agent in agents:
        if rule_out(item, agent, Limits(), now) is None:
            price = matcher.price(agent, item.line.channel)
            if item.line.channel != TICKET or scores.urgency(item, now) > price or scores.overdue(item, now):
                ranks.append((sum(scores.arrival(item, agent, price, now).values()), -agent.idle_since, -agent.id))
    return (item.id, -max(ranks)[2]) if ranks else None


if __name__ == "__main__":
    main()
