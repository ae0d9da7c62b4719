"""Readers get answers in their language, each once, and are told honestly when one is there only in another."""
import re

import pytest

from kb import articles
from kb.model import Article
from support.database import db
from support.errors import Invalid

pytestmark = pytest.mark.parametrize("settings", [{"shop_languages": ("en", "de")}], indirect=True)
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def german_of(app, slug):
    with app.app_context():
        original = db.session.query(Article).filter_by(slug=slug).one()
        return db.session.query(Article).filter_by(translation_of_id=original.id, language="de").one()


def written(app, person, **values):
    with app.app_context():
        article = articles.write(person(app, "arno"), **{"title": "Hammocks", "body": "Hang them.", "category": "Tents", "state": "public", **values})
        return article.slug


def test_a_first_visit_is_answered_in_the_language_of_the_browser(app, client_of):
    page = client_of(app).get("/", headers=GERMAN).text
    assert '<html lang="de"' in page and "Wie können wir helfen?" in page
    assert '<html lang="en"' in client_of(app).get("/", headers={"Accept-Language": "pl"}).text


@pytest.mark.both_stores
def test_lists_show_each_answer_once_and_say_what_is_only_in_another_language(any_app, client_of, person):
    written(any_app, person)
    page = client_of(any_app).get("/answers", headers=GERMAN).text
    german = german_of(any_app, "tent-pole-broken")
    assert f"/answers/{german.slug}" in page and "/answers/tent-pole-broken" not in page
    assert re.search(r"Hammocks</a>\s*<span[^>]*>nur auf Englisch", page)
    assert f"/answers/{german.slug}" not in client_of(any_app).get("/answers").text


def test_switching_on_an_answer_leads_to_it_in_the_other_language(app, client_of):
    client, german = client_of(app), german_of(app, "tent-pole-broken")
    page = client.get("/answers/tent-pole-broken").text
    assert f'<link rel="alternate" hreflang="de" href="/answers/{german.slug}">' in page
    form = page[: page.index('value="de"')].rpartition("<form")[2]
    assert f'name="next" value="/answers/{german.slug}"' in form
    answer = client.post("/language", data={"language": "de", "next": f"/answers/{german.slug}"}, follow_redirects=True)
    assert german.title in answer.text and '<html lang="de"' in answer.text
    assert f'href="/answers/{german.slug}"' in client.get("/answers/tent-pole-broken").text.partition("<h1")[2]


@pytest.mark.parametrize("text", ["zeltstange gebrochen", "zeltstnage gebrochn", "Zeltstangen brechen"])
def test_german_is_found_in_spite_of_spelling(app, client_of, text):
    page = client_of(app).get("/search", query_string={"q": text}, headers=GERMAN).text
    assert re.findall(r'href="/answers/([\w-]+)"', page.partition("<main")[2])[0] == german_of(app, "tent-pole-broken").slug


def test_an_original_has_one_translation_for_each_language(app, person):
    with app.app_context():
        arno, german = person(app, "arno"), german_of(app, "tent-pole-broken")
        for wrong in ({"translation_of": "tent-pole-broken", "language": "de"}, {"translation_of": "tent-pole-broken", "language": "en"},
                      {"translation_of": german.slug, "language": "fr"}, {"translation_of": "nowhere", "language": "de"}):
            with pytest.raises(Invalid):
                articles.write(arno, title="Once more", body="Again.", **wrong)
        assert articles.write(arno, title="Encore", body="Oui.", language="fr", translation_of="tent-pole-broken").family_id == german.family_id


def test_the_authors_form_begins_a_translation(app, client_of):
    client, german = client_of(app, "arno"), german_of(app, "tent-pole-broken")
    page = client.get(f"/admin/articles/{german.translation_of_id}").text
    assert f"/admin/articles/{german.id}" in page
    form = client.get("/admin/articles/new?translation_of=tent-pole-broken&language=de").text
    assert 'value="tent-pole-broken"' in form and re.search(r'value="de"[^>]*selected', form)
