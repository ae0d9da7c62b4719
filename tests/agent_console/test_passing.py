"""The page on which work is passed on: every way with what speaks against it, an obligatory note, circles asked about; in a browser with everybody looking on."""
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from support.database import db
from support.routing.models import Queue
from tests.pages import axe


def to_queue(desk, slug: str) -> str:
    with desk.app.app_context():
        return f"queue:{db.session.scalar(select(Queue.id).where(Queue.slug == slug))}"


@pytest.mark.both_stores
def test_the_page_says_who_cannot_get_it_and_keeps_what_was_typed(desk):
    ticket_id = desk.taken()
    desk.comes("priya")
    client = desk.client_of(desk.app, "ines")
    page = client.get(f"/desk/tickets/{ticket_id}/passing").text
    assert re.search(r"Jonas[^<]*</span>: Certificate has lapsed", page) and re.search(r"Priya[^<]*</span>: Not trained for it", page)
    assert "/passing" in client.get(f"/desk/tickets/{ticket_id}").text
    form = {"to": to_queue(desk, "products"), "note": "", "client_id": "passing-on-1"}
    answer = client.post(f"/desk/tickets/{ticket_id}/passing", data=form)
    assert answer.status_code == 422 and f'value="{form["to"]}" selected' in answer.text and "Fill this in." in answer.text
    answer = client.post(f"/desk/tickets/{ticket_id}/passing", data={**form, "note": "She asks about the seams."})
    assert (answer.status_code, answer.location) == (303, "/desk")
    desk.settle()
    ring = desk.client_of(desk.app, "priya").get("/desk/ring").text
    assert "Ines Duarte passes it on" in ring and "She asks about the seams." in ring
    assert "You are being passed to a colleague: Products" in desk.client_of(desk.app, "maja").get(f"/questions/{ticket_id}").text
    assert client.get(f"/desk/tickets/{ticket_id}/passing").status_code == 403, "it is not hers any more"


def test_circles_are_asked_about_and_the_supervisor_sees_them(desk):
    ticket_id, there, back = desk.taken(), to_queue(desk, "products"), to_queue(desk, "orders")
    desk.comes("priya")
    address = f"/desk/tickets/{ticket_id}/passing"
    desk.client_of(desk.app, "ines").post(address, data={"to": there, "note": "Yours?", "client_id": "passing-on-1"})
    desk.settle()
    client = desk.client_of(desk.app, "priya")
    client.post(f"/desk/offers/{desk.offered_to('priya').id}/acceptance")
    form = {"to": back, "note": "No, yours.", "client_id": "passing-on-2"}
    answer = client.post(address, data=form)
    assert answer.status_code == 422 and "It came from this queue." in answer.text and 'name="anyway"' in answer.text
    assert client.post(address, data={**form, "anyway": "yes"}).status_code == 303
    desk.settle()
    hanna = desk.client_of(desk.app, "hanna")
    assert f"T-{ticket_id} is passed on again and again" in hanna.get("/board").text
    story = hanna.get(f"/tickets/{ticket_id}").text
    assert "Ines Duarte passed it on to Products" in story and "It goes in circles: Priya" in story and "Passed on again and again" in story


def test_cold_with_two_agents_and_a_customer_looking_on(live_desk, live_default, new_page):
    ticket_id = live_desk.taken(body="Which seam sealer fits my tent?")
    live_desk.comes("priya")
    maja, priya, ines = (new_page(live_default, key) for key in ("maja", "priya", "ines"))
    maja.goto(f"/questions/{ticket_id}")
    priya.goto("/desk")
    for page in (maja, priya):
        expect(page.locator("html")).to_have_attribute("data-live", "connected")
    ines.goto(f"/desk/tickets/{ticket_id}")
    ines.get_by_label("More for this ticket").click()
    ines.get_by_role("link", name="Pass on").click()
    expect(ines.get_by_role("heading", name=f"Pass on T-{ticket_id}")).to_be_visible()
    assert axe(ines) == []
    ines.get_by_label("Where to").select_option(to_queue(live_desk, "products"))
    ines.get_by_label("Note for whoever gets it").fill("She has the old model.")
    ines.get_by_role("button", name="Pass it on").click()
    expect(ines.get_by_text("It is passed on, in its old place.")).to_be_visible()
    expect(maja.get_by_text("You are being passed to a colleague: Products")).to_be_visible()
    expect(priya.locator("#offer-note")).to_contain_text("She has the old model.")
    assert axe(priya) == []
    priya.get_by_role("button", name="Accept").click()
    expect(priya.locator(".sb-note").last).to_contain_text("She has the old model.")
    expect(maja.get_by_text("Priya is here for you")).to_be_visible()


def test_warm_with_two_agents_and_a_customer_looking_on(live_desk, live_default, new_page):
    ticket_id = live_desk.taken(body="Which seam sealer fits my tent?")
    live_desk.comes("priya")
    maja, priya, ines = (new_page(live_default, key) for key in ("maja", "priya", "ines"))
    maja.goto(f"/questions/{ticket_id}")
    priya.goto("/desk")
    ines.goto(f"/desk/tickets/{ticket_id}/passing")
    for page in (maja, priya, ines):
        expect(page.locator("html")).to_have_attribute("data-live", "connected")
    ines.get_by_label("Where to").select_option(to_queue(live_desk, "products"))
    ines.get_by_label("Note for whoever gets it").fill("Is it the old model?")
    ines.get_by_role("button", name="Ask to join first").click()
    expect(ines.get_by_text("Priya Raman is asked to join.")).to_be_visible()
    expect(priya.get_by_role("heading", name="Ines Duarte asks you to join")).to_be_visible()
    expect(priya.locator(".sb-offer")).to_contain_text("Is it the old model?")
    assert axe(priya) == []
    priya.keyboard.press("Alt+a")
    expect(priya.get_by_text("You help Ines Duarte.")).to_be_visible()
    expect(ines.get_by_text("Priya Raman has joined.")).to_be_visible()
    priya.locator("textarea[name=body]").fill("It is, the pole tells.")
    priya.keyboard.press("Control+Enter")
    expect(ines.locator(".sb-note").last).to_contain_text("It is, the pole tells.")
    expect(maja.get_by_text("Ines is here for you")).to_be_visible()
    assert axe(ines) == [] and axe(priya) == []
    ines.get_by_role("button", name="Hand over").click()
    expect(ines.get_by_text("It is handed over, and your colleague knows.")).to_be_visible()
    expect(priya.get_by_text("Ines Duarte handed it over to you.")).to_be_visible()
    expect(maja.get_by_text("Priya is here for you")).to_be_visible()
    priya.get_by_role("link", name="Answer now").click()
    expect(priya.get_by_role("button", name="Reply", exact=True)).to_be_visible()
    assert "It is, the pole tells." not in live_desk.words(ticket_id, "maja")
