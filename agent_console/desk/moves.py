"""Moves of a ticket by its agent: resolve with a disposition, reopen, hold, take up again, priority; how a call went, the right queue."""
from flask import redirect, url_for

from agent_console.desk.blueprint import DESK_ROLES, bp
from agent_console.desk.conversation import ticket
from support import classification, contact, tickets
from support.contact.callbacks import RESULTS
from support.tickets.models import PRIORITIES
from support.web import forms
from support.web.identity import allow, me


class Resolving(forms.Form):
    disposition = forms.Whole(required=True)
    version = forms.Whole()


class Calling(forms.Form):
    result = forms.Choice(RESULTS, required=True)


class Ranking(forms.Form):
    priority = forms.Choice(PRIORITIES, required=True)
    version = forms.Whole()


class Settling(forms.Form):
    queue = forms.Text(required=True, most=60)
    version = forms.Whole()


@bp.post("/desk/tickets/<int:ticket_id>/resolution")
@allow(*DESK_ROLES)
@forms.reshow(ticket)
def resolve(ticket_id: int):
    sent = forms.read(Resolving)
    tickets.resolve(me(), ticket_id, sent["disposition"], sent["version"])
    return _back_to(ticket_id)


@bp.post("/desk/tickets/<int:ticket_id>/reopening")
@allow(*DESK_ROLES)
@forms.reshow(ticket)
def reopen(ticket_id: int):
    tickets.reopen(me(), ticket_id)
    return _back_to(ticket_id)


@bp.post("/desk/tickets/<int:ticket_id>/hold")
@allow(*DESK_ROLES)
@forms.reshow(ticket)
def hold(ticket_id: int):
    """A third party has to act; the customer keeps seeing the question as being worked on."""
    tickets.hold(me(), ticket_id)
    return _back_to(ticket_id)


@bp.post("/desk/tickets/<int:ticket_id>/turn")
@allow(*DESK_ROLES)
@forms.reshow(ticket)
def take_up(ticket_id: int):
    """Our turn again, after a hold or while we wait for the customer."""
    tickets.take_up(me(), ticket_id)
    return _back_to(ticket_id)


@bp.post("/desk/tickets/<int:ticket_id>/call")
@allow(*DESK_ROLES)
@forms.reshow(ticket)
def report_call(ticket_id: int):
    """How the call went. Whoever reached nobody has given it back, and looks at what is next."""
    callback = contact.callbacks.report(me(), ticket_id, forms.read(Calling)["result"])
    return redirect(url_for("desk.home"), 303) if callback.is_live else _back_to(ticket_id)


@bp.post("/desk/tickets/<int:ticket_id>/priority")
@allow(*DESK_ROLES)
@forms.reshow(ticket)
def set_priority(ticket_id: int):
    sent = forms.read(Ranking)
    tickets.set_priority(me(), ticket_id, sent["priority"], sent["version"])
    return _back_to(ticket_id)


@bp.post("/desk/tickets/<int:ticket_id>/queue")
@allow(*DESK_ROLES)
@forms.reshow(ticket)
def settle(ticket_id: int):
    """Which queue is right for a question that was sorted for its customer."""
    sent = forms.read(Settling)
    classification.settle(me(), ticket_id, sent["queue"], sent["version"])
    return _back_to(ticket_id)


def _back_to(ticket_id: int):
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)
