"""What live updates cost, beside Node's Socket.IO server in the same run, one server process each. Run by hand:

    .venv/bin/python -m benchmarks.live [fanout] [idle] [storm] [talk] [--subscribers 50] [--rates 10,25,50]

Without a name all parts run, about ten minutes. Both servers get the same rooms, the same hints and the same load (benchmarks/node/); Node's does nothing else,
the product signs in, checks rights, reads PostgreSQL. What is random has a fixed seed. Ratios bear comparison between machines, figures do not.
Written down in docs/performance.md.
"""
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import click

from benchmarks import crowd
from benchmarks.installation import Anchor, Bare, Load, Product, prepare

SEED = 20261127
FANS = {50: (200, 10), 500: (20, 50)}  # subscribers of each conversation: conversations, messages stored in each
SCREENS = 50  # conversations one socket follows at most
IDLE, HELD = 5000, 25  # sockets, and seconds: each gives at least one sign of life
STORM = 1000


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(["fanout", "idle", "storm", "talk"]))
@click.option("--subscribers", default="50,500", help="which crowds of the part `fanout`: 50, 500 or both")
@click.option("--rates", default="10,25,50,100", help="messages a second of the part `talk`")
@click.option("--seconds", default=15, help="how long each of these rates lasts")
@click.option("--helped", is_flag=True, help="with Redis and `flask work` beside the web process also where one process is measured alone")
def main(parts: tuple[str, ...], subscribers: str, rates: str, seconds: int, helped: bool) -> None:
    """Print the tables."""
    core = prepare()
    click.echo(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {'web process, Redis and flask work' if helped else 'one process'}, seed {SEED}")
    if not parts or "fanout" in parts:
        fan_out(core, helped, [int(count) for count in subscribers.split(",")])
    for part, measure in (("idle", idle), ("storm", storm)):
        if not parts or part in parts:
            measure(core, helped)
    if not parts or "talk" in parts:
        talk([int(rate) for rate in rates.split(",")], seconds)


@contextmanager
def product(core: set[int], **options):
    """The product, running, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as folder:
        os.chmod(folder, 0o755)
        found = Product(Path(folder), core, **options)
        try:
            with found.app.app_context():
                crowd.sign_in_all("administrator", 1)  # a shop without one answers with its first page only
                yield found
        finally:
            found.stop()


@contextmanager
def anchor(core: set[int], kind: type[Anchor] = Anchor):
    """Node's server, running, or the bare parts of ours."""
    found = kind(core).start()
    try:
        yield found
    finally:
        found.stop()


def fan_out(core: set[int], helped: bool, crowds: list[int]) -> None:
    """Messages are stored, and every hint about them that arrives is counted."""
    click.echo("\n| fan-out | hints sent to all | Node, hints/s | product, hints/s | ratio | messages made known/s | ratio |\n| --- | --- | --- | --- | --- | --- | --- |")
    for subscribers in crowds:
        rooms, messages = FANS[subscribers]
        with anchor(core) as node:
            names = [f"room:{number}" for number in range(rooms)]
            clients = [{"screens": joined} for joined in _spread(names, subscribers)]
            with Load("fanOut", url=node.url, clients=clients, rooms=names, publications=rooms * messages) as load:
                load.hear()
                load.say(go="publish")
                theirs = load.hear()
        with product(core, helped=helped) as ours:
            agents, cookies = crowd.sign_in_all("agent", subscribers * -(-rooms // SCREENS) // crowd.TABS)
            customers, _cookies = crowd.sign_in_all("customer", rooms)
            pairs = crowd.converse(customers, agents)
            ours.start()
            names = [f"desk-conversation:{conversation}" for _ticket, conversation in pairs]
            with Load("fanOut", url=ours.url, clients=crowd.tabs(cookies, _spread(names, subscribers))) as load:
                load.hear()
                load.say(go="count")
                crowd.write_everywhere(pairs, messages)
                mine = load.hear()
        speeds = [found["hints"] / max(found["streaming"], 0.001) for found in (theirs, mine)]
        known = rooms * messages * subscribers / max(mine["streaming"], 0.001)
        click.echo(
            f"| {rooms * messages} messages in {rooms} conversations, {subscribers} subscribers each | {mine['hints']} (Node {theirs['hints']}) | {speeds[0]:.0f} | {speeds[1]:.0f} "
            f"| {speeds[1] / speeds[0]:.2f} | {known:.0f} | {known / speeds[0]:.2f} |"
        )


def _spread(names: list[str], subscribers: int) -> list[list[str]]:
    """The screens of each socket, so that every name has so many subscribers."""
    blocks = [names[first:first + SCREENS] for first in range(0, len(names), SCREENS)]
    return [block for block in blocks for _socket in range(subscribers)]


def idle(core: set[int], helped: bool) -> None:
    """Thousands of open pages, each with its sign-in and its conversation, that say nothing."""
    click.echo(f"\n| {IDLE} idle clients, held for {HELD} s | connected in s | dropped | KB each |\n| --- | --- | --- | --- |")
    with anchor(core) as node:
        _hold("Node", node, [{"screens": [f"room:{number // crowd.TABS}"]} for number in range(IDLE)])
    with product(core, helped=helped) as ours:
        clients = _customers(IDLE)[0]
        _hold("product", ours.start(), clients)


def _hold(name: str, server, clients: list[dict]) -> None:
    before = server.memory()
    with Load("idle", url=server.url, clients=clients, seconds=HELD) as load:
        connected, held = load.hear(), load.hear()
        each = (server.memory() - before) / 1024 / len(clients)
    click.echo(f"| {name} | {connected['seconds']:.1f} | {held['dropped'] + len(clients) - held['open']} | {each:.0f} |")


def _customers(sockets: int) -> tuple[list[dict], list[tuple[int, int]]]:
    """So many open pages of customers, each showing the owner's question, and these questions."""
    agents, _cookies = crowd.sign_in_all("agent", 10)
    customers, cookies = crowd.sign_in_all("customer", sockets // crowd.TABS)
    pairs = crowd.converse(customers, agents)
    screens = [[f"conversation:{pairs[number // crowd.TABS][1]}"] for number in range(sockets)]
    return crowd.tabs(cookies, screens), pairs


def storm(core: set[int], helped: bool) -> None:
    """The serving process is killed; everybody comes back as the browser does, is signed in and joins again."""
    click.echo(f"\n| {STORM} clients after kill -9 | back | middle s | last s |\n| --- | --- | --- | --- |")
    rooms = [{"screens": [f"room:{number // crowd.TABS}"]} for number in range(STORM)]
    with anchor(core) as node:
        theirs = _cut_off("Node", node, rooms)
    with anchor(core, Bare) as bare:
        floor = _cut_off("gunicorn, gevent and Flask-SocketIO alone", bare, rooms)
    with product(core, helped=helped) as ours:
        clients = _customers(STORM)[0]
        mine = _cut_off("product", ours.start(), clients)
    for name, other in (("product / Node", theirs), ("product / these parts alone", floor)):
        click.echo(f"| {name} | | {mine['p50'] / other['p50']:.1f} | {mine['max'] / other['max']:.1f} |")


def _cut_off(name: str, server, clients: list[dict]) -> dict:
    with Load("storm", url=server.url, clients=clients, limit=60) as load:
        load.hear()
        load.say(go="cut")
        server.cut_off()
        found = load.hear()
    click.echo(f"| {name} | {found['back']} of {len(clients)} | {found['p50'] / 1000:.1f} | {found['max'] / 1000:.1f} |")
    return found


def talk(rates: list[int], seconds: int) -> None:
    """Customers and agents write to each other at a fixed rate while pages are opened."""
    click.echo(
        f"\n| messages a second, for {seconds} s each | stored and acknowledged, p50 / p99 ms | shown on the other side, p50 / p99 ms | pages, p50 / p99 ms | refused | never shown |\n"
        "| --- | --- | --- | --- | --- | --- |"
    )
    with product(set(), workers=2, helped=True) as ours:
        agents, staff = crowd.sign_in_all("agent", 50)
        customers, theirs = crowd.sign_in_all("customer", 200)
        pairs = crowd.converse(customers, agents)
        ours.start()
        order = {
            "conversations": [_both(number, pair, theirs[number], staff[number % len(staff)]) for number, pair in enumerate(pairs)], "rates": [5, *rates],
            "seconds": seconds, "seed": SEED,
            "pages": {"rate": 4, "list": [{"path": "/questions", "cookie": theirs[0]}, {"path": "/desk", "cookie": staff[0]}, {"path": f"/questions/{pairs[1][0]}", "cookie": theirs[1]}]},
        }
        with Load("talk", url=ours.url, **order) as load:
            load.hear()  # the first rate warms the templates and is not counted
            for rate in rates:
                found = load.hear()
                times = " | ".join(f"{found[key]['p50']} / {found[key]['p99']}" for key in ("acknowledged", "shown", "pages"))
                click.echo(f"| {rate} | {times} | {found['refused']} | {found['unseen']} |")


def _both(number: int, pair: tuple[int, int], customer: str, agent: str) -> list[dict]:
    """The customer's and the agent's side of one conversation."""
    ticket, conversation = pair
    return [
        {"cookie": customer, "screen": f"conversation:{conversation}", "address": f"/questions/{ticket}/messages", "last": 1, "order": "seq"},
        {"cookie": agent, "screen": f"desk-conversation:{conversation}", "address": f"/desk/tickets/{ticket}/messages", "last": 1, "order": "desk-seq"},
    ]


if __name__ == "__main__":
    main()
