"""An offer rings at one desk: it says why, is accepted or declined, and work can be taken by hand."""
import pytest


def test_it_rings_with_the_question_and_the_reasons(desk):
    desk.ringing(body="Where is my Skerry tent?", order="TT-204817")
    page = desk.client_of(desk.app, "ines").get("/desk/ring").text
    assert "Where is my Skerry tent?" in page and "Maja Lindqvist" in page and "TT-204817" in page
    assert "Why you" in page and "level 5 of 5" in page
    assert 'role="alert"' in page and "autofocus" not in page


def test_nothing_rings_at_the_desk_of_somebody_untrained(desk):
    desk.comes("priya")
    desk.ringing()
    assert "Maja" not in desk.client_of(desk.app, "priya").get("/desk").text


@pytest.mark.both_stores
def test_accepting_leads_to_the_ticket(desk):
    ticket_id, offer_id = desk.ringing()
    client = desk.client_of(desk.app, "ines")
    answer = client.post(f"/desk/offers/{offer_id}/acceptance")
    assert (answer.status_code, answer.location) == (303, f"/desk/tickets/{ticket_id}")
    page = client.get(answer.location)
    assert page.status_code == 200 and "with you" in page.text
    assert client.get("/desk/ring").text.strip() == ""


def test_declining_with_a_reason_passes_it_on(desk):
    _ticket, offer_id = desk.ringing()
    answer = desk.client_of(desk.app, "ines").post(f"/desk/offers/{offer_id}/decline", data={"reason": "busy"}, headers={"Referer": "http://localhost/desk/tickets/1"})
    assert (answer.status_code, answer.location) == (303, "/desk/tickets/1")
    desk.comes("tomasz")
    desk.settle()
    assert desk.offered_to("tomasz") and not desk.offered_to("ines")


def test_somebody_elses_offer_is_not_found(desk):
    _ticket, offer_id = desk.ringing()
    client = desk.client_of(desk.app, "tomasz")
    assert client.post(f"/desk/offers/{offer_id}/acceptance").status_code == 404
    assert client.post(f"/desk/offers/{offer_id}/decline", data={"reason": "busy"}).status_code == 404
    assert desk.offered_to("ines").id == offer_id


def test_an_offer_that_is_over_says_so(desk, clock):
    _ticket, offer_id = desk.ringing()
    clock.move(120)
    desk.settle()
    answer = desk.client_of(desk.app, "ines").post(f"/desk/offers/{offer_id}/acceptance")
    assert answer.status_code == 409 and "This offer is over" in answer.text


def test_silence_makes_me_not_answering_and_one_button_brings_me_back(desk, clock):
    desk.ringing()
    client = desk.client_of(desk.app, "ines")
    clock.move(31)
    desk.settle()
    page = client.get("/desk").text
    assert "Not answering" in page and "I am back" in page
    assert client.post("/desk/presence", data={"chosen": "available"}).status_code == 303
    assert "I am back" not in client.get("/desk/presence").text


def test_waiting_work_is_taken_by_hand(desk):
    desk.comes("ines", "break")
    ticket_id = desk.ask()
    desk.settle()
    client = desk.client_of(desk.app, "ines")
    assert "Take" in client.get("/desk/list").text
    for address in (f"/desk/tickets/{ticket_id}", f"/desk/tickets/{ticket_id}/header"):
        assert "Take this question" in client.get(address).text
    answer = client.post(f"/desk/work/{desk.work_item(ticket_id).id}/pull")
    assert (answer.status_code, answer.location) == (303, f"/desk/tickets/{ticket_id}")


def test_untrained_agents_do_not_see_it_waiting_and_cannot_take_it(desk):
    desk.comes("priya", "break")
    ticket_id = desk.ask()
    desk.settle()
    client = desk.client_of(desk.app, "priya")
    assert "Maja" not in client.get("/desk/list").text
    answer = client.post(f"/desk/work/{desk.work_item(ticket_id).id}/pull")
    assert answer.status_code == 403 and "certificate" in answer.text


def test_with_a_script_declining_changes_nothing_but_the_offer(desk):
    _ticket, offer_id = desk.ringing()
    accept = {"Accept": "text/vnd.turbo-stream.html, text/html"}
    answer = desk.client_of(desk.app, "ines").post(f"/desk/offers/{offer_id}/decline", data={"reason": "busy"}, headers=accept)
    assert answer.mimetype == "text/vnd.turbo-stream.html" and 'target="desk-ring"' in answer.text and "Maja" not in answer.text
