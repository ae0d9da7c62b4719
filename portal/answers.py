"""Answers: suggested while typing, searched, browsed, read, and judged by whoever read them."""

from flask import Blueprint, Response, redirect, render_template, request, url_for

from kb import articles, feedback, finding, markdown, own_orders, pictures, references, searches, shelf, translations
from kb.search.query import LONGEST_TEXT
from support import limits, shop
from support.errors import NotFound
from support.web import forms, identity
from support.web.identity import EVERYBODY, allow, me
from support.web.language import locale, name_of

bp = Blueprint("portal_answers", __name__, template_folder="templates")

SUGGESTED, SHOWN = 6, 30
FIRST_WORDS = 1000  # characters of an article of which its card is made when it has no summary


class Judgement(forms.Form):
    helped = forms.Choice(["yes", "no"])
    comment = forms.Text(most=feedback.LONGEST_COMMENT, lines=True)


@bp.get("/suggest")
@allow(*EVERYBODY)
def suggest():
    """What answers the text being typed, as a piece of a page."""
    return render_template("portal/answers/_found.html", **looked_up(SUGGESTED, typing=True))


@bp.get("/search")
@allow(*EVERYBODY)
def search():
    """The same as a page, for a finished question."""
    return render_template("portal/answers/search.html", **looked_up(SHOWN, typing=False))


@bp.get("/answers")
@allow(*EVERYBODY)
def browse():
    """All answers by subject in one language; `?category=` shows one subject whole."""
    category = request.args.get("category")
    languages = shelf.languages(me())
    language = next((code for code in (request.args.get("language"), locale(), *shop.profile().languages, *languages) if code in languages), locale())
    others = [(code, name_of(code, own=True)) for code in languages if code != language]
    around = {"language": language, "others": others, "next_pages": dict.fromkeys(shop.profile().languages, url_for(".browse"))}
    if category is None:
        return render_template("portal/answers/browse.html", shelves=shelf.shelves(me(), language), **around)
    listing = shelf.in_category(me(), category, language, request.args)
    return render_template("portal/answers/category.html", category=category, listing=listing, **around)


@bp.get("/answers/<slug>")
@allow(*EVERYBODY)
def article(slug):
    shown = articles.find(me(), slug)
    visitor = identity.visitor()
    if not me().is_staff and "Sec-Fetch-Site" in request.headers:  # browsers say it; crawlers, who would fill the table, do not
        feedback.record_read(visitor, shown)
        searches.opened(visitor, shown.id)
    family = translations.of(me(), shown)
    next_pages = {code: url_for(".article", slug=one.slug) for code, one in family.items()}
    return forms.answer(
        "portal/answers/article.html", article=shown, family=family, next_pages=next_pages, body=markdown.render(shown.body, references.targets(me(), shown), shown.title),
        said=feedback.answer_of(visitor, shown), about=shown.summary or markdown.plain(shown.body[:FIRST_WORDS]),
        related=shelf.related(me(), shown), commented=request.args.get("commented"),
    )


@bp.get("/answers/<slug>/pictures/<path:name>")
@allow(*EVERYBODY)
def picture(slug, name):
    """A picture an article shows, for whoever may read the article."""
    shown = references.picture(articles.find(me(), slug), name)
    content = pictures.content(shown) if shown else None
    if content is None:
        raise NotFound()
    return Response(content, mimetype=shown.kind)


@bp.post("/answers/<slug>/feedback")
@allow(*EVERYBODY)
@forms.reshow(article)
def judge(slug):
    """Whether it helped, in one click; what was missing, in a second step that may be left out."""
    shown = articles.find(me(), slug)
    given = forms.read(Judgement)
    limits.hit("judgement", f"client:{identity.client()}")
    helped = {"yes": True, "no": False}.get(given["helped"])
    feedback.record_answer(identity.visitor(), shown, helped, given["comment"])
    if helped:
        searches.ended(identity.visitor(), searches.SOLVED)
    back = url_for("portal_answers.article", slug=slug, commented=1 if given["comment"] else None)
    return redirect(f"{back}#helped", 303)


def looked_up(limit: int, typing: bool) -> dict:
    """Answers and own orders for `?q=`, one reader at most so often a minute."""
    limits.hit("search", f"client:{identity.client()}")
    text = " ".join(request.args.get("q", "").replace("\0", "").split())[:LONGEST_TEXT]
    exact = "exact" in request.args
    found = finding.answers(me(), text, limit=limit, typing=typing, exact=exact, language=locale())
    own = own_orders.matching(me(), text)
    if text and not typing and not me().is_staff and "Sec-Fetch-Site" in request.headers:
        searches.searched(identity.visitor(), text, len(found.hits) + len(own), locale())
    return {"q": text, "found": found, "orders": own, "total": len(found.hits) + len(own)}
