"""The ticket on the desk: its page, the messages behind a number, and writing one."""
from flask import jsonify, redirect, render_template, request, url_for

from agent_console.desk.around import around
from agent_console.desk.blueprint import DESK_ROLES, bp
from agent_console.desk.workspace import workspace
from support import tickets
from support.web import attachments, composer, forms, viewing
from support.web.errors import wants_json
from support.web.identity import allow, me


class Words(forms.Form):
    """What the composer sends. `read_desk_seq` is the last message its writer has seen; `anyway` sends unread ones notwithstanding."""

    body = forms.Text(lines=True, most=20_000)
    client_id = forms.Text(most=64)
    kind = forms.Choice(("reply", "note"))
    as_note = forms.Flag()
    then = forms.Choice(("pending", "open"))
    read_desk_seq = forms.Whole()
    anyway = forms.Flag()
    article_id = forms.Whole()


@bp.get("/desk/tickets/<int:ticket_id>")
@allow(*DESK_ROLES)
def ticket(ticket_id: int):
    person = me()
    surroundings = around(person, open_ticket_id=ticket_id)
    return forms.answer("desk/ticket.html", **{**surroundings, **workspace(person, tickets.find(person, ticket_id), surroundings["desk"].waiting)})


@bp.get("/desk/tickets/<int:ticket_id>/messages")
@allow(*DESK_ROLES)
def messages(ticket_id: int):
    """Only the messages behind `?after=` (a desk_seq), as their partials."""
    conversation, newer = tickets.newer(me(), ticket_id, request.args.get("after", 0, type=int))
    return render_template("desk/_messages.html", messages=newer, staff_view=True, receipts=tickets.receipts.of(me(), conversation))


@bp.post("/desk/tickets/<int:ticket_id>/reading")
@allow(*DESK_ROLES)
def reading(ticket_id: int):
    """How far the page has got the messages and shows them; noticed of whoever is responsible."""
    tickets.receipts.mark(me(), ticket_id, **forms.read(composer.ReceiptForm))
    return "", 204


@bp.post("/desk/tickets/<int:ticket_id>/messages")
@allow(*DESK_ROLES)
@forms.reshow(ticket)
def write(ticket_id: int):
    """One reply or note; whoever writes blindly over newer messages gets them shown first, with the text kept."""
    files, words = attachments.sent(), forms.read(Words)
    is_note = words["as_note"] or words["kind"] == "note"
    message = tickets.post(
        me(), ticket_id, words["body"], words["client_id"], kind="note" if is_note else "reply", article_id=words["article_id"],
        then=None if is_note else words["then"] or None, read_desk_seq=None if words["anyway"] or is_note else words["read_desk_seq"],
        files=files,
    )
    viewing.sent(me(), message.conversation_id)
    return _stored(message, ticket_id)


def _stored(message, ticket_id: int):
    """The new message for the composer, its numbers for other scripts, the page again for everybody else."""
    if composer.asks():
        return composer.stored("desk/_messages.html", messages=[message], staff_view=True)
    if wants_json():
        return jsonify(id=message.id, seq=message.seq, desk_seq=message.desk_seq), 201
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)
