"""Passing the open ticket on: a page that shows every way and what speaks against it, and takes the note for whoever gets it."""
from flask import flash, redirect, url_for
from flask_babel import gettext as _

from agent_console.desk.around import around
from agent_console.desk.blueprint import DESK_ROLES, bp
from support import routing, tickets
from support.web import forms
from support.web.identity import allow, me


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
