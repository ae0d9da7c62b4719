"""Every live screen and socket event × every role: who may join, who hears what, and that nothing is changed or betrayed."""
import pytest

from support import tickets
from support.database import db
from support.people.person import Person
from tests.access.furnishing import INSIDE, OWN, ROLES
from tests.access.shop import Visit, shop

# Who may join: one of the screens of each kind that belong to maja or to ines, in the order of ROLES.
SCREENS = {
    "ticket:{talk}": "no yes no no yes yes yes yes",
    "place:{waiting}": "no yes no no yes yes yes yes",
    "order:{order_id}": "no yes no no yes yes yes yes",
    "conversation:{conversation}": "no yes no no yes yes yes yes",
    "desk-conversation:{conversation}": "no no no no yes yes yes yes",
    "viewing:{conversation}": "no no no no yes yes yes yes",
    "desk:{desk_key}": "no no no no yes no no no",
    "desks": "no no no no yes yes yes no",
    "board": "no no no no no no yes yes",
}
EVENTS = {"connect", "disconnect", "join", "leave", "typing", "alive"}
ODD_NAMES = (
    None, "", "board:1", "board ", "nothing", "ticket", "ticket:", "ticket:x", "ticket:1 or 1=1", "ticket:-1", "ticket:99999999999999999999999", "conversation:²", "desk:", "desk:0",
    "desk-conversation:" + "9" * 5000, "x" * 200, ["board"], 7, {"screen": "board"}, "board\n",
)
ODD = (*({"screen": name} for name in ODD_NAMES), None, "board", 7, ["board"], [{"screen": "board"}])
SAID = {"stale", "typing", "signed_out", "move"}


@pytest.fixture
def visits(tmp_path):
    """The furnished shop, in which each test opens sockets of several roles."""
    first = Visit(shop(tmp_path), "nobody", tmp_path)
    first.begin()
    yield first
    first.close()


def socket_of(visit, role: str):
    """An open socket of this role in the application of the visit; not connected for whom it is refused."""
    client = visit.app.test_client()
    if role in visit.shop.things["tokens"]:
        client.set_cookie("switchboard", visit.shop.things["tokens"][role])
    return visit.app.extensions["live"].io.test_client(visit.app, flask_test_client=client)


def screen(visit, name: str) -> str:
    return name.format(**visit.shop.things)


def heard(socket) -> list[tuple[str, str]]:
    return [(told["name"], str(told["args"])) for told in socket.get_received()]


def write(visit, key: str, body: str, kind: str = "reply", client_id: str = "client-live-0001") -> None:
    with visit.app.app_context():
        person = db.session.get(Person, visit.shop.cast[key])
        tickets.post(person, visit.shop.things["talk"], body, client_id, kind=kind)


def test_every_screen_and_event_is_in_the_matrix(app):
    live = app.extensions["live"]
    assert set(live.guards) == {name.partition(":")[0] for name in SCREENS}
    assert set(live.io.server.handlers["/"]) == EVENTS


@pytest.mark.parametrize("role", ROLES)
def test_a_screen_is_joined_by_those_who_may_see_its_page(visits, role):
    socket = socket_of(visits, role)
    assert socket.is_connected() == (role != "nobody"), "strangers get no socket"
    if role == "nobody":
        return
    got = {name: socket.emit("join", {"screen": screen(visits, name)}, callback=True)["ok"] for name in SCREENS}
    assert got == {name: row.split()[ROLES.index(role)] == "yes" for name, row in SCREENS.items()}
    assert not visits.changed()


@pytest.mark.parametrize("role", ["maja", "arno"])
def test_AZ_09_odd_names_of_screens_are_refused(visits, role):
    socket = socket_of(visits, role)
    (opened,) = visits.app.extensions["live"].sockets.values()
    for asked in ODD:
        opened.alone.left = opened.together.left = 20.0  # this is not about how much one may say
        assert socket.emit("join", asked, callback=True) == {"ok": False}, asked
    assert socket.is_connected() and not heard(socket)


@pytest.mark.parametrize("role", ["odile", "gero", "maja"])
def test_AZ_09_strangers_hear_nothing_and_customers_nothing_of_notes(visits, settle, role):
    """Whoever tried to join everything hears only of what is theirs, and never a word of it."""
    socket = socket_of(visits, role)
    for name in SCREENS:
        socket.emit("join", {"screen": screen(visits, name)}, callback=True)
    write(visits, "ines", f"{INSIDE['note']} of ours", kind="note")
    settle(visits.app)
    assert heard(socket) == [], "a note reaches no screen of customers"
    write(visits, "ines", f"{OWN['answer']} again", client_id="client-live-0002")
    settle(visits.app)
    told = heard(socket)
    names = {f"{name}:{visits.shop.things[thing]}" for name, thing in (("ticket", "talk"), ("conversation", "conversation"))}
    assert {name for name, _args in told} == ({"stale"} if role == "maja" else set())
    assert all(any(f"'{name}'" in args for name in names) for _name, args in told)
    assert not any(word in str(told) for word in (*OWN.values(), *INSIDE.values()))


def test_typing_is_told_by_those_who_joined_to_those_who_joined_and_changes_nothing(visits):
    talk, desk = screen(visits, "conversation:{conversation}"), screen(visits, "desk-conversation:{conversation}")
    maja, ines, odile = (socket_of(visits, role) for role in ("maja", "ines", "odile"))
    for socket in (maja, odile):
        socket.emit("join", {"screen": talk}, callback=True)
    ines.emit("join", {"screen": desk}, callback=True)
    for told in (talk, desk):
        odile.emit("typing", {"screen": told, "name": "Ines", "text": "4111 1111 1111 1111"})
    assert heard(maja) == heard(ines) == []
    maja.emit("typing", {"screen": talk, "name": "Ines", "text": "4111 1111 1111 1111"})
    (name, args), = heard(ines)
    assert name == "typing" and desk in args and OWN["name"] in args and "4111" not in args and "Ines" not in args
    ines.emit("typing", {"screen": desk})
    (name, args), = heard(maja)
    assert name == "typing" and talk in args and "Ines" in args and "Duarte" not in args
    assert heard(odile) == [] and not visits.changed()


def test_who_left_hears_nothing_more(visits, settle):
    maja = socket_of(visits, "maja")
    maja.emit("join", {"screen": screen(visits, "conversation:{conversation}")}, callback=True)
    maja.emit("leave", {"screen": screen(visits, "conversation:{conversation}")})
    write(visits, "ines", "Good news")
    settle(visits.app)
    assert heard(maja) == []


@pytest.mark.parametrize("role", ["maja", "gero", "arno"])
def test_signs_of_life_count_for_desks_only(visits, role):
    socket = socket_of(visits, role)
    socket.emit("alive", {"person_id": visits.shop.cast["ines"], "role": "agent"})
    assert socket.is_connected() and not visits.changed() and not heard(socket)


def test_all_that_is_ever_said_to_sockets_is_known(visits):
    """Another kind of message needs a look at what it carries."""
    socket = socket_of(visits, "hanna")
    for name in SCREENS:
        socket.emit("join", {"screen": screen(visits, name)}, callback=True)
    write(visits, "ines", "Words")
    socket.emit("typing", {"screen": screen(visits, "desk-conversation:{conversation}")})
    assert {name for name, _args in heard(socket)} <= SAID
