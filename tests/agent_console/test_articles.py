"""Writing articles in the console: list, form, preview, revisions, and two authors at once."""
import re

import pytest

from kb import articles
from support.people import NOBODY

TEXT = {"title": "Ovens for tents", "body": "Use **none**.", "category": "Tents", "language": "en", "state": "public"}


@pytest.fixture
def arno(app, client_of):
    return client_of(app, "arno")


def made(arno, **values):
    """The address of a new article's page."""
    answer = arno.post("/admin/articles/new", data={**TEXT, **values})
    assert answer.status_code == 303, answer.text
    return answer.location


def version_in(page):
    return re.search(r'name="version" value="(\d+)"', page)[1]


def test_an_administrator_writes_an_answer_that_everybody_reads(app, arno, client_of):
    address = made(arno)
    assert "Ovens for tents" in arno.get(address).text
    assert "<strong>none</strong>" in client_of(app).get("/answers/ovens-for-tents").text


def test_what_is_missing_is_said_at_the_field_and_nothing_typed_is_lost(arno):
    answer = arno.post("/admin/articles/new", data={**TEXT, "title": "", "body": "A long text that must stay"})
    assert answer.status_code == 422
    assert "A long text that must stay" in answer.text and 'href="#f-title"' in answer.text


def test_the_preview_shows_the_text_and_saves_nothing(arno):
    piece = arno.post("/admin/articles/preview", data={"body": "# Hello\n\n<script>x</script>"}, headers={"Turbo-Frame": "preview"})
    assert '<turbo-frame id="preview">' in piece.text and '<h2 id="s-hello">Hello</h2>' in piece.text
    assert "<script>" not in piece.text and "<html" not in piece.text
    assert "<html" in arno.post("/admin/articles/preview", data={"body": "Hello"}).text


def test_a_second_author_sees_that_somebody_was_faster_and_keeps_her_text(app, arno):
    address = made(arno)
    old = version_in(arno.get(address).text)
    assert arno.post(address, data={**TEXT, "body": "Theirs", "version": old}).status_code == 303
    answer = arno.post(address, data={**TEXT, "body": "Mine", "version": old})
    assert answer.status_code == 409 and "Mine" in answer.text and "Somebody saved this answer" in answer.text
    again = arno.post(address, data={**TEXT, "body": "Mine", "version": version_in(answer.text)})
    assert again.status_code == 303


def test_an_earlier_revision_can_be_read_and_brought_back(app, arno):
    address = made(arno)
    arno.post(address, data={**TEXT, "body": "Worse", "version": 1})
    assert "/revisions/1" in arno.get(f"{address}/revisions").text
    page = arno.get(f"{address}/revisions/1").text
    assert "<strong>none</strong>" in page
    assert arno.post(f"{address}/revisions/1/restoration", data={"version": version_in(page)}).status_code == 303
    with app.app_context():
        assert articles.find(NOBODY, "ovens-for-tents").body == "Use **none**."
    assert arno.get(f"{address}/revisions/77").status_code == 404


@pytest.mark.both_stores
def test_the_list_is_searched_sorted_and_narrowed(arno):
    made(arno, title="Zinc pegs", state="draft")
    assert "Zinc pegs" in arno.get("/admin/articles?q=zinc").text
    assert "Where is my parcel?" not in arno.get("/admin/articles?q=zinc").text
    assert "Zinc pegs" in arno.get("/admin/articles?state=draft").text
    assert "Zinc pegs" not in arno.get("/admin/articles?state=public&q=zinc").text
    assert "No answer matches" in arno.get("/admin/articles?q=nothing+like+this").text
    for sort in ("title", "category", "state", "updated", "helped", "failed", "body; drop table"):
        for order in ("asc", "desc", "x"):
            assert arno.get("/admin/articles", query_string={"sort": sort, "order": order, "page": "999999"}).status_code == 200


@pytest.mark.parametrize("key", ["ines", "hanna"])
def test_other_staff_read_the_list_but_neither_drafts_nor_forms(app, arno, client_of, key):
    address = made(arno, title="Zinc pegs", state="draft")
    made(arno, title="Inner workings", state="internal")
    client = client_of(app, key)
    page = client.get("/admin/articles").text
    assert "Inner workings" in page and "Zinc pegs" not in page and "/admin/articles/new" not in page
    assert client.get(address).status_code == 403
    assert client.post(address, data={**TEXT, "version": 1}).status_code == 403


@pytest.mark.parametrize("key", ["maja"])
def test_customers_see_nothing_of_it(app, client_of, key):
    client = client_of(app, key)
    assert client.get("/admin/articles").status_code == 404
    assert client.post("/admin/articles/new", data=TEXT).status_code == 404


def test_the_list_costs_the_same_with_more_articles(app, arno, count_statements):
    arno.get("/admin/articles")
    with count_statements(app) as few:
        arno.get("/admin/articles")
    for number in range(12):
        made(arno, title=f"More {number}")
    with count_statements(app) as many:
        arno.get("/admin/articles")
    assert many.total == few.total
