"""The forms at the doors in, the same for customers and staff: password, mail address, new password."""
from flask_babel import lazy_gettext as _l

from support.web import forms


class PasswordForm(forms.Form):
    """Who signs in by a password."""

    email = forms.Email(required=True, missing=_l("Write your e-mail address."))
    password = forms.Secret(required=True, most=1000, missing=_l("Write the password."))


class AddressForm(forms.Form):
    """Where to mail a link."""

    email = forms.Email(required=True, missing=_l("Write your e-mail address."))


class NewPasswordForm(forms.Form):
    """The password from now on."""

    password = forms.Secret(required=True, most=1000, missing=_l("Write the password."))
