"""What members of staff see of their own training: certificates with their ends, courses, asking for one, and whom they look after."""
from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import links, people, training
from support.clock import now
from support.people import STAFF
from support.training import certificates, courses, records, trainees
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("console_training", __name__, template_folder="templates", url_prefix="/staff/training")


class AskForm(forms.Form):
    course_id = forms.Whole(least=1, required=True, missing=_l("Choose a course"))


def init_app(app, settings) -> None:
    app.register_blueprint(bp)
    links.register(app, "training.mine", lambda: url_for("console_training.show"))


@bp.get("")
@allow(*STAFF)
def show():
    person, at = me(), now()
    mine = records.of(person)
    attended = {row.course_id for row in mine if row.state == "enrolled"}
    trainee = trainees.of([person.id], at).get(person.id)
    looked_after = trainees.mentored_by(person, at)
    names = people.by_ids([*looked_after, trainee.mentor_id if trainee else None])
    return forms.answer(
        "staff_training/show.html", held=certificates.in_force(person.id), state=certificates.state, certificate_day=training.last_day, records=mine, at=at,
        last_day=records.last_day, courses=[course for course in courses.active(person) if course.id not in attended], trainee=trainee,
        mentor=names.get(trainee.mentor_id) if trainee else None, trainees=[names[number] for number in looked_after if number in names],
    )


@bp.post("")
@allow(*STAFF)
@forms.reshow(show)
def ask():
    records.ask(me(), forms.read(AskForm)["course_id"])
    flash(_("You are enrolled. Whoever keeps the training records sees that you asked for it."), "good")
    return redirect(url_for(".show"), 303)


@bp.post("/<int:record_id>/withdrawal")
@allow(*STAFF)
@forms.reshow(show)
def leave(record_id: int):
    records.leave(me(), record_id)
    flash(_("Your enrolment is ended."), "good")
    return redirect(url_for(".show"), 303)
