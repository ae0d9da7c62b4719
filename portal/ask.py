"""Asking a person: the form with answers beside the text; what was read and the order go along."""
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from kb import articles, feedback, proposals, searches
from support import classification, contact, orders, routing
from support.clock import now
from support.errors import TooMany, Unavailable
from support.limits import hit
from support.web import attachments, forms
from support.web.identity import allow, client, me, visitor
from support.web.language import locale, spoken

bp = Blueprint("portal_ask", __name__, template_folder="templates")

READ_LATELY = timedelta(hours=2)
SUGGEST_FROM = 12  # characters; fewer say too little


class AskForm(forms.Form):
    subject = forms.Text(required=True, most=200, missing=_l("Say in a few words what it is about."))
    body = forms.Text(required=True, lines=True, most=10_000, missing=_l("Tell us what happened."))
    topic = forms.Text(required=True, most=60, missing=_l("Choose who should answer."))
    channel = forms.Text(required=True, most=10, missing=_l("Choose how we should answer."))
    order = forms.Text(most=30)
    client_id = forms.Text(most=64)


class SolvedForm(forms.Form):
    article = forms.Text(most=200)


@bp.get("/ask")
@allow("nobody", "guest", "customer")
def ask():
    """The form; somebody we do not know yet is shown how to begin."""
    person = me()
    if person.role == "nobody":
        return render_template("portal/ask/who.html", order=request.args.get("order", ""))
    waits, read = routing.public_waits(), read_lately()
    chosen = {"order": request.args.get("order", ""), "topic": first_topic(waits)}
    values = {**chosen, "subject": request.args.get("q", "")[:200], "client_id": forms.fresh_id(), "channel": first_channel(waits), **request.form}
    return forms.answer(
        "portal/ask/form.html", values=values, waits=waits, orders=orders.recent_for(person, person.id, limit=6), may_chat=contact.may_chat(person),
        calls_back=[queue.name for queue in contact.callbacks.offering()],
        read=read, seen={entry[0] for entry in read}, found=_proposed(_text(values)),
    )


@bp.post("/ask")
@allow("guest", "customer")
@forms.reshow(ask)
def send():
    """From the form to a ticket; its page is the chat or the thread; for a callback we ask next when. Without a script, `look` asks for the answers beside the text first."""
    files = attachments.sent()
    if "look" in request.form:
        return ask()
    data = forms.read(AskForm)
    hit("ticket", f"client:{client()}")
    ticket = contact.ask(
        me(), subject=data["subject"], body=data["body"], topic=data["topic"], channel=data["channel"],
        client_id=data["client_id"] or forms.fresh_id(), language=spoken(), order_number=data["order"], seen=read_lately(), files=files,
    )
    searches.ended(visitor(), searches.ASKED)
    return redirect(url_for("portal_callbacks.show" if data["channel"] == "callback" else "portal_questions.show", ticket_id=ticket.id), 303)


@bp.get("/ask/answers")
@allow("nobody", "guest", "customer")
def answers():
    """The piece beside the form: answers for what has been written so far."""
    hit("search", f"client:{client()}")
    text = _text({"subject": request.args.get("subject", ""), "body": request.args.get("body", request.args.get("q", ""))})
    return render_template("portal/ask/_answers.html", found=matching(text), seen={entry[0] for entry in read_lately()})


@bp.post("/ask/solved")
@allow("nobody", "guest", "customer")
def solved():
    """An answer solved it before anything was sent."""
    hit("judgement", f"client:{client()}")
    article = articles.find(me(), forms.read(SolvedForm)["article"])
    feedback.record_answer(visitor(), article, True)
    searches.ended(visitor(), searches.SOLVED)
    return render_template("portal/ask/solved.html", article=article)


def _text(values) -> str:
    return f"{values.get('subject', '')} {values.get('body', '')}".strip()[:4000]


def matching(text: str) -> list | None:
    """What answers it; None when it is too short to be looked for."""
    return proposals.answers_for(me(), text, limit=3, language=locale()) if len(text) >= SUGGEST_FROM else None


def _proposed(text: str) -> list | None:
    """The answers that come with the page; whoever has asked for too many gets the form, with all that was typed, without them."""
    if len(text) < SUGGEST_FROM:
        return None
    try:
        hit("search", f"client:{client()}")
    except (TooMany, Unavailable):
        return None
    return matching(text)


def read_lately():
    """What this visitor has read lately, which goes along with the question."""
    return feedback.reads_of(visitor(), since=now() - READ_LATELY)


def first_topic(waits) -> str:
    """What is chosen already: the only queue there is, what somebody comes with, or that we find it, as soon as anything is learned."""
    if len(waits) == 1:
        return waits[0].slug
    return request.args.get("topic", "orders" if request.args.get("order") else classification.UNSURE if classification.learned.current() else "")


def first_channel(waits) -> str:
    """A chat, while somebody may answer it."""
    return "chat" if any(wait.takes_chat for wait in waits) else "form"
