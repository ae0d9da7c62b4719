"""Skills: the list, adding, changing, retiring. For administrators."""
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support.training import skills
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_skills", __name__, template_folder="../templates", url_prefix="/admin/skills")

KINDS = {"subject": _l("Subject"), "product": _l("Product"), "language": _l("Language")}


class SkillForm(forms.Form):
    name = forms.Text(required=True, most=80)
    kind = forms.Choice(list(KINDS), required=True)
    language_code = forms.Text(most=8)
    description = forms.Text(most=500, lines=True)
    active = forms.Flag()


@bp.get("")
@allow("administrator")
def index():
    listing = skills.list_skills(me(), request.args)
    return forms.answer("administration/skills/index.html", listing=listing, kinds=KINDS, holders=skills.holders([skill.id for skill in listing]))


@bp.get("/new")
@allow("administrator")
def new():
    return forms.answer("administration/skills/form.html", values={"kind": "subject", "active": "yes"}, skill=None, kinds=KINDS)


@bp.post("/new")
@allow("administrator")
@forms.reshow(new)
def add():
    skill = skills.add_skill(me(), forms.read(SkillForm))
    flash(_("“%(name)s” is made. Grant certificates for it, then queues can ask for it.", name=skill.name), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:skill_id>")
@allow("administrator")
def edit(skill_id: int):
    skill = skills.find(me(), skill_id)
    values = {name: getattr(skill, name) for name in skills.FIELDS}
    return forms.answer("administration/skills/form.html", values={**values, "active": "yes" if skill.active else ""}, skill=skill, kinds=KINDS)


@bp.post("/<int:skill_id>")
@allow("administrator")
@forms.reshow(edit)
def change(skill_id: int):
    skill = skills.change_skill(me(), skill_id, forms.read(SkillForm))
    flash(_("“%(name)s” is saved.", name=skill.name), "good")
    return redirect(url_for(".index"), 303)
