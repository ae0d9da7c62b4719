"""Pieces of a ticket's page that change by themselves: its header, the answers that fit, the customer at a glance."""
from flask import render_template

from agent_console.desk import workspace
from agent_console.desk.blueprint import DESK_ROLES, bp
from support import events, routing, tickets
from support.web import viewing
from support.web.identity import allow, me


@bp.get("/desk/tickets/<int:ticket_id>/header")
@allow(*DESK_ROLES)
def header(ticket_id: int):
    """Subject, state and the moves that are possible now."""
    person = me()
    desk = routing.my_desk(person, offer=False)
    return render_template("desk/_header.html", desk=desk, **workspace.header(person, tickets.find(person, ticket_id), desk.waiting))


@bp.get("/desk/tickets/<int:ticket_id>/viewers")
@allow(*DESK_ROLES)
def viewers(ticket_id: int):
    """Who else has it open, and who is writing."""
    person = me()
    talk = tickets.find(person, ticket_id).conversation
    viewing.fetched(person, talk.id)
    return render_template("desk/_viewers.html", viewers=viewing.at(talk.id, but=person))


@bp.get("/desk/tickets/<int:ticket_id>/answers")
@allow(*DESK_ROLES)
def proposed(ticket_id: int):
    """Articles for what the customer has written by now."""
    person = me()
    ticket = tickets.find(person, ticket_id)
    return render_template("desk/_answers.html", answers=workspace.answers(person, ticket, tickets.recent(person, ticket)))


@bp.get("/desk/tickets/<int:ticket_id>/context")
@allow(*DESK_ROLES)
def about(ticket_id: int):
    """The customer at a glance."""
    person, version = me(), events.head()
    ticket = tickets.find(person, ticket_id)
    return render_template("desk/_context.html", version=version, **workspace.context(person, ticket, tickets.recent(person, ticket)))
