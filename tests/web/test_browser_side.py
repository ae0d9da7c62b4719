"""The scripts of the pages, in a real browser against a real server: conversation, outbox, drafts, suggestions."""
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from support import tickets
from support.database import db
from support.people.person import Person
from tests.pages import axe
from tests.recovery.caller import until

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION", "ERR_CONTENT_LENGTH_MISMATCH", "ERR_EMPTY_RESPONSE", "WebSocket connection")
WAITING = "Object.keys(localStorage).filter((name) => name.startsWith('outbox:'))"  # what this browser still has to send


@pytest.fixture
def question(live_default):
    """The number of a question that Maja has just asked."""
    app = live_default.app
    with app.app_context():
        maja = db.session.get(Person, app.extensions["cast"]["maja"])
        ticket = tickets.open_ticket(
            maja, subject="Tent parcel has not moved", body="Will it be here by Saturday?", topic="orders", channel="chat", client_id="question-0001-0001", language="en"
        )
        return ticket.id


def connected(page):
    page.wait_for_selector("html[data-live=connected]")


def test_a_message_written_without_connection_arrives_once(live_default, new_page, question):
    page = new_page(live_default, "maja", allow=OFFLINE)
    page.goto(f"/questions/{question}")
    connected(page)
    page.context.set_offline(True)
    page.fill("#f-body", "Written in a tunnel")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector("[data-pending] >> text=Waits for the connection")
    page.wait_for_selector("[data-connection]:not([hidden]) >> text=No connection since")
    page.context.set_offline(False)
    page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=Written in a tunnel")
    connected(page)
    assert page.locator("text=Written in a tunnel").count() == 1 and page.locator("[data-pending]").count() == 0
    assert page.locator("[data-connection]").is_hidden()


def test_a_message_that_was_on_its_way_when_the_server_died_is_stored_once(live_default, new_page, question):
    page = new_page(live_default, "maja", allow=(*OFFLINE, "status of 50"))
    page.goto(f"/questions/{question}")
    connected(page)
    live_default.kill()
    page.fill("#f-body", "Sent into the void")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector("[data-pending] >> text=Waits for the connection")
    live_default.start()
    page.reload()
    page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=Sent into the void")
    assert page.locator("text=Sent into the void").count() == 1


def test_two_tabs_of_one_person_send_what_waits_once_and_in_order(live_default, new_page, question):
    first = new_page(live_default, "maja", allow=OFFLINE)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"/questions/{question}")
        connected(page)
    first.context.set_offline(True)
    for nth, (page, words) in enumerate(((first, "One, here"), (second, "Two, there"), (first, "Three, here"))):
        page.wait_for_function(f"() => {WAITING}.length === {nth}")  # what one tab keeps comes to the other a moment later
        page.fill("#f-body", words)
        page.press("#f-body", "Control+Enter")
        page.wait_for_selector(f"[data-pending] >> text={words}")
    first.context.set_offline(False)
    for page in (first, second):
        # a tab shows what it has sent at once, and what the other has sent when it has fetched it
        expect(page.locator(".sb-bubble:not(.sb-bubble--wait)")).to_have_text(["Will it be here by Saturday?", "One, here", "Two, there", "Three, here"])
        page.wait_for_function("() => !document.querySelector('[data-pending]')")
        assert page.locator(".sb-bubble").all_inner_texts() == ["Will it be here by Saturday?", "One, here", "Two, there", "Three, here"]


@pytest.mark.parametrize("years", [-3, 3])
def test_a_wrong_clock_loses_and_holds_nothing(live_default, new_page, question, years):
    page = new_page(live_default, "maja", allow=OFFLINE)
    page.goto(f"/questions/{question}")
    connected(page)
    page.context.set_offline(True)
    page.fill("#f-body", "Written before the clock jumped")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector("[data-pending] >> text=Waits for the connection")
    page.context.set_offline(False)
    page.add_init_script(f"const right = Date.now; Date.now = () => right() + {years} * 31_536_000_000")
    page.reload()
    page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=Written before the clock jumped")
    page.fill("#f-body", "And after it")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=And after it")
    assert page.locator("[data-pending]").count() == 0


def test_what_waited_for_more_than_a_week_is_sent_when_its_writer_says_so(live_default, new_page, question):
    page = new_page(live_default, "maja", allow=("ERR_INTERNET_DISCONNECTED", "WebSocket connection"))
    page.goto(f"/questions/{question}")
    connected(page)
    page.context.set_offline(True)
    page.fill("#f-body", "Written before the holidays")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector("[data-pending] >> text=Waits for the connection")
    page.evaluate("""() => { for (const name of Object.keys(localStorage).filter((name) => name.startsWith("outbox:"))) {
      const entry = JSON.parse(localStorage.getItem(name))
      localStorage.setItem(name, JSON.stringify({ ...entry, at: entry.at - 8 * 86_400_000 }))
    } }""")
    page.context.set_offline(False)
    page.reload()
    connected(page)
    page.locator("[data-pending]").get_by_role("button", name="Try again").click()
    page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=Written before the holidays", timeout=10_000)


def test_a_message_taken_back_while_it_was_on_its_way_is_not_sent_later(live_default, new_page, question):
    page = new_page(live_default, "maja", allow=("ERR_FAILED", "ERR_INTERNET_DISCONNECTED"))
    page.goto(f"/questions/{question}")
    connected(page)
    held = []
    page.route(f"**/questions/{question}/messages", lambda route: route.abort() if not held else held.append(route))
    page.fill("#f-body", "On second thoughts")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector("[data-pending] >> text=Waits for the connection")
    held.append(None)
    until(lambda: page.wait_for_timeout(20) or held[1:], "by itself, some seconds later, it is sent again")
    page.click("[data-pending] >> text=Take back")
    with page.expect_event("requestfailed"):
        held[-1].abort()
    page.wait_for_timeout(200)
    assert page.evaluate(WAITING) == []
    assert page.input_value("#f-body") == "On second thoughts" and page.locator("[data-pending]").count() == 0


def test_a_message_that_is_shown_before_its_sending_was_confirmed_is_shown_once(live_default, new_page, question):
    """The server tells all open pages as soon as it is stored; the answer to who sent it may come later, or be lost."""
    page, held = new_page(live_default, "maja"), []
    page.goto(f"/questions/{question}")
    connected(page)
    page.route(f"**/questions/{question}/messages", lambda route: held.append(route))
    page.fill("#f-body", "Am I heard?")
    page.press("#f-body", "Control+Enter")
    until(lambda: page.wait_for_timeout(20) or held, "it is on its way")
    answer(live_default, question, "Am I heard?", parse_qs(held[0].request.post_data)["client_id"][0], "maja")
    page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=Am I heard?")
    page.evaluate("dispatchEvent(new Event('online'))")  # and what waits is looked at again
    assert page.locator("text=Am I heard?").count() == 1 and page.evaluate(WAITING) == []
    with page.expect_response(f"**/questions/{question}/messages"):
        held[0].continue_()
    page.fill("#f-body", "And now?")
    page.press("#f-body", "Control+Enter")
    until(lambda: page.wait_for_timeout(20) or len(held) > 1, "the next one goes when this one is answered")
    held[1].continue_()
    page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=And now?")
    expect(page.locator(".sb-bubble")).to_have_text(["Will it be here by Saturday?", "Am I heard?", "And now?"])


def test_a_connection_that_died_silently_is_noticed_as_the_network_comes_back(live_default, new_page, question):
    page, wires = new_page(live_default, "maja"), []

    def wire(socket):
        server = socket.connect_to_server()
        state = {"dead": False}
        wires.append(state)
        socket.on_message(lambda text: None if state["dead"] else server.send(text))
        server.on_message(lambda text: None if state["dead"] else socket.send(text))

    page.route_web_socket("**/socket.io/**", wire)
    page.goto(f"/questions/{question}")
    connected(page)
    wires[0]["dead"] = True
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: page.wait_for_timeout(20) or wires[1:], "it is given up, and another is opened")
    connected(page)
    assert len(wires) == 2


def test_a_draft_survives_a_reload(live_default, new_page, question):
    page = new_page(live_default, "maja")
    page.goto(f"/questions/{question}")
    connected(page)
    page.fill("#f-body", "Half a thought")
    page.wait_for_selector("text=Draft kept")
    page.reload()
    connected(page)
    assert page.input_value("#f-body") == "Half a thought"


def test_a_message_the_server_refuses_says_why_and_comes_back(live_default, new_page, question):
    page = new_page(live_default, "maja")
    page.goto(f"/questions/{question}")
    connected(page)
    page.evaluate("document.querySelector('#f-body').removeAttribute('maxlength')")
    page.fill("#f-body", "x" * 12_000)
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector("[data-pending] >> text=Not sent yet")
    page.click("[data-pending] >> text=Take back")
    assert len(page.input_value("#f-body")) == 12_000 and page.locator("[data-pending]").count() == 0


def test_without_script_a_message_is_a_plain_form(live_default, new_page, question):
    page = new_page(live_default, "maja", java_script_enabled=False)
    page.goto(f"/questions/{question}")
    page.fill("#f-body", "By hand")
    page.click("form.sb-composer button[type=submit]")
    page.wait_for_selector(".sb-bubble >> text=By hand")


def test_answers_come_while_one_types_and_keys_go_through_them(live_default, new_page):
    page = new_page(live_default)
    page.goto("/")
    page.wait_for_selector("#q[role=combobox]")
    page.locator("#q").press_sequentially("brocken tent pol", delay=20)
    page.wait_for_selector("text=Search for “brocken tent pol” instead")  # until then they may be answers for less
    page.wait_for_selector("[role=option]")
    page.press("#q", "ArrowDown")
    first = page.locator("[role=option]").first
    assert page.get_attribute("#q", "aria-activedescendant") == first.get_attribute("id") and page.get_attribute("#q", "aria-expanded") == "true"
    address = first.get_attribute("href")
    assert axe(page) == []
    page.press("#q", "Enter")
    page.wait_for_url(f"**{address}")


def test_the_colours_one_chooses_stay(live_default, new_page):
    page = new_page(live_default)
    page.goto("/")
    button = page.locator(".sb-theme")
    button.click()
    button.click()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    page.goto("/hours")
    assert page.get_attribute("html", "data-bs-theme") == "dark"


def test_menus_close_with_escape_and_give_the_focus_back(live_default, new_page):
    page = new_page(live_default, "ines")
    page.goto("/desk")
    connected(page)
    button = page.locator("[aria-controls=presence-menu]")
    button.click()
    assert page.locator("#presence-menu").is_visible() and axe(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator("#presence-menu").is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-controls')") == "presence-menu"


def test_an_answer_that_was_missed_while_she_wrote_is_shown_with_the_next_one(live_default, new_page, question):
    """Her own message is confirmed with its number before the page could fetch the one below it."""
    page = new_page(live_default, "maja", allow=("ERR_FAILED",))
    page.goto(f"/questions/{question}")
    connected(page)
    missed = []
    page.route("**/messages?after=*", lambda route: (missed.append(route.request.url), route.abort()))
    answer(live_default, question, "It left this morning", "answer-0001-0001")
    page.wait_for_event("requestfailed")
    page.fill("#f-body", "Any news?")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector(".sb-bubble:not(.sb-bubble--wait) >> text=Any news?")
    page.unroute("**/messages?after=*")
    answer(live_default, question, "It will be with you on Friday", "answer-0001-0002")
    page.wait_for_selector("text=It will be with you on Friday")
    assert missed and page.locator('[role=log] [id^="message-"] .sb-bubble').all_inner_texts()[1:] == ["It left this morning", "Any news?", "It will be with you on Friday"]


def answer(live, ticket_id: int, body: str, client_id: str, key="hanna") -> None:
    with live.app.app_context():
        tickets.post(db.session.get(Person, live.app.extensions["cast"][key]), ticket_id, body, client_id)
