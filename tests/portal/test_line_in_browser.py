"""A closed queue and a line that is left and come back to, as a customer sees them, in a real browser."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import calendars
from support.clock import now
from support.database import db, transaction
from support.people.person import Person
from support.routing import leaving, queues
from support.routing.models import Queue, WorkItem
from tests.pages import axe, until
from tests.servers import default_size

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One server for both."""
    yield from default_size(tmp_path_factory.mktemp("line"))


def change(server, slug: str, **values) -> None:
    with server.app.app_context():
        number = db.session.scalar(select(Queue.id).where(Queue.slug == slug))
        queues.change_queue(db.session.get(Person, server.app.extensions["cast"]["arno"]), number, values)


def never_open(server) -> int:
    with server.app.app_context():
        arno = db.session.get(Person, server.app.extensions["cast"]["arno"])
        return calendars.save_calendar(arno, {"name": "Never", "zone": "UTC", "week": {}, "country": "", "closed_days": {}}).id


def asks(page, topic: str, channel: str) -> int:
    page.goto("/ask")
    page.fill("#f-subject", "The seam is open")
    page.fill("#f-body", "It opened on the first evening.")
    page.check(f"input[name=topic][value={topic}]")
    page.check(f"input[name=channel][value={channel}]")
    page.click("text=Send question")
    page.wait_for_url("**/questions/*")
    return int(page.url.rpartition("/")[2])


def item(server, ticket: int) -> WorkItem:
    with server.app.app_context():
        found = db.session.scalar(select(WorkItem).where(WorkItem.ticket_id == ticket).order_by(WorkItem.id.desc()).limit(1))
        if found is not None:
            db.session.expunge(found)
        return found


def test_a_queue_that_closes_tells_before_and_while_one_waits(served, new_page):
    change(served, "returns", closed_text="We are at the trade fair until Thursday.")
    page = new_page(served, "maja")
    page.goto("/ask")
    assert page.query_selector("#doors") is None, "all are open"
    ticket = asks(page, "returns", "chat")
    page.wait_for_selector("[role=status] >> text=You are next")
    change(served, "returns", calendar_id=never_open(served))
    page.wait_for_selector("text=The chat has closed meanwhile. Nothing is lost: we answer in writing, here and by mail.")
    assert (item(served, ticket).channel, item(served, ticket).written) == ("ticket", "closed") and axe(page) == []
    plain = new_page(served, "maja", java_script_enabled=False, viewport={"width": 390, "height": 844})
    plain.goto("/ask")
    assert "Returns: Closed just now. Write, and we answer as soon as we can. We are at the trade fair until Thursday." in plain.inner_text("#doors")
    plain.fill("#f-subject", "Another one")
    plain.fill("#f-body", "A pole is bent.")
    plain.check("input[name=topic][value=returns]")
    plain.check("input[name=channel][value=chat]")
    plain.click("text=Send question")
    assert "The chat has just closed." in plain.inner_text("body") and plain.input_value("#f-subject") == "Another one"
    plain.check("input[name=channel][value=form]")
    plain.click("text=Send question")
    assert plain.inner_text("h1") == "Another one" and "/questions/" in plain.url
    page.goto("/ask")
    assert axe(page) == []


def test_whoever_leaves_the_line_and_returns_in_time_has_his_place(served, new_page):
    app = served.app
    page, plain = new_page(served, "maja"), new_page(served, "odile", java_script_enabled=False)
    ticket = asks(page, "products", "chat")
    silent = asks(plain, "products", "chat")
    until(page, lambda: item(served, ticket) and item(served, ticket).seen_at, "the page gives signs of life")
    assert until(page, lambda: item(served, silent), "the other has a place, too").seen_at is None
    assert "come back within 3 min, on any device, and you keep your place" in page.inner_text("#leaving")
    before = item(served, ticket)
    page.goto("/questions")
    page.goto(f"/questions/{ticket}")
    page.wait_for_selector("[role=status] >> text=You are next")
    assert (item(served, ticket).id, item(served, ticket).entered_at) == (before.id, before.entered_at)
    page.goto("/answers")

    def has_left():
        """As if the grace time had gone by without a sign; what was heard just before the page was left may still be kept once."""
        with app.app_context():
            with transaction() as session:
                session.query(WorkItem).filter(WorkItem.seen_at.is_not(None)).update({"seen_at": now() - timedelta(seconds=181)})
            leaving.let_go(now())
        return item(served, ticket).written == "left"

    until(page, has_left, "whoever is gone leaves the line")
    assert (item(served, silent).channel, item(served, silent).state) == ("chat", "waiting"), "a page without a script is never missed"
    page.goto(f"/questions/{ticket}")
    page.wait_for_selector("text=You had left the line, so we answer in writing, here and by mail.")
    plain.reload()
    assert "You are next" in plain.inner_text("body"), "the line has moved on"
