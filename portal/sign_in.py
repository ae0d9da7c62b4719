"""The customer's doors in: sign up, password, mailed link, reset. A mailed link is only ever used by its button."""
from flask import Blueprint, current_app, g, redirect, url_for
from flask_babel import lazy_gettext as _l

from support import links, people
from support.people import cast
from support.web import forms
from support.web.door_forms import AddressForm, NewPasswordForm, PasswordForm
from support.web.identity import EVERYBODY, allow, client, device, me, sign_in_page
from support.web.language import locale
from support.web.pages import enter, home, way_back

bp = Blueprint("portal_sign_in", __name__, template_folder="templates")


def init_app(app, settings) -> None:
    sign_in_page(app, "customer", "portal_sign_in.form")
    links.register(app, "link", lambda token: url_for("portal_sign_in.link", token=token))
    links.register(app, "reset", lambda token: url_for("portal_sign_in.reset", token=token))


class SignUpForm(forms.Form):
    name = forms.Text(required=True, missing=_l("Write your name."))
    email = forms.Email(required=True, missing=_l("Write your e-mail address."))
    marketing_email = forms.Flag()


class OptionalPasswordForm(forms.Form):
    password = forms.Secret(most=1000)


@bp.get("/sign-in")
@allow(*EVERYBODY)
def form():
    if me().has_account and not g.get("form_error"):
        return redirect(way_back(home()), 303)
    demo = cast.shown() if current_app.config["SETTINGS"].mode == "demo" and cast.is_here() else []
    return forms.answer("portal/sign_in/form.html", next=way_back(""), demo=demo, demo_password=cast.PASSWORD if demo else "")


@bp.post("/sign-in")
@allow(*EVERYBODY)
@forms.reshow(form)
def begin():
    data = forms.read(PasswordForm)
    return enter(*people.sign_in_with_password(data["email"], data["password"], device(), client()))


@bp.get("/sign-up")
@allow(*EVERYBODY)
def up():
    return forms.answer("portal/sign_in/up.html", ask=people.consent.ASKED["marketing", "email"])


@bp.post("/sign-up")
@allow(*EVERYBODY)
@forms.reshow(up)
def sign_up():
    data = forms.read(SignUpForm)
    consents = ["marketing.email"] if data["marketing_email"] else []
    people.sign_up(data["email"], data["name"], locale(), consents, client())
    return redirect(url_for(".sent"), 303)


@bp.get("/sign-in/link")
@allow(*EVERYBODY)
def ask_link():
    return forms.answer("portal/sign_in/ask_link.html")


@bp.post("/sign-in/link")
@allow(*EVERYBODY)
@forms.reshow(ask_link)
def send_link():
    people.send_link(forms.read(AddressForm)["email"], "sign_in", client())
    return redirect(url_for(".sent"), 303)


@bp.get("/reset")
@allow(*EVERYBODY)
def ask_reset():
    return forms.answer("portal/sign_in/ask_reset.html")


@bp.post("/reset")
@allow(*EVERYBODY)
@forms.reshow(ask_reset)
def send_reset():
    people.send_link(forms.read(AddressForm)["email"], "reset", client())
    return redirect(url_for(".sent"), 303)


@bp.get("/sign-in/sent")
@allow(*EVERYBODY)
def sent():
    """The same page for known and unknown addresses."""
    return forms.answer("portal/sign_in/sent.html", minutes=current_app.config["SETTINGS"].link_minutes)


@bp.get("/link/<token>")
@allow(*EVERYBODY)
def link(token: str):
    """Shows what the link does and a button: programs that open every link of a mail use up nothing."""
    return forms.answer("portal/sign_in/link.html", link=people.look_at_link(token, "link", client()))


@bp.post("/link/<token>")
@allow(*EVERYBODY)
@forms.reshow(link)
def use_link(token: str):
    used = people.use_link(token, device(), client(), forms.read(OptionalPasswordForm)["password"], by=me())
    if used is None:
        return redirect(url_for("portal_account.profile"), 303)
    response = enter(*used)
    if me().role == "guest":
        response.location = links.path("ticket.customer", ticket_id=me().ticket_id)
    return response


@bp.get("/reset/<token>")
@allow(*EVERYBODY)
def reset(token: str):
    return forms.answer("portal/sign_in/reset.html", link=people.look_at_link(token, "reset", client()))


@bp.post("/reset/<token>")
@allow(*EVERYBODY)
@forms.reshow(reset)
def use_reset(token: str):
    password = forms.read(NewPasswordForm)["password"]
    return enter(*people.reset_password(token, "reset", password, device(), client()))
