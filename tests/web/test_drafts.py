"""What somebody typed last before leaving a page is in the draft, too: nobody waits for it to be kept."""
import pytest

from tests.recovery.caller import Caller

pytestmark = pytest.mark.browser
WORDS = "Half of what I wanted to say"


def go_by_link(page) -> None:
    page.evaluate("document.querySelector('a[href=\"/questions\"]').click()")
    page.wait_for_url("**/questions")


WAYS = {"another address": lambda page: page.goto("about:blank"), "a link": go_by_link}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", ["question", "conversation"])
def test_the_last_words_before_a_page_is_left_are_kept(live_default, new_page, form, way):
    page = new_page(live_default, "maja")
    address = "/ask" if form == "question" else f"/questions/{Caller(live_default, 'maja').asks('Tent', 'form')}"
    page.goto(address)
    page.wait_for_selector("html[data-live]")
    page.evaluate("""words => {
      const box = document.querySelector("#f-body")
      box.value = words
      box.dispatchEvent(new Event("input", { bubbles: true }))
    }""", WORDS)
    WAYS[way](page)
    page.goto(address)
    page.wait_for_function("words => document.querySelector('#f-body').value === words", arg=WORDS)
