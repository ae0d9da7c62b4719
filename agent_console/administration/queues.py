"""Queues: hours, who may take the work, the target, what customers see. For administrators."""
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import calendars, training
from support.clock import now
from support.errors import Invalid
from support.routing import queues
from support.routing.models import FORM, GO_ON, LINE, OVERFLOW
from support.routing.qualifying import qualifying
from support.routing.why import out_sentence
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_queues", __name__, template_folder="../templates", url_prefix="/admin/queues")

PRIORITIES = {1: _l("First, counts three times"), 2: _l("Normal"), 3: _l("After the others, but never last for ever")}
# What a queue may ask of one skill, as one choice: nothing, a level that is required, or one that is welcome.
ASKED = ("", *(f"{kind}{level}" for kind in ("required-", "preferred-") for level in range(1, 6)))
STEPS = range(1, queues.MOST_STEPS + 1)
ENOUGH = ("", "4", "3", "2", "1", "0")  # up to which level what is welcome is asked for from a step on
STEP_FIELDS = {
    **{f"step_after_{n}": forms.Whole(least=queues.STEP_SECONDS[0], most=queues.STEP_SECONDS[1]) for n in STEPS}, **{f"step_level_{n}": forms.Choice(ENOUGH) for n in STEPS}
}


FULL = {GO_ON: _l("Let them wait all the same"), FORM: _l("Say so and take a written question instead"), OVERFLOW: _l("Send them on to another queue")}
SHUT = {FORM: _l("Written questions only"), LINE: _l("Chats too: they wait in line for the opening"), OVERFLOW: _l("Send chats on to another queue, written questions stay")}


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
    most_waiting = forms.Whole(least=1, most=999)
    longest_wait_seconds = forms.Whole(least=30, most=86_400)
    when_full = forms.Choice(tuple(FULL), load_default=GO_ON)
    when_closed = forms.Choice(tuple(SHUT), load_default=FORM)
    closed_text = forms.Text(most=300)
    closing_minutes = forms.Whole(least=0, most=240, load_default=15)
    overflow_id = forms.Whole(least=1)


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
    values = {"public": "yes", "active": "yes", "priority": 2, "target_seconds": 120, "ring_seconds": ring, "position": 10, "when_full": GO_ON, "when_closed": FORM, "closing_minutes": 15}
    return _form(None, values)


@bp.post("/new")
@allow("administrator")
@forms.reshow(new)
def add():
    if "look" in request.form:
        return new()
    queue = queues.add_queue(me(), _read(None))
    flash(_("“%(name)s” is made. From now on work can wait in it.", name=queue.name), "good")
    return redirect(url_for(".edit", queue_id=queue.id), 303)


@bp.get("/<int:queue_id>")
@allow("administrator")
def edit(queue_id: int):
    queue = queues.find(me(), queue_id)
    values = {name: getattr(queue, name) for name in queues.FIELDS}
    flags = {name: "yes" if getattr(queue, name) else "" for name in ("public", "active", "callbacks")}
    asked = {f"skill_{need.skill_id}": f"{'required' if need.required else 'preferred'}-{need.min_level}" for need in queue.needs}
    steps = {name: value for n, (after, level) in enumerate(queue.steps, 1) for name, value in ((f"step_after_{n}", after), (f"step_level_{n}", level))}
    return _form(queue, {**values, **flags, **asked, **steps})


@bp.post("/<int:queue_id>")
@allow("administrator")
@forms.reshow(edit)
def change(queue_id: int):
    if "look" in request.form:  # the button beside “Save”: who would qualify, nothing is saved
        return edit(queue_id)
    queue = queues.change_queue(me(), queue_id, _read(queues.find(me(), queue_id)))
    flash(_("“%(name)s” is saved. Waiting work is looked at again.", name=queue.name), "good")
    return redirect(url_for(".edit", queue_id=queue_id), 303)


@bp.get("/qualifying")
@allow("administrator")
def qualify():
    """Who would qualify for what the form asks for, as the piece of the form that says so."""
    return render_template("administration/queues/_qualify.html", **_qualify(request.args))


def _form(queue, values: dict):
    values = request.form.to_dict() if request.form else values
    hours = queues.hours_of(queue) if queue else None
    return forms.answer(
        "administration/queues/form.html", values=values, queue=queue, skills=_askable(queue), asked=_choices(), priorities=PRIORITIES,
        steps=STEPS, enough=_enough(), when_full=FULL.items(), when_closed=SHUT.items(),
        others=[("", _("None")), *((other.id, other.name) for other in queues.all_queues() if queue is None or other.id != queue.id)],
        calendars=[("", _("The shop’s own")), *((calendar.id, calendar.name) for calendar in calendars.all_calendars())],
        is_open=queues.open_now(queue) if queue else False, **_qualify(values),
        open_until=hours.open_until(now()) if hours else None, opens_at=queues.opens_at(queue) if queue else None,
    )


def _askable(queue) -> list:
    """The skills a form of this queue names: those in use, and those it asks for already, retired or not."""
    asked = {need.skill_id for need in queue.needs} if queue else set()
    return [skill for skill in training.all_skills() if skill.id in asked or (skill.active and skill.kind != "language")]


def _qualify(values) -> dict:
    """What the preview shows for the fields of a form."""
    asked = {skill.id: values.get(f"skill_{skill.id}") for skill in training.all_skills()}
    needs = [(number, *_need(value)) for number, value in sorted(asked.items()) if value and value in ASKED]
    pairs = [(values.get(f"step_after_{n}"), values.get(f"step_level_{n}")) for n in STEPS]
    steps = [(int(after), int(level)) for after, level in pairs if str(after).isdecimal() and len(str(after)) < 6 and str(level) in ENOUGH[1:]]
    return {"found": qualifying(me(), needs, steps), "out_sentence": out_sentence}


def _need(value: str) -> tuple[int, bool]:
    """(level, required) of one choice of ASKED."""
    return int(value[-1]), value.startswith("required")


def _choices() -> list[tuple[str, str]]:
    required = [(f"required-{level}", _("Required, level %(level)s or more", level=level)) for level in range(1, 6)]
    preferred = [(f"preferred-{level}", _("Welcome, level %(level)s or more", level=level)) for level in range(1, 6)]
    return [("", _("Not asked for")), *required, *preferred]


def _enough() -> list[tuple[str, str]]:
    return [("", _("No step")), *((str(level), _("level %(level)s is enough", level=level)) for level in range(4, 0, -1)), ("0", _("it is no longer asked for"))]


def _read(queue) -> dict:
    """The columns, `needs` from one field for each skill, and `steps`. A form opened before a skill was retired may not name it: it stays as it is."""
    names = {f"skill_{skill.id}": forms.Choice(ASKED, load_default="" if skill.active else None) for skill in _askable(queue)}
    sent = forms.read(QueueForm.from_dict({**names, **STEP_FIELDS}, name="QueueForm"))
    asked = {int(name.removeprefix("skill_")): sent.pop(name) for name in names}
    needs = [(skill_id, *_need(value)) for skill_id, value in asked.items() if value]
    unnamed = [need for need in (queue.needs if queue else ()) if asked[need.skill_id] is None]
    pairs = [(sent.pop(f"step_after_{n}"), sent.pop(f"step_level_{n}")) for n in STEPS]
    if any((after is None) != (not level) for after, level in pairs):
        raise Invalid({"steps": _("A step has a time and says what is enough from then on")})
    steps = [(after, int(level)) for after, level in pairs if level]
    sent["closing_minutes"] = sent["closing_minutes"] or 0
    return {**sent, "needs": needs + [(need.skill_id, need.min_level, need.required) for need in unnamed], "steps": steps}
