"""The first visit to an empty installation: one page makes the administrator, the shop, its hours and its first queue.

While there is no administrator every page leads here; afterwards the address names nothing.
"""
from functools import wraps

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from agent_console.administration.shop import ShopForm, choices, present_values
from agent_console.administration.week import WEEKDAYS, read_week
from support import first_run, shop
from support.errors import Invalid, NotFound
from support.web import forms
from support.web.identity import EVERYBODY, allow, client, device, signed_in

bp = Blueprint("console_first_run", __name__, template_folder="templates")

OPEN_WITHOUT = ("static", "console_first_run.form", "console_first_run.set_up")
USUAL_WEEK = {f"day_{day}": "09:00-17:00" for day in range(5)}


class SetupForm(ShopForm):
    code = forms.Text(required=True, most=40, missing=_l("Write the code that was printed when the program started."))
    administrator_name = forms.Text(required=True, most=200, missing=_l("Write your name."))
    email = forms.Email(required=True, missing=_l("Write your e-mail address."))
    password = forms.Secret(required=True, most=1000, missing=_l("Choose a password."))
    queue_name = forms.Text(required=True, most=80, missing=_l("Give the queue a name."))
    queue_topic = forms.Text(most=200)
    queue_skill = forms.Text(most=80)


def init_app(app, settings) -> None:
    app.register_blueprint(bp)
    app.before_request(_lead_here)


def _lead_here():
    """Every page of an empty installation leads to the one that can be used."""
    if request.method in ("GET", "HEAD") and request.endpoint not in OPEN_WITHOUT and "text/html" in request.headers.get("Accept", "") and first_run.is_open():
        return redirect(url_for("console_first_run.form"), 303)
    return None


def only_at_first(view):
    """Not found as soon as there is an administrator; until then in the visitor's language, since the shop has none yet."""

    @wraps(view)
    def guarded():
        if not first_run.is_open():
            raise NotFound()
        with force_locale(request.accept_languages.best_match(shop.written_languages()) or shop.WRITTEN):
            return view()

    return guarded


@bp.get("/setup")
@allow(*EVERYBODY)
@only_at_first
def form():
    fixed = shop.profile().fixed
    values = {
        **present_values(), **USUAL_WEEK, "code": request.args.get("code", ""),
        "queue_name": _("General questions"), "queue_topic": _("Everything about orders, products and delivery"),
    }
    if "name" not in fixed:
        values["shop_name"] = ""
    if "languages" not in fixed:
        values["language"] = str(get_locale())
    return forms.answer("first_run/form.html", values=values, weekdays=WEEKDAYS, **choices())


@bp.post("/setup")
@allow(*EVERYBODY)
@only_at_first
@forms.reshow(form)
def set_up():
    first_run.check_code(request.form.get("code", "")[:100], client())
    values, errors = {}, {}
    try:
        values = forms.read(SetupForm)
    except Invalid as error:
        errors = error.errors
    week = read_week(request.form, errors)
    if errors:
        raise Invalid(errors)
    person, entrance = first_run.begin(values, week, device())
    flash(_("Welcome, %(name)s. The shop stands; below is what it still lacks.", name=person.first_name), "good")
    return signed_in(redirect("/admin", 303), *entrance)
