"""How questions are sorted that come without a queue: the rules, what was learned, and how right it is. For administrators."""
from flask import Blueprint, current_app, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import classification, routing, tickets
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_classification", __name__, template_folder="../templates", url_prefix="/admin/classification")

WAYS = {classification.RULE: _l("By a rule"), classification.LEARNED: _l("By what was learned"), classification.OPEN: _l("By a person")}


class RuleForm(forms.Form):
    phrases = forms.Text(required=True, lines=True, most=5000, missing=_l("Write at least one word."))
    only_subject = forms.Flag()
    queue_id = forms.Whole(least=1)
    priority = forms.Text(most=10)
    position = forms.Whole(least=0, most=999, required=True)
    active = forms.Flag()


@bp.get("")
@allow("administrator")
def index():
    """Rules in their order, figures, and the button to learn."""
    person, queues = me(), routing.queues.all_queues()
    return forms.answer(
        "administration/classification/index.html", rules=classification.rules.rule_list(person), figures=classification.figures(person), ways=WAYS,
        names={queue.id: queue.name for queue in queues}, priorities=tickets.PRIORITY_WORDS, threshold=current_app.config["SETTINGS"].classify_confidence,
    )


@bp.post("/training")
@allow("administrator")
def train():
    classification.teaching.want(me())
    flash(_("It learns now. Load this page again in half a minute."), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/rules/new")
@allow("administrator")
def new():
    return _form(None, {"position": 10, "active": "yes"})


@bp.post("/rules/new")
@allow("administrator")
@forms.reshow(new)
def add():
    return _saved(None)


@bp.get("/rules/<int:rule_id>")
@allow("administrator")
def edit(rule_id: int):
    rule = classification.rules.find(me(), rule_id)
    values = {name: getattr(rule, name) for name in ("phrases", "queue_id", "priority", "position")}
    return _form(rule, {**values, **{name: "yes" if getattr(rule, name) else "" for name in ("only_subject", "active")}})


@bp.post("/rules/<int:rule_id>")
@allow("administrator")
@forms.reshow(edit)
def change(rule_id: int):
    return _saved(rule_id)


def _form(rule, values: dict):
    return forms.answer(
        "administration/classification/form.html", rule=rule, values=values,
        queues=[("", _("Leave the queue open")), *((queue.id, queue.name) for queue in routing.queues.active())],
        priorities=[("", _("Leave the priority as it is")), *((code, word) for code, word in tickets.PRIORITY_WORDS.items() if code != "normal")],
    )


def _saved(rule_id: int | None):
    classification.rules.save(me(), rule_id, **forms.read(RuleForm))
    flash(_("The rule is saved. It counts from the next question on."), "good")
    return redirect(url_for(".index"), 303)
