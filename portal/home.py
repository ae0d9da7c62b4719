"""The first page: search first, the late parcel told before it is asked, a person to talk to, an order to track."""

from flask import Blueprint, render_template

from kb import shelf
from support import orders, routing
from support.web.identity import EVERYBODY, allow, me
from support.web.language import locale

bp = Blueprint("portal_home", __name__, template_folder="templates")

LOOKED_AT = 5  # orders; an older one that still needs care is rare


@bp.get("/")
@allow(*EVERYBODY)
def home():
    waits = routing.public_waits()
    return render_template(
        "portal/home.html", popular=shelf.popular(me(), locale()), waits=waits, news=_news(me()), is_open=any(wait.is_open for wait in waits),
        open_until=max((wait.open_until for wait in waits if wait.open_until), default=None),
        opens_at=min((wait.opens_at for wait in waits if wait.opens_at), default=None),
    )


def _news(person):
    """(order, answer) of the newest order that needs care, or None."""
    if person.is_staff or person.id is None:
        return None
    told = ((order, orders.answer(order)) for order in orders.recent_for(person, person.id, LOOKED_AT))
    return next(((order, answer) for order, answer in told if answer.needs_care), None)
