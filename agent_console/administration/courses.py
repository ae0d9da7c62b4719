"""Courses: the list, adding, changing, retiring. For administrators."""
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import training
from support.training import courses
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_courses", __name__, template_folder="../templates", url_prefix="/admin/courses")

UNITS = {"months": _l("Months"), "days": _l("Days")}


class CourseForm(forms.Form):
    name = forms.Text(required=True, most=120)
    description = forms.Text(most=2000, lines=True)
    valid_for = forms.Whole(least=1, most=3650)
    valid_unit = forms.Choice(list(UNITS), required=True)
    pass_mark = forms.Whole(least=1, most=100)
    active = forms.Flag()


@bp.get("")
@allow("administrator")
def index():
    listing = courses.list_courses(me(), request.args)
    return forms.answer("administration/courses/index.html", listing=listing, attending=courses.attending([course.id for course in listing]), skills=training.active())


@bp.get("/new")
@allow("administrator")
def new():
    return _form(None, {"valid_for": 12, "valid_unit": "months", "active": "yes"})


@bp.post("/new")
@allow("administrator")
@forms.reshow(new)
def add():
    course = courses.save(me(), None, _read())
    flash(_("“%(name)s” is made. People can be enrolled in it.", name=course.name), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:course_id>")
@allow("administrator")
def edit(course_id: int):
    course = courses.find(me(), course_id)
    values = {name: getattr(course, name) for name in courses.FIELDS}
    gives = {f"skill_{row.skill_id}": row.level for row in course.gives}
    return _form(course, {**values, **gives, "active": "yes" if course.active else ""})


@bp.post("/<int:course_id>")
@allow("administrator")
@forms.reshow(edit)
def change(course_id: int):
    course = courses.save(me(), course_id, _read(courses.find(me(), course_id)))
    flash(_("“%(name)s” is saved. What was passed before stays as it was.", name=course.name), "good")
    return redirect(url_for(".index"), 303)


def _form(course, values: dict):
    levels = [("", _("Not given")), *((level, _("Level %(level)s", level=level)) for level in range(1, 6))]
    return forms.answer("administration/courses/form.html", values=values, course=course, skills=_skills(course), levels=levels, units=UNITS)


def _skills(course) -> list:
    """Skills in use, and what the course gives already."""
    known = training.active()
    return [*known, *(row.skill for row in (course.gives if course else ()) if row.skill_id not in {skill.id for skill in known})]


def _read(course=None) -> dict:
    """The columns and `gives`, from one field for each skill."""
    names = {f"skill_{skill.id}": forms.Whole(least=1, most=5) for skill in _skills(course)}
    sent = forms.read(CourseForm.from_dict(names, name="CourseForm"))
    given = {int(name.removeprefix("skill_")): sent.pop(name) for name in names}
    return {**sent, "gives": {skill_id: level for skill_id, level in given.items() if level}}
