"""One question in the embedded chat: the portal's page of it, in the frame, by the same use cases; and how much is unread."""
from flask import jsonify, redirect, render_template, request, url_for

from portal.embed.blueprint import bp
from portal.questions import MessageForm, RatingForm, standing
from support import quality, tickets
from support.events import head
from support.web import attachments, composer, forms, signs, viewing
from support.web.identity import allow, me

LOOKED_AT = 20  # newest questions in which something may be unread


@bp.get("/questions/<int:ticket_id>")
@allow("guest", "customer", embedded=True)
def show(ticket_id: int):
    """One question."""
    person, version = me(), head()
    ticket = tickets.find(person, ticket_id)
    signs.opened(ticket_id)
    return forms.answer(
        "portal/questions/show.html", around="portal/embed/piece.html", embedded=True, ticket=ticket, messages=tickets.recent(person, ticket),
        version=version, client_id=forms.fresh_id(), receipts=tickets.receipts.of(person, ticket.conversation), **standing(person, ticket),
    )


@bp.get("/questions/<int:ticket_id>/status")
@allow("guest", "customer", embedded=True)
def status(ticket_id: int):
    """The piece that changes by itself: state, place in line, who answers, rating."""
    person, version = me(), head()
    ticket = tickets.find(person, ticket_id)
    viewing.fetched(person, ticket.conversation.id)
    signs.fetched(ticket_id)
    return render_template("portal/questions/_status_piece.html", embedded=True, ticket=ticket, version=version, **standing(person, ticket))


@bp.get("/questions/<int:ticket_id>/messages")
@allow("guest", "customer", embedded=True)
def messages(ticket_id: int):
    """The messages behind `after`."""
    conversation, newer = tickets.newer(me(), ticket_id, request.args.get("after", 0, type=int))
    if conversation.channel == "chat":
        signs.fetched(ticket_id)
    return render_template("portal/questions/_messages.html", messages=newer, receipts=tickets.receipts.of(me(), conversation))


@bp.post("/questions/<int:ticket_id>/messages")
@allow("guest", "customer", embedded=True)
@forms.reshow(show)
def write(ticket_id: int):
    """Write; the script gets the stored message back."""
    files, data = attachments.sent(), forms.read(MessageForm)
    message = tickets.post(me(), ticket_id, data["body"], data["client_id"], files=files)
    viewing.sent(me(), message.conversation_id)
    followed = message.conversation.ticket_id != ticket_id
    if composer.asks() and not followed:
        return composer.stored("shared/_message.html", message=message)
    address = url_for(".show", ticket_id=message.conversation.ticket_id)
    return composer.elsewhere(address) if composer.asks() else redirect(address, 303)


@bp.post("/questions/<int:ticket_id>/reading")
@allow("guest", "customer", embedded=True)
def reading(ticket_id: int):
    """How far the frame has got the messages and, while it is open, shows them."""
    tickets.receipts.mark(me(), ticket_id, **forms.read(composer.ReceiptForm))
    return "", 204


@bp.post("/questions/<int:ticket_id>/rating")
@allow("guest", "customer", embedded=True)
@forms.reshow(show)
def rate(ticket_id: int):
    """One click judges; words may follow."""
    data = forms.read(RatingForm)
    quality.surveys.rate(me(), ticket_id, data["score"], data["comment"] if "comment" in request.form else None)
    return redirect(url_for(".show", ticket_id=ticket_id), 303)


@bp.get("/unread")
@allow("guest", "customer", embedded=True)
def unread():
    """For the number on the button of the shop's page: messages not read yet, and the conversations to listen to for more."""
    mine = tickets.of_customer(me(), me().id, limit=LOOKED_AT)
    for ticket in mine:
        if ticket.is_live and ticket.conversation.channel == "chat":
            signs.fetched(ticket.id)
    waiting = sum(ticket.conversation.seq - ticket.conversation.customer_seq for ticket in mine)
    return jsonify(unread=waiting, conversations=[ticket.conversation.id for ticket in mine if ticket.is_live])
