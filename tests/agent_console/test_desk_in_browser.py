"""The desk in a real browser: an offer rings beside the work, keys answer it, nothing that is being written is lost."""
import re

import pytest
from playwright.sync_api import expect

from tests.desk import Desk
from tests.pages import axe, until
from tests.worlds import SHIFT


@pytest.fixture
def open_desk(live_default, settle, client_of, clock):
    """A running installation in its opening hours."""
    desk = Desk(live_default.app, settle, client_of)
    desk.opens(clock)
    desk.rings_for(120)
    live_default.move_clock(clock.by - SHIFT)
    desk.server = live_default
    return desk


def writing(page):
    return page.locator("textarea[name=body]")


def test_an_offer_leaves_the_writer_alone_and_is_declined_by_keys(open_desk, new_page):
    ticket_id = open_desk.taken(body="My tent is late, where is it?", order="TT-204817")
    page = new_page(open_desk.server, "ines")
    page.goto(f"/desk/tickets/{ticket_id}")
    expect(page.locator("html")).to_have_attribute("data-live", "connected")
    writing(page).click()
    page.keyboard.type("It is in ")
    open_desk.ask("odile", subject="The zip is broken", body="The zip again", client_id="the-zip-question")
    expect(page.get_by_role("heading", name="Odile Marchetti")).to_be_visible()
    page.keyboard.type("Hamburg")
    expect(writing(page)).to_have_value("It is in Hamburg")
    assert axe(page) == []
    page.keyboard.press("Alt+d")
    page.get_by_role("button", name="I am in the middle of something").click()
    expect(page.locator(".sb-offer")).to_have_count(0)
    expect(writing(page)).to_have_value("It is in Hamburg")
    expect(writing(page)).to_be_focused()
    expect(page.get_by_role("link", name="Odile Marchetti")).to_be_visible()


def test_what_is_typed_before_the_scripts_have_come_is_kept(open_desk, new_page):
    ticket_id = open_desk.taken(body="My tent is late, where is it?", order="TT-204817")
    page, held = new_page(open_desk.server, "ines"), []
    page.route(re.compile(r"/composer[^/]*\.js"), lambda route: held.append(route), times=1)
    page.goto(f"/desk/tickets/{ticket_id}", wait_until="commit")
    writing(page).fill("It is in Hamburg")
    until(page, lambda: held, "the script is fetched").pop().continue_()
    expect(page.locator("html")).to_have_attribute("data-live", "connected")
    page.reload()
    expect(writing(page)).to_have_value("It is in Hamburg")


def test_accept_answer_note_and_resolve_by_keyboard(open_desk, new_page):
    ticket_id, _offer = open_desk.ringing(body="My tent is late, where is it?", order="TT-204817")
    page = new_page(open_desk.server, "ines")
    page.goto("/desk")
    expect(page.locator(".sb-offer")).to_be_visible()
    page.keyboard.press("Alt+a")
    expect(page).to_have_url(re.compile(f"/desk/tickets/{ticket_id}$"))
    writing(page).click()
    expect(page.locator("[data-shortcut='1']")).to_be_visible()
    page.keyboard.press("Alt+1")
    expect(writing(page)).not_to_have_value("")
    writing(page).fill("It comes on Thursday.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[id^=message-]").last).to_contain_text("It comes on Thursday.")
    page.get_by_role("button", name="Note", exact=True).click()
    expect(page.locator(".sb-box--note")).to_be_visible()
    page.keyboard.type("Hamburg had a belt down")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".sb-note").last).to_contain_text("Hamburg had a belt down")
    assert open_desk.words(ticket_id, "maja")[-1] == "It comes on Thursday."
    page.locator("#resolve > summary").click()
    page.get_by_label("What was it about?").select_option(index=1)
    page.get_by_role("button", name="Resolve T-").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(page.get_by_role("button", name="I am ready")).to_be_visible()
    assert axe(page) == []


def test_what_was_written_meanwhile_is_shown_before_sending(open_desk, new_page):
    ticket_id = open_desk.taken(body="Where is it?")
    page = new_page(open_desk.server, "ines", allow=("ERR_INTERNET_DISCONNECTED", "status of 409"))
    page.goto(f"/desk/tickets/{ticket_id}")
    expect(page.locator("html")).to_have_attribute("data-live", "connected")
    page.context.set_offline(True)
    open_desk.customer_writes(ticket_id, "It has just arrived")
    writing(page).fill("It comes on Thursday.")
    page.keyboard.press("Control+Enter")
    page.context.set_offline(False)
    expect(page.locator(".sb-send-check")).to_be_visible(timeout=30_000)
    expect(writing(page)).to_have_value("It comes on Thursday.")
    expect(page.locator("[id^=message-]").last).to_contain_text("It has just arrived")
    page.get_by_role("button", name="Make it a note").click()
    expect(page.locator(".sb-note").last).to_contain_text("It comes on Thursday.")
    assert open_desk.words(ticket_id, "maja")[-1] == "It has just arrived"


def test_on_a_phone_one_pane_at_a_time(open_desk, new_page):
    ticket_id = open_desk.taken(body="Where is it?", order="TT-204817")
    page = new_page(open_desk.server, "ines", viewport={"width": 390, "height": 844})
    page.goto(f"/desk/tickets/{ticket_id}")
    for tab, seen in (("Customer", "#customer-heading"), ("Desk", "#list-heading"), ("Conversation", "#work-heading")):
        page.get_by_role("navigation", name="Parts of the desk").get_by_role("link", name=tab).click()
        expect(page.locator(seen)).to_be_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


HIDE = "Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))"
SHOW = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"


def test_both_sides_see_what_was_delivered_and_what_was_read(open_desk, new_page):
    ticket_id = open_desk.taken(body="My tent is late, where is it?")
    maja, ines = new_page(open_desk.server, "maja"), new_page(open_desk.server, "ines")
    maja.goto(f"/questions/{ticket_id}")
    ines.goto(f"/desk/tickets/{ticket_id}")
    for page in (maja, ines):
        expect(page.locator("html")).to_have_attribute("data-live", "connected")
    expect(maja.locator(".sb-thread [data-receipt=read]")).to_be_visible()
    ines.evaluate(HIDE)
    maja.locator("#f-body").fill("And when will it come?")
    maja.locator("#f-body").press("Control+Enter")
    expect(maja.locator("[data-seq='2'] + [data-receipt=delivered]")).to_be_visible()
    expect(maja.locator(".sb-thread [data-receipt]")).to_have_text(["Read", "Delivered"])
    ines.evaluate(SHOW)
    expect(maja.locator("[data-seq='2'] + [data-receipt=read]")).to_be_visible()
    expect(maja.locator(".sb-thread [data-receipt]")).to_have_count(1)
    writing(ines).fill("On Friday.")
    writing(ines).press("Control+Enter")
    expect(ines.locator("[data-seq='3'] + [data-receipt=read]")).to_be_visible()
    assert axe(maja) == [] and axe(ines) == []
