"""My questions: the list by whose turn it is, and one question: place in line, chat or thread, rating."""
from flask import Blueprint, redirect, render_template, request, url_for

from support import contact, quality, routing, tickets
from support.events import head
from support.web import attachments, composer, forms, signs, viewing
from support.web.identity import allow, me

bp = Blueprint("portal_questions", __name__, template_folder="templates")


class MessageForm(forms.Form):
    body = forms.Text(lines=True, most=20_000)
    client_id = forms.Text(most=64)


class RatingForm(forms.Form):
    score = forms.Whole(least=1, most=5)
    comment = forms.Text(lines=True, most=2000)


@bp.get("/questions")
@allow("guest", "customer")
def index():
    """All my questions, grouped by whose turn it is."""
    person = me()
    mine = tickets.of_customer(person, person.id, limit=100)
    groups = {"customer": [], "ours": [], "done": []}
    for ticket in mine:
        groups["customer" if ticket.turn == "customer" else "ours" if ticket.is_live else "done"].append(ticket)
    return render_template("portal/questions/index.html", groups=groups, words=tickets.last_words(mine), total=len(mine))


@bp.get("/questions/<int:ticket_id>")
@allow("guest", "customer")
def show(ticket_id: int):
    """One question."""
    person, version = me(), head()
    ticket = tickets.find(person, ticket_id)
    signs.opened(ticket_id)
    return forms.answer(
        "portal/questions/show.html", ticket=ticket, messages=tickets.recent(person, ticket), version=version, client_id=forms.fresh_id(),
        receipts=tickets.receipts.of(person, ticket.conversation), **standing(person, ticket),
    )


@bp.get("/questions/<int:ticket_id>/status")
@allow("guest", "customer")
def status(ticket_id: int):
    """The piece that changes by itself: state, place in line, who answers, rating."""
    person, version = me(), head()
    ticket = tickets.find(person, ticket_id)
    viewing.fetched(person, ticket.conversation.id)
    signs.fetched(ticket_id)
    return render_template("portal/questions/_status_piece.html", ticket=ticket, version=version, **standing(person, ticket))


@bp.get("/questions/<int:ticket_id>/messages")
@allow("guest", "customer")
def messages(ticket_id: int):
    """The messages behind `after`, for a page that has the earlier ones."""
    conversation, newer = tickets.newer(me(), ticket_id, request.args.get("after", 0, type=int))
    if conversation.channel == "chat":
        signs.fetched(ticket_id)
    return render_template("portal/questions/_messages.html", messages=newer, receipts=tickets.receipts.of(me(), conversation))


@bp.post("/questions/<int:ticket_id>/messages")
@allow("guest", "customer")
@forms.reshow(show)
def write(ticket_id: int):
    """Write; a script gets the stored message back, a plain form the page."""
    files, data = attachments.sent(), forms.read(MessageForm)
    message = tickets.post(me(), ticket_id, data["body"], data["client_id"], files=files)
    viewing.sent(me(), message.conversation_id)
    followed = message.conversation.ticket_id != ticket_id
    if composer.asks() and not followed:
        return composer.stored("shared/_message.html", message=message)
    address = url_for(".show", ticket_id=message.conversation.ticket_id)
    return composer.elsewhere(address) if composer.asks() else redirect(address + "#end", 303)


@bp.post("/questions/<int:ticket_id>/reading")
@allow("guest", "customer")
def reading(ticket_id: int):
    """How far the page has got the messages and shows them."""
    tickets.receipts.mark(me(), ticket_id, **forms.read(composer.ReceiptForm))
    return "", 204


@bp.post("/questions/<int:ticket_id>/rating")
@allow("guest", "customer")
@forms.reshow(show)
def rate(ticket_id: int):
    """One click judges; words may follow."""
    data = forms.read(RatingForm)
    comment = data["comment"] if "comment" in request.form else None
    quality.surveys.rate(me(), ticket_id, data["score"], comment)
    return redirect(url_for(".show", ticket_id=ticket_id) + "#rating", 303)


@bp.post("/questions/<int:ticket_id>/reopening")
@allow("guest", "customer")
def reopen(ticket_id: int):
    """It is not solved after all."""
    tickets.reopen(me(), ticket_id)
    return redirect(url_for(".show", ticket_id=ticket_id), 303)


def standing(person, ticket) -> dict:
    """How a question stands, for the piece that changes by itself."""
    place = routing.place(person, ticket) if ticket.is_live else None
    return {
        "place": place, "call": contact.callbacks.standing(person, ticket), "offers_call": contact.callbacks.is_offered(place, ticket),
        "survey": quality.surveys.of_ticket(ticket) if ticket.resolved_at else None,
        "may_rate": quality.surveys.may_rate(person, ticket),
    }
