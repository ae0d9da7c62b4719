"""The socket from outside: who may join what, what ends it, how much it may say."""
import pytest

from support import contact, tickets
from support.database import db, transaction
from support.people import sign_ins
from support.people.person import Person
from support.tickets.models import Ticket
from support.web import patrol


@pytest.fixture
def socket(app, client_of):
    """`socket("maja")`: an open socket of one of the cast."""
    return lambda key: app.extensions["live"].io.test_client(app, flask_test_client=client_of(app, key))


@pytest.fixture
def ticket(app):
    with app.app_context():
        maja = db.session.get(Person, app.extensions["cast"]["maja"])
        found = contact.ask(maja, subject="Tent", body="Where is it?", topic="orders", channel="chat", client_id="socket-test-1")
        return found.id, found.conversation.id


def joins(client, screen) -> bool:
    return client.emit("join", {"screen": screen}, callback=True)["ok"]


def told(client, name) -> list:
    return [entry["args"][0] if entry["args"] else None for entry in client.get_received() if entry["name"] == name]


def test_nobody_gets_no_socket(socket):
    assert not socket(None).is_connected()


@pytest.mark.parametrize(("key", "screens"), [
    ("maja", {"ticket", "conversation", "place"}),
    ("odile", set()),
    ("ines", {"ticket", "conversation", "place", "desk-conversation"}),
    ("hanna", {"ticket", "conversation", "place", "desk-conversation", "board"}),
])
def test_AZ_09_a_screen_is_joined_only_by_who_may_see_the_page(socket, ticket, key, screens):
    ticket_id, conversation_id = ticket
    numbers = {"ticket": ticket_id, "conversation": conversation_id, "place": ticket_id, "desk-conversation": conversation_id}
    client = socket(key)
    allowed = {name for name, number in numbers.items() if joins(client, f"{name}:{number}")}
    if joins(client, "board"):
        allowed.add("board")
    assert allowed == screens


def test_a_desk_is_joined_by_its_own_agent_alone(app, socket):
    ines = app.extensions["cast"]["ines"]
    assert joins(socket("ines"), f"desk:{ines}")
    assert not any(joins(socket(key), f"desk:{ines}") for key in ("tomasz", "hanna", "arno", "maja"))


@pytest.mark.parametrize("payload", [
    None, 7, "board", [], {}, {"screen": None}, {"screen": {"a": 1}}, {"screen": "x" * 5000}, {"screen": "ticket:"}, {"screen": "ticket:1e9"},
    {"screen": "ticket:-1"}, {"screen": "ticket:99999999999999999999"}, {"screen": "nothing:1"}, {"screen": "board:1"}, {"screen": "ticket:1 OR 1=1"},
])
def test_a_malformed_join_is_refused_and_hurts_nobody(socket, payload):
    client = socket("hanna")
    assert client.emit("join", payload, callback=True) == {"ok": False}
    assert joins(client, "board")


def test_a_hint_reaches_the_screen_with_its_version(app, socket, ticket, settle):
    _ticket_id, conversation_id = ticket
    settle(app)
    client = socket("maja")
    joins(client, f"conversation:{conversation_id}")
    client.get_received()
    with app.app_context():
        maja = db.session.get(Person, app.extensions["cast"]["maja"])
        tickets.post(maja, ticket[0], "More words", "socket-more-1")
    settle(app)
    hints = told(client, "stale")
    assert hints
    assert hints[-1]["screen"] == f"conversation:{conversation_id}"
    assert hints[-1]["version"] > 0


def test_AUTH_07_a_sign_out_everywhere_closes_the_socket(app, socket):
    client = socket("ines")
    assert client.is_connected()
    with app.app_context():
        ines = db.session.get(Person, app.extensions["cast"]["ines"])
        sign_ins.end_all(ines)
    patrol.make_round(app)
    assert not client.is_connected()


def test_AZ_09_who_may_not_see_a_screen_any_more_leaves_it_within_a_round_and_is_told_to_look(app, socket, ticket, settle):
    ticket_id, conversation_id = ticket
    screen = f"conversation:{conversation_id}"
    maja, ines = socket("maja"), socket("ines")
    assert joins(maja, screen) and joins(ines, screen)
    with app.app_context(), transaction() as session:
        session.get(Ticket, ticket_id).customer_id = app.extensions["cast"]["odile"]
    patrol.make_round(app)
    assert told(maja, "gone") == [{"screen": screen}] and maja.is_connected()
    with app.app_context():
        tickets.post(db.session.get(Person, app.extensions["cast"]["odile"]), ticket_id, "Not for Maja", "socket-more-2")
    settle(app)
    assert told(maja, "stale") == []
    assert [hint["screen"] for hint in told(ines, "stale")] == [screen]


def test_a_round_costs_the_same_however_many_screens_are_open(app, socket, ticket, count_statements):
    _ticket_id, conversation_id = ticket
    clients = [socket(key) for key in ("maja", "ines", "tomasz", "hanna") for _tab in range(6)]
    for client in clients:
        for name in (f"conversation:{conversation_id}", f"ticket:{ticket[0]}"):
            assert joins(client, name)
    with count_statements(app) as count:
        patrol.make_round(app)
    assert count.total <= 3, "one for the sign-ins, one for each kind of screen"


def test_typing_is_told_to_the_other_side_and_never_to_strangers(app, socket, ticket):
    _ticket_id, conversation_id = ticket
    maja, ines, odile = socket("maja"), socket("ines"), socket("odile")
    joins(maja, f"conversation:{conversation_id}")
    joins(ines, f"desk-conversation:{conversation_id}")
    odile.emit("typing", {"screen": f"conversation:{conversation_id}"})
    assert told(ines, "typing") == []
    maja.emit("typing", {"screen": f"conversation:{conversation_id}"})
    assert told(ines, "typing") == [{"screen": f"desk-conversation:{conversation_id}", "name": "Maja"}]


@pytest.mark.parametrize("settings", [{"socket_events_per_second": 2}], indirect=True)
def test_DOS_04_a_socket_that_says_too_much_is_closed(socket):
    client, other = socket("ines"), socket("tomasz")
    for _ in range(100):
        if not client.is_connected():
            break
        client.emit("alive", {})
    assert not client.is_connected()
    assert other.is_connected()


@pytest.mark.parametrize("settings", [{"socket_events_per_second": 2}], indirect=True)
def test_DOS_04_many_sockets_of_one_person_share_what_they_may_say(socket):
    several, other = [socket("ines") for _ in range(10)], socket("tomasz")
    for _ in range(15):
        for client in several:
            if client.is_connected():
                client.emit("alive", {})
    assert sum(client.is_connected() for client in several) < 10
    assert other.is_connected()


def test_DOS_04_one_address_opens_a_bounded_number_of_sockets_a_minute(app, socket, clock):
    arrivals = app.extensions["live"].arrivals
    arrivals.per_minute = 3
    assert [socket("ines").is_connected() for _ in range(5)] == [True] * 3 + [False] * 2
    assert arrivals.take("192.0.2.7")


@pytest.mark.parametrize(("origin", "host", "fits"), [
    ("http://localhost", "localhost", True),
    ("http://localhost", "internal:8000", True),
    ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
    ("https://evil.example", "localhost", False),
    ("http://localhost.evil.example", "localhost", False),
    ("null", "localhost", False),
])
def test_CSRF_03_a_socket_is_opened_by_our_own_pages_alone(app, client_of, origin, host, fits):
    headers = {"Origin": origin, "Host": host, "Upgrade": "websocket", "Connection": "Upgrade"}
    try:
        answer = client_of(app, "maja").get("/socket.io/?EIO=4&transport=websocket", headers=headers)
    except RuntimeError as error:  # let in, as far as a test client without a wire can go
        assert "socket" in str(error)
        assert fits
    else:
        assert not fits
        assert "Not an accepted origin" in answer.text
