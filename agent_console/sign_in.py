"""The staff's doors in: password, mailed reset, invitation. There is no sign-in by mail alone for staff."""
from flask import Blueprint, current_app, g, redirect, url_for

from support import links, people
from support.people import cast
from support.web import forms
from support.web.door_forms import AddressForm, NewPasswordForm, PasswordForm
from support.web.identity import EVERYBODY, allow, client, device, me, sign_in_page
from support.web.pages import enter, home, way_back

bp = Blueprint("console_sign_in", __name__, template_folder="templates", url_prefix="/staff")


def init_app(app, settings) -> None:
    app.register_blueprint(bp)
    sign_in_page(app, "staff", "console_sign_in.form")
    links.register(app, "staff_reset", lambda token: url_for("console_sign_in.reset", token=token))


@bp.get("/sign-in")
@allow(*EVERYBODY)
def form():
    if me().is_staff and not g.get("form_error"):
        return redirect(way_back(home()), 303)
    demo = cast.shown(staff=True) if current_app.config["SETTINGS"].mode == "demo" and cast.is_here() else []
    return forms.answer("sign_in/form.html", next=way_back(""), demo=demo, demo_password=cast.PASSWORD if demo else "")


@bp.post("/sign-in")
@allow(*EVERYBODY)
@forms.reshow(form)
def begin():
    data = forms.read(PasswordForm)
    return enter(*people.sign_in_with_password(data["email"], data["password"], device(), client()))


@bp.get("/reset")
@allow(*EVERYBODY)
def ask_reset():
    return forms.answer("sign_in/ask_reset.html")


@bp.post("/reset")
@allow(*EVERYBODY)
@forms.reshow(ask_reset)
def send_reset():
    people.send_link(forms.read(AddressForm)["email"], "reset", client())
    return redirect(url_for(".sent"), 303)


@bp.get("/reset/sent")
@allow(*EVERYBODY)
def sent():
    """The same page for known and unknown addresses."""
    return forms.answer("sign_in/sent.html", minutes=current_app.config["SETTINGS"].link_minutes)


@bp.get("/reset/<token>")
@allow(*EVERYBODY)
def reset(token: str):
    return forms.answer("sign_in/reset.html", link=people.look_at_link(token, "staff_reset", client()))


@bp.post("/reset/<token>")
@allow(*EVERYBODY)
@forms.reshow(reset)
def use_reset(token: str):
    password = forms.read(NewPasswordForm)["password"]
    return enter(*people.reset_password(token, "staff_reset", password, device(), client()))
