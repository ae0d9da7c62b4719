"""The customer's own page: profile, mail address, password, sign-ins, addresses, consent. One thing per page."""
from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import people, shop
from support.web import forms
from support.web.identity import allow, me, signed_out
from support.web.language import name_of, remember

bp = Blueprint("portal_account", __name__, template_folder="templates", url_prefix="/account")


def _languages() -> list[str]:
    return list(shop.profile().languages)


class ProfileForm(forms.Form):
    name = forms.Text(required=True, missing=_l("Write your name."))
    phone = forms.Text(most=40)
    locale = forms.Choice(_languages, required=True)


class MailForm(forms.Form):
    email = forms.Email(required=True, missing=_l("Write the new e-mail address."))
    current_password = forms.Secret(most=1000)


class PasswordForm(forms.Form):
    current_password = forms.Secret(most=1000)
    new_password = forms.Secret(required=True, most=1000, missing=_l("Choose a password."))


class AddressForm(forms.Form):
    label = forms.Text(most=60)
    name = forms.Text(required=True, missing=_l("Write who lives there."))
    street = forms.Text(required=True, missing=_l("Write the street and the number."))
    postcode = forms.Text(required=True, most=20, missing=_l("Write the postcode."))
    city = forms.Text(required=True, most=120, missing=_l("Write the town."))
    country = forms.Choice(lambda: [code for code, _name in people.countries()], required=True, missing=_l("Choose the country."))
    is_default = forms.Flag()


class ConsentForm(forms.Form):
    given = forms.Several(forms.Text(most=80), most=20)


@bp.get("")
@allow("customer")
def profile():
    person = me()
    names = [(code, name_of(code, own=True)) for code in _languages()]
    values = {"name": person.name, "phone": person.phone, "locale": person.locale}
    return forms.answer("portal/account/profile.html", values=values, languages=names)


@bp.post("")
@allow("customer")
@forms.reshow(profile)
def save_profile():
    data = forms.read(ProfileForm)
    people.update_profile(me(), **data)
    flash(_("Your profile is saved."))
    return remember(redirect(url_for(".profile"), 303), data["locale"])


@bp.get("/email")
@allow("customer")
def email():
    return forms.answer("portal/account/email.html")


@bp.post("/email")
@allow("customer")
@forms.reshow(email)
def change_email():
    data = forms.read(MailForm)
    people.ask_new_address(me(), data["email"], data["current_password"])
    flash(_("If the address is free, a mail with a link is on its way to it. Your address changes when you open the link."))
    return redirect(url_for(".profile"), 303)


@bp.get("/password")
@allow("customer")
def password():
    return forms.answer("portal/account/password.html")


@bp.post("/password")
@allow("customer")
@forms.reshow(password)
def change_password():
    data = forms.read(PasswordForm)
    people.change_password(me(), data["current_password"], data["new_password"])
    flash(_("Your password is changed. Everywhere else you are signed out."))
    return redirect(url_for(".sign_ins"), 303)


@bp.get("/sign-ins")
@allow("customer")
def sign_ins():
    return forms.answer("portal/account/sign_ins.html", sign_ins=people.sign_ins.of(me()))


@bp.post("/sign-ins/<int:sign_in_id>/end")
@allow("customer")
def end_sign_in(sign_in_id: int):
    people.sign_ins.end(me(), sign_in_id)
    flash(_("That sign-in is ended."))
    return redirect(url_for(".sign_ins"), 303)


@bp.post("/sign-ins/end-all")
@allow("customer")
def end_all_sign_ins():
    people.sign_ins.end_all(me())
    flash(_("You are signed out everywhere."))
    return signed_out(redirect(url_for("portal_sign_in.form"), 303))


@bp.get("/addresses")
@allow("customer")
def addresses():
    return forms.answer("portal/account/addresses.html", addresses=people.addresses(me()), countries=dict(people.countries()))


@bp.get("/addresses/new")
@allow("customer")
def new_address():
    values = {"name": me().name, "country": shop.profile().country}
    return forms.answer("portal/account/address.html", values=values, address=None, countries=people.countries())


@bp.post("/addresses/new")
@allow("customer")
@forms.reshow(new_address)
def add_address():
    people.add_address(me(), **forms.read(AddressForm))
    flash(_("The address is saved."))
    return redirect(url_for(".addresses"), 303)


@bp.get("/addresses/<int:address_id>")
@allow("customer")
def address(address_id: int):
    found = people.find_address(me(), address_id)
    values = {name: getattr(found, name) for name in ("label", "name", "street", "postcode", "city", "country")}
    values |= {"is_default": "yes"} if found.is_default else {}
    return forms.answer("portal/account/address.html", values=values, address=found, countries=people.countries())


@bp.post("/addresses/<int:address_id>")
@allow("customer")
@forms.reshow(address)
def change_address(address_id: int):
    people.change_address(me(), address_id, **forms.read(AddressForm))
    flash(_("The address is saved."))
    return redirect(url_for(".addresses"), 303)


@bp.post("/addresses/<int:address_id>/delete")
@allow("customer")
def delete_address(address_id: int):
    people.delete_address(me(), address_id)
    flash(_("The address is deleted. Orders already placed keep it."))
    return redirect(url_for(".addresses"), 303)


@bp.get("/consent")
@allow("customer")
def consent():
    person = me()
    return forms.answer("portal/account/consent.html", asked=people.consent.ASKED, latest=people.consent.latest(person), history=people.consent.history(person))


@bp.post("/consent")
@allow("customer")
@forms.reshow(consent)
def save_consent():
    people.consent.set_all(me(), forms.read(ConsentForm)["given"], source="account")
    flash(_("Your choices are saved."))
    return redirect(url_for(".consent"), 303)
