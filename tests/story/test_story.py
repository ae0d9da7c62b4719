"""The whole story of three people at once in a real Chromium, on both sizes: she asks, he lets it pass, the next one solves it, the supervisor sees."""
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from support.database import db
from support.routing import Offer
from tests.pages import arriving, axe
from tests.story.ringing import let_it_pass, ring_for_long

pytestmark = pytest.mark.browser


def connected(page):
    """Wait until the page hears."""
    page.wait_for_selector("html[data-live=connected]")
    return page


def at_desk(new_page, server, key):
    """An agent opens the desk and becomes available by the menu."""
    page = new_page(server, key)
    page.goto("/desk")
    connected(page)
    page.get_by_role("button", name=re.compile("Offline|Available|Away")).first.click()
    page.get_by_role("button", name="Available", exact=True).last.click()
    expect(page.locator("[aria-controls=presence-menu]")).to_contain_text("Available")
    return page


def test_the_story_of_three_people(live, new_page):
    ring_for_long(live)
    hanna = new_page(live, "hanna")
    hanna.goto("/board")
    connected(hanna)
    ines, tomasz, aoife = (at_desk(new_page, live, key) for key in ("ines", "tomasz", "aoife"))
    expect(hanna.locator(".sb-agent", has_text="Ines Duarte")).to_have_attribute("data-state", "available")

    # 1: she opens her order and reads where it is
    maja = new_page(live, "maja")
    maja.goto("/orders")
    maja.get_by_role("link", name=re.compile("TT-204817")).first.click()
    expect(maja).to_have_url(re.compile("/orders/TT-204817"))
    expect(maja.locator("main")).to_contain_text("late")

    # 2: a question with mistakes; answers while she types; one is read and did not help
    maja.goto("/")
    maja.get_by_role("searchbox").or_(maja.get_by_role("combobox")).first.press_sequentially("were is my parcle", delay=20)
    expect(maja.get_by_role("link", name="Search for “were is my parcle” instead")).to_be_visible()  # until then they are answers for less
    first = maja.locator(".sb-hit, [role=option]").filter(has_text="parcel").first
    expect(first).to_be_visible()
    first.click()
    expect(maja).to_have_url(re.compile("/answers/"))
    title = maja.locator("h1").inner_text()
    maja.get_by_role("button", name=re.compile("^No")).click()
    expect(maja.get_by_role("link", name=re.compile("person"))).to_be_visible()

    # 3: she asks a person about this order
    maja.goto("/ask?order=TT-204817")
    expect(maja.locator("main")).to_contain_text(title)
    maja.get_by_label("What is it about?").fill("Tent parcel has not moved since Saturday")
    maja.get_by_label("What happened?").fill("We leave this Saturday. Will my tent be here in time?")
    maja.get_by_role("button", name="Send question").click()
    expect(maja).to_have_url(re.compile(r"/questions/\d+"))
    connected(maja)
    ticket_id = int(maja.url.split("/")[-1].split("#")[0])

    # 4: it rings for the best trained one, with a countdown and a reason; he lets it pass
    offer = ines.locator(".sb-offer")
    expect(offer).to_contain_text("Maja Lindqvist")
    expect(offer).to_contain_text("Why you")
    expect(offer.locator(".sb-why li").first).to_be_visible()
    expect(offer).to_contain_text("TT-204817")
    let_it_pass(live, {"ines": ines, "tomasz": tomasz, "aoife": aoife})
    expect(tomasz.locator(".sb-offer")).to_be_visible()
    expect(hanna.locator(".sb-agent", has_text="Ines Duarte")).to_have_attribute("data-state", "not_answering")
    expect(ines.locator("body")).to_contain_text("Not answering")

    # 5: the second one accepts and works on one screen
    tomasz.keyboard.press("Alt+a")
    expect(tomasz).to_have_url(re.compile(f"/desk/tickets/{ticket_id}"))
    connected(tomasz)
    expect(tomasz.locator(".sb-pane--context")).to_contain_text("TT-204817")
    expect(tomasz.locator(".sb-pane--context")).to_contain_text(title)
    expect(maja.locator("main")).to_contain_text("Tomasz")
    tomasz.locator("[data-shortcut='1']").wait_for()
    tomasz.locator("#f-body").focus()
    tomasz.keyboard.press("Alt+1")
    expect(tomasz.locator("#f-body")).not_to_have_value("")
    tomasz.locator("#f-body").fill("Hello Maja, I am asking Norpost right now.")
    tomasz.keyboard.press("Control+Enter")
    expect(maja.get_by_role("log")).to_contain_text("I am asking Norpost right now.")
    tomasz.get_by_role("button", name="Note", exact=True).click()
    tomasz.locator("#f-body").fill("Secret-note: four parcels are stuck in Hamburg.")
    tomasz.keyboard.press("Control+Enter")
    expect(tomasz.locator(".sb-note:not(.sb-note--wait)")).to_contain_text("Secret-note")
    maja.locator("#f-body").fill("Thank you, I wait here.")
    maja.get_by_role("button", name="Send", exact=True).click()
    expect(tomasz.get_by_role("log")).to_contain_text("Thank you, I wait here.")
    expect(maja.locator("body")).not_to_contain_text("Secret-note")

    # 6: resolved with a code; she sees it, rates with one click, adds words
    tomasz.locator("#resolve summary").click()
    tomasz.locator("#resolve select").select_option(index=1)
    tomasz.get_by_role("button", name=re.compile("^Resolve T-")).click()
    expect(maja.locator("main")).to_contain_text("This is solved")
    with arriving(maja):
        maja.get_by_role("button", name=re.compile("Very satisfied")).click()
    maja.get_by_label("Anything you want to add?").fill("So quick!")
    maja.get_by_role("button", name="Send comment").click()
    expect(maja.locator("#rating")).to_contain_text("So quick!")
    assert axe(maja) == []

    # 7: the supervisor finds it, reads why, leaves a note; the agent reads it
    hanna.goto("/tickets?q=Saturday")
    hanna.get_by_role("link", name="Tent parcel has not moved since Saturday").click()
    story = hanna.locator("main")
    for words in ("Ines Duarte did not answer", "Tomasz Wolny accepted it", "Secret-note", "So quick!", "Why:"):
        expect(story).to_contain_text(words)
    hanna.get_by_label("Note for Tomasz").fill("Well done: asked the carrier at once.")
    hanna.get_by_role("button", name="Leave the note").click()
    expect(hanna.locator("#reviews")).to_contain_text("asked the carrier at once")
    tomasz.goto("/desk/reviews")
    expect(tomasz.locator("main")).to_contain_text("asked the carrier at once")

    # and she writes again: it opens by itself
    maja.locator("#f-body").fill("It came, but a pole is missing.")
    maja.get_by_role("button", name="Send", exact=True).click()
    expect(maja.get_by_role("log")).to_contain_text("a pole is missing")
    expect(maja.locator("main")).not_to_contain_text("This is solved")

    assert aoife.locator(".sb-offer").count() == 0
    with live.app.app_context():
        asked = set(db.session.scalars(select(Offer.agent_id)))
    assert live.app.extensions["cast"]["aoife"] not in asked
