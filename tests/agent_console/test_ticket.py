"""One ticket on the desk: resolving, reopening, holding, and what the page says of the customer."""
import re

import pytest


def test_it_is_resolved_with_a_disposition_code_and_the_agent_goes_to_wrap_up(desk):
    client, code, ticket_id = desk.client_of(desk.app, "ines"), desk.disposition(), desk.taken()
    answer = client.post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": code})
    assert (answer.status_code, answer.location) == (303, f"/desk/tickets/{ticket_id}")
    desk.settle()
    page = client.get(f"/desk/tickets/{ticket_id}").text
    assert desk.ticket(ticket_id).state == "resolved" and "Carrier delay" in page and "Reopen" in page
    assert "Wrap-up" in page and "I am ready" in page
    client.post("/desk/presence", data={"ready": "yes"})
    assert "I am ready" not in client.get("/desk/presence").text


def test_without_a_code_it_says_what_is_missing(desk):
    client, ticket_id = desk.client_of(desk.app, "ines"), desk.taken()
    desk.disposition()
    answer = client.post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": ""})
    assert answer.status_code == 422 and re.search(r'id="resolve"[^>]* open>', answer.text) and desk.ticket(ticket_id).state == "open"


def test_somebody_who_looked_at_an_older_state_is_told(desk):
    client, code, ticket_id = desk.client_of(desk.app, "ines"), desk.disposition(), desk.taken()
    version = desk.ticket(ticket_id).version
    client.post(f"/desk/tickets/{ticket_id}/priority", data={"priority": "high", "version": version})
    answer = client.post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": code, "version": version})
    assert answer.status_code == 409 and "Somebody changed this in the meantime" in answer.text


def test_hold_take_up_and_reopen(desk):
    client, code, ticket_id = desk.client_of(desk.app, "ines"), desk.disposition(), desk.taken()
    steps = [("hold", "on_hold"), ("turn", "open"), ("resolution", "resolved"), ("reopening", "open")]
    for step, state in steps:
        assert client.post(f"/desk/tickets/{ticket_id}/{step}", data={"disposition": code}).status_code == 303
        assert desk.ticket(ticket_id).state == state


def test_only_whoever_has_it_or_a_supervisor_moves_it(desk):
    ticket_id = desk.taken()
    for step in ("hold", "resolution", "reopening", "priority"):
        answer = desk.client_of(desk.app, "tomasz").post(f"/desk/tickets/{ticket_id}/{step}", data={"disposition": "1", "priority": "high"})
        assert answer.status_code in (403, 422), step
    assert desk.ticket(ticket_id).state == "open"
    assert desk.client_of(desk.app, "hanna").post(f"/desk/tickets/{ticket_id}/hold").status_code == 303


def test_the_context_says_what_one_needs_to_answer(desk):
    desk.ask(subject="An older question", body="About my lantern", channel="form")
    seen = [(1, "Where is my parcel?", False), (2, "Delivery times", None)]
    ticket_id = desk.taken(order="TT-204817", seen=seen, body="My tent is late, where is it?")
    page = desk.client_of(desk.app, "ines").get(f"/desk/tickets/{ticket_id}").text
    for expected in ("Maja Lindqvist", "Order TT-204817", "Late", "Norpost", "Backorder", "Where is my parcel?", "did not help", "An older question", "Alt 1"):
        assert expected in page, expected


def test_the_page_has_one_heading_and_a_title_of_its_own(desk):
    ticket_id = desk.taken(subject="Tent parcel has not moved")
    page = desk.client_of(desk.app, "ines").get(f"/desk/tickets/{ticket_id}").text
    assert len(re.findall(r"<h1", page)) == 1
    title = re.search(r"<title>(.*?)</title>", page)[1]
    assert title.startswith(f"Tent parcel has not moved – T-{ticket_id}")


def test_customers_and_strangers_find_no_desk(desk):
    ticket_id = desk.taken()
    for address in ("/desk", f"/desk/tickets/{ticket_id}", "/desk/ring", "/desk/reviews", f"/desk/tickets/{ticket_id}/messages"):
        assert desk.client_of(desk.app, "maja").get(address).status_code == 404, address
        assert desk.client_of(desk.app).get(address).status_code == 303, address
        assert desk.client_of(desk.app, "arno").get(address).status_code == 403, address
    assert desk.client_of(desk.app, "ines").get("/desk/tickets/999999").status_code == 404


def test_a_ticket_with_much_talk_and_many_orders_costs_no_more_statements(desk, count_statements):
    ticket_id = desk.taken(order="TT-204817")
    client = desk.client_of(desk.app, "ines")
    address = f"/desk/tickets/{ticket_id}"
    client.get(address)
    with count_statements(desk.app) as few:
        assert client.get(address).status_code == 200
    desk.comes("ines", "break")
    for number in range(8):
        desk.customer_writes(ticket_id, f"Words {number}", client_id=f"customer-words-{number}")
        desk.ask(subject=f"Another question {number}", channel="form", client_id=f"another-question-{number}")
    desk.settle()
    with count_statements(desk.app) as many:
        assert client.get(address).status_code == 200
    assert many.total <= few.total, "\n".join(many.texts)
    assert few.total <= 30, "\n".join(few.texts)


def test_the_desk_costs_no_more_statements_with_more_work(desk, count_statements):
    desk.taken()
    client = desk.client_of(desk.app, "ines")
    desk.comes("ines", "break")
    client.get("/desk")
    with count_statements(desk.app) as few:
        client.get("/desk")
    for number in range(8):
        desk.ask(subject=f"Another question {number}", channel="form", client_id=f"another-question-{number}")
    desk.settle()
    with count_statements(desk.app) as many:
        client.get("/desk")
    assert many.total <= few.total + 1, "\n".join(many.texts)
    assert few.total <= 20, "\n".join(few.texts)


def test_pieces_that_are_fetched_alone_ask_for_little(desk, count_statements):
    desk.taken()
    client = desk.client_of(desk.app, "ines")
    for address, most in (("/desk/ring", 7), ("/desk/presence", 7), ("/desk/list", 16)):
        client.get(address)
        with count_statements(desk.app) as count:
            client.get(address)
        assert count.total <= most, "\n".join([address, *count.texts])


def test_the_supervisor_reads_who_had_it_before_it_went_back_to_the_line(desk, clock):
    hanna, ticket_id = desk.client_of(desk.app, "hanna"), desk.taken()
    assert "Nobody here has worked on it yet" in hanna.get(f"/tickets/{desk.ask(subject='Another one')}").text
    ines = desk.ticket(ticket_id).assignee_id
    assert "Note for Ines" in hanna.get(f"/tickets/{ticket_id}").text
    clock.move(900)
    desk.settle()
    assert ines and desk.ticket(ticket_id).assignee_id is None, "whoever is gone gives it back"
    page = hanna.get(f"/tickets/{ticket_id}").text
    assert "had it last, before it went back to the line" in page and "Ines" in page and "Nobody here has worked on it" not in page
    refused = hanna.post(f"/tickets/{ticket_id}/reviews", data={"body": "Well done"})
    assert refused.status_code == 422 and "Nobody has this ticket now" in refused.text


@pytest.mark.parametrize("settings", [{"shop_languages": ("en", "de")}], indirect=True)
def test_the_story_says_every_state_and_priority_in_the_readers_language(desk):
    ticket_id = desk.taken()
    ines = desk.client_of(desk.app, "ines")
    ines.post(f"/desk/tickets/{ticket_id}/hold")
    ines.post(f"/desk/tickets/{ticket_id}/priority", data={"priority": "urgent", "version": desk.ticket(ticket_id).version})
    hanna = desk.client_of(desk.app, "hanna")
    page = hanna.get(f"/tickets/{ticket_id}").text
    assert "from “New” to “Open”" in page and "from “Open” to “On hold”" in page and "the priority from “Normal” to “Urgent”" in page
    hanna.post("/language", data={"language": "de"})
    page = hanna.get(f"/tickets/{ticket_id}").text
    assert "von „Neu“ auf „Offen“" in page and "von „Normal“ auf „Dringend“" in page
    assert not re.search(r"„(new|open|on_hold|normal|urgent)“", page)
