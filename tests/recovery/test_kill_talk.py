"""A customer's and an agent's open page while the server dies between their message and its answer: they recover by themselves."""
import re

import pytest
from playwright.sync_api import expect

from tests.recovery.caller import Caller, until
from tests.recovery.conftest import living, with_a_switch
from tests.recovery.flow import WITHOUT_LIMITS
from tests.servers import SIZES

pytestmark = pytest.mark.browser
LOST = ("ERR_CONNECTION", "ERR_SOCKET_NOT_CONNECTED", "ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE", "ERR_CONTENT_LENGTH_MISMATCH", "WebSocket connection", "status of 503")
CROSSED = "status of 409"  # an agent's message that crossed the customer's
MESSAGES, BURST = 200, 10
SENTENCE = re.compile(r"(maja|ines) says (\d+)\.")
CUTS = {3: "committed", 8: "received", 13: "committed"}  # in the middle of which burst the power fails, and where


class Talk:
    """maja's question in ines's hands, both pages open and hearing."""

    def __init__(self, mortal, new_page):
        self.mortal = mortal
        mortal.rings_for(60)
        mortal.comes("ines")
        self.ticket_id = Caller(mortal.server, "maja").asks("A talk through a power cut")
        offer = mortal.ringing(self.ticket_id, "ines")
        Caller(mortal.server, "ines").post(f"/desk/offers/{offer.id}/acceptance")
        self.paths = {"maja": f"/questions/{self.ticket_id}/messages", "ines": f"/desk/tickets/{self.ticket_id}/messages"}
        self.pages = {key: new_page(mortal.server, key, allow=(*LOST, CROSSED)) for key in self.paths}
        for key, page in self.pages.items():
            page.goto(self.paths[key].removesuffix("/messages"))
            page.wait_for_selector("html[data-live=connected]")
            page.evaluate("window.neverLeft = true")

    def writes(self, key: str, body: str) -> None:
        page = self.pages[key]
        page.locator("#f-body").fill(body)
        page.keyboard.press("Control+Enter")

    def adds(self, key: str, sentence: str) -> None:
        """As a person does who sees that some words came back into the box: behind them."""
        self.insists()
        box = self.pages[key].locator("#f-body")
        box.focus()
        self.pages[key].keyboard.press("Control+End")
        self.pages[key].keyboard.insert_text(sentence)
        self.pages[key].keyboard.press("Control+Enter")

    def insists(self) -> bool:
        """The agent sends what the desk had held back because the customer wrote meanwhile; tells whether there was anything."""
        button = self.pages["ines"].get_by_role("button", name="Send anyway")
        if not button.is_visible():
            return False
        button.click()
        return True

    def rest(self) -> None:
        """Wait until nothing is under way and no words are left in a box."""
        quiet = lambda page: not page.locator("[data-pending]").count() and not page.locator("#f-body").input_value()  # noqa: E731
        until(lambda: not self.insists() and all(map(quiet, self.pages.values())), "all is sent", 60)

    def see_the_power_cut(self) -> None:
        for page in self.pages.values():
            expect(page.locator("[data-connection]")).to_be_visible()

    def are_back(self) -> None:
        """Both hear again without a reload, and nothing waits any more."""
        for page in self.pages.values():
            expect(page.locator("[data-pending]")).to_have_count(0, timeout=40_000)
            expect(page.locator("[data-connection]")).to_be_hidden()
            assert page.evaluate("window.neverLeft"), "the page was not loaded anew"

    def shown(self, key: str) -> list[str]:
        """The transcript as the page has it, top to bottom."""
        return [text.strip() for text in self.pages[key].locator('[role=log] [id^="message-"] .sb-bubble').all_inner_texts()]

    def agree(self) -> list[str]:
        """Wait until both transcripts equal the database; returns it."""
        stored = lambda: [message.body for message in self.mortal.messages(self.ticket_id)]  # noqa: E731
        until(lambda: self.shown("maja") == stored() == self.shown("ines"), "both pages show what is stored, in order", 40)
        return stored()[1:]


@pytest.fixture
def talk(mortal, new_page):
    return Talk(mortal, new_page)


def test_a_message_whose_answer_was_cut_off_is_there_once_on_both_pages(talk):
    mortal = talk.mortal
    for key, draft in (("maja", "ines"), ("ines", "maja")):
        talk.pages[draft].locator("#f-body").press_sequentially("Half a thought of mine")
        mortal.fails_at(f"committed {talk.paths[key]}")
        talk.writes(key, f"Cut off, by {key}")
        mortal.dies()
        talk.see_the_power_cut()
        for nth in range(3):
            talk.writes(key, f"While it is dark, {key} {nth}")
        expect(talk.pages[key].locator("[data-pending]"), "nothing that is not confirmed looks as if it were").to_have_count(4)
        mortal.server.start()
        talk.are_back()
        talk.agree()  # else the desk would hold the next words back: she has not seen what came last
        assert talk.pages[draft].locator("#f-body").input_value() == "Half a thought of mine"
        talk.pages[draft].locator("#f-body").fill("")
    written = [text for key in talk.paths for text in (f"Cut off, by {key}", *(f"While it is dark, {key} {nth}" for nth in range(3)))]
    assert talk.agree() == written


@pytest.fixture(params=list(SIZES))
def long_talk(request, tmp_path, new_page):
    """Of a server that lets them write as fast as they like."""

    def prepare(server):
        with_a_switch(server)
        server.env.update(WITHOUT_LIMITS)

    for mortal in living(request.param, tmp_path, prepare):
        yield Talk(mortal, new_page)


def test_200_messages_with_three_power_cuts_are_there_once_in_order_on_both_pages(long_talk):
    talk, mortal, said, burst = long_talk, long_talk.mortal, {"maja": 0, "ines": 0}, 0

    def says(key):
        said[key] += 1
        talk.adds(key, f"{key} says {said[key]}.")

    while len(mortal.messages(talk.ticket_id)) <= MESSAGES:  # words that were held back may have become one message
        key, other = ("maja", "ines")[:: 1 if burst % 2 else -1]
        for nth in range(BURST):
            if nth == BURST // 2 and burst in CUTS:
                mortal.fails_at(f"{CUTS[burst]} {talk.paths[key]}")
            says(key)
            if nth == 1:
                says(other)  # into the other's words
        if burst in CUTS:
            mortal.dies()
            says(other)
            talk.see_the_power_cut()
            mortal.server.start()
            talk.are_back()
        talk.rest()
        burst += 1
    assert burst > max(CUTS), "the power failed three times"
    written = SENTENCE.findall(" ".join(talk.agree()))
    for key, sentences in said.items():
        assert [int(number) for writer, number in written if writer == key] == list(range(1, sentences + 1))
    for page in talk.pages.values():
        # What was shown by a hint may have its own answer still on its way, and only that takes it out of the outbox.
        until(lambda page=page: page.evaluate("Object.keys(localStorage).filter(name => /^(outbox|draft):/.test(name))") == [], "nothing is left in the browser")


def test_words_written_in_the_dark_outlive_the_page(talk):
    """The page is closed, too: what was sent waits in the browser, what was half written is a draft."""
    mortal, page = talk.mortal, talk.pages["maja"]
    mortal.server.kill()
    talk.see_the_power_cut()
    talk.writes("maja", "Sent into the dark")
    page.locator("#f-body").press_sequentially("And half of the next")
    expect(page.locator("[data-composer-target=status]")).to_have_text(re.compile("Draft|saved", re.I))
    page.goto("about:blank")
    mortal.server.start()
    page.goto(talk.paths["maja"].removesuffix("/messages"))
    expect(page.locator("#f-body")).to_have_value("And half of the next")
    expect(page.locator("[data-pending]")).to_have_count(0)
    assert talk.agree() == ["Sent into the dark"]
