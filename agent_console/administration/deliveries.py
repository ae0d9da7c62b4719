"""What the relay could not bring to its listeners: try again, or drop with a reason. For administrators."""
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import undelivered
from support.clock import now
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_deliveries", __name__, template_folder="../templates", url_prefix="/admin/deliveries")

STATES = {"stuck": _l("Stuck"), "failing": _l("Tried again"), "dropped": _l("Dropped")}
LISTENERS = {
    "routing.place": _l("Place in the line"), "routing.dispatch": _l("Offers to free people"), "sorting.dispatch": _l("Offers after a change of queue"),
    "mail: link": _l("Mailed link"), "mail: moved": _l("Mail about a changed address"), "mail: received": _l("Mail: question received"),
    "mail: answered": _l("Mail: answer"), "mail: resolved": _l("Mail: solved, with survey"),
    "mail: callback": _l("Mail: nobody reached by telephone"),
    "mail: certificate": _l("Mail: certificate that ends"), "mail: course": _l("Mail: enrolment in a course, and how it ended"), "mail: coverage": _l("Mail: gaps in the shifts"),
}


class DropForm(forms.Form):
    reason = forms.Text(most=undelivered.LONGEST_REASON)


@bp.get("")
@allow("administrator")
def index():
    listing = undelivered.listing(me(), request.args)
    return forms.answer("administration/deliveries/index.html", listing=listing, states=STATES, listeners=LISTENERS, is_stuck=undelivered.is_stuck, at=now())


@bp.post("/<int:event_id>/<listener>/retry")
@allow("administrator")
def retry(event_id: int, listener: str):
    undelivered.retry(me(), event_id, listener)
    flash(_("It is tried at once. If it fails again it comes back to this list."), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:event_id>/<listener>")
@allow("administrator")
def show(event_id: int, listener: str):
    delivery, event = undelivered.find(me(), event_id, listener)
    return forms.answer("administration/deliveries/drop.html", delivery=delivery, event=event, listeners=LISTENERS, longest=undelivered.LONGEST_REASON)


@bp.post("/<int:event_id>/<listener>")
@allow("administrator")
@forms.reshow(show)
def drop(event_id: int, listener: str):
    undelivered.drop(me(), event_id, listener, **forms.read(DropForm))
    flash(_("It is dropped. What came later goes on."), "good")
    return redirect(url_for(".index"), 303)
