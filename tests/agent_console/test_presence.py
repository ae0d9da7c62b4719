"""Presence, reviews, signs of life."""
from support import quality, routing
from support.routing.models import Presence


def presence_of(desk, key):
    with desk.app.app_context():
        return routing.my_desk(desk.person(key)).presence


def test_one_chooses_a_state_with_a_reason(desk):
    client = desk.client_of(desk.app, "ines")
    assert client.post("/desk/presence", data={"chosen": "break"}, headers={"Referer": "http://localhost/desk/tickets/4?pane=work"}).location == "/desk/tickets/4"
    assert presence_of(desk, "ines").chosen == "break"
    client.post("/desk/presence", data={"away_reason": "Coaching"}, headers={"Referer": "http://elsewhere.example/x"})
    presence: Presence = presence_of(desk, "ines")
    assert (presence.chosen, presence.reason) == ("away", "Coaching")
    assert "Away" in client.get("/desk/presence").text


def test_an_unknown_state_is_refused(desk):
    answer = desk.client_of(desk.app, "ines").post("/desk/presence", data={"chosen": "flying"})
    assert answer.status_code == 422
    assert presence_of(desk, "ines").chosen == "offline"


def test_the_desk_says_what_happens_next(desk):
    client = desk.client_of(desk.app, "ines")
    assert "You are offline" in client.get("/desk").text
    desk.comes("ines")
    assert "Nothing waits for you" in client.get("/desk").text


def test_a_sign_of_life_keeps_one_present(desk, clock):
    desk.comes("ines")
    client = desk.client_of(desk.app, "ines")
    for _twice in range(2):
        clock.move(40)
        assert client.post("/desk/heartbeat").status_code == 204
        desk.settle()
    assert "Available" in client.get("/desk/presence").text
    clock.move(60)
    desk.settle()
    assert presence_of(desk, "ines").system == "offline"


def test_the_agent_reads_what_a_supervisor_wrote(desk):
    ticket_id = desk.taken()
    with desk.app.app_context():
        review = quality.reviews.leave(desk.person("hanna"), ticket_id, "Warm and quick, well done").id
    client = desk.client_of(desk.app, "ines")
    assert "1 review to read" in client.get("/desk").text
    page = client.get("/desk/reviews").text
    assert "Warm and quick, well done" in page and "Hanna Meier" in page and f"T-{ticket_id}" in page
    assert desk.client_of(desk.app, "tomasz").post(f"/desk/reviews/{review}/reading").status_code == 404
    assert client.post(f"/desk/reviews/{review}/reading").status_code == 303
    assert "1 review to read" not in client.get("/desk").text and "I have read it" not in client.get("/desk/reviews").text
    assert "Warm and quick" not in desk.client_of(desk.app, "tomasz").get("/desk/reviews").text
