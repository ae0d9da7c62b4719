"""Canned replies: the list, making, changing, retiring. For administrators."""
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from support.contact import replies
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_replies", __name__, template_folder="../templates", url_prefix="/admin/replies")


class ReplyForm(forms.Form):
    title = forms.Text(required=True, most=120)
    shortcut = forms.Text(required=True, most=30)
    body = forms.Text(required=True, lines=True, most=5000)
    active = forms.Flag()


@bp.get("")
@allow("administrator")
def index():
    return forms.answer("administration/replies/index.html", listing=replies.reply_list(me(), request.args))


@bp.get("/new")
@allow("administrator")
def new():
    return forms.answer("administration/replies/form.html", values={"active": "yes"}, reply=None, variables=list(replies.VALUES))


@bp.post("/new")
@allow("administrator")
@forms.reshow(new)
def add():
    return _saved(None)


@bp.get("/<int:reply_id>")
@allow("administrator")
def edit(reply_id: int):
    reply = replies.find(me(), reply_id)
    values = {"title": reply.title, "shortcut": reply.shortcut, "body": reply.body, "active": "yes" if reply.active else ""}
    return forms.answer("administration/replies/form.html", values=values, reply=reply, variables=list(replies.VALUES))


@bp.post("/<int:reply_id>")
@allow("administrator")
@forms.reshow(edit)
def change(reply_id: int):
    return _saved(reply_id)


def _saved(reply_id: int | None):
    reply = replies.save(me(), reply_id, **forms.read(ReplyForm))
    flash(_("“%(name)s” is saved.", name=reply.title), "good")
    return redirect(url_for(".index"), 303)
