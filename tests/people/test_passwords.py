"""Which passwords are taken, and that they are checked exactly as typed."""
import pytest

from support.errors import Invalid
from support.people import passwords


@pytest.mark.parametrize("weak", [
    "password", "Passwort1", "12345678", "87654321", "qwertyuiop", "Letmein123!", "iloveyou", "aaaaaaaaaa", "switchboard", "Switchboard2026", "Tarn & Thistle",
    "tarn&thistle1", "short", " ",
])
def test_AUTH_10_a_password_that_is_easily_guessed_is_refused(app, weak):
    with app.test_request_context(), pytest.raises(Invalid):
        passwords.check(weak)


@pytest.mark.parametrize("good", ["correct horse battery", "  leading and trailing  ", "🦊 unter 🌲🌲 im Tal", "path7" * 40, "ein langer Satz mit Umlauten: äöü"])
def test_AUTH_10_long_and_odd_passwords_are_taken_and_checked_exactly_as_typed(app, good):
    with app.test_request_context():
        passwords.check(good)
        kept = passwords.hashed(good)
        assert passwords.matches(kept, good)
        assert not passwords.matches(kept, good.strip() + "x")
        assert good == good.strip() or not passwords.matches(kept, good.strip())


def test_AUTH_10_more_than_200_characters_are_refused_before_they_cost_anything(app):
    with app.test_request_context(), pytest.raises(Invalid):
        passwords.check("ab" * 101)


def test_the_own_name_is_no_password(app):
    with app.test_request_context(), pytest.raises(Invalid):
        passwords.check("MajaLindqvist1", "Maja Lindqvist")


def test_production_takes_the_full_cost_of_argon2id(app):
    with app.app_context():
        passwords.init_app(app, type("S", (), {"mode": "production"})())
        kept = passwords.hashed("correct horse battery")
        assert kept.startswith("$argon2id$") and "m=65536" in kept


def test_a_stored_hash_of_older_cost_is_noticed(app):
    with app.app_context():
        cheap = passwords.hashed("correct horse battery")
        assert not passwords.is_old(cheap)
        passwords.init_app(app, type("S", (), {"mode": "production"})())
        assert passwords.is_old(cheap)
