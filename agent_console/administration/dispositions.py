"""Disposition codes: the list, making, changing, retiring. For administrators."""
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from support import tickets
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_dispositions", __name__, template_folder="../templates", url_prefix="/admin/dispositions")


class DispositionForm(forms.Form):
    code = forms.Text(required=True, most=40)
    name = forms.Text(required=True, most=120)
    position = forms.Whole(required=True, least=0, most=9999)
    active = forms.Flag()


@bp.get("")
@allow("administrator")
def index():
    return forms.answer("administration/dispositions/index.html", listing=tickets.disposition_list(me(), request.args))


@bp.get("/new")
@allow("administrator")
def new():
    return forms.answer("administration/dispositions/form.html", values={"position": 10, "active": "yes"}, disposition=None)


@bp.post("/new")
@allow("administrator")
@forms.reshow(new)
def add():
    return _saved(None)


@bp.get("/<int:disposition_id>")
@allow("administrator")
def edit(disposition_id: int):
    disposition = tickets.find_disposition(me(), disposition_id)
    values = {"code": disposition.code, "name": disposition.name, "position": disposition.position, "active": "yes" if disposition.active else ""}
    return forms.answer("administration/dispositions/form.html", values=values, disposition=disposition)


@bp.post("/<int:disposition_id>")
@allow("administrator")
@forms.reshow(edit)
def change(disposition_id: int):
    return _saved(disposition_id)


def _saved(disposition_id: int | None):
    disposition = tickets.save_disposition(me(), disposition_id, **forms.read(DispositionForm))
    flash(_("“%(name)s” is saved.", name=disposition.name), "good")
    return redirect(url_for(".index"), 303)
