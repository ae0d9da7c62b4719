"""What stands elsewhere on a page and goes with its live piece: it changes without a reload, but never under somebody's hands."""

from support import tickets
from tests.recovery.caller import Caller


def resolved(live_desk, ticket_id: int) -> None:
    code = live_desk.disposition("Broken pole")
    with live_desk.app.app_context():
        tickets.resolve(live_desk.person("ines"), ticket_id, code)


def open_at(new_page, server, key: str, path: str):
    page = new_page(server, key)
    page.goto(path)
    page.wait_for_selector("html[data-live=connected]")
    return page


def test_a_customer_and_a_supervisor_see_how_a_question_stands_and_what_they_write_stays(live_default, new_page, live_desk):
    ticket_id = live_desk.taken()
    maja, hanna = open_at(new_page, live_default, "maja", f"/questions/{ticket_id}"), open_at(new_page, live_default, "hanna", f"/tickets/{ticket_id}")
    maja.wait_for_selector("#write-label >> text=Add a message")
    maja.fill("#f-body", "One more thing")
    hanna.wait_for_selector("#facts >> text=not yet")
    hanna.fill("#reviews textarea", "Well done, Ines")
    resolved(live_desk, ticket_id)
    maja.wait_for_selector("#write-label >> text=Not solved? Write here")
    hanna.wait_for_selector("#standing >> text=Broken pole")
    hanna.wait_for_function(r"() => !/Resolved\s+not yet/.test(document.querySelector('#facts').innerText)")
    Caller(live_default, "maja").post(f"/questions/{ticket_id}/rating", score=5)
    hanna.wait_for_function("() => !document.querySelector('#rating').innerText.includes('has not rated')")
    assert (maja.input_value("#f-body"), hanna.input_value("#reviews textarea")) == ("One more thing", "Well done, Ines")


def test_a_note_that_was_refused_is_not_wiped_before_it_is_mended(live_default, new_page, live_desk):
    ticket_id = live_desk.taken()
    hanna = open_at(new_page, live_default, "hanna", f"/tickets/{ticket_id}")
    hanna.fill("#reviews textarea", "   ")
    hanna.click("#reviews button[type=submit]")
    hanna.wait_for_selector("#reviews .is-invalid")
    hanna.wait_for_selector("html[data-live=connected]")
    resolved(live_desk, ticket_id)
    hanna.wait_for_selector("#standing >> text=Broken pole")
    assert hanna.locator("#reviews .is-invalid").count() == 1
    hanna.fill("#reviews textarea", "Well done")
    hanna.click("#reviews button[type=submit]")
    hanna.wait_for_selector("#reviews >> text=Well done")
