"""Pages for what went wrong: in the visitor's language, with a way on, without anything of the inside, also when the database is gone."""
import re
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from support import tickets
from support.database import Base, db
from support.errors import TooMany, Unavailable
from tests.pages import axe

INSIDE = ("Traceback", "sqlite", "psycopg", "SELECT ", "OperationalError", "RuntimeError", "/support/", "no such table", "sqlalchemy")


def check(answer, status, words, language="en"):
    """A page of ours with this status and these words, and nothing of the inside."""
    assert answer.status_code == status, answer.text
    assert f'<html lang="{language}"' in answer.text and "<h1>" in answer.text and words in answer.text
    assert answer.text.count("<h1>") == 1 and 'class="sb-skip"' in answer.text
    assert not [word for word in INSIDE if word.lower() in answer.text.lower().replace("/static/", "")]


def way_on(client, page) -> None:
    """At least one way on besides the navigation, and all of them are there."""
    main = page.partition("<main")[2].partition("</main>")[0]
    links = re.findall(r'<a class="[^"]*" href="([^"]+)"', main)
    assert links
    for address in links:
        assert client.get(address.replace("&amp;", "&")).status_code in (200, 303, 429, 500, 503), address


@pytest.mark.parametrize("key", [None, "maja"])
def test_404_offers_a_search_and_who_can_help(app, client_of, key):
    client = client_of(app, key)
    page = client.get("/no/such/page")
    check(page, 404, "We cannot find that")
    assert 'role="search" action="/search"' in page.text and 'href="/contact"' in page.text and 'href="/hours"' in page.text
    way_on(client, page.text)


def test_405_is_told_like_404(app, client_of):
    client = client_of(app)
    page = client.put("/answers")
    check(page, 405, "We cannot find that")
    assert "GET" in page.headers["Allow"] and 'role="search"' in page.text


def test_403_says_so_to_staff_in_their_frame_and_leads_back_to_work(app, client_of):
    client = client_of(app, "ines")
    page = client.get("/admin/staff/new")
    check(page, 403, "You cannot do this")
    assert 'class="sb-c-rail"' in page.text
    way_on(client, page.text)
    check(client_of(app).post("/language", data={"language": "en"}, headers={"Sec-Fetch-Site": "cross-site"}), 403, "did not come from our own page")


def test_400_and_413_say_what_to_do(app, client_of):
    client = client_of(app)
    check(client.post("/sign-in", data=b"x", headers={"Content-Type": "multipart/form-data"}), 422, "<h1>")
    page = client.post("/sign-in", data={"email": "x" * 3_000_000})
    check(page, 413, "Shorten it and send it again")
    way_on(client, page.text)


@pytest.mark.parametrize("settings", [{"searches_per_minute": 1}], indirect=True)
def test_429_says_when_to_try_again_in_words_and_to_machines(app, client_of):
    client = client_of(app)
    client.get("/search?q=parcel")
    page = client.get("/search?q=parcel")
    check(page, 429, "Too many tries")
    seconds = int(page.headers["Retry-After"])
    assert re.search(r"You can try again in (1 minute|\d+ seconds?)\.", page.text) and 1 <= seconds <= 60
    assert 'href="/search?q=parcel"' in page.text


@pytest.mark.parametrize(("seconds", "words"), [(1, "in 1 second."), (59, "in 59 seconds."), (60, "in 1 minute."), (61, "in 2 minutes."), (600, "in 10 minutes.")])
def test_429_never_promises_too_early(app, client_of, monkeypatch, seconds, words):
    def refuse(*args, **kwargs):
        raise TooMany(retry_after=seconds)

    monkeypatch.setattr("portal.answers.limits.hit", refuse)
    page = client_of(app).get("/search?q=x")
    assert words in page.text and page.headers["Retry-After"] == str(seconds)


def test_503_says_when_too(app, client_of, monkeypatch):
    def gone(*args, **kwargs):
        raise Unavailable()

    monkeypatch.setattr("portal.home.shelf.popular", gone)
    page = client_of(app).get("/")
    check(page, 503, "This is not available right now")
    assert page.headers["Retry-After"] == "60" and "You can try again in 1 minute." in page.text


@pytest.mark.parametrize("settings", [{"shop_languages": ("en", "de")}], indirect=True)
def test_they_speak_the_visitors_language(app, client_of):
    client = client_of(app)
    client.set_cookie("language", "de")
    page = client.get("/no/such/page")
    check(page, 404, "Suche", "de")
    assert "We cannot find that" not in page.text and "Other ways" not in page.text


def broken(kind, app):
    """The database as it is after a disaster."""
    with app.app_context():
        if kind == "no tables":
            db.session.rollback()
            Base.metadata.drop_all(db.engine)
        else:
            db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            db.session.close()
            db.engine.dispose()
            for file in Path(db.engine.url.database).parent.glob(Path(db.engine.url.database).name + "*"):
                file.unlink() if file.suffix != ".db" and "-" in file.name else file.write_bytes(b"this was a database " * 500)


@pytest.mark.parametrize("key", [None, "maja", "ines", "arno"])
def test_500_is_a_page_also_without_any_table(any_app, client_of, key):
    client = client_of(any_app, key)
    assert client.get("/").status_code == 200
    broken("no tables", any_app)
    assert client.get("/answers/where-is-my-parcel").status_code == 500
    for path in ("/", "/answers/where-is-my-parcel", "/orders", "/desk", "/admin", "/no/such/page"):
        answer = client.get(path)
        if answer.status_code not in (200, 303, 404):  # what needs nothing of it, or is in memory, works on
            check(answer, 500, "Something went wrong on our side")
    script = client.get("/answers/where-is-my-parcel", headers={"Accept": "application/json"})
    assert script.status_code == 500 and script.json["error"]


@pytest.mark.parametrize("key", [None, "maja", "ines"])
def test_500_is_a_page_when_the_file_is_no_database_any_more(app, client_of, key):
    client = client_of(app, key)
    broken("file", app)
    for path in ("/", "/orders", "/desk", "/search?q=parcel", "/no/such/page"):
        answer = client.get(path)
        if answer.status_code not in (200, 303, 404):  # what needs nothing of it, or is in memory, works on
            check(answer, 500, "Something went wrong on our side")
    assert client.post("/sign-in", data={"email": "maja@mail.example", "password": "x"}).status_code == 500


@pytest.mark.parametrize(("key", "path", "frame"), [("maja", "/account/addresses", "sb-p-head"), ("arno", "/admin/calendars/new", "sb-c-rail")])
def test_500_asks_the_database_nothing(app, client_of, count_statements, monkeypatch, key, path, frame):
    client, before = client_of(app, key), []

    def fail(*args, **kwargs):
        before.append(count.total)
        raise RuntimeError("secret")

    monkeypatch.setattr("portal.account.people.addresses", fail)
    monkeypatch.setattr("agent_console.administration.calendars.forms.answer", fail)
    with count_statements(app) as count:
        page = client.get(path)
    check(page, 500, "Something went wrong on our side")
    assert frame in page.text and before
    assert [words for words in count.texts[before[0]:] if not words.startswith("UPDATE sign_in")] == []


def test_500_in_the_middle_of_a_page_whose_person_was_known(app, client_of, monkeypatch):
    """What was read of the person cannot be read again."""
    def fail(*args, **kwargs):
        broken("no tables", app)
        db.session.expire_all()
        return db.session.execute(text("SELECT * FROM person"))

    monkeypatch.setattr("portal.account.people.addresses", fail)
    check(client_of(app, "maja").get("/account/addresses"), 500, "Something went wrong on our side")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_with_them_for_who_sees_less(live_default, new_page, scheme):
    page = new_page(live_default, color_scheme=scheme, allow=("status of 404",))
    page.goto("/no/such/page")
    assert axe(page) == []
    page.fill("#q", "parcel")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=parcel")


def test_FLT_09_a_database_that_went_away_is_said_to_come_back(app, client_of, monkeypatch):
    """Whoever restarts it costs people a moment: they are told when to try again, and nobody is told that we are broken."""
    client = client_of(app, "maja")

    def gone(*args, **options):
        raise OperationalError("SELECT 1", {}, psycopg.OperationalError("server closed the connection unexpectedly"), connection_invalidated=True)

    monkeypatch.setattr(tickets, "of_customer", gone)
    page = client.get("/questions")
    check(page, 503, "This is not available right now")
    assert page.headers["Retry-After"] == "5"
    monkeypatch.undo()
    assert client.get("/questions").status_code == 200
