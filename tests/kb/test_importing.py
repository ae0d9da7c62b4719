"""Articles from elsewhere: what a run makes of records, what a second run changes, and how they lead to each other."""
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from kb import articles, finding
from kb.importing import ArticleImporter
from kb.model import Revision
from support.database import db
from support.errors import NotFound
from support.importing import saved_mappings
from support.people import NOBODY
from tests.imports import last_run
from tests.kb.bringing import article, jsonl, paths, record


@pytest.fixture
def bring(app, imports, tmp_path):
    """`bring(record, …)`: import these under the name “there”; options as words."""

    def run(*records, words=(), fails=False) -> str:
        return imports(app, "articles", jsonl(tmp_path / "articles.jsonl", *records), "--source", "there", *words, fails=fails)

    return run


def page(app, client_of, path: str, key=None) -> str:
    answer = client_of(app, key).get(f"/answers/{article(app, path).slug}")
    assert answer.status_code == 200
    return answer.text


def broken(app) -> list[str]:
    with app.app_context():
        return (last_run(app).folder / "broken-links.csv").read_text(encoding="utf8").splitlines()[1:]


@pytest.mark.both_stores
def test_an_article_arrives_with_all_that_was_said_of_it(app, bring, client_of):
    said = record("a/one.md", "Turn *it* round.", section="Pumps", summary="In short.", labels=["lever, long", "seal"], updated="03/01/2021", topic="how-to", source="Maker & Co", licence="CC BY 4.0")
    assert "1  new" in bring(said)
    found = article(app, "a/one.md")
    assert (found.title, found.body, found.category, found.summary, found.labels) == ("About a/one.md", "Turn *it* round.", "Pumps", "In short.", ["lever, long", "seal"])
    assert (found.language, found.state, found.origin.updated, found.origin.topic) == ("en", "public", "03/01/2021", "how-to")
    shown = page(app, client_of, "a/one.md")
    assert "In short." in shown and "Maker &amp; Co" in shown and "CC BY 4.0" in shown and "<em>it</em>" in shown


@pytest.mark.both_stores
def test_a_second_run_changes_nothing_and_a_changed_record_becomes_a_revision(app, bring, client_of):
    records = [record(f"{n}.md", f"Text {n}") for n in range(60)]
    bring(*records)
    assert "60  already here, unchanged" in bring(*records)
    records[7]["body"] = "Other words"
    bring(*records)
    run, changed = last_run(app), article(app, "7.md")
    assert (run.created, run.changed, run.unchanged) == (0, 1, 59)
    with app.app_context():
        kept = db.session.execute(select(Revision.number, Revision.body).where(Revision.article_id == changed.id).order_by(Revision.number)).all()
    assert [tuple(one) for one in kept] == [(1, "Text 7"), (2, "Other words")] and changed.version == 2
    assert "Other words" in page(app, client_of, "7.md")


def test_what_was_edited_here_stays_unless_it_is_to_be_replaced(app, bring, person, rejected):
    bring(record("one.md", "Theirs"))
    first = article(app, "one.md")
    with app.app_context():
        articles.change(person(app, "arno"), first.id, 1, title=first.title, body="Ours", state="public")
    bring(record("one.md", "Theirs"))
    assert article(app, "one.md").body == "Ours" and rejected(app) == {}, "nothing changed there"
    bring(record("one.md", "Theirs, newer"))
    assert article(app, "one.md").body == "Ours" and "changed here since its last import" in rejected(app)[1]
    bring(record("one.md", "Theirs, newer"), words=("--option", "overwrite=yes"))
    assert article(app, "one.md").body == "Theirs, newer"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"title": ""}, "Title is empty"), ({"body": " \n "}, "Text is empty"), ({"body": "x" * 120_001}, "at most 120,000"), ({"title": "x" * 201}, "at most 200"),
        ({"id": "/etc/passwd"}, "not a path inside"), ({"id": "../up.md"}, "not a path inside"), ({"id": "a//b.md"}, "not a path inside"), ({"id": "a\\b.md"}, "not a path inside"),
        ({"id": "good.md"}, "was on line 1 already"), ({"language": "klingon"}, "not the code of a language"), ({"state": "secret"}, "none of public"),
        ({"title": "a\u202eb"}, "cannot be shown"), ({"body": "half \ud800"}, "not a JSON object"),
    ],
)
def test_a_record_that_cannot_be_used_is_left_out_with_the_reason(app, imports, rejected, tmp_path, values, why):
    bad = {**record("bad.md"), **values}
    path = tmp_path / "some.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in (record("good.md"), bad, record("also.md"))), encoding="utf8")
    imports(app, "articles", path, "--source", "there")
    assert paths(app) == {"good.md", "also.md"} and why in rejected(app)[2]


def test_relative_links_lead_to_the_articles_and_the_others_are_shown_and_listed_as_broken(app, bring, client_of):
    text = (
        "[up](../index.md) [beside](two.md#How-it-works) [from the root](/help/deep/two.md) [in words](two.md?x=1) [this place](#Below) [away](https://other.example/x)\n\n"
        "[gone](three.md) ![a drawing](media/four.png)\n\n[!INCLUDE [shared words](../includes/five.md)]\n\n## Below\n\nWords."
    )
    said = bring(record("index.md"), record("deep/one.md", text), record("deep/two.md", "# How it works?\n\nSo."), record("deep/[x](y).md"))
    index, two = article(app, "index.md").slug, article(app, "deep/two.md").slug
    shown = page(app, client_of, "deep/one.md")
    for wanted in (
        f'<a href="/answers/{index}"', f'<a href="/answers/{two}#s-how-it-works"', f'<a href="/answers/{two}"', '<a href="#s-below"', '<a href="https://other.example/x"', 'id="s-below"',
    ):
        assert wanted in shown, wanted
    assert 'class="sb-broken" title="this link leads nowhere">gone' in shown and "three.md" not in shown
    assert "image not included: a drawing" in shown and "shared words" in shown and "not included here" in shown
    assert 'id="s-how-it-works"' in page(app, client_of, "deep/two.md")
    assert broken(app) == ["deep/one.md,link,three.md", "deep/one.md,image,media/four.png", "deep/one.md,include,../includes/five.md"]
    assert "4  links that lead to an article" in said and "1  link that leads nowhere" in said and "1  picture not there" in said
    arno = client_of(app, "arno")
    report = arno.get(f"/admin/imports/{last_run(app).id}").text
    address = f"/admin/imports/{last_run(app).id}/papers/broken-links.csv"
    assert address in report and "link that leads nowhere" in report
    assert b"deep/one.md,link,three.md" in arno.get(address).data
    assert arno.get(address.replace("broken-links", "rejects")).status_code == 404
    bring(record("deep/three.md"))
    assert f'<a href="/answers/{article(app, "deep/three.md").slug}"' in page(app, client_of, "deep/one.md"), "what comes later is led to"


def test_links_never_lead_a_reader_to_what_he_may_not_see(app, bring, client_of):
    bring(record("one.md", "[secret](two.md) [unfinished](three.md)"), record("two.md", "zanzibarquartz", state="internal"), record("three.md", "x", state="draft"))
    shown = page(app, client_of, "one.md")
    assert shown.count('class="sb-broken"') == 2 and article(app, "two.md").slug not in shown
    assert f'/answers/{article(app, "two.md").slug}' in page(app, client_of, "one.md", "ines")
    for path, key, status in (("two.md", None, 404), ("two.md", "maja", 404), ("two.md", "ines", 200), ("three.md", "ines", 404), ("three.md", "arno", 200)):
        assert client_of(app, key).get(f"/answers/{article(app, path).slug}").status_code == status
    with app.app_context():
        assert finding.answers(NOBODY, "zanzibarquartz", exact=True).hits == []
        with pytest.raises(NotFound):
            articles.find(NOBODY, article(app, "three.md").slug)


def test_a_draft_stays_one_also_where_no_earlier_file_of_the_source_had_drafts(app, bring):
    bring(record("one.md"))
    with app.app_context():
        assert "state" not in saved_mappings("articles")["there"].columns
    bring(*(record(f"{n}.md") for n in range(150)), record("last.md", state="draft", language="de"))
    last = article(app, "last.md")
    assert (last.state, last.language, last.published_at) == ("draft", "de", None)


@pytest.mark.both_stores
def test_translations_find_their_originals_whatever_comes_first(app, bring, client_of):
    said = bring(
        record("de/eins.md", language="de", translation_of="one.md"), record("one.md"), record("de/zwei.md", language="de", translation_of="one.md"),
        record("three.md", translation_of="one.md"), record("de/vier.md", language="de", translation_of="four.md"), record("pl/jeden.md", language="pl", translation_of="de/eins.md"),
    )
    original = article(app, "one.md")
    assert article(app, "de/eins.md").translation_of_id == original.id
    assert [article(app, path).translation_of_id for path in ("one.md", "de/zwei.md", "three.md", "de/vier.md", "pl/jeden.md")] == [None] * 5
    assert "1  translation of another answer" in said and "4  translations whose original is not there" in said
    assert "pl/jeden.md,translation,de/eins.md" in broken(app)
    shown = client_of(app).get(f"/answers/{article(app, 'de/eins.md').slug}").text
    assert f'hreflang="en" href="/answers/{original.slug}"' in shown
    bring(record("de/eins.md", language="de"), record("de/zwei.md", language="de", translation_of="one.md"))
    assert article(app, "de/eins.md").translation_of_id is None and article(app, "de/zwei.md").translation_of_id == original.id, "one takes the other's place"


def test_a_trial_says_the_same_and_stores_nothing(app, bring):
    records = [record("one.md", "[x](two.md) [y](no.md)"), record("two.md"), record("de/eins.md", language="de", translation_of="one.md"), record("x.md", translation_of="no.md")]
    trial = bring(*records, words=("--dry-run",))
    assert paths(app) == set()
    done = bring(*records)
    for line in ("1  link that leads to an article", "1  link that leads nowhere", "1  translation of another answer", "1  translation whose original"):
        assert line in trial and line in done, line


def test_a_run_that_broke_off_goes_on_and_ends_as_if_nothing_had_been(app, imports, tmp_path, monkeypatch):
    records = [record(f"{n}.md", f"[next]({n + 1}.md)") for n in range(129)] + [record("de.md", language="de", translation_of="140.md"), record("140.md")]
    path, load = jsonl(tmp_path / "many.jsonl", *reversed(records)), ArticleImporter.load
    with monkeypatch.context() as breaking:
        breaking.setattr(ArticleImporter, "load", lambda self, rows, run: load(self, rows, run) if len(run.memory["lines"]) < 100 else 1 / 0)
        assert "Something went wrong behind row 100" in imports(app, "articles", path, "--source", "there", fails=True)
    assert len(paths(app)) == 100
    assert "Going on behind row 100" in imports(app, "articles", path, "--source", "there")
    run = last_run(app)
    assert (run.state, run.created, run.unchanged, run.rejected) == ("done", 131, 0, 0)
    assert run.things["links that lead to an article"] == 128 and run.things["links that lead nowhere"] == 1
    assert article(app, "de.md").translation_of_id == article(app, "140.md").id


def test_nothing_is_mailed_and_nobody_is_told_row_by_row(app, bring, settle):
    bring(*(record(f"{n}.md") for n in range(5)))
    settle(app)
    assert list(Path(app.config["SETTINGS"].data_dir).glob("mail*/*")) == []
