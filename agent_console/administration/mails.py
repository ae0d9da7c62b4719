"""Mails that went out, wait or failed; a test mail to try the settings. For administrators."""
from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support.contact import mail
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_mails", __name__, template_folder="../templates", url_prefix="/admin/mail")

STATES = {"waiting": _l("Waiting"), "sent": _l("Sent"), "skipped": _l("Not needed"), "failed": _l("Failed")}
PURPOSES = {"link": _l("Mailed link"), "received": _l("Question received"), "answered": _l("Answer"), "resolved": _l("Solved, with survey"), "moved": _l("Address changed"), "callback": _l("Nobody reached"), "certificate": _l("Certificate ends"), "course": _l("Course"), "coverage": _l("Gaps in the shifts"), "test": _l("Test")}


@bp.get("")
@allow("administrator")
def index():
    way = current_app.config["SETTINGS"].mail_url.partition(":")[0]
    return forms.answer("administration/mails/index.html", listing=mail.mail_list(me(), request.args), states=STATES, purposes=PURPOSES, way=way)


@bp.post("/test")
@allow("administrator")
def test():
    mail.send_test(me())
    flash(_("A test mail to %(address)s is on its way. Its state is in the list below.", address=me().email), "good")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:mail_id>/again")
@allow("administrator")
def again(mail_id: int):
    mail.try_again(me(), mail_id)
    flash(_("The mail is tried once more."), "good")
    return redirect(url_for(".index"), 303)
