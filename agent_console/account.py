"""What members of staff keep themselves: the password, and where they are signed in."""
from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import people, shop
from support.clock import now
from support.people import STAFF
from support.web import forms
from support.web.identity import allow, me, signed_out

SHIFTS_SHOWN = 14
bp = Blueprint("console_account", __name__, template_folder="templates", url_prefix="/staff/account")


def init_app(app, settings) -> None:
    app.register_blueprint(bp)


class PasswordForm(forms.Form):
    current_password = forms.Secret(required=True, most=1000, missing=_l("Write your present password."))
    new_password = forms.Secret(required=True, most=1000, missing=_l("Choose a password."))


@bp.get("")
@allow(*STAFF)
def show():
    return forms.answer("staff_account/show.html", sign_ins=people.sign_ins.of(me()), shifts=_my_shifts())


def _my_shifts() -> list[people.shifts.Day] | None:
    """The two weeks to come; None without a shift plan."""
    today = now().astimezone(shop.profile().zone_info).date()
    return people.shifts.days_of(people.shifts.plans().get(me().id), today, SHIFTS_SHOWN)


@bp.post("/password")
@allow(*STAFF)
@forms.reshow(show)
def change_password():
    data = forms.read(PasswordForm)
    people.change_password(me(), data["current_password"], data["new_password"])
    flash(_("Your password is changed. Everywhere else you are signed out."))
    return redirect(url_for(".show"), 303)


@bp.post("/sign-ins/<int:sign_in_id>/end")
@allow(*STAFF)
def end_sign_in(sign_in_id: int):
    people.sign_ins.end(me(), sign_in_id)
    flash(_("That sign-in is ended."))
    return redirect(url_for(".show"), 303)


@bp.post("/sign-ins/end-all")
@allow(*STAFF)
def end_all_sign_ins():
    people.sign_ins.end_all(me())
    flash(_("You are signed out everywhere."))
    return signed_out(redirect(url_for("console_sign_in.form"), 303))
