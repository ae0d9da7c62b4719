"""A callback in two real browsers: from the line of a chat to a call, nobody answers, again, reached."""
import re

import pytest
from playwright.sync_api import expect

from tests.desk import Desk
from tests.pages import axe
from tests.servers import default_size
from tests.story.ringing import let_it_pass


@pytest.fixture
def shop(tmp_path, settle, client_of, clock):
    """A running installation in its opening hours, which tries again after a minute."""
    for server in default_size(tmp_path, lambda server: server.env.update(CALLBACK_PAUSE_MINUTES="1")):
        desk = Desk(server.app, settle, client_of)
        desk.server = server
        yield desk


def test_from_the_chat_to_a_call_that_is_answered_at_the_second_try(shop, new_page):
    ticket_id = shop.ask(body="Where is my tent?")
    maja = new_page(shop.server, "maja")
    maja.goto(f"/questions/{ticket_id}")
    maja.get_by_role("link", name="Call me back instead").click()
    maja.get_by_label("Your telephone number").fill("0900 123456")
    assert axe(maja) == []
    maja.get_by_role("button", name="Call me then").click()
    expect(maja.get_by_role("main")).to_contain_text("This is no number we can call")
    maja.get_by_label("Your telephone number").fill("0171 3920012")
    maja.get_by_role("button", name="Call me then").click()
    expect(maja).to_have_url(re.compile(f"/questions/{ticket_id}$"))
    expect(maja.get_by_role("status").filter(has_text="You are next: we call you soon")).to_be_visible()

    ines = new_page(shop.server, "ines")
    ines.goto("/desk")
    shop.comes("ines")
    ines.get_by_role("button", name="Accept").click()
    expect(ines.get_by_role("link", name="+49 171 3920012")).to_have_attribute("href", "tel:+491713920012")
    assert axe(ines) == []
    expect(maja.get_by_role("status").filter(has_text="Ines is calling you now")).to_be_visible()
    ines.get_by_role("button", name="No answer").click()
    expect(ines).to_have_url(re.compile("/desk$"))
    expect(maja.get_by_role("status").filter(has_text="We called and could not reach you")).to_be_visible()

    accept = ines.get_by_role("button", name="Accept")
    expect(accept).to_have_count(0)
    let_it_pass(shop.server, {"ines": ines})
    accept.click()
    ines.get_by_role("button", name="Reached").click()
    expect(ines.locator("#call")).to_contain_text("Reached by telephone")
    expect(maja.get_by_role("status").filter(has_text="Ines is here for you")).to_be_visible()
