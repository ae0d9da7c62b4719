"""Who is trained for what: people × skills as a table, and each field's certificates to grant and revoke.

Supervisors look, administrators change.
"""
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import people, training
from support.training import certificates, skills
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_certificates", __name__, template_folder="../templates", url_prefix="/admin/certificates")

LEVELS = ((1, _l("1, learner")), (2, _l("2, with help")), (3, _l("3, works alone")), (4, _l("4, solves the hard ones")), (5, _l("5, teaches others")))
GROUPS = {"subject": _l("Subjects"), "product": _l("Products"), "language": _l("Languages")}


class GrantForm(forms.Form):
    level = forms.Whole(least=1, most=5, required=True)
    until = forms.Day()


class RecordForm(GrantForm):
    person_id = forms.Whole(least=1, required=True)
    skill_id = forms.Whole(least=1, required=True)


@bp.get("")
@allow("supervisor", "administrator")
def index():
    listing, asked = certificates.list_holders(me(), request.args), training.active()
    table = training.matrix(listing, asked)
    return forms.answer(
        "administration/certificates/index.html", listing=listing, skills=asked, groups=GROUPS, table=table, able=skills.holders([skill.id for skill in asked]),
        lapsing=_lapsing(), may_grant=people.may(me(), "administer"),
    )


@bp.get("/new")
@allow("administrator")
def new():
    """Record training for anybody; the table's fields lead to the same form with both chosen."""
    return forms.answer(
        "administration/certificates/new.html", values=request.args, levels=LEVELS, skills=[(skill.id, skill.name) for skill in training.active()],
        staff=[(person.id, person.name) for person in people.active_staff("agent", "supervisor")],
    )


@bp.post("/new")
@allow("administrator")
@forms.reshow(new)
def record():
    certificate = certificates.grant(me(), **forms.read(RecordForm))
    flash(_("The certificate is granted and counts from now on."), "good")
    return redirect(url_for(".show", person_id=certificate.person_id, skill_id=certificate.skill_id), 303)


@bp.get("/<int:person_id>/<int:skill_id>")
@allow("supervisor", "administrator")
def show(person_id: int, skill_id: int):
    holder, skill = certificates.find_holder(me(), person_id), skills.find(me(), skill_id)
    return forms.answer(
        "administration/certificates/show.html", holder=holder, skill=skill, levels=LEVELS, held=_told(training.held_by(holder.id, skill.id)),
        cell=training.matrix([holder], [skill])[holder.id, skill.id], may_grant=people.may(me(), "administer"),
    )


@bp.post("/<int:person_id>/<int:skill_id>")
@allow("administrator")
@forms.reshow(show)
def grant(person_id: int, skill_id: int):
    certificates.grant(me(), person_id=person_id, skill_id=skill_id, **forms.read(GrantForm))
    flash(_("The certificate is granted and counts from now on."), "good")
    return redirect(url_for(".show", person_id=person_id, skill_id=skill_id), 303)


@bp.post("/<int:certificate_id>/revocation")
@allow("administrator")
def revoke(certificate_id: int):
    certificate = certificates.revoke(me(), certificate_id)
    flash(_("The certificate is taken back. Work in hand goes on, new work is not offered for it."), "good")
    return redirect(url_for(".show", person_id=certificate.person_id, skill_id=certificate.skill_id), 303)


def _told(held: list) -> list[tuple]:
    """(certificate, state, last day, who attested it) for each row."""
    names = people.by_ids([certificate.attested_by_id for certificate in held])
    return [(c, certificates.state(c), certificates.last_day(c), names.get(c.attested_by_id)) for c in held]


def _lapsing() -> list[tuple]:
    """(person, skill, last day) of what ends within 30 days."""
    soon = training.lapsing()
    names = people.by_ids([certificate.person_id for certificate in soon])
    return [(names[c.person_id], c.skill, certificates.last_day(c)) for c in soon if c.person_id in names]
