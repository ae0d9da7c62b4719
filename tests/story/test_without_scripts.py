"""The portal's part of the story in a browser that runs no scripts; each form also once with a mistake in it."""
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from kb.feedback import LONGEST_COMMENT
from support.database import db
from support.tickets import Disposition
from tests.desk import Desk
from tests.people.door import PASSWORD, mailed

pytestmark = pytest.mark.browser


class Reader:
    """`reader.fill("Name", "Maja")`, `.press("Save")`; `.told("Name", "Write your name.")` looks whether a field says what is wrong with it."""

    def __init__(self, page):
        self.page = page

    def fill(self, label: str, text: str) -> "Reader":
        self.page.get_by_label(label, exact=True).fill(text)
        return self

    def press(self, name: str | re.Pattern, role: str = "button") -> "Reader":
        self.page.get_by_role(role, name=name, exact=isinstance(name, str)).first.click()
        return self

    def told(self, label: str, fault: str) -> "Reader":
        field = self.page.get_by_label(label, exact=True)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(re.escape(fault)))
        expect(self.page).to_have_title(re.compile("^Error:"))
        return self

    def kept(self, label: str, text: str) -> "Reader":
        expect(self.page.get_by_label(label, exact=True)).to_have_value(text)
        return self

    def reads(self, *words: str) -> "Reader":
        for text in words:
            expect(self.page.locator("main")).to_contain_text(text)
        return self

    def looks_until(self, words: str) -> "Reader":
        """Load the page again, as people without scripts do, until the server has got so far."""
        for _ in range(60):
            if words in self.page.locator("main").inner_text():
                break
            self.page.wait_for_timeout(250)
            self.page.reload()
        return self.reads(words)


def reader(new_page, server, key=None):
    page = new_page(server, key, java_script_enabled=False)
    page.goto("/")
    return Reader(page)


def test_guest_and_new_customer_need_no_script(live_default, new_page):
    guest = reader(new_page, live_default)

    # as a guest: number and mail, first without the mail, then with another's
    guest.fill("Order number", "TT-204733").press("Track this order")
    proof = "E-mail address or postcode"
    guest.told(proof, "Fill this in.").kept("Order number", "TT-204733")
    guest.fill(proof, "maja@mail.example").press("Track this order").reads("Some answers need another look").kept("Order number", "TT-204733").kept(proof, "maja@mail.example")
    guest.fill(proof, "gero@mail.example").press("Track this order").reads("Your order has not left us yet.")
    guest.press("Sign out")

    # a new account by a mailed link
    guest.press("Account", "link").press("Make an account", "link")
    guest.fill("E-mail", "nora@mail.example").press("Mail me the link").told("Your name", "Write your name.").kept("E-mail", "nora@mail.example")
    guest.fill("Your name", "Nora Quist").fill("E-mail", "nora.mail.example").press("Mail me the link")
    guest.told("E-mail", "Write an address such as").kept("Your name", "Nora Quist").kept("E-mail", "nora.mail.example")
    guest.fill("E-mail", "nora@mail.example").press("Mail me the link").reads("Look into your mail")
    guest.page.goto(mailed(live_default.app, "verify", "nora@mail.example")[-1])
    guest.fill("Password (optional)", "short").press("Make your account").told("Password (optional)", "8 characters")
    guest.fill("Password (optional)", "three-quiet-herons").press("Make your account")
    expect(guest.page.locator("footer")).to_contain_text("Signed in as Nora Quist")

    # her profile and an address
    guest.press("Account", "link")
    guest.fill("Name", "").fill("Telephone (optional)", "+49 30 1234").press("Save changes").told("Name", "Write your name.").kept("Telephone (optional)", "+49 30 1234")
    guest.fill("Name", "Nora Quist-Berg").press("Save changes").reads("Your profile is saved.").kept("Name", "Nora Quist-Berg").kept("Telephone (optional)", "+49 30 1234")
    guest.press("Addresses", "link").press("Add an address", "link")
    guest.fill("Postcode", "10405").fill("Town", "Berlin").fill("What you call it (optional)", "Home").press("Save the address")
    guest.told("Street and number", "Write the street and the number.").kept("Postcode", "10405").kept("Town", "Berlin").kept("What you call it (optional)", "Home")
    guest.fill("Street and number", "Mill Lane 3").press("Save the address").reads("The address is saved.", "Mill Lane 3", "10405 Berlin")
    guest.press("Sign out")
    guest.press("Account", "link").reads("No account yet?")


def test_a_question_needs_no_script(live_default, new_page, settle, client_of):
    desk = Desk(live_default.app, settle, client_of)
    desk.ask("odile", subject="The zip is broken", body="The zip again")  # somebody stands in line before her
    maja = reader(new_page, live_default)

    # signing in leads to where she wanted to go, also after a wrong password
    maja.press("Orders", "link").fill("E-mail", "maja@mail.example").fill("Password", "wrong").press("Sign in")
    maja.reads("Some answers need another look").kept("E-mail", "maja@mail.example")
    maja.fill("Password", PASSWORD).press("Sign in")
    expect(maja.page).to_have_url(re.compile("/orders$"))

    # an answer is searched in spite of mistakes, read, and did not help
    maja.press("Help", "link")
    maja.page.get_by_role("searchbox").fill("were is my parcle")
    maja.press("Search").press(re.compile("^Where is my parcel"), "link")
    missing = "What was missing? (optional)"
    maja.press("No, it did not").fill(missing, "x" * (LONGEST_COMMENT + 1)).press("Tell the authors")
    maja.told(missing, "at most").kept(missing, "x" * (LONGEST_COMMENT + 1))
    maja.fill(missing, "Whom do I call?").press("Tell the authors").reads("Whoever writes this answer will read it.")

    # she asks about her order: answers beside on demand, and nothing is lost on the way
    maja.press("Orders", "link").press(re.compile("TT-204817"), "link").reads("late").press("Ask about this order", "link")
    subject, body = "What is it about?", "What happened?"
    maja.fill(subject, "My parcel has not moved since Saturday").press("Look for answers first")
    maja.reads("These may answer it now", "You have read this").kept(subject, "My parcel has not moved since Saturday")
    expect(maja.page.get_by_role("link", name=re.compile("^Where is my parcel"))).to_be_visible()
    maja.press("Send question").told(body, "Tell us what happened.").kept(subject, "My parcel has not moved since Saturday").reads("These may answer it now")
    expect(maja.page.get_by_role("radio", name=re.compile("TT-204817"))).to_be_checked()
    maja.fill(body, "We leave this Saturday. Will my tent be here in time?").press("Send question")
    expect(maja.page).to_have_url(re.compile(r"/questions/\d+$"))
    ticket_id = int(maja.page.url.split("/")[-1])
    maja.looks_until("You are number 2 in line").reads("My parcel has not moved since Saturday", "TT-204817")

    # she writes further; the agent takes it and answers; she looks for what is new
    maja.press("Send").told("Add a message", "Write a few words first.")
    maja.fill("Add a message", "A postcard came instead.").press("Send").reads("A postcard came instead.")
    agent = client_of(live_default.app, "ines")
    item = desk.work_item(ticket_id).id
    assert agent.post("/desk/presence", data={"chosen": "break"}).status_code == 303  # nothing rings, but one may take
    assert agent.post(f"/desk/work/{item}/pull").status_code == 303
    assert agent.post(f"/desk/tickets/{ticket_id}/messages", data={"body": "I am asking Norpost right now.", "client_id": "answer-to-maja-1"}).status_code == 303
    maja.press("Look for new messages", "link").reads("I am asking Norpost right now.", "Ines")
    with live_default.app.app_context():
        code = db.session.scalar(select(Disposition.id).limit(1))
    solving = {"disposition": code, "version": desk.ticket(ticket_id).version}
    assert agent.post(f"/desk/tickets/{ticket_id}/resolution", data=solving).status_code == 303

    # she rates it, with words; then it is not solved after all
    maja.press("Look for new messages", "link").reads("This is solved").press(re.compile("Very satisfied"))
    words = "Anything you want to add? (optional)"
    maja.page.locator("#f-comment").evaluate("one => one.removeAttribute('maxlength')")  # not every browser keeps to it
    maja.fill(words, "x" * 2001).press("Send comment").told(words, "at most").kept(words, "x" * 2001)
    maja.fill(words, "So quick!").press("Send comment").reads("“So quick!”", "5 of 5")
    maja.fill("Not solved? Write here and it opens again", "It came, but a pole is missing.").press("Send").reads("a pole is missing")
    expect(maja.page.locator("main")).not_to_contain_text("This is solved")
    maja.press("My questions", "link").reads("Our turn", "a pole is missing")
