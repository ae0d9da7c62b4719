"""Training records: who is enrolled in what, how it ended, who is in training under which mentor. For supervisors and administrators."""
from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import people, training
from support.clock import now
from support.training import certificates, courses, records, trainees
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_training", __name__, template_folder="../templates", url_prefix="/admin/training")

VIEWS = {"enrolled": _l("Enrolled"), "overdue": _l("Overdue"), "wished": _l("Own wish"), "passed": _l("Passed"), "failed": _l("Not passed"), "withdrawn": _l("Withdrawn")}
SAID = {
    "passed": _l("It is recorded as passed. The certificates count from now on."), "failed": _l("It is recorded as not passed."),
    "withdrawn": _l("The enrolment is ended."),
}


class EnrolForm(forms.Form):
    person_id = forms.Whole(least=1, required=True, missing=_l("Choose a member of staff"))
    course_id = forms.Whole(least=1, required=True, missing=_l("Choose a course"))
    due = forms.Day()


class OutcomeForm(forms.Form):
    outcome = forms.Choice(list(SAID), required=True)
    score = forms.Whole(least=0, most=100)


class DueForm(forms.Form):
    due = forms.Day()


class TraineeForm(forms.Form):
    on = forms.Flag()
    mentor_id = forms.Whole(least=1)
    until = forms.Day()


@bp.get("")
@allow("supervisor", "administrator")
def index():
    listing = records.list_records(me(), request.args)
    renewals = records.renewals()
    return forms.answer(
        "administration/training/index.html", listing=listing, views=VIEWS, at=now(), last_day=records.last_day, certificate_day=training.last_day,
        renewals=renewals, names=people.by_ids([certificate.person_id for certificate, _courses in renewals]), staff=people.active_staff(),
        courses=courses.active(me()), may_keep=people.may(me(), "administer"),
    )


@bp.get("/records.csv")
@allow("supervisor", "administrator")
def export():
    """What the list shows, all pages of it, as a table."""
    name = f"training-{now().date().isoformat()}.csv"
    return Response(records.export(me(), request.args), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.get("/new")
@allow("supervisor", "administrator")
def new():
    return forms.answer(
        "administration/training/new.html", values=request.args, courses=[(course.id, course.name) for course in courses.active(me())],
        staff=[(person.id, person.name) for person in people.active_staff()], may_keep=people.may(me(), "administer"),
    )


@bp.post("/new")
@allow("supervisor", "administrator")
@forms.reshow(new)
def enrol():
    row = records.enrol(me(), **forms.read(EnrolForm))
    flash(_("The enrolment is recorded, and the person hears of it by mail."), "good")
    return redirect(url_for(".show", record_id=row.id), 303)


@bp.get("/<int:record_id>")
@allow("supervisor", "administrator")
def show(record_id: int):
    row = records.find(me(), record_id)
    last = records.last_day(row)
    return forms.answer(
        "administration/training/show.html", values={"due": last.isoformat() if last else ""}, record=row, last_day=records.last_day(row), at=now(),
        granted=[(certificate, training.last_day(certificate)) for certificate in certificates.of_record(row.id)], is_mine=row.person_id == me().id,
    )


@bp.post("/<int:record_id>/outcome")
@allow("supervisor", "administrator")
@forms.reshow(show)
def attest(record_id: int):
    data = forms.read(OutcomeForm)
    records.attest(me(), record_id, data["outcome"], data["score"])
    flash(SAID[data["outcome"]], "good")
    return redirect(url_for(".show", record_id=record_id), 303)


@bp.post("/<int:record_id>/due")
@allow("supervisor", "administrator")
@forms.reshow(show)
def change_due(record_id: int):
    records.change_due(me(), record_id, **forms.read(DueForm))
    flash(_("The last day is saved."), "good")
    return redirect(url_for(".show", record_id=record_id), 303)


@bp.get("/people/<int:person_id>")
@allow("supervisor", "administrator")
def person(person_id: int):
    """One person: certificates, courses, and whether in training."""
    holder, at = certificates.find_holder(me(), person_id), now()
    switch = trainees.switch(holder.id, at)
    mentor_id, until = switch or (None, None)
    return forms.answer(
        "administration/training/person.html", holder=holder, at=at, records=records.of(holder), last_day=records.last_day, held=certificates.in_force(holder.id),
        certificate_day=training.last_day, state=certificates.state, trainee=trainees.of([holder.id], at).get(holder.id),
        values={"on": "yes" if switch else "", "mentor_id": mentor_id or "", "until": until.isoformat() if until else ""},
        mentors=[(one.id, one.name) for one in people.active_staff("agent", "supervisor") if one.id != holder.id], views=VIEWS,
    )


@bp.post("/people/<int:person_id>/trainee")
@allow("supervisor", "administrator")
@forms.reshow(person)
def put_trainee(person_id: int):
    data = forms.read(TraineeForm)
    trainees.put(me(), person_id, **data)
    flash(_("A trainee from now on: one chat at a time.") if data["on"] else _("The switch “trainee” is off."), "good")
    return redirect(url_for(".person", person_id=person_id), 303)
