"""Queues: hours, who may take the work, the target, what customers see. For administrators."""
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import calendars, training
from support.clock import now
from support.routing import queues
from support.routing.qualifying import qualifying
from support.routing.why import out_sentence
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_queues", __name__, template_folder="../templates", url_prefix="/admin/queues")

PRIORITIES = {1: _l("First, counts three times"), 2: _l("Normal"), 3: _l("After the others, but never last for ever")}
# What a queue may ask of one skill, as one choice: nothing, a level that is required, or one that is welcome.
ASKED = ("", *(f"{kind}{level}" for kind in ("required-", "preferred-") for level in range(1, 6)))


class QueueForm(forms.Form):
    name = forms.Text(required=True, most=80)
    description = forms.Text(most=200)
    public = forms.Flag()
    active = forms.Flag()
    callbacks = forms.Flag()
    priority = forms.Whole(least=1, most=9, required=True)
    calendar_id = forms.Whole(least=1)
    target_seconds = forms.Whole(least=10, most=86_400, required=True)
    ring_seconds = forms.Whole(least=10, most=120, required=True)
    position = forms.Whole(least=0, most=999, required=True)


@bp.get("")
@allow("administrator")
def index():
    listing = queues.list_queues(me(), request.args)
    return forms.answer(
        "administration/queues/index.html", listing=listing, overview=queues.overview(listing), skills={skill.id: skill for skill in training.active()},
        priorities=PRIORITIES,
    )


@bp.get("/new")
@allow("administrator")
def new():
    ring = current_app.config["SETTINGS"].ring_seconds_chat
    values = {"public": "yes", "active": "yes", "priority": 2, "target_seconds": 120, "ring_seconds": ring, "position": 10}
    return _form(None, values)


@bp.post("/new")
@allow("administrator")
@forms.reshow(new)
def add():
    if "look" in request.form:
        return new()
    queue = queues.add_queue(me(), _read())
    flash(_("“%(name)s” is made. From now on work can wait in it.", name=queue.name), "good")
    return redirect(url_for(".edit", queue_id=queue.id), 303)


@bp.get("/<int:queue_id>")
@allow("administrator")
def edit(queue_id: int):
    queue = queues.find(me(), queue_id)
    values = {name: getattr(queue, name) for name in queues.FIELDS}
    flags = {name: "yes" if getattr(queue, name) else "" for name in ("public", "active", "callbacks")}
    asked = {f"skill_{need.skill_id}": f"{'required' if need.required else 'preferred'}-{need.min_level}" for need in queue.needs}
    return _form(queue, {**values, **flags, **asked})


@bp.post("/<int:queue_id>")
@allow("administrator")
@forms.reshow(edit)
def change(queue_id: int):
    if "look" in request.form:  # the button beside “Save”: who would qualify, nothing is saved
        return edit(queue_id)
    queue = queues.change_queue(me(), queue_id, _read())
    flash(_("“%(name)s” is saved. Waiting work is looked at again.", name=queue.name), "good")
    return redirect(url_for(".edit", queue_id=queue_id), 303)


@bp.get("/qualifying")
@allow("administrator")
def qualify():
    """Who would qualify for what the form asks for, as the piece of the form that says so."""
    return render_template("administration/queues/_qualify.html", **_qualify(request.args))


def _form(queue, values: dict):
    values = request.form.to_dict() if request.form else values
    chosen = [skill for skill in training.active() if skill.kind != "language"]
    hours = queues.hours_of(queue) if queue else None
    return forms.answer(
        "administration/queues/form.html", values=values, queue=queue, skills=chosen, asked=_choices(), priorities=PRIORITIES,
        calendars=[("", _("The shop’s own")), *((calendar.id, calendar.name) for calendar in calendars.all_calendars())],
        is_open=queues.open_now(queue) if queue else False, **_qualify(values, queue),
        open_until=hours.open_until(now()) if hours else None, opens_at=queues.opens_at(queue) if queue else None,
    )


def _qualify(values, queue=None) -> dict:
    """What the preview shows for the fields of a form. What a queue asks for and no form can name any more (a retired skill) counts until it is saved."""
    named = {skill.id for skill in training.active() if skill.kind != "language"} | {need.skill_id for need in (queue.needs if queue else ())}
    asked = {number: values.get(f"skill_{number}") for number in named}
    needs = [(number, *_need(value)) for number, value in sorted(asked.items()) if value and value in ASKED]
    return {"found": qualifying(me(), needs), "out_sentence": out_sentence}


def _need(value: str) -> tuple[int, bool]:
    """(level, required) of one choice of ASKED."""
    return int(value[-1]), value.startswith("required")


def _choices() -> list[tuple[str, str]]:
    required = [(f"required-{level}", _("Required, level %(level)s or more", level=level)) for level in range(1, 6)]
    preferred = [(f"preferred-{level}", _("Welcome, level %(level)s or more", level=level)) for level in range(1, 6)]
    return [("", _("Not asked for")), *required, *preferred]


def _read() -> dict:
    """The columns and `needs`, from one field for each skill."""
    names = {f"skill_{skill.id}": forms.Choice(ASKED) for skill in training.active() if skill.kind != "language"}
    sent = forms.read(QueueForm.from_dict(names, name="QueueForm"))
    asked = {int(name.removeprefix("skill_")): sent.pop(name) for name in names}
    needs = [(skill_id, *_need(value)) for skill_id, value in asked.items() if value]
    return {**sent, "needs": needs}
