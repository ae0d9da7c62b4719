"""Who is there: somebody says a name, or the shop's own server vouches for its customer; and the way out."""

from portal.embed.asking import ask
from portal.embed.blueprint import bp
from support import people
from support.web import forms
from support.web.identity import allow, client, device, give_token, me
from support.web.language import spoken


class VisitorForm(forms.Form):
    name = forms.Text(required=True, most=200)
    email = forms.Email(required=True)


class VoucherForm(forms.Form):
    token = forms.Secret(required=True, most=8000)


@bp.get("/visitor")
@allow("nobody", "guest", "customer", embedded=True)
def who():
    """The form of somebody we do not know yet."""
    return forms.answer("portal/embed/who.html")


@bp.post("/visitor")
@allow("nobody", "guest", embedded=True)
@forms.reshow(who)
def introduce():
    """From now on this browser is that guest; the answer is the form in which to ask."""
    given = forms.read(VisitorForm)
    _begun(people.introducing.introduce(given["name"], given["email"], device(), client(), spoken()))
    return ask()


@bp.post("/customer")
@allow("nobody", "guest", "customer", embedded=True)
def recognise():
    """The shop's page has passed a signed token: from now on this browser is that customer."""
    _begun(people.vouching.enter(forms.read(VoucherForm)["token"], device(), client(), spoken()))
    return "", 204


@bp.post("/leaving")
@allow("guest", "customer", embedded=True)
def leave():
    """The sign-in ends, here and on its sockets."""
    people.sign_ins.end(me(), me().sign_in_id)
    return "", 204


def _begun(begun) -> None:
    former, (_sign_in, token) = me(), begun
    if former.sign_in_id is not None:
        people.sign_ins.end(former, former.sign_in_id)
    give_token(token)
