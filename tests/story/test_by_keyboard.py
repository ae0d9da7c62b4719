"""The same story by keyboard alone: no mouse, and no script of the test that puts the focus anywhere."""
import re

import pytest
from playwright.sync_api import expect

from tests.pages import arriving
from tests.people.door import PASSWORD
from tests.story.keyboard import Keyboard
from tests.story.ringing import ring_for_long

pytestmark = pytest.mark.browser


def connected(page):
    page.wait_for_selector("html[data-live=connected]")


def test_customer_agent_and_supervisor_need_no_mouse(live_default, new_page):
    ring_for_long(live_default)
    maja, ines = (new_page(live_default, key) for key in (None, "ines"))
    hanna = new_page(live_default, "hanna", viewport={"width": 720, "height": 600})  # as where everything is magnified twice
    customer, agent, supervisor = Keyboard(maja), Keyboard(ines), Keyboard(hanna)

    # the agent opens the desk and chooses in the menu of presences; Escape leaves it where it was
    ines.goto("/desk")
    connected(ines)
    presence, menu = re.compile("My presence"), ines.locator("#presence-menu")
    agent.to("button", presence).press("Enter")
    expect(menu).to_be_visible()
    agent.press("ArrowDown").on("button", "Available", exact=True).press("Escape").on("button", presence)
    expect(menu).to_be_hidden()
    agent.press("Space", "ArrowDown", "Enter")
    expect(ines.locator("[aria-controls=presence-menu]")).to_contain_text("Available")
    expect(menu).to_be_hidden()
    agent.on("button", presence)

    # she signs in on the way to her orders: first the link over the bars, then back to them
    maja.goto("/")
    customer.to("link", "Skip to the content").press("Enter").to("combobox", "Search answers")
    customer.to("link", "Orders", back=True, exact=True).press("Enter")
    expect(maja).to_have_url(re.compile("/sign-in"))
    customer.to("textbox", "E-mail").write("maja@mail.example")
    customer.to("textbox", "Password").write(PASSWORD).press("Enter")
    expect(maja).to_have_url(re.compile("/orders$"))
    customer.to("link", re.compile("TT-204817")).press("Enter")
    expect(maja.locator("main")).to_contain_text("late")

    # she asks about it, with answers beside; the choices by arrows
    customer.to("link", "Ask about this order").press("Enter")
    customer.to("textbox", "What is it about?").write("My parcel has not moved since Saturday")
    expect(maja.get_by_role("link", name=re.compile("^Where is my parcel"))).to_be_visible()
    customer.press("Enter").on("region", "Your question was not sent yet. Everything you typed is still here.")  # and not "This solved it"
    customer.to("link", re.compile("^What happened: Tell us what happened")).press("Enter").on("textbox", "What happened?").write("We leave this Saturday. Where is my parcel?")
    customer.to("link", re.compile("^Where is my parcel")).to("radio", re.compile("TT-204817"))
    customer.to("radio", re.compile("^Orders")).to("radio", re.compile("^Chat now"))
    customer.press("ArrowDown").on("radio", re.compile("^Call me back")).press("ArrowDown").on("radio", re.compile("^Answer me by mail"))
    customer.press("ArrowUp").on("radio", re.compile("^Call me back")).press("ArrowUp").on("radio", re.compile("^Chat now"))
    customer.to("button", "Send question").press("Enter")
    expect(maja).to_have_url(re.compile(r"/questions/\d+"))
    connected(maja)

    # it rings: one key opens the reasons to decline, one step back accepts
    expect(ines.locator(".sb-offer")).to_contain_text("Maja Lindqvist")
    agent.press("Alt+d").to("button", "I am in the middle of something").to("button", "Accept", back=True).press("Enter")
    expect(ines).to_have_url(re.compile(r"/desk/tickets/\d+"))
    connected(ines)

    # he inserts an answer, sends it by the menu beside the button, leaves a note
    writing = re.compile("Reply to Maja")
    log = ines.get_by_role("log")
    agent.to("textbox", writing).write("Hello Maja, I am asking Norpost right now.")
    expect(ines.locator("[data-shortcut='1']")).to_be_visible()
    agent.press("Alt+1").on("textbox", writing)
    expect(ines.locator("#f-body")).to_have_value(re.compile("right now. .+"))
    keep = ines.get_by_role("button", name="Send and keep open")
    agent.to("summary", "Send with another state").press("Enter")
    expect(keep).to_be_visible()
    agent.to("button", "Send and keep open").press("Escape")
    expect(keep).to_be_hidden()
    agent.on("summary", "Send with another state").press("Space").to("button", "Send and keep open").press("Enter")
    expect(log).to_contain_text("I am asking Norpost right now.")
    expect(maja.get_by_role("log")).to_contain_text("I am asking Norpost right now.")
    agent.on("textbox", writing).to("button", "Note", back=True, exact=True).press("Enter").on("textbox", writing)
    agent.write("Secret-note: four parcels are stuck in Hamburg.").press("Control+Enter")
    expect(ines.locator(".sb-note:not(.sb-note--wait)")).to_contain_text("Secret-note")

    # she writes back; he resolves it with a code
    customer.to("textbox", "Add a message").write("Thank you, I wait here.").to("button", "Send", exact=True).press("Enter")
    expect(log).to_contain_text("Thank you, I wait here.")
    agent.to("summary", "Resolve", back=True).press("Enter").to("combobox", "What was it about?").press("ArrowDown")
    agent.to("button", re.compile("^Resolve T-")).press("Enter")
    expect(maja.locator("main")).to_contain_text("This is solved")

    # she rates it and adds words
    with arriving(maja):
        customer.to("button", re.compile("Very satisfied"), back=True).press("Enter")
    customer.to("textbox", "Anything you want to add?").write("So quick!").to("button", "Send comment").press("Enter")
    expect(maja.locator("#rating")).to_contain_text("“So quick!”")

    # the supervisor goes from the board to the ticket, reads why, leaves a note
    hanna.goto("/board")
    supervisor.to("link", "Tickets", exact=True).press("Enter")
    supervisor.to("searchbox", re.compile("^Number, subject")).write("Saturday").press("Enter")
    expect(hanna).to_have_url(re.compile("q=Saturday"))  # the list before it has her question, too
    supervisor.to("link", "My parcel has not moved since Saturday").press("Enter")
    story = hanna.locator("main")
    for words in ("Ines Duarte accepted it", "Secret-note", "So quick!", "Why:"):
        expect(story).to_contain_text(words)
    supervisor.to("summary", "Why:").press("Enter").to("region", "Everybody who was looked at").press("Shift+Tab", "Enter")
    supervisor.to("textbox", "Note for Ines").write("Well done: asked the carrier at once.").to("button", "Leave the note").press("Enter")
    expect(hanna.locator("#reviews")).to_contain_text("asked the carrier at once")
