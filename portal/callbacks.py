"""Being called back about a question: number and time, another time, and no call after all. Works without JavaScript."""
from flask import Blueprint, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import contact, dates, routing, tickets
from support.contact import numbers
from support.contact.callbacks import NOW
from support.web import forms
from support.web.filters import when_words
from support.web.identity import allow, client, me

bp = Blueprint("portal_callbacks", __name__, template_folder="templates")


class CallForm(forms.Form):
    number = forms.Text(most=numbers.LONGEST)
    wanted = forms.Text(required=True, most=20, missing=_l("Choose one of the times."))


@bp.get("/questions/<int:ticket_id>/callback")
@allow("guest", "customer")
def show(ticket_id: int):
    """The form; with a call agreed it changes the time alone."""
    person = me()
    ticket = tickets.find(person, ticket_id)
    place, call = routing.place(person, ticket), contact.callbacks.standing(person, ticket)
    now_possible = contact.callbacks.may_be_now(ticket)
    times = [(NOW, _now_words(place))] if now_possible else []
    times += [(choice.window.key, _words(choice.window)) for choice in contact.callbacks.choices(ticket) if not choice.is_full]
    return forms.answer(
        "portal/callbacks/show.html", ticket=ticket, call=call, times=times, now_possible=now_possible, countries=numbers.named_countries(),
        may_ask=contact.callbacks.may_ask(ticket), choosing=place is not None and place.state == "later",
    )


@bp.post("/questions/<int:ticket_id>/callback")
@allow("guest", "customer")
@forms.reshow(show)
def choose(ticket_id: int):
    """Agree on a call, or on another time for it."""
    person, data = me(), forms.read(CallForm)
    call = contact.callbacks.standing(person, tickets.find(person, ticket_id))
    if call is not None and call.is_live:
        contact.callbacks.change(person, ticket_id, data["wanted"])
    else:
        contact.callbacks.ask_for(person, ticket_id, data["number"], data["wanted"], f"client:{client()}")
    return redirect(url_for("portal_questions.show", ticket_id=ticket_id), 303)


@bp.post("/questions/<int:ticket_id>/callback/withdrawal")
@allow("guest", "customer")
def cancel(ticket_id: int):
    """No call after all."""
    contact.callbacks.cancel(me(), ticket_id)
    return redirect(url_for("portal_questions.show", ticket_id=ticket_id), 303)


def _now_words(place) -> str:
    if place is not None and place.position and place.position > 1:
        return _("As soon as possible: you keep your place, number %(n)s", n=place.position)
    return _("As soon as possible: you keep your place")


def _words(window) -> str:
    return _("%(start)s until %(end)s", start=when_words(window.start), end=dates.clock_time(window.end))
