"""The board and the desk: one instant, a fixed number of statements, nothing of what one may not see."""
import pytest

from support import routing
from support.errors import NotAllowed


def test_the_board_counts_what_waits_who_is_there_and_what_was_missed(desks, clock):
    desks.sit("ines", "tomasz")
    desks.sit("mirela", chosen="break")
    first = desks.ask()
    desks.flow()
    clock.move(31)
    desks.sweep()
    clock.move(1)
    desks.ask("odile", topic="payments", channel="form", language="fr")
    desks.flow()
    with desks.app.app_context():
        board = routing.board()
    orders, payments = (next(row for row in board.queues if row.slug == slug) for slug in ("orders", "payments"))
    assert (orders.waiting, orders.waiting_chats, orders.offered, orders.missed_today) == (1, 1, 1, 1)
    assert orders.longest_since == desks.item(first).entered_at
    assert (orders.trained, orders.free) == (2, 0), "one rings, one does not answer"
    assert (payments.waiting, payments.waiting_chats, payments.trained) == (1, 0, 1), "the break counts as gone"
    shown = {row.name: row.shown for row in board.agents}
    assert (shown["Ines Duarte"], shown["Tomasz Wolny"], shown["Mirela Georgescu"]) == ("not_answering", "ringing", "break")
    assert board.agents[0].name == "Ines Duarte", "who needs help stands first"
    assert board.longest.slug == "orders" and board.waiting == 2 and board.missed_today == 1


def test_the_board_takes_as_many_statements_with_much_as_with_little(desks, count_statements):
    desks.sit("ines", "tomasz", "priya")
    with desks.app.app_context():
        routing.board()  # from now on the settings of queues are in memory
    with desks.app.app_context(), count_statements(desks.app) as little:
        routing.board()
    for topic in ("orders", "products", "returns", "payments"):
        desks.ask("maja", topic=topic)
        desks.ask("odile", topic=topic)
    desks.flow()
    desks.sit("lena", "samuel", "jonas")
    with desks.app.app_context(), count_statements(desks.app) as much:
        routing.board()
    assert much.total == little.total


def test_the_desk_takes_as_many_statements_with_much_as_with_little(desks, count_statements):
    desks.sit("ines", chosen="break")
    with desks.app.app_context():
        routing.my_desk(desks.person("ines"))
    with desks.app.app_context(), count_statements(desks.app) as little:
        routing.my_desk(desks.person("ines"))
    for topic in ("orders", "products", "returns", "orders"):
        desks.ask("maja", topic=topic)
        desks.ask("odile", topic=topic)
    desks.flow()
    with desks.app.app_context(), count_statements(desks.app) as much:
        view = routing.my_desk(desks.person("ines"))
    assert len(view.waiting) == 8
    assert much.total == little.total


def test_the_desk_shows_the_offer_with_the_question_and_why(desks):
    desks.sit("ines")
    ticket = desks.ask()
    desks.flow()
    with desks.app.app_context():
        view = routing.my_desk(desks.person("ines"))
    assert view.shown == "ringing"
    assert view.offer.question == "It has not moved since Saturday."
    assert view.offer.customer_name == "Maja Lindqvist"
    assert (view.offer.expires_at - view.offer.offered_at).total_seconds() == 30
    assert view.offer.ticket_id == ticket and len(view.offer.why) >= 2


def test_a_desk_shows_nothing_that_its_agent_is_not_trained_for(desks):
    desks.sit("jonas", chosen="break")
    desks.ask(topic="orders")
    mine = desks.ask("odile", topic="returns")
    desks.flow()
    with desks.app.app_context():
        view = routing.my_desk(desks.person("jonas"))
    assert [row.ticket_id for row in view.waiting] == [mine]
    assert view.waiting_total == 2, "a number, without a word of the others"


def test_only_who_works_at_a_desk_has_one(desks):
    with desks.app.app_context(), pytest.raises(NotAllowed):
        routing.my_desk(desks.person("arno"))


def test_a_presence_change_makes_board_and_desk_stale_and_a_queued_question_the_places_behind_it(desks):
    pushed = []
    desks.app.extensions["relay"].push = lambda screen, version: pushed.append(screen)
    desks.sit("ines", chosen="break")
    assert {"board", f"desk:{desks.cast['ines']}"} <= set(pushed)
    first = desks.ask()
    desks.flow()
    second = desks.ask("odile")
    desks.flow()
    pushed.clear()
    with desks.app.app_context():
        routing.pull(desks.person("ines"), desks.item(first).id)
    desks.flow()
    assert {f"place:{second}", f"place:{first}", "board", f"desk:{desks.cast['ines']}"} <= set(pushed)
