"""What heals by itself on an open page: a fetch that fails once or is never answered, a browser that gives no lock."""
import time

import pytest

from support import tickets
from support.database import db
from support.people.person import Person
from tests.pages import until


@pytest.fixture
def question(live_default):
    """The number of a question that Maja has just asked."""
    app = live_default.app
    with app.app_context():
        maja = db.session.get(Person, app.extensions["cast"]["maja"])
        return tickets.open_ticket(
            maja, subject="Tent parcel has not moved", body="Will it be here by Saturday?", topic="orders", channel="chat", client_id="question-0001-0001", language="en"
        ).id


def answer(live, ticket_id: int, body: str, client_id: str, agent: str = "hanna") -> None:
    with live.app.app_context():
        tickets.post(db.session.get(Person, live.app.extensions["cast"][agent]), ticket_id, body, client_id)


def come(page, requests: list) -> None:
    """Wait for a first request, be it for what was just answered or that of a page that has just connected."""
    for _moment in range(400):
        if requests:
            return
        page.wait_for_timeout(50)
    pytest.fail("the page asks for nothing")


@pytest.fixture
def open_page(live_default, new_page, question):
    page = new_page(live_default, "maja", allow=("ERR_FAILED", "status of 503", "ERR_ABORTED", "ERR_INTERNET_DISCONNECTED", "WebSocket connection"))
    page.clock.install()
    page.goto(f"/questions/{question}")
    page.wait_for_selector("html[data-live=connected]")
    return page


def test_a_fetch_that_failed_is_made_again_soon(live_default, question, open_page):
    refused = []

    def refuse(route):
        if not refused or time.monotonic() < refused[0] + 3:  # longer than the hints of one answer take
            refused.append(time.monotonic())
            return route.fulfill(status=503, body="busy")
        route.continue_()

    open_page.route("**/messages?after=*", refuse)
    open_page.evaluate("Math.random = () => 0.99")  # of the seconds over which pages spread, the first
    answer(live_default, question, "It left this morning", "answer-0001-0001")
    come(open_page, refused)
    open_page.wait_for_selector("text=It left this morning", timeout=15_000)


def test_a_fetch_that_is_never_answered_does_not_hold_the_conversation(live_default, question, open_page):
    hit = []

    def swallow_once(route):
        hit.append(route.request.url)
        if len(hit) > 1:
            route.continue_()

    open_page.route("**/messages?after=*", swallow_once)
    answer(live_default, question, "It left this morning", "answer-0001-0001")
    come(open_page, hit)
    answer(live_default, question, "It will be with you on Friday", "answer-0001-0002")
    for _step in range(10):
        open_page.clock.fast_forward(3000)
    open_page.wait_for_selector("text=It will be with you on Friday", timeout=12_000)


def test_a_browser_that_refuses_the_lock_still_sends(new_page, live_default, question):
    page = new_page(live_default, "maja", allow=("Locks API", "SecurityError"))
    page.add_init_script("navigator.locks.request = () => Promise.reject(new DOMException('Access to the Locks API is denied in this context.', 'SecurityError'))")
    page.goto(f"/questions/{question}")
    page.wait_for_selector("html[data-live=connected]")
    page.fill("#f-body", "Can you hear me?")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=Can you hear me?", timeout=10_000)


def test_FLT_03_after_five_minutes_offline_everything_missed_is_there_once_in_order_without_a_reload(live_default, question, open_page):
    open_page.evaluate("window.sameAsBefore = true")
    open_page.context.set_offline(True)
    open_page.fill("#f-body", "Written in a tunnel")
    open_page.press("#f-body", "Control+Enter")
    open_page.wait_for_selector("[data-pending] >> text=Waits for the connection")
    missed = [f"Answer {number}" for number in range(1, 59)]  # more than one page of them
    for number, body in enumerate(missed):
        answer(live_default, question, body, f"answer-0001-{number:04}", ("hanna", "arno")[number % 2])
    open_page.clock.fast_forward("05:00")
    open_page.context.set_offline(False)
    open_page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=Written in a tunnel")
    open_page.wait_for_selector("text=Answer 58")
    shown = open_page.locator('[role=log] [id^="message-"] .sb-bubble').all_inner_texts()
    assert shown == ["Will it be here by Saturday?", *missed, "Written in a tunnel"]
    assert open_page.evaluate("window.sameAsBefore")


def test_a_server_that_lets_the_page_listen_late_holds_back_nothing(new_page, live_default, question):
    """What was said before it listens is fetched as soon as it does, however long that took."""
    page, held = new_page(live_default, "maja", allow=("WebSocket connection",)), []

    def wire(socket):
        server = socket.connect_to_server()
        socket.on_message(lambda text: held.append((server, text)) if '"join",{"screen":"conversation:' in text else server.send(text))
        server.on_message(lambda text: socket.send(text))

    page.route_web_socket("**/socket.io/**", wire)
    page.clock.install()
    with page.expect_response("**/status"):
        page.goto(f"/questions/{question}")
        until(page, lambda: held, "the page wants to listen")
    with page.expect_response("**/status"):  # those who listen are told
        answer(live_default, question, "It left this morning", "answer-0001-0001")
    page.clock.fast_forward(6000)
    while held:
        server, text = held.pop()
        server.send(text)
    page.wait_for_selector("text=It left this morning")
