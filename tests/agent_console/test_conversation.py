"""The conversation on the desk: reply, note, canned replies, collision at send."""
import pytest

from support.contact.replies import CannedReply
from support.database import transaction

COMPOSER = {"Accept": "text/vnd.switchboard.message+html"}


def words(body="I have asked the carrier.", client_id="agent-words-0001", **more):
    return {"body": body, "client_id": client_id, **more}


def test_a_reply_reaches_the_customer_and_waits_for_her(desk):
    ticket_id = desk.taken()
    answer = desk.client_of(desk.app, "ines").post(f"/desk/tickets/{ticket_id}/messages", data=words(then="pending"))
    assert (answer.status_code, answer.location) == (303, f"/desk/tickets/{ticket_id}")
    assert desk.ticket(ticket_id).state == "pending"
    assert desk.words(ticket_id, "maja")[-1] == "I have asked the carrier."


def test_a_reply_can_keep_it_open(desk):
    ticket_id = desk.taken()
    desk.client_of(desk.app, "ines").post(f"/desk/tickets/{ticket_id}/messages", data=words(then="open"))
    assert desk.ticket(ticket_id).state == "open"


def test_the_composer_gets_the_stored_message_back(desk):
    client, ticket_id = desk.client_of(desk.app, "ines"), desk.taken()
    answer = client.post(f"/desk/tickets/{ticket_id}/messages", data=words(), headers=COMPOSER)
    assert answer.status_code == 201 and 'id="message-' in answer.text and "<html" not in answer.text
    assert answer.text.strip() in client.get(f"/desk/tickets/{ticket_id}").text
    numbers = client.post(f"/desk/tickets/{ticket_id}/messages", data=words(), headers={"Accept": "application/json"})
    assert (numbers.status_code, numbers.json["desk_seq"]) == (201, 2), "the same client id is the same message"


def test_only_newer_messages_are_fetched(desk):
    ticket_id = desk.taken(body="The first words")
    desk.customer_writes(ticket_id, "The second words")
    text = desk.client_of(desk.app, "ines").get(f"/desk/tickets/{ticket_id}/messages?after=1").text
    assert "The second words" in text and "The first words" not in text and "<html" not in text


def test_az_05_a_note_is_never_seen_by_the_customer(desk):
    """AZ-05: a note does not exist for the customer, on no page and in no number."""
    ticket_id = desk.taken()
    agent, customer = desk.client_of(desk.app, "ines"), desk.client_of(desk.app, "maja")
    before = customer.get(f"/questions/{ticket_id}/messages").text
    agent.post(f"/desk/tickets/{ticket_id}/messages", data=words("Marker-Zx81 only for us", kind="note"))
    desk.settle()
    assert "Marker-Zx81" in agent.get(f"/desk/tickets/{ticket_id}").text
    assert customer.get(f"/questions/{ticket_id}/messages").text == before
    for page in ("/", "/questions", f"/questions/{ticket_id}", f"/questions/{ticket_id}/status", f"/questions/{ticket_id}/messages?after=0", "/search?q=Marker-Zx81"):
        assert "only for us" not in customer.get(page).text, page
    for page in (f"/desk/tickets/{ticket_id}", f"/desk/tickets/{ticket_id}/messages"):
        assert customer.get(page).status_code == 404, page
    agent.post(f"/desk/tickets/{ticket_id}/messages", data=words("After the note", "agent-words-0002"))
    assert 'data-seq="2"' in customer.get(f"/questions/{ticket_id}/messages?after=1").text, "no gap betrays the note"


def test_every_agent_may_leave_a_note_but_only_whoever_has_it_answers(desk):
    ticket_id = desk.taken()
    colleague = desk.client_of(desk.app, "tomasz")
    assert "Keep note" in colleague.get(f"/desk/tickets/{ticket_id}").text
    assert colleague.post(f"/desk/tickets/{ticket_id}/messages", data=words("I know this carrier", as_note="yes")).status_code == 303
    assert colleague.post(f"/desk/tickets/{ticket_id}/messages", data=words("Hello", "agent-words-0003")).status_code == 403
    assert "I know this carrier" in desk.words(ticket_id) and "Hello" not in desk.words(ticket_id)


@pytest.mark.both_stores
def test_newer_messages_are_shown_before_a_reply_is_sent(desk):
    ticket_id = desk.taken()
    client = desk.client_of(desk.app, "ines")
    desk.customer_writes(ticket_id, "It has just arrived, thank you")
    blind = client.post(f"/desk/tickets/{ticket_id}/messages", data=words("It comes on Friday.", read_desk_seq="1", then="pending"))
    assert blind.status_code == 409
    for expected in ("Not sent yet", "1 new since you began to write", "It has just arrived, thank you", ">It comes on Friday.</textarea>", "Send anyway", "Make it a note"):
        assert expected in blind.text, expected
    assert "It comes on Friday." not in desk.words(ticket_id)


def test_a_colleagues_answer_is_named_and_one_may_send_anyway_or_make_a_note(desk):
    ticket_id = desk.taken()
    client = desk.client_of(desk.app, "ines")
    desk.client_of(desk.app, "hanna").post(f"/desk/tickets/{ticket_id}/messages", data=words("I take care of it", "other-words-0001"))
    blind = client.post(f"/desk/tickets/{ticket_id}/messages", data=words("Mine", read_desk_seq="1"))
    assert blind.status_code == 409 and "Hanna answered while you were writing" in blind.text
    assert client.post(f"/desk/tickets/{ticket_id}/messages", data=words("For us", read_desk_seq="1", as_note="yes")).status_code == 303
    assert client.post(f"/desk/tickets/{ticket_id}/messages", data=words("Mine", "agent-words-0009", read_desk_seq="1", anyway="yes")).status_code == 303
    assert desk.words(ticket_id, "maja")[-1] == "Mine"


def test_my_own_message_from_another_window_is_no_collision(desk):
    ticket_id = desk.taken()
    client = desk.client_of(desk.app, "ines")
    client.post(f"/desk/tickets/{ticket_id}/messages", data=words("One", "agent-words-0001"))
    assert client.post(f"/desk/tickets/{ticket_id}/messages", data=words("Two", "agent-words-0002", read_desk_seq="1")).status_code == 303


def test_an_empty_reply_says_so_and_scripts_get_the_sentence(desk):
    client, ticket_id = desk.client_of(desk.app, "ines"), desk.taken()
    assert client.post(f"/desk/tickets/{ticket_id}/messages", data=words(" ")).status_code == 422
    answer = client.post(f"/desk/tickets/{ticket_id}/messages", data=words(" "), headers={"Accept": f"{COMPOSER['Accept']}, application/json"})
    assert answer.status_code == 422 and "Write a few words first." in answer.json["errors"]["body"]


def test_canned_replies_come_with_their_values_filled_in(desk):
    with desk.app.app_context(), transaction() as session:
        session.add(CannedReply(title="Search started", shortcut="search1", body="Hello {{customer.first_name}}, this is {{agent.first_name}}. {{order.number}} {{customer.password_hash}}"))
    ticket_id = desk.taken(order="TT-204817")
    page = desk.client_of(desk.app, "ines").get(f"/desk/tickets/{ticket_id}").text
    assert "Hello Maja, this is Ines. TT-204817 {{customer.password_hash}}" in page and "/search1" in page


def test_markup_in_messages_is_shown_as_text(desk):
    ticket_id = desk.taken(body="<script>alert(1)</script> & <b>bold</b>")
    page = desk.client_of(desk.app, "ines").get(f"/desk/tickets/{ticket_id}").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
