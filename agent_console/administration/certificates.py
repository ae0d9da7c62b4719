"""Who is trained for what: people × skills as a table, and each field's certificates to grant and revoke.

Supervisors look, administrators change. A field of the table opens beside it, in the frame PANEL, where there is a script, and as a page of its own where not.
"""
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import people, training
from support.routing import queues
from support.training import certificates, skills
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_certificates", __name__, template_folder="../templates", url_prefix="/admin/certificates")

LEVELS = ((1, _l("1, learner")), (2, _l("2, with help")), (3, _l("3, works alone")), (4, _l("4, solves the hard ones")), (5, _l("5, teaches others")))
IN_FORCE = ("valid", "soon", "to_come")
PANEL, STREAM = "certificate", "text/vnd.turbo-stream.html"
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
    known, lines = training.active(), {str(queue.id): queue for queue in queues.active()}
    teams = {key: [need.skill_id for need in queue.needs if need.required] for key, queue in lines.items()}
    listing = certificates.list_holders(me(), request.args, known, teams)
    columns = _asked_by(lines.get(listing.filters.get("team")), known)
    return forms.answer(
        "administration/certificates/index.html", listing=listing, skills=columns, known=known, groups=GROUPS, table=training.matrix(listing, columns),
        able=skills.holders([skill.id for skill in columns]), lapsing=_lapsing(), may_grant=people.may(me(), "administer"), queues=lines.values(),
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
    return forms.answer(f"administration/certificates/{'_panel' if _in_panel() else 'show'}.html", **_field(person_id, skill_id))


@bp.post("/<int:person_id>/<int:skill_id>")
@allow("administrator")
@forms.reshow(show)
def grant(person_id: int, skill_id: int):
    certificate = certificates.grant(me(), person_id=person_id, skill_id=skill_id, **forms.read(GrantForm))
    return _done(certificate, _("The certificate is granted and counts from now on."))


@bp.post("/<int:certificate_id>/revocation")
@allow("administrator")
def revoke(certificate_id: int):
    certificate = certificates.revoke(me(), certificate_id)
    return _done(certificate, _("The certificate is taken back. Work in hand goes on, new work is not offered for it."))


def _in_panel() -> bool:
    return request.headers.get("Turbo-Frame") == PANEL


def _field(person_id: int, skill_id: int) -> dict:
    """What the page and the panel of one person and one skill show."""
    holder, skill = certificates.find_holder(me(), person_id), skills.find(me(), skill_id)
    certs = training.held_by(holder.id, skill.id)
    held = _told(certs)
    in_force = sorted((row for row in held if row[1] in IN_FORCE), key=lambda row: -row[0].level)
    cell = training.matrix([holder], [skill])[holder.id, skill.id]
    return {
        "holder": holder, "skill": skill, "levels": LEVELS, "held": held, "sources": training.records.by_ids([certificate.record_id for certificate in certs]), "telling": in_force[:2] or held[:1], "cell": cell,
        "proposed": certificates.proposed_end(skill, cell), "may_grant": people.may(me(), "administer"),
    }


def _done(certificate, sentence: str):
    """Back to the page of the field; in the panel, the field of the table and its column's count are renewed in place."""
    if not _in_panel():
        flash(sentence, "good")
        return redirect(url_for(".show", person_id=certificate.person_id, skill_id=certificate.skill_id), 303)
    context = _field(certificate.person_id, certificate.skill_id)
    able = skills.holders([certificate.skill_id]).get(certificate.skill_id, 0)
    return Response(render_template("administration/certificates/_streams.html", values={}, errors={}, said=sentence, able=able, **context), mimetype=STREAM)


def _asked_by(queue, known: list) -> list:
    """The columns of the table: all skills, or what one queue asks for, and the languages, which every queue may need."""
    if queue is None:
        return known
    asked = {need.skill_id for need in queue.needs}
    return [skill for skill in known if skill.id in asked or skill.kind == "language"]


def _told(held: list) -> list[tuple]:
    """(certificate, state, last day, who attested it) for each row."""
    names = people.by_ids([certificate.attested_by_id for certificate in held])
    return [(c, certificates.state(c), certificates.last_day(c), names.get(c.attested_by_id)) for c in held]


def _lapsing() -> list[tuple]:
    """(person, skill, last day) of what ends within 30 days."""
    soon = training.lapsing()
    names = people.by_ids([certificate.person_id for certificate in soon])
    return [(names[c.person_id], c.skill, certificates.last_day(c)) for c in soon if c.person_id in names]
