"""The start of the embedded chat, and answers in it: searched, suggested while typing, read, judged."""
from flask import redirect, render_template, request, url_for

from kb import articles, feedback, markdown, references, searches, shelf
from portal.answers import SHOWN, SUGGESTED, Judgement, looked_up
from portal.embed.blueprint import bp
from support import limits, routing, tickets
from support.web import forms, identity
from support.web.identity import allow, me
from support.web.language import locale

QUESTIONS = 5  # of one's own that the start shows


@bp.get("/home")
@allow("nobody", "guest", "customer", embedded=True)
def home():
    """What helps first: one's own questions, a search, a person."""
    person, waits = me(), routing.public_waits()
    mine = tickets.of_customer(person, person.id, limit=QUESTIONS) if person.id is not None else []
    return render_template(
        "portal/embed/home.html", mine=mine, waits=waits, popular=shelf.popular(person, locale()), is_open=any(wait.is_open for wait in waits),
        usually=min((wait.usually_under_seconds for wait in waits if wait.is_open and wait.usually_under_seconds), default=None),
        opens_at=min((wait.opens_at for wait in waits if wait.opens_at), default=None),
    )


@bp.get("/suggest")
@allow("nobody", "guest", "customer", embedded=True)
def suggest():
    """What answers the text being typed."""
    return render_template("portal/embed/_found.html", **looked_up(SUGGESTED, typing=True))


@bp.get("/search")
@allow("nobody", "guest", "customer", embedded=True)
def search():
    """The same for a finished question."""
    return render_template("portal/embed/search.html", **looked_up(SHOWN, typing=False))


@bp.get("/answers/<slug>")
@allow("nobody", "guest", "customer", embedded=True)
def article(slug):
    """One answer to read."""
    shown, visitor = articles.find(me(), slug), identity.visitor()
    if "Sec-Fetch-Site" in request.headers:
        feedback.record_read(visitor, shown)
        searches.opened(visitor, shown.id)
    body = markdown.render(shown.body, references.targets(me(), shown), shown.title)
    return forms.answer("portal/embed/article.html", article=shown, body=body, said=feedback.answer_of(visitor, shown))


@bp.post("/answers/<slug>/feedback")
@allow("nobody", "guest", "customer", embedded=True)
@forms.reshow(article)
def judge(slug):
    """Whether it helped."""
    shown, given = articles.find(me(), slug), forms.read(Judgement)
    limits.hit("judgement", f"client:{identity.client()}")
    helped = {"yes": True, "no": False}.get(given["helped"])
    feedback.record_answer(identity.visitor(), shown, helped, given["comment"])
    if helped:
        searches.ended(identity.visitor(), searches.SOLVED)
    return redirect(url_for(".article", slug=slug), 303)
