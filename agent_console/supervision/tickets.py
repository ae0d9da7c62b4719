"""All tickets, and the whole story of one: who did what, when, why it went to whom; review notes for the agent."""
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from agent_console.supervision import story
from support import people, quality, routing, tickets, training
from support.clock import now
from support.events import head
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("supervision_tickets", __name__, template_folder="../templates")


class ReviewForm(forms.Form):
    body = forms.Text(required=True, lines=True, most=5000)


@bp.get("/tickets")
@allow("supervisor", "administrator")
def index():
    """Find a ticket by number, subject or customer, narrowed by state, queue and rating."""
    queues = routing.queues.active()
    trainees = training.trainees.everybody(now())
    listing = quality.ticket_list(me(), request.args, topics=[queue.slug for queue in queues], trainees=trainees)
    return render_template("supervision/tickets.html", listing=listing, queues=queues, states=tickets.STATE_WORDS, trainees=trainees)


@bp.get("/tickets/<int:ticket_id>")
@allow("supervisor", "administrator")
def show(ticket_id: int):
    """One ticket's timeline, its decisions and its reviews."""
    person, version = me(), head()
    ticket = tickets.find(person, ticket_id)
    return forms.answer("supervision/ticket.html", version=version, origin=tickets.origin_of(ticket), **_told(person, ticket))


@bp.get("/tickets/<int:ticket_id>/story")
@allow("supervisor", "administrator")
def story_piece(ticket_id: int):
    """The timeline and how the ticket stands, for a page that is open while more happens."""
    person = me()
    return forms.answer("supervision/_story_piece.html", **_told(person, tickets.find(person, ticket_id)))


@bp.get("/tickets/<int:ticket_id>/why")
@allow("supervisor", "administrator")
def why(ticket_id: int):
    """Why the customer waited as long as he did: the wait in stretches, every look of the router, what the score is made of."""
    ticket = tickets.find(me(), ticket_id)
    return render_template("supervision/why.html", ticket=ticket, waits=routing.waits_of(ticket)[::-1], weights=routing.weights())


def _told(person, ticket) -> dict:
    """All of a ticket's page that changes by itself."""
    return {
        "ticket": ticket, "entries": story.of(person, ticket), "survey": quality.surveys.of_ticket(ticket), "reviews": quality.reviews.of_ticket(person, ticket),
        "may_review": people.may(person, "review"), "had_it_last": quality.reviews.had_it_last(ticket),
    }


@bp.post("/tickets/<int:ticket_id>/reviews")
@allow("supervisor")
@forms.reshow(show)
def review(ticket_id: int):
    """Leave a note for the agent."""
    left = quality.reviews.leave(me(), ticket_id, forms.read(ReviewForm)["body"])
    agent = people.by_ids([left.agent_id])[left.agent_id]
    flash(_("%(name)s finds your note at the desk.", name=agent.first_name), "good")
    return redirect(url_for(".show", ticket_id=ticket_id) + "#reviews", 303)
