"""Passing the open ticket on, cold or after a consult: a page that shows every way and what speaks against it, and the steps of a consult."""
from flask import flash, redirect, url_for
from flask_babel import gettext as _

from agent_console.desk.around import around, stay
from agent_console.desk.blueprint import DESK_ROLES, bp
from agent_console.desk.conversation import ticket as ticket_page
from support import routing, tickets
from support.web import forms
from support.web.identity import allow, me


def _ticket_of(ticket_id: int, consult_id: int):
    """The page that a step of a consult was sent from."""
    return ticket_page(ticket_id)


class Passing(forms.Form):
    to = forms.Text(required=True, most=40)
    note = forms.Text(required=True, lines=True, most=20_000)
    client_id = forms.Text(most=64)
    anyway = forms.Flag()


@bp.get("/desk/tickets/<int:ticket_id>/passing")
@allow(*DESK_ROLES)
def passing(ticket_id: int):
    """Where it can go now, and why not elsewhere."""
    person = me()
    surroundings = around(person, open_ticket_id=ticket_id)
    ticket = tickets.find(person, ticket_id)
    ways = routing.passing.ways(person, ticket)
    return forms.answer("desk/passing.html", **{**surroundings, "ticket": ticket, "ways": ways, "new_client_id": forms.fresh_id()})


@bp.post("/desk/tickets/<int:ticket_id>/passing")
@allow(*DESK_ROLES)
@forms.reshow(passing)
def pass_on(ticket_id: int):
    sent = forms.read(Passing)
    routing.passing.pass_on(me(), ticket_id, sent["to"], sent["note"], sent["client_id"], anyway=sent["anyway"])
    flash(_("It is passed on, in its old place. Your note goes along."), "good")
    return redirect(url_for("desk.home"), 303)


@bp.post("/desk/tickets/<int:ticket_id>/consult")
@allow(*DESK_ROLES)
@forms.reshow(passing)
def consult(ticket_id: int):
    """Ask first: the work stays here, a colleague is asked to join."""
    sent = forms.read(Passing)
    routing.consults.ask(me(), ticket_id, sent["to"], sent["note"], sent["client_id"])
    return _back_to(ticket_id)


@bp.post("/desk/consults/<int:consult_id>/acceptance")
@allow(*DESK_ROLES)
def join(consult_id: int):
    return _back_to(routing.consults.join(me(), consult_id).id)


@bp.post("/desk/consults/<int:consult_id>/decline")
@allow(*DESK_ROLES)
def decline_to_join(consult_id: int):
    routing.consults.decline(me(), consult_id)
    return stay(me())


@bp.post("/desk/consults/<int:consult_id>/leaving")
@allow(*DESK_ROLES)
def leave(consult_id: int):
    routing.consults.leave(me(), consult_id)
    return redirect(url_for("desk.home"), 303)


@bp.post("/desk/tickets/<int:ticket_id>/consult/<int:consult_id>/end")
@allow(*DESK_ROLES)
@forms.reshow(_ticket_of)
def end_consult(ticket_id: int, consult_id: int):
    """Take the question back, or go on alone."""
    routing.consults.end(me(), consult_id)
    return _back_to(ticket_id)


@bp.post("/desk/tickets/<int:ticket_id>/consult/<int:consult_id>/handing-over")
@allow(*DESK_ROLES)
@forms.reshow(_ticket_of)
def hand_over(ticket_id: int, consult_id: int):
    routing.consults.hand_over(me(), consult_id)
    flash(_("It is handed over, and your colleague knows."), "good")
    return _back_to(ticket_id)


def _back_to(ticket_id: int):
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)
