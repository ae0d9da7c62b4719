"""Who is asking: passwords and links that changed meanwhile, guests, and what may be counted against whom."""
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from kb import articles
from support import people
from support.database import db
from support.errors import Invalid, NotFound
from support.people import cast, entering, links
from support.people.person import Person
from support.tickets.models import Ticket

NEW = "an odd green kettle"


@pytest.mark.both_stores
def test_AUTH_04_a_password_that_is_changed_while_it_is_checked_opens_nothing(app, monkeypatch):
    checked = entering.passwords.matches

    def slowly(password_hash, password):
        fits = checked(password_hash, password)
        monkeypatch.undo()
        entering.change_password(people.by_email("maja@mail.example"), cast.PASSWORD, NEW)
        return fits

    with app.app_context():
        monkeypatch.setattr(entering.passwords, "matches", slowly)
        with pytest.raises(Invalid):
            people.sign_in_with_password("maja@mail.example", cast.PASSWORD, "Firefox", "10.0.0.1")
        assert people.sign_in_with_password("maja@mail.example", NEW, "Firefox", "10.0.0.1")


def test_AUTH_05_a_sign_up_opens_no_place_of_staff_made_meanwhile(app, person):
    with app.app_context():
        people.sign_up("new@mail.example", "Somebody", "en", [], "10.0.0.1")
        token = links.token_of(db.session.scalar(select(links.MailedLink).where(links.MailedLink.purpose == "verify")))
        made = people.staff.make_staff(person(app, "arno"), name="Nora", email="new@mail.example", role="administrator").id
        with pytest.raises(NotFound):
            people.use_link(token, "Firefox", "10.0.0.1", NEW)
        nora = db.session.get(Person, made)
        assert (nora.name, nora.password_hash, nora.email_proven_at) == ("Nora", None, None)


def test_AUTH_01_whoever_guesses_too_often_shuts_nobody_else_out_of_their_orders(app, client_of):
    guesser, guest = client_of(app), client_of(app)
    guesser.environ_base["REMOTE_ADDR"], guest.environ_base["REMOTE_ADDR"] = "10.0.0.1", "10.0.0.2"
    for number in [f"TT-{n}" for n in range(100_000, 100_006)] + ["TT-204817"] * 20:
        last = guesser.post("/track", data={"number": number, "proof": "99999"})
    assert last.status_code == 429
    assert guest.post("/track", data={"number": "TT-204817", "proof": "maja@mail.example"}).status_code == 303


def test_AZ_12_a_guest_is_not_told_whose_order_it_is_by_what_he_writes(app, client_of):
    guest = client_of(app)
    assert guest.post("/track", data={"number": "TT-204817", "proof": "maja@mail.example"}).status_code == 303
    form = {"subject": "The tent", "body": "Where is it", "topic": "orders", "channel": "form", "order": "TT-204817", "client_id": "client-guest-0001"}
    page = guest.post("/ask", data=form).location
    written = guest.post(f"{page}/messages", data={"body": "Hello", "client_id": "client-guest-0002"}, headers={"Accept": "text/vnd.switchboard.message+html"})
    for page_text in (guest.get(page).text, guest.get(f"{page}/messages").text, guest.get("/questions").text, written.text):
        assert "Maja" not in page_text and "Lindqvist" not in page_text and ">ML<" not in page_text


def test_AZ_13_what_was_read_and_then_hidden_keeps_its_new_title_for_itself(app, client_of, person):
    maja = client_of(app, "maja")
    assert maja.get("/answers/where-is-my-parcel").status_code == 200
    assert "Where is my parcel" in maja.get("/ask").text
    with app.app_context():
        article = articles.find(people.NOBODY, "where-is-my-parcel")
        articles.change(person(app, "arno"), article.id, article.version, title="Zqhidden title", body="Zqhidden", state="internal")
    form = {"subject": "The tent", "body": "Where is it", "topic": "orders", "channel": "form", "client_id": "client-hidden-0001"}
    assert "Zqhidden" not in maja.get("/ask").text
    opened = maja.post("/ask", data=form).location
    with app.app_context():
        assert db.session.get(Ticket, int(opened.rsplit("/", 1)[1])).seen == []


@pytest.mark.both_stores
def test_PRIV_03_an_error_of_the_database_tells_nobodys_words(app):
    with app.app_context(), pytest.raises(SQLAlchemyError) as told:
        db.session.execute(text("SELECT nothing FROM person WHERE email = :email"), {"email": "zqmail@mail.example"})
    assert "zqmail" not in str(told.value)
