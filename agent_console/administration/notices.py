"""Notices on the portal: known problems and unusual hours. For administrators."""
from datetime import datetime, time

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import shop
from support.calendars import instant
from support.contact import notices
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_notices", __name__, template_folder="../templates", url_prefix="/admin/notices")

SEVERITIES = {"info": _l("Information"), "warn": _l("Something is late or odd"), "bad": _l("Something does not work")}


class NoticeForm(forms.Form):
    text = forms.Text(required=True, most=300)
    severity = forms.Choice(list(SEVERITIES), required=True)
    starts_on = forms.Day()
    ends_on = forms.Day()


@bp.get("")
@allow("administrator")
def index():
    return forms.answer("administration/notices/index.html", listing=notices.notice_list(me(), request.args), severities=SEVERITIES)


@bp.get("/new")
@allow("administrator")
def new():
    return forms.answer("administration/notices/form.html", values={"severity": "info"}, notice=None, severities=SEVERITIES)


@bp.post("/new")
@allow("administrator")
@forms.reshow(new)
def add():
    return _saved(None)


@bp.get("/<int:notice_id>")
@allow("administrator")
def edit(notice_id: int):
    notice = notices.find(me(), notice_id)
    zone = shop.profile().zone_info
    days = {"starts_on": notice.starts_at.astimezone(zone).date(), "ends_on": notice.ends_at.astimezone(zone).date() if notice.ends_at else ""}
    values = {"text": notice.text, "severity": notice.severity, **days}
    return forms.answer("administration/notices/form.html", values=values, notice=notice, severities=SEVERITIES)


@bp.post("/<int:notice_id>")
@allow("administrator")
@forms.reshow(edit)
def change(notice_id: int):
    return _saved(notice_id)


@bp.post("/<int:notice_id>/end")
@allow("administrator")
def end(notice_id: int):
    notices.end(me(), notice_id)
    flash(_("The notice is off the portal."), "good")
    return redirect(url_for(".index"), 303)


def _saved(notice_id: int | None):
    data = forms.read(NoticeForm)
    starts_at, ends_at = _instant(data["starts_on"], time.min), _instant(data["ends_on"], time(23, 59))
    notices.save(me(), notice_id, text=data["text"], severity=data["severity"], starts_at=starts_at, ends_at=ends_at)
    flash(_("The notice is saved."), "good")
    return redirect(url_for(".index"), 303)


def _instant(day, at: time) -> datetime | None:
    """A day of the form as an instant in the shop's zone."""
    return instant(shop.profile().zone, day, at) if day else None
