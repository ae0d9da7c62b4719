"""An empty installation is set up by whoever knows the code that the start prints, once; afterwards the address names nothing."""
import threading

from sqlalchemy import func, select

from support import shop
from support.calendars import Calendar
from support.database import db
from support.people.person import Person
from support.routing.models import Queue
from tests.house.conftest import form

PAGE = {"Accept": "text/html"}


def test_SUP_03_the_first_visitor_with_the_code_makes_it_all_and_nobody_after(empty, client_of):
    client = client_of(empty)
    assert [client.get(page, headers=PAGE).headers.get("Location") for page in ("/", "/desk")] == ["/setup", "/setup"]
    assert "Set up your shop" in client.get("/setup", headers=PAGE).text
    assert client.post("/setup", data=form(empty)).headers["Location"] == "/admin"
    assert "What comes next" in client.get("/admin").text
    assert "Kettle &amp; Leaf" in client_of(empty).get("/", headers=PAGE).text
    with empty.app_context():
        assert (shop.profile().zone, shop.profile().country) == ("Europe/Vienna", "AT")
        assert [calendar.week for calendar in db.session.scalars(select(Calendar))] == [{"0": [["09:00", "17:00"]]}]
        assert [(queue.name, len(queue.needs)) for queue in db.session.scalars(select(Queue))] == [("Questions", 1)]
    assert client_of(empty).get("/setup").status_code == client_of(empty).post("/setup", data=form(empty)).status_code == 404


def test_SUP_03_without_the_code_nothing_is_made_and_guessing_ends(empty, client_of):
    client = client_of(empty)
    answers = [client.post("/setup", data=form(empty, code=f"AAAA-AAAA-AA{n:02}")).status_code for n in range(8)]
    assert answers[0] == 422 and answers[-1] == 429
    assert client.post("/setup", data=form(empty)).status_code == 429
    with empty.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_weak_password_and_a_wrong_day_are_told_and_nothing_is_half_made(empty, client_of):
    assert client_of(empty).post("/setup", data=form(empty, password="Kettle&Leaf1")).status_code == 422
    assert "Write times like" in client_of(empty).post("/setup", data=form(empty, day_0="nine")).text
    with empty.app_context():
        assert db.session.scalar(select(func.count()).select_from(Queue)) == 0


def test_a_language_that_the_environment_names_stops_nobody_though_it_has_no_words_yet(empty, client_of):
    settings = empty.config["SETTINGS"]
    object.__setattr__(settings, "shop_languages", ("fr",))
    object.__setattr__(settings, "given", settings.given | {"shop_languages"})
    assert client_of(empty).post("/setup", data=form(empty, language="fr")).headers.get("Location") == "/admin"


def test_of_two_first_visitors_at_once_one_wins(empty, client_of):
    begin, answers = threading.Barrier(2), []

    def visit(number):
        client, data = client_of(empty), form(empty, email=f"edda{number}@kettle.example")
        begin.wait()
        answers.append(client.post("/setup", data=data).status_code)

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(2)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert sorted(answers) == [303, 404]
    with empty.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 1


def test_the_command_prints_the_code_only_while_it_opens_something(empty, client_of):
    runner = empty.test_cli_runner()
    assert form(empty)["code"] in runner.invoke(args=["setup-code"]).output
    client_of(empty).post("/setup", data=form(empty))
    assert "has an administrator already" in runner.invoke(args=["setup-code"]).output
