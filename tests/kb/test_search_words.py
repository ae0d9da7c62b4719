"""What administrators teach the search: through their page, for everybody who searches."""
import pytest

from kb import articles, finding
from kb.search import Document, SearchIndex, Wording
from support.database import db
from support.people import NOBODY
from support.people.person import Person

PAGE = "/admin/search-words"
STAND = SearchIndex([
    Document(1, "Sofas and chairs", "A sofa is soft."), Document(2, "Cool boxes", "They keep milk cold."), Document(3, "Bridges", "Over water."),
    Document(4, "Sending back", "Returns cost nothing."),
])
SAID = Wording.of([["sofa", "settee", "love seat"], ["fridge", "cool box"], ["money back", "returns"]], ["Please!"])


@pytest.mark.parametrize(("text", "first"), [("settees", 1), ("fridge", 2), ("my fridges please", 2), ("money back", 4), ("MONEY-BACK", 4), ("a love seat", 1), ("sofa", 1)])
def test_what_means_the_same_is_found_and_what_has_the_very_word_comes_first(text, first):
    assert STAND.search(text, wording=SAID)[0].id == first


def test_a_word_that_was_taught_is_no_slip_and_others_still_are():
    assert STAND.search("fridge")[0].id == 3, "without the lesson a slip of bridge"
    assert {hit.id for hit in STAND.search("fridge", wording=SAID)} == {2}
    assert STAND.search("bridgge", wording=SAID)[0].corrected == "bridges"


def test_ignored_words_find_nothing_unless_they_are_all_there_is():
    assert [hit.id for hit in STAND.search("please water", wording=SAID)] == [3]
    assert [hit.id for hit in STAND.suggest("fridg", wording=SAID)] == [2]
    assert [hit.id for hit in STAND.search("water", wording=Wording.of([], ["water"]))] == [3]


def app_person(app):
    return db.session.get(Person, app.extensions["cast"]["arno"])


def test_an_administrator_teaches_a_word_and_customers_find_by_it(any_app, client_of):
    app = any_app
    with app.app_context():
        articles.write(app_person(app), title="Hang a hammock", body="Between two trees.", state="public")
    client, admin = client_of(app), client_of(app, "arno")
    assert "Between two trees" not in client.get("/search?q=swingbed").text
    assert admin.post(PAGE, data={"same": "hammock, swingbed", "ignored": "", "version": "0"}).status_code == 303
    assert "Between two trees" in client.get("/search?q=swingbed").text
    assert "Hang a hammock" in admin.get(f"{PAGE}?q=swingbed").text
    assert admin.post(PAGE, data={"same": "", "ignored": "", "version": "1"}).status_code == 303
    assert "Between two trees" not in client.get("/search?q=swingbed").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [({"same": "sofa, settee\nalone"}, "Line 2 has one word only"), ({"same": ",".join(f"w{n}" for n in range(13))}, "Line 1 has more than 12"),
     ({"same": "one two three four five, six"}, "longer than 4 words"), ({"same": "a, b\n" * 1001}, "at most 1000 lines"), ({"ignored": "w " * 501}, "at most 500 words")],
)
def test_wrong_lists_are_told_at_their_place_and_nothing_typed_is_lost(app, client_of, typed, told):
    answer = client_of(app, "arno").post(PAGE, data={"same": "", "ignored": "", "version": "0", **typed})
    assert answer.status_code == 422 and told in answer.text
    assert next(iter(typed.values())).split("\n")[0].strip()[:20] in answer.text


def test_two_administrators_do_not_overwrite_each_other(app, client_of):
    one, two = client_of(app, "arno"), client_of(app, "arno")
    assert one.post(PAGE, data={"same": "sofa, settee", "ignored": "", "version": "0"}).status_code == 303
    answer = two.post(PAGE, data={"same": "stove, cooker", "ignored": "", "version": "0"})
    assert answer.status_code == 409 and "stove, cooker" in answer.text and 'name="version" value="1"' in answer.text


def test_what_is_taught_shows_nobody_what_he_may_not_read(app, client_of):
    with app.app_context():
        articles.write(app_person(app), title="Zymurgy for staff", body="Secret.", state="internal")
    client_of(app, "arno").post(PAGE, data={"same": "brewing, zymurgy", "ignored": "", "version": "0"})
    with app.app_context():
        assert finding.answers(NOBODY, "brewing").hits == [] and finding.answers(NOBODY, "zymurgie").corrected is None
        assert [one.article.title for one in finding.answers(app_person(app), "brewing").hits] == ["Zymurgy for staff"]
