"""Two at once at the doors, on both databases."""
from sqlalchemy import func, select

from support import people
from support.database import db, transaction
from support.errors import Invalid, NotFound, TooMany
from support.people import entering, links, sign_ins
from support.people.person import Person
from support.people.sign_ins import SignIn
from tests.people.at_once import at_once


def test_AUTH_05_of_eight_clicks_at_once_a_link_serves_one(any_app):
    with any_app.app_context():
        entering.send_link("maja@mail.example", "sign_in", "test")
        token = links.token_of(db.session.scalar(select(links.MailedLink)))
    results = at_once(any_app, *[lambda: bool(people.use_link(token, "test", "test"))] * 8)
    assert results.count(True) == 1
    assert sum(isinstance(result, NotFound) for result in results) == 7
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 1


def test_of_eight_requests_at_once_one_rotates_the_token(any_app, clock):
    with any_app.app_context():
        sign_in, token = sign_ins.begin(people.by_email("maja@mail.example"), "test")
    clock.move(25 * 3600)

    def visit():
        return sign_ins.touch(people.identify(token)[1], token)

    fresh = [result for result in at_once(any_app, *[visit] * 8) if result is not None]
    assert len(fresh) == 1
    with any_app.app_context():
        assert people.identify(fresh[0])[0].name == people.identify(token)[0].name == "Maja Lindqvist"


def test_of_eight_requests_at_once_one_makes_the_guest(any_app):
    def ask():
        with transaction():
            return people.guest_customer("new@mail.example", "Sam Somebody").id

    results = at_once(any_app, *[ask] * 8)
    assert len(set(results)) == 1
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person).where(Person.email == "new@mail.example")) == 1


def test_AUTH_01_guesses_at_the_same_time_count_too(any_app):
    def guess():
        return people.sign_in_with_password("maja@mail.example", "wrong-password", "test", "")

    results = at_once(any_app, *[guess] * 20)
    assert sum(isinstance(result, Invalid) for result in results) <= 5
    assert sum(isinstance(result, TooMany) for result in results) >= 15
