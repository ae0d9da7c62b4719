"""`flask whatif` on a day that the router itself went through, on both databases."""
import json
from datetime import timedelta

import pytest

from support import routing, tickets
from support.clock import now
from support.database import db


@pytest.fixture
def run(any_app):
    return lambda *words: any_app.test_cli_runner().invoke(args=("whatif", *words))


def solved(desks, ticket_id: int) -> None:
    with desks.app.app_context():
        ticket = db.session.get(tickets.Ticket, ticket_id)
        tickets.resolve(db.session.get(type(ticket.assignee), ticket.assignee_id), ticket_id, desks.disposition())
    desks.flow()


def passes(desks, clock, seconds: int) -> None:
    """Time in which Ines stays at her desk."""
    for _ in range(seconds // 30):
        clock.move(30)
        with desks.app.app_context():
            routing.heartbeat(desks.person("ines"))
        desks.sweep()


@pytest.fixture
def day(desks, clock):
    """Ines alone is there; of five who ask at once she takes three, and the others when those are solved after five minutes."""
    desks.sit("ines")
    asked = [desks.ask(topic="orders") for _ in range(5)]
    desks.flow()
    for _ in range(3):
        clock.move(5)
        desks.accept(next(ticket for ticket in asked if desks.offer(ticket)))
    passes(desks, clock, 300)
    for ticket in asked:
        if desks.item(ticket).state == "assigned":
            solved(desks, ticket)
    passes(desks, clock, 60)
    for _ in range(2):
        clock.move(5)
        desks.accept(next(ticket for ticket in asked if desks.offer(ticket)))
    passes(desks, clock, 120)
    return desks


def test_a_day_replays_itself_and_one_more_trained_person_helps(day, run):
    done = run("--day", "today", "--add", "Nova:orders=4,english=4", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    recorded, unchanged, changed = (told[column] for column in ("as recorded", "replayed unchanged", "with the change"))
    assert recorded["all"]["contacts"] == unchanged["all"]["contacts"] == 5
    assert abs(recorded["all"]["in_time"] - unchanged["all"]["in_time"]) < 0.21, "one of five at most"
    assert abs(recorded["by_skill"]["Orders"]["median"] - unchanged["by_skill"]["Orders"]["median"]) <= 30
    assert changed["by_skill"]["Orders"]["p90"] < unchanged["by_skill"]["Orders"]["p90"]
    assert changed["by_queue"]["Orders"]["in_time"] > unchanged["by_queue"]["Orders"]["in_time"]
    helpless = json.loads(run("--day", "today", "--add", "Nova:returns=5,english=5", "--json").output)
    assert helpless["with the change"]["all"] == helpless["replayed unchanged"]["all"], "nobody untrained serves"


def test_the_table_says_how_far_the_replay_is_from_the_record(day, run):
    done = run("--day", "today", "--skill", "Ines:orders=0", "--set", "max_chats=1")
    assert "as recorded" in done.output
    assert "with the change" in done.output
    assert "Replayed unchanged, against the record: in time " in done.output
    assert done.output == run("--day", "today", "--skill", "Ines:orders=0", "--set", "max_chats=1").output


def test_what_is_not_understood_is_said(day, run, tmp_path):
    scenario = tmp_path / "centre.json"
    scenario.write_text("{}")
    for words, said in (
        (("--day", "today", "--remove", "Nobody"), "Nobody at the desks"), (("--day", "tomorrowish"), "is no day"), (("--day", "today", "--skill", "ines"), "is not understood"),
        (("--scenario", str(scenario)), "lacks"), (("--day", (now() - timedelta(days=400)).date().isoformat()), "Nothing came"),
    ):
        done = run(*words)
        assert done.exit_code == 1
        assert said in done.output
