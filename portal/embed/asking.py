"""Asking in the embedded chat: one text, who should answer, and how. The way to a ticket is the portal's."""
from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from kb import searches
from portal.ask import first_channel, first_topic, matching, read_lately
from portal.embed.blueprint import bp
from support import contact, orders, routing
from support.limits import hit
from support.web import attachments, forms
from support.web.identity import allow, client, me, visitor
from support.web.language import spoken

SUBJECT = 80  # characters of the text that name the question


class QuestionForm(forms.Form):
    body = forms.Text(required=True, lines=True, most=10_000, missing=_l("Tell us what happened."))
    topic = forms.Text(required=True, most=60, missing=_l("Choose who should answer."))
    channel = forms.Choice(("chat", "form"), required=True, missing=_l("Choose how we should answer."))
    order = forms.Text(most=30)
    client_id = forms.Text(most=64)


@bp.get("/ask")
@allow("nobody", "guest", "customer", embedded=True)
def ask():
    """The form; somebody we do not know yet says first who asks."""
    person = me()
    if person.role == "nobody":
        return forms.answer("portal/embed/who.html")
    waits = routing.public_waits()
    values = {"body": request.args.get("q", "")[:1000], "topic": first_topic(waits), "channel": first_channel(waits), "client_id": forms.fresh_id(), "order": ""}
    found = orders.recent_for(person, person.id, limit=6)
    return forms.answer("portal/embed/ask.html", values=values, waits=waits, orders=found, may_chat=contact.may_chat(person), read=read_lately())


@bp.post("/ask")
@allow("guest", "customer", embedded=True)
@forms.reshow(ask)
def send():
    """From the form to a ticket, whose piece is the chat or the thread."""
    files, data = attachments.sent(), forms.read(QuestionForm)
    hit("ticket", f"client:{client()}")
    ticket = contact.ask(
        me(), subject=shortened(data["body"]), body=data["body"], topic=data["topic"], channel=data["channel"],
        client_id=data["client_id"] or forms.fresh_id(), language=spoken(), order_number=data["order"], seen=read_lately(), files=files,
    )
    searches.ended(visitor(), searches.ASKED)
    return redirect(url_for(".show", ticket_id=ticket.id), 303)


@bp.get("/ask/answers")
@allow("nobody", "guest", "customer", embedded=True)
def matching_answers():
    """The piece under the text: answers for what has been written so far."""
    hit("search", f"client:{client()}")
    return render_template("portal/embed/_matching.html", found=matching(request.args.get("q", "").strip()[:4000]))


def shortened(text: str) -> str:
    """The first words of a text as the name of a question, ended at a word."""
    line = " ".join(text.split())
    if len(line) <= SUBJECT:
        return line
    cut = line[:SUBJECT].rsplit(" ", 1)[0]
    return f"{cut}…"
