"""Where the relative links and images of an imported article lead: to articles and pictures of the same collection.

An address is relative to the path its article had where it comes from. What is not in the collection, or not for this
reader, leads nowhere and is shown as such.
"""

import posixpath
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from kb import dialect
from kb.access import visible_to
from kb.model import Article, Origin, Picture
from support import links
from support.database import db

ROOTS = 2  # leading folders of an absolute address that may belong to the site it comes from


def candidates(path: str, address: str) -> list[str]:
    """The paths in its collection that an address in the article at `path` may mean, the likeliest first. None of them leads out of the collection."""
    try:
        there = unquote(urlsplit(address.replace("\\", "/").replace("%5C", "/")).path)
    except ValueError:
        return []
    if there.startswith("/"):
        parts = [part for part in there.split("/") if part]
        found = ["/".join(parts[start:]) for start in range(min(ROOTS + 1, len(parts)))]
    else:
        found = [posixpath.join(posixpath.dirname(path), there)]
    whole = [posixpath.normpath(one) for one in found if one and "\0" not in one]
    inside = [one for one in whole if one not in (".", "..") and not one.startswith(("../", "/"))]
    return [name for one in inside for name in ((one,) if posixpath.splitext(one)[1] else (one, f"{one}.md"))]


def targets(person, article: Article) -> dict[str, str | None] | None:
    """What `markdown.render` needs to know: the address of each thing the article refers to, None where nothing is. None for articles written here.

    Two statements, whatever the number of links. The article's `origin` must be loaded.
    """
    origin = article.origin
    if origin is None:
        return None
    meant = {(kind, address): candidates(origin.path, address) for kind, address in map(tuple, origin.links)}
    slugs = _slugs(person, origin.collection, {path for (kind, _), paths in meant.items() if kind == "link" for path in paths})
    known = _pictures(origin.collection, {path for (kind, _), paths in meant.items() if kind != "include" for path in paths})
    found: dict[str, str | None] = {}
    for (kind, address), paths in meant.items():
        path = next((path for path in paths if path in (slugs if kind == "link" else known)), None)
        if kind == "image" or kind == "link" and path is None and any(path in known for path in paths):
            found[address] = _picture_address(article, next((path for path in paths if path in known), None))
        elif kind == "link":
            found[address] = _page_address(slugs[path], address) if path else address if _is_ours(address) else None
    return found


def picture(article: Article, name: str) -> Picture | None:
    """The picture of a path that the article shows; None if it shows no such one."""
    if article.origin is None or not any(name in candidates(article.origin.path, address) for kind, address in map(tuple, article.origin.links) if kind != "include"):
        return None
    return db.session.scalar(select(Picture).where(Picture.collection == article.origin.collection, Picture.path == name))


def _slugs(person, collection: str, paths: set[str]) -> dict[str, str]:
    if not paths:
        return {}
    query = visible_to(person).join(Origin, Origin.article_id == Article.id).where(Origin.collection == collection, Origin.path.in_(paths))
    return {path: slug for path, slug in db.session.execute(query.with_only_columns(Origin.path, Article.slug))}


def _pictures(collection: str, paths: set[str]) -> set[str]:
    if not paths:
        return set()
    return set(db.session.scalars(select(Picture.path).where(Picture.collection == collection, Picture.path.in_(paths))))


def _page_address(slug: str, address: str) -> str:
    fragment = urlsplit(address).fragment
    return links.path("article", slug=slug) + (f"#{dialect.place(unquote(fragment))}" if fragment else "")


def _picture_address(article: Article, path: str | None) -> str | None:
    return links.path("article picture", slug=article.slug, name=path) if path else None


def _is_ours(address: str) -> bool:
    """Whether an absolute address is a page of this very shop, as in articles that were exported here."""
    if not address.startswith("/"):
        return False
    try:
        current_app.url_map.bind("localhost").match(urlsplit(address).path)
    except (HTTPException, ValueError):
        return False
    return True
