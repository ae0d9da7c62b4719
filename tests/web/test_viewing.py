"""Who looks at a conversation and who writes in it: one person however many tabs, over all processes, gone by itself."""
import threading

import pytest
import redis

from support import contact, fleeting
from support.database import db
from support.people import sign_ins
from support.people.person import Person
from support.web import patrol, viewing
from tests import services

pytestmark = pytest.mark.usefixtures("standing_clock")  # what is true for seconds only ends when the test says so


@pytest.fixture
def ticket(app):
    with app.app_context():
        maja = db.session.get(Person, app.extensions["cast"]["maja"])
        found = contact.ask(maja, subject="Tent", body="Where is it?", topic="orders", channel="chat", client_id="viewing-test-1")
        return found.id, found.conversation.id


@pytest.fixture
def opens(app, client_of, ticket):
    """`opens("tomasz")`: a tab in which this person has the conversation open."""

    def open_tab(key: str):
        tab = app.extensions["live"].io.test_client(app, flask_test_client=client_of(app, key))
        for name in ("conversation",) if key == "maja" else ("viewing", "desk-conversation"):
            assert tab.emit("join", {"screen": f"{name}:{ticket[1]}"}, callback=True)["ok"]
        tab.get_received()
        return tab

    return open_tab


@pytest.fixture
def seen(app, client_of, ticket):
    """`seen("ines")`: the words this colleague reads."""
    return lambda key: " ".join(client_of(app, key).get(f"/desk/tickets/{ticket[0]}/viewers").text.replace("<", " <").split())


def hints(tab) -> list[str]:
    return [told["args"][0]["screen"].partition(":")[0] for told in tab.get_received() if told["name"] == "stale"]


def test_colleagues_see_who_looks_and_whether_the_customer_is_there(app, client_of, ticket, opens, seen):
    ines = opens("ines")
    assert "looks" not in seen("ines") and "is here" not in seen("ines")
    opens("tomasz")
    opens("maja")
    assert hints(ines) == ["viewing", "viewing"]
    assert "Tomasz" in seen("ines") and "looks at this too" in seen("ines") and "Maja is here" in seen("ines") and "Ines" not in seen("ines")
    page = client_of(app, "maja").get(f"/questions/{ticket[0]}").text + client_of(app, "maja").get(f"/questions/{ticket[0]}/status").text
    assert "looks at this" not in page and "Tomasz" not in page
    assert "Tomasz" in client_of(app, "ines").get(f"/desk/tickets/{ticket[0]}").text, "already in the page"


def test_several_tabs_are_one_person_until_the_last_is_closed(opens, seen):
    first, second = opens("tomasz"), opens("tomasz")
    assert seen("ines").count("Tomasz") == 1
    first.disconnect()
    assert seen("ines").count("Tomasz") == 1
    second.disconnect()
    assert "Tomasz" not in seen("ines")


def test_writing_is_shown_to_who_comes_later_and_ends_when_it_is_sent(app, client_of, ticket, opens, seen):
    maja = opens("maja")
    maja.emit("typing", {"screen": f"conversation:{ticket[1]}"})
    assert "Maja is writing" in seen("ines")
    client_of(app, "maja").post(f"/questions/{ticket[0]}/messages", data={"body": "Hello?", "client_id": "viewing-test-2"})
    assert "Maja is here" in seen("ines")


def test_writing_ends_by_itself_and_colleagues_are_told(app, clock, ticket, opens, seen):
    tomasz, ines = opens("tomasz"), opens("ines")
    tomasz.emit("typing", {"screen": f"desk-conversation:{ticket[1]}"})
    assert hints(ines) == ["viewing"] and "is writing here" in seen("ines")
    clock.move(viewing.WRITING + 1)
    patrol.make_round(app)
    assert hints(ines) == ["viewing"] and "looks at this too" in seen("ines")


def test_what_a_dead_process_noted_ends_by_itself_and_what_lives_is_renewed(app, clock, opens, seen):
    opens("tomasz")
    clock.move(viewing.SEEN - 2)
    patrol.make_round(app)
    clock.move(viewing.SEEN - 2)
    assert "Tomasz" in seen("ines")
    clock.move(3)
    assert "Tomasz" not in seen("ines"), "nobody renewed it"


def test_without_a_socket_each_fetch_is_the_sign(app, client_of, clock, ticket, seen):
    client_of(app, "maja").get(f"/questions/{ticket[0]}/status")
    assert "Maja is here" in seen("ines")
    assert "Ines" in seen("tomasz")
    clock.move(viewing.FETCHED + 1)
    assert "Maja" not in seen("tomasz")


@pytest.mark.parametrize("settings", [{"embed_origins": ("https://shop.example",)}], indirect=True)
def test_in_the_embedded_chat_the_customer_is_seen_without_a_socket_too_and_has_written_when_it_is_sent(app, client_of, ticket, opens, seen):
    with app.app_context():
        maja = db.session.get(Person, app.extensions["cast"]["maja"])
        token = sign_ins.begin(maja, device="test", scope=sign_ins.EMBEDDED_ACCOUNT)[1]
    frame = client_of(app)
    frame.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    assert "Maja" not in seen("ines")
    assert frame.get(f"/embed/questions/{ticket[0]}/status").status_code == 200
    assert "Maja is here" in seen("ines")
    opens("maja").emit("typing", {"screen": f"conversation:{ticket[1]}"})
    assert "Maja is writing" in seen("ines")
    assert frame.post(f"/embed/questions/{ticket[0]}/messages", data={"body": "Hello?", "client_id": "viewing-test-2"}).status_code == 303
    assert "Maja is here" in seen("ines")


def test_two_processes_share_it_by_redis_and_losing_redis_heals_alone(tmp_path, app, monkeypatch):
    place = services.Port()
    server = services.Redis(tmp_path, place.number)
    server.start()
    one, other = (fleeting.Shared(redis.Redis.from_url(server.url, socket_timeout=2, socket_connect_timeout=2)) for _ in range(2))
    monkeypatch.setattr(fleeting, "REST", 0.0)
    try:
        one.note("looking:1", "7@a", '["Ä"]', 100.0)
        other.note("looking:1", "8@b", "[]", 50.0)
        assert one.at("looking:1", 40.0) == other.at("looking:1", 40.0) == {"7@a": '["Ä"]', "8@b": "[]"}
        assert other.at("looking:1", 60.0) == {"7@a": '["Ä"]'}
        server.stop()
        one.note("looking:1", "7@a", "[]", 100.0)
        assert one.at("looking:1", 40.0) == {}, "nobody is seen, and nothing fails"
        server.start()
        one.note("looking:1", "7@a", "[]", 100.0)
        assert other.at("looking:1", 40.0) == {"7@a": "[]"}
    finally:
        server.stop()
        place.close()


def test_memory_stays_bounded(monkeypatch):
    monkeypatch.setattr(fleeting, "PLACES", 50)
    memory = fleeting.Memory()
    threads = [threading.Thread(target=lambda start=start: [memory.note(f"place:{start + n}", "1", "[]", 0.0) for n in range(100)]) for start in (0, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(memory.places) <= 51
