"""What customers are told about their wait: announced once, kept, learned from, shown with how often it held. Through the pages, on both databases."""
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import routing
from support.clock import now
from support.database import db, transaction
from support.routing import told
from support.routing.crowds import Crowd, Waiting
from support.routing.estimates import Estimator, Sight
from support.routing.fitness import Agent, Line, Need
from support.routing.models import Queue, ToldWait, WorkItem


def queue_id(slug: str = "orders") -> int:
    return db.session.scalar(select(Queue.id).where(Queue.slug == slug))


def announcements(desks) -> list[ToldWait]:
    with desks.app.app_context():
        return list(db.session.scalars(select(ToldWait).order_by(ToldWait.id)))


def happened(desks, ticket: int, rows, slug: str = "orders") -> None:
    """Announcements of the past: (limit in seconds, answered after so many or None, left after so many or None), an hour ago and since."""
    with desks.app.app_context(), transaction() as session:
        queue, estimator = queue_id(slug), Estimator()
        for number, (limit, answered, left) in enumerate(rows):
            at = now() - timedelta(hours=3) + timedelta(seconds=number)
            item = WorkItem(
                ticket_id=ticket, queue_id=queue, channel="chat", language="en", state="done" if answered is not None else "left", state_at=at, entered_at=at,
                answered_at=None if answered is None else at + timedelta(seconds=answered), ended_at=None if left is None else at + timedelta(seconds=left),
            )
            session.add(item)
            session.flush()
            sight = Sight((queue, "chat", "en"), "chat", at.timestamp(), 1, 1, 30.0, 1, 1.0, 2.0)
            session.add(told._announcement(_Left(item, queue), at, limit, estimator.estimate(sight)))


class _Left:
    def __init__(self, item, queue):
        self.id, self.line = item.id, Line(queue, "chat", "en")


def status_of(desks, client_of, ticket: int, key: str = "maja") -> str:
    return client_of(desks.app, key).get(f"/questions/{ticket}/status").text


def board_says(desks, client_of, slug: str = "orders", **asking) -> str:
    with desks.app.app_context():
        row = queue_id(slug)
    page = client_of(desks.app, "hanna").get("/board", **asking).text
    found = re.search(rf'<tr id="board-limit-{row}">(.*?)</tr>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split())


def line_of_two(desks) -> tuple[int, int]:
    """One rings at the only desk, the other waits."""
    desks.sit("ines")
    first, second = desks.ask(), desks.ask("odile")
    desks.flow()
    return first, second


def test_only_who_finds_nobody_free_is_told_and_once(desks, client_of):
    _first, second = line_of_two(desks)
    [made] = announcements(desks)
    assert made.work_item_id == desks.item(second).id
    assert made.limit_seconds == 120 and made.limit_at == made.told_at + timedelta(seconds=120)
    assert "Usually under 2 min." in status_of(desks, client_of, second, "odile")
    for _again in range(3):
        desks.ask("maja")
        desks.sweep()
    assert len(announcements(desks)) == 4, "each of the new ones once, nobody twice"
    with desks.app.app_context(), transaction() as session:
        session.get(Queue, queue_id()).target_seconds = 900
    assert "Usually under 2 min." in status_of(desks, client_of, second, "odile"), "what was said stays said"


def test_who_waits_longer_than_told_reads_so(desks, client_of, clock):
    _first, second = line_of_two(desks)
    clock.move(121)
    with desks.app.app_context():
        routing.heartbeat(desks.person("ines"))
    assert "Sorry, this takes longer than the 2 min we told you." in status_of(desks, client_of, second, "odile")
    assert "Usually under" not in status_of(desks, client_of, second, "odile")


def test_nothing_is_promised_where_nobody_trained_is_there(desks):
    desks.ask()
    desks.flow()
    assert announcements(desks) == []


def test_what_came_true_is_learned_and_survives_a_restart(desks, client_of):
    past = desks.ask("odile", topic="orders")
    happened(desks, past, [(120, 1000 + 10 * number, None) for number in range(40)])
    _first, second = line_of_two(desks)
    [made] = announcements(desks)[-1:]
    assert made.work_item_id == desks.item(second).id
    assert 1200 <= made.limit_seconds <= 1800, "about what nine of ten waited: 1,360 s"
    desks.app.extensions["told_waits"] = told.Learned()
    third = desks.ask("maja")
    desks.flow()
    again = announcements(desks)[-1]
    assert again.work_item_id == desks.item(third).id
    assert 1200 <= again.limit_seconds <= 2400
    page = client_of(desks.app).get("/contact").text
    assert re.search(r"usually under (2\d|3\d|40) minutes", page), "who thinks of joining reads what was learned, too"


def test_each_outcome_is_learned_once(desks):
    past = desks.ask("odile", topic="orders")
    happened(desks, past, [(120, 60, None)] * 12)
    with desks.app.app_context():
        learned = told.known([queue_id()])[1]
        assert learned._estimators[False].answered == 12
    happened(desks, past, [(120, 60, None)] * 3)
    with desks.app.app_context():
        for _again in range(2):
            told.known([queue_id()])
        assert learned._estimators[False].answered == 15 and learned._estimators[True].answered == 0


def test_what_is_learned_of_one_queue_is_not_learned_again_with_another(desks):
    past = desks.ask("odile", topic="orders")
    for slug in ("orders", "returns"):
        happened(desks, past, [(120, 60, None)] * 12, slug)
    with desks.app.app_context():
        for slug in ("orders", "returns", "orders"):
            learned = told.known([queue_id(slug)])[1]
        assert learned._estimators[False].answered == 24


def test_those_whom_nobody_can_serve_do_not_stand_before_the_others(desks, monkeypatch):
    monkeypatch.setattr(told, "TOLD_AT_ONCE", 2)
    for _nth in range(2):
        desks.ask("maja", language="fr")  # nobody at a desk speaks it
    _first, second = line_of_two(desks)
    assert [made.work_item_id for made in announcements(desks)] == [desks.item(second).id]


def test_waits_that_cannot_be_announced_keep_nobody_from_an_offer(desks, monkeypatch):
    def broken(*_given):
        raise RuntimeError("nobody knows")

    monkeypatch.setattr(told, "tell", broken)
    first, second = line_of_two(desks)
    assert desks.rings_at(first) == "ines" and desks.rings_at(second) is None


def test_old_announcements_are_forgotten_but_not_those_of_who_waits_still(desks, clock):
    past = desks.ask("odile", topic="orders")
    happened(desks, past, [(120, 60, None)] * 3)
    line_of_two(desks)
    before = announcements(desks)
    clock.move(60 * 86_400)
    with desks.app.app_context():
        told.prune()
    assert [made.id for made in announcements(desks)] == [made.id for made in before[3:]] != []


def test_another_process_that_tells_the_same_ones_changes_nothing(desks, monkeypatch):
    _first, second = line_of_two(desks)
    before = announcements(desks)[0].told_at
    monkeypatch.setattr(told, "_in_line", list)  # it looked before the other one had told
    desks.sweep()
    assert [made.told_at for made in announcements(desks)] == [before]


def test_the_board_says_how_often_the_limit_held(desks, client_of):
    past = desks.ask("odile", topic="orders")
    assert board_says(desks, client_of) == "Orders nobody had to wait lately"
    happened(desks, past, [(120, 60, None)] * 8)
    assert board_says(desks, client_of) == "Orders too little is known yet: 8 waits"
    happened(desks, past, [(120, 60, None)] * 282 + [(120, 121, None)] * 10 + [(120, None, 400)] * 8 + [(120, None, 30)] * 50)
    assert board_says(desks, client_of) == "Orders announced limit held in 91% of the last 200", "who left earlier proves nothing, who left later does"
    assert board_says(desks, client_of, "products") == "Products nobody had to wait lately"


def test_who_still_waits_past_the_limit_counts(desks, client_of, clock):
    past = desks.ask("odile", topic="orders")
    happened(desks, past, [(120, 60, None)] * 39)
    line_of_two(desks)  # with the one of the past three, of whom two wait
    assert "held in 100% of the last 39" in board_says(desks, client_of)
    clock.move(3600)
    assert "held in 95% of the last 41" in board_says(desks, client_of)


@pytest.mark.parametrize("settings", [{"shop_languages": ("en", "de")}], indirect=True)
def test_the_board_says_it_in_german(desks, client_of):
    past = desks.ask("odile", topic="orders")
    happened(desks, past, [(120, 60, None)] * 19 + [(120, 300, None)])
    hanna = client_of(desks.app, "hanna")
    hanna.post("/language", data={"language": "de"})
    page = " ".join(hanna.get("/board").text.split())
    assert re.search(r"angekündigte Grenze in 95\s%\s?der letzten 20 eingehalten", page.replace(" ", " "))


def test_how_often_it_held_takes_one_statement(desks, count_statements):
    past = desks.ask("odile", topic="orders")
    with desks.app.app_context():
        routing.limits_held()
    with desks.app.app_context(), count_statements(desks.app) as little:
        routing.limits_held()
    for slug in ("orders", "products", "returns", "payments"):
        happened(desks, past, [(120, 60, None)] * 30, slug)
    with desks.app.app_context(), count_statements(desks.app) as much:
        assert len(routing.limits_held()) == 4
    assert much.total == little.total


def test_what_one_sees_who_joins():
    need = (Need(1, 2),)
    orders, tickets, other = Line(1, "chat", "en", need), Line(1, "ticket", "en", need), Line(2, "chat", "en", (Need(2, 1),))
    agents = [Agent(1, {1: 3}), Agent(2, {1: 3, 2: 3}), Agent(3, {2: 3}), Agent(4, {1: 1})]
    crowd = Crowd([Waiting(orders, 100.0, 1.0, id=1), Waiting(orders, 90.0, 3.0, id=2), Waiting(other, 95.0, 1.0, 3), Waiting(tickets, 10.0, 0.9)], agents)
    joining = crowd.sight(orders, 110.0)
    assert (joining.ahead, joining.first, joining.head_seconds, joining.desks) == (2, 2, 20.0, 2)
    assert joining.share == pytest.approx(1 + 3 / 6) and joining.around == pytest.approx((3 + 6) / 2)
    stands = crowd.sight(orders, 110.0, value=2.0, place=(100.0, 1))
    assert (stands.ahead, stands.first) == (1, 1) and stands.share == pytest.approx(1 + 2 / 5)
    assert crowd.sight(orders, 110.0, value=5.0, place=(100.0, 1)).first == 0
    assert crowd.busiest(2, "chat") == other and crowd.busiest(3, "chat") is None
    assert crowd.sight(tickets, 110.0).around == pytest.approx((4 + 7) / 2), "a ticket waits for live work, too"
