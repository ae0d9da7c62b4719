"""Behind the last record of an import, when all of them are there: translations find their originals, and links are counted."""

import csv
from collections import Counter

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kb import references
from kb.model import Article, Origin, Picture
from support.database import db
from support.importing import RunContext, harmless

BROKEN = "broken-links.csv"  # beside the rejects: which article refers to what that is not there
THINGS = {
    "links that lead to an article": lambda n: ngettext("link that leads to an article", "links that lead to an article", n),
    "links that lead nowhere": lambda n: ngettext("link that leads nowhere", "links that lead nowhere", n),
    "pictures shown": lambda n: ngettext("picture shown", "pictures shown", n), "pictures not there": lambda n: ngettext("picture not there", "pictures not there", n),
    "includes of other files, left out": lambda n: ngettext("include of another file, left out", "includes of other files, left out", n),
    "translations": lambda n: ngettext("translation of another answer", "translations of another answer", n),
    "translations without original": lambda n: ngettext(
        "translation whose original is not there or cannot be one", "translations whose original is not there or cannot be one", n
    ),
}
_FOUND = {"link": "links that lead to an article", "image": "pictures shown"}
_MISSING = {"link": "links that lead nowhere", "image": "pictures not there", "include": "includes of other files, left out"}


def count(run: RunContext) -> Counter:
    """How many references of the collection lead where; writes down those that lead nowhere, beside the rejects of the run."""
    things, broken = Counter(), _pair(run)
    things["translations without original"] = len(broken)
    things["translations"] = len(run.memory["originals"]) - len(broken)
    query = select(Origin.path, Origin.links).where(Origin.collection == run.source)
    linked = {path: [tuple(link) for link in links] for path, links in db.session.execute(query)} | run.memory["links"]
    shown = set(db.session.scalars(select(Picture.path).where(Picture.collection == run.source))) | {path for path, kept in run.memory["pictures"].items() if kept}
    for path in sorted(linked):
        for kind, address in linked[path]:
            targets = shown if kind == "image" else {} if kind == "include" else linked
            if any(one in targets for one in references.candidates(path, address)):
                things[_FOUND[kind]] += 1
            else:
                things[_MISSING[kind]] += 1
                broken.append((path, kind, address))
    _write(broken, run)
    return +things


def _pair(run: RunContext) -> list[tuple[str, str, str]]:
    """Make the records that name an original its translations; returns those that cannot be."""
    wanted: dict[str, str] = run.memory["originals"]
    if not wanted:
        return []
    there, failed = _articles(run, {*wanted, *wanted.values()}), []
    query = select(Article.translation_of_id, Article.language, Article.id).where(Article.translation_of_id.is_not(None))
    taken = {(original_id, language): article_id for original_id, language, article_id in db.session.execute(query)}
    for path, other in sorted(wanted.items()):
        article, original = there.get(path), there.get(other)
        if run.dry:
            fits = other not in wanted and (original is not None or other in run.memory["links"])
        elif article is None or article.origin is None or article.origin.version != article.version:
            continue  # edited here since
        else:
            fits = original is not None and other not in wanted and _may_be(article, original, taken)
        if not fits:
            failed.append((path, "translation", other))
        elif not run.dry:
            taken.pop((article.translation_of_id, article.language), None)
            article.translation_of_id = original.id
            taken[original.id, article.language] = article.id
    return failed


def _may_be(article: Article, original: Article, taken: dict) -> bool:
    """Whether one may be the other's translation: an original is none itself, and has one translation in each language."""
    has_own = any(original_id == article.id for original_id, _language in taken)
    other = taken.get((original.id, article.language), article.id)
    return not original.translation_of_id and not has_own and original.language != article.language and other == article.id


def _articles(run: RunContext, names: set[str]) -> dict[str, Article]:
    """Articles by path in the collection, or else by their address here."""
    ours = select(Article).where(Article.slug.in_(names)).options(joinedload(Article.origin))
    theirs = select(Article).join(Article.origin).where(Origin.collection == run.source, Origin.path.in_(names)).options(joinedload(Article.origin))
    found = {article.slug: article for article in db.session.scalars(ours)}
    return found | {article.origin.path: article for article in db.session.scalars(theirs)}


def _write(broken: list[tuple[str, str, str]], run: RunContext) -> None:
    into = run.folder
    if not broken:
        (into / BROKEN).unlink(missing_ok=True)
        return
    into.mkdir(parents=True, exist_ok=True)
    with open(into / BROKEN, "w", encoding="utf8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["article", "kind", "leads to"])
        writer.writerows([harmless(cell) for cell in entry] for entry in broken)
