"""Staff: the list, making, changing, inviting, disabling, signing out everywhere. For administrators."""
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import people
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_staff", __name__, template_folder="../templates", url_prefix="/admin/staff")

ROLES = {"agent": _l("Agent"), "supervisor": _l("Supervisor"), "administrator": _l("Administrator")}


class StaffForm(forms.Form):
    name = forms.Text(required=True, missing=_l("Write the name."))
    email = forms.Email(required=True, missing=_l("Write the e-mail address."))
    role = forms.Choice(list(ROLES), required=True)
    phone = forms.Text(most=40)


@bp.get("")
@allow("administrator")
def index():
    return forms.answer("administration/staff/index.html", listing=people.staff_list(me(), request.args), roles=ROLES)


@bp.get("/new")
@allow("administrator")
def new():
    return forms.answer("administration/staff/form.html", values={"role": "agent"}, person=None, roles=ROLES, sign_ins=[])


@bp.post("/new")
@allow("administrator")
@forms.reshow(new)
def make():
    person = people.staff.make_staff(me(), **forms.read(StaffForm))
    flash(_("%(name)s is invited by mail.", name=person.name))
    return redirect(url_for(".show", staff_id=person.id), 303)


@bp.get("/<int:staff_id>")
@allow("administrator")
def show(staff_id: int):
    person = people.find_staff(me(), staff_id)
    values = {name: getattr(person, name) for name in ("name", "email", "role", "phone")}
    return forms.answer("administration/staff/form.html", values=values, person=person, roles=ROLES, sign_ins=people.sign_ins.of(person))


@bp.post("/<int:staff_id>")
@allow("administrator")
@forms.reshow(show)
def change(staff_id: int):
    person = people.staff.change_staff(me(), staff_id, **forms.read(StaffForm))
    flash(_("%(name)s is saved.", name=person.name))
    return redirect(url_for(".show", staff_id=staff_id), 303)


@bp.post("/<int:staff_id>/invitation")
@allow("administrator")
@forms.reshow(show)
def invite(staff_id: int):
    people.staff.invite(me(), staff_id)
    flash(_("A mail with a link is on its way."))
    return redirect(url_for(".show", staff_id=staff_id), 303)


@bp.post("/<int:staff_id>/disabling")
@allow("administrator")
@forms.reshow(show)
def disable(staff_id: int):
    people.staff.disable(me(), people.find_staff(me(), staff_id).id)
    flash(_("The sign-in is disabled. Everything that was open is refused within seconds."))
    return redirect(url_for(".show", staff_id=staff_id), 303)


@bp.post("/<int:staff_id>/enabling")
@allow("administrator")
@forms.reshow(show)
def enable(staff_id: int):
    people.staff.enable(me(), people.find_staff(me(), staff_id).id)
    flash(_("The sign-in is enabled again."))
    return redirect(url_for(".show", staff_id=staff_id), 303)


@bp.post("/<int:staff_id>/sign-out")
@allow("administrator")
@forms.reshow(show)
def sign_out(staff_id: int):
    people.staff.sign_out_everywhere(me(), staff_id)
    flash(_("Signed out everywhere."))
    return redirect(url_for(".show", staff_id=staff_id), 303)
