"""Two pages opened, two imports, an import and an editor in the same moment: everything is there once, nobody sees an error, nobody's words are lost."""
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import func, select

from kb import articles
from kb.importing import records
from kb.model import Article, Feedback, Origin, Picture, Revision
from support import importing
from support.database import db
from support.errors import SwitchboardError
from tests.kb.bringing import article, packed, png, record
from tests.people.at_once import at_once

PAGES = 6


def test_the_same_article_opened_in_many_tabs_at_once_is_read_once(any_app, client_of):
    start = Barrier(PAGES)

    def opens(_n):
        client = client_of(any_app)
        client.set_cookie("visitor", "A" * 22)
        start.wait()
        return client.get("/answers/where-is-my-parcel").status_code

    with ThreadPoolExecutor(PAGES) as pool:
        assert list(pool.map(opens, range(PAGES))) == [200] * PAGES
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Feedback).where(Feedback.visitor == "A" * 22)) == 1


def uploaded(app, arno, name: str, content: bytes) -> int:
    """A run that waits, of articles under the name “there”."""
    with app.app_context():
        run_id = importing.upload(arno, "articles", name, io.BytesIO(content), source="there").id
        importing.start(arno, run_id, dry=False)
        return run_id


def lines(*of: dict) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in of).encode()


@pytest.fixture
def meeting(monkeypatch):
    """After an import has looked which articles are known, it waits a moment for another one to have looked too."""
    known, both = records.known, Barrier(2)

    def look(collection, wanted):
        found = known(collection, wanted)
        try:
            both.wait(0.2)
        except BrokenBarrierError:
            both.reset()  # the other one has to wait for us: a database with one writer, or a lock
        return found

    monkeypatch.setattr(records, "known", look)


MANY = 70  # more than one batch


def in_both_orders() -> list[tuple[str, bytes]]:
    all_of_them = [record(f"{n}.md", f"[next]({n + 1}.md)", title=f"Title {n % 60}") for n in range(MANY)]
    return [("there.jsonl", lines(*all_of_them)), ("there.jsonl", lines(*reversed(all_of_them)))]


def with_pictures() -> list[tuple[str, bytes]]:
    archive = packed({f"{n}.md": f"# Title {n % 60}\n\n![x](a.png) ![y]({n % 3}.png)" for n in range(MANY)} | {f"{name}.png": png(int(name, 16) + 1) for name in "a012"})
    return [("there.zip", archive)] * 2


@pytest.mark.parametrize("made", [in_both_orders, with_pictures])
def test_two_imports_of_the_same_new_articles_at_once_bring_each_once(any_app, person, meeting, made):
    arno = person(any_app, "arno")
    ids = [uploaded(any_app, arno, *file) for file in made()]
    done = at_once(any_app, *[lambda run_id=run_id: importing.run(run_id) for run_id in ids])
    assert [(run.state, run.position, run.rejected, run.error) for run in done] == [("done", MANY, 0, None)] * 2
    assert sum(run.created for run in done) == MANY and sum(run.unchanged for run in done) == MANY
    with any_app.app_context():
        theirs = db.session.execute(select(Origin.path, Article.slug, func.count(Revision.number)).join(Origin.article).join(Revision).group_by(Origin.path, Article.slug)).all()
        assert len({path for path, _slug, _revisions in theirs}) == len({slug for _path, slug, _revisions in theirs}) == len(theirs) == MANY
        assert {revisions for _path, _slug, revisions in theirs} == {1}
        assert db.session.scalar(select(func.count()).select_from(Picture)) == (4 if made is with_pictures else 0)


def test_two_imports_of_the_same_changed_articles_at_once_change_each_once(any_app, person, meeting):
    arno = person(any_app, "arno")
    for words, version in (("First", 1), ("Second", 2)):
        changed = [record(f"{n}.md", f"{words} {n}") for n in range(MANY)]
        ids = [uploaded(any_app, arno, "there.jsonl", lines(*order)) for order in (changed, changed[::-1])]
        done = at_once(any_app, *[lambda run_id=run_id: importing.run(run_id) for run_id in ids])
        assert [(run.state, run.position, run.rejected) for run in done] == [("done", MANY, 0)] * 2
        assert sum(run.created + run.changed for run in done) == MANY
        with any_app.app_context():
            theirs = db.session.scalars(select(Article).join(Article.origin).where(Origin.collection == "there")).all()
            assert {(each.version, each.body.split()[0]) for each in theirs} == {(version, words)} and len(theirs) == MANY


def test_what_somebody_saves_while_an_import_looks_is_not_lost(any_app, person, monkeypatch):
    """Who saves between the look of an import and its change waits for it, and is told that somebody was faster."""
    arno, known = person(any_app, "arno"), records.known
    with any_app.app_context():
        importing.run(uploaded(any_app, arno, "there.jsonl", lines(record("one.md", "Theirs"))))
    first, editing = article(any_app, "one.md"), []

    def look(*args):
        found = known(*args)
        editing.append(pool.submit(at_once, any_app, edit))
        time.sleep(0.3)  # for it to come as far as it may
        return found

    def edit():
        return articles.change(arno, first.id, 1, title=first.title, body="Ours", state="public")

    monkeypatch.setattr(records, "known", look)
    run_id = uploaded(any_app, arno, "there.jsonl", lines(record("one.md", "Theirs, newer")))
    with any_app.app_context(), ThreadPoolExecutor(1) as pool:
        done = importing.run(run_id)
        [[edited]] = [one.result() for one in editing]
    assert (done.state, done.changed) == ("done", 1) and isinstance(edited, SwitchboardError)
    assert article(any_app, "one.md").body == "Theirs, newer"
