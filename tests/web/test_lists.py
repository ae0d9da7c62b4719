"""Search, sort and pages of lists."""
import pytest
from sqlalchemy import select

from support.listing import Listing
from support.people.person import Person

SORTS = {"name": Person.name, "email": Person.email}


def listing(app, per_page=3, **args):
    with app.app_context():
        return Listing(args, sorts=SORTS, default="name", search=[Person.name, Person.email], per_page=per_page).apply(select(Person))


def names(app, **args):
    return [person.name for person in listing(app, per_page=100, **args)]


def test_a_list_is_sorted_and_cut_into_pages(app):
    first, last = listing(app), listing(app, page="999999")
    assert [person.name for person in first] == sorted(person.name for person in listing(app, per_page=100))[:3]
    assert (first.total, first.pages, first.page.page, first.first, first.last) == (13, 5, 1, 1, 3)
    assert (last.page.page, len(last), last.first, last.last) == (5, 1, 13, 13)


def test_sorting_turns_round_and_knows_only_columns_on_the_list(app):
    assert names(app, sort="name", order="desc") == names(app)[::-1]
    assert names(app, sort="password_hash; drop table person", order="sideways") == names(app)


def test_every_word_of_a_search_must_be_somewhere(app):
    assert names(app, q="maja") == ["Maja Lindqvist"]
    assert names(app, q="MAIL.example odile") == ["Odile Marchetti"]
    assert names(app, q="maja odile") == []


@pytest.mark.parametrize("q", ["%", "_", "\\", "'", '"', "%' or 1=1 --", "x" * 10_000, "a " * 1000, "\0"])
def test_INJ_02_signs_of_the_search_language_are_text(app, q):
    assert len(names(app, q=q)) in (0, 13)
    assert names(app, q="%") == [] and names(app, q="_") == []


@pytest.mark.parametrize("page", ["-1", "0", "x", "9" * 30, "1e9", "²"])
def test_DOS_03_absurd_pages_are_capped(app, page):
    assert 1 <= listing(app, page=page).page.page <= 5


def test_DOS_03_no_page_is_longer_than_100(app):
    with app.app_context():
        assert Listing({"per_page": "1000000000"}, sorts=SORTS, default="name", per_page=10**9).per_page == 100


def test_the_addresses_of_a_list_keep_what_was_asked(app):
    asked = listing(app, q="mail", sort="email", order="desc", page="2")
    assert asked.args(page=1) == {"q": "mail", "sort": "email", "order": "desc"}
    assert asked.args(sort="name", order="asc", page=1) == {"q": "mail"}, "what is the default needs no saying"
