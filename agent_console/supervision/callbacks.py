"""All callbacks: who is to be called when, how often it was tried, what became of it."""
from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from support import contact, routing
from support.contact import numbers
from support.web.identity import allow, me

bp = Blueprint("supervision_callbacks", __name__, template_folder="../templates")

WORDS = {
    "waiting": _l("At a chosen time"), "due": _l("In line"), "calling": _l("Being called"), "no_answer": _l("Tried again"),
    "reached": _l("Reached"), "given_up": _l("Given up"), "cancelled": _l("Cancelled"),
}


@bp.get("/callbacks")
@allow("supervisor", "administrator")
def index():
    """The list; numbers are masked, whoever makes the call sees the whole."""
    names = {queue.id: queue.name for queue in routing.queues.all_queues()}
    listing = contact.callbacks.callback_list(me(), request.args)
    return render_template("supervision/callbacks.html", listing=listing, words=WORDS, names=names, masked=numbers.masked)
