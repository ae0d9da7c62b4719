"""What readers search for: noted by their pages, stored beside them, shown to administrators without who asked."""
import pytest
from sqlalchemy import select

from kb import searches
from kb.model import SearchMade
from support.database import db

PAGE = "/admin/searches"


def stored(app):
    with app.app_context():
        searches.flush()
        return list(db.session.scalars(select(SearchMade).order_by(SearchMade.id)))


def test_what_came_of_a_search_is_connected_with_it(any_app, client_of, clock):
    app = any_app
    maja = client_of(app, "maja")
    maja.get("/search?q=where+is+my+parcle")
    maja.get("/answers/where-is-my-parcel")
    maja.post("/answers/where-is-my-parcel/feedback", data={"helped": "yes"})
    maja.get("/search?q=xylophone+quizzing")
    maja.post("/ask", data={"topic": "orders", "channel": "form", "subject": "Lessons", "body": "Do you teach?"})
    maja.get("/search?q=gift")
    clock.move(31 * 60)
    maja.get("/answers/backorder")
    first, second, third = stored(app)
    assert (first.text, first.results > 0, first.opened_id is not None, first.outcome) == ("where is my parcle", True, True, "solved")
    assert (second.text, second.results, second.opened_id, second.outcome) == ("xylophone quizzing", 0, None, "asked")
    assert third.opened_id is None, "half an hour later it is another matter"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Order TT-204931 for jo@mail.example", "order # for"), ("call +49 170 1234567", "call"), ("4111 1111 1111 1111", ""), ("TENT 2 people", "tent 2 people"), ("204931", "")],
)
def test_nothing_that_tells_who_asked_is_kept(typed, kept):
    assert searches.mask(typed) == kept


def test_suggestions_staff_and_crawlers_are_not_counted_and_a_search_costs_no_statement_more(app, client_of, count_statements):
    client_of(app, "ines").get("/search?q=parcel")
    crawler = client_of(app)
    del crawler.environ_base["HTTP_SEC_FETCH_SITE"]
    crawler.get("/search?q=parcel")
    client_of(app).get("/suggest?q=parcel")
    assert stored(app) == []
    stranger = client_of(app)
    stranger.get("/search?q=parcel"), crawler.get("/search?q=parcel")
    with count_statements(app) as plain:
        crawler.get("/search?q=parcel")
    with count_statements(app) as counted:
        stranger.get("/search?q=parcel")
    assert counted.total == plain.total
    assert len(stored(app)) == 2


def test_the_page_groups_what_asks_the_same_and_leads_to_a_draft(app, client_of):
    for text in ("xylophone quizzing", "quizzing xylophone", "xylophones quizzing", "xylophone quizzing", "sousaphone"):
        client_of(app).get(f"/search?q={text}")
    admin = client_of(app, "arno")
    page = admin.get(f"{PAGE}?kind=missing").text
    assert page.count("<tbody>") == 1 and page.count("<tr><th scope=\"row\"") == 2 and "also: quizzing xylophone, xylophones quizzing" in page
    assert "100 %" in page and "5 of 5 searches" in page
    assert 'value="xylophone quizzing"' in admin.get("/admin/articles/new?title=xylophone+quizzing").text
    assert "None of the searches" in admin.get(f"{PAGE}?kind=unopened").text
    assert admin.get(f"{PAGE}?kind=wrong&days=x").status_code == 200


def test_who_searched_is_forgotten_after_a_day_and_the_search_after_three_months(app, client_of, clock):
    client_of(app).get("/search?q=parcel")
    assert stored(app)[0].visitor
    clock.move(25 * 3600)
    with app.app_context():
        searches.prune()
    assert stored(app)[0].visitor is None
    clock.move(90 * 86400)
    with app.app_context():
        searches.prune()
    assert stored(app) == []


def test_what_cannot_be_stored_now_is_stored_later_in_its_order(app, client_of, monkeypatch):
    maja = client_of(app, "maja")
    maja.get("/search?q=parcel")
    maja.get("/answers/where-is-my-parcel")

    def broken():
        raise OSError("no database")

    with app.app_context():
        monkeypatch.setattr(searches, "transaction", broken)
        with pytest.raises(OSError):
            searches.flush()
        monkeypatch.undo()
    assert [made.opened_id is not None for made in stored(app)] == [True]
