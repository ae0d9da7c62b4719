"""Tracking as a guest: order number and e-mail or postcode, then the page of that one order."""

from flask import Blueprint, redirect, request, url_for

from support import orders
from support.web import forms
from support.web.identity import allow, client, device, me, signed_in

bp = Blueprint("portal_tracking", __name__, template_folder="templates")


class TrackForm(forms.Form):
    number = forms.Text(required=True, most=30)
    proof = forms.Text(required=True, most=254)


@bp.get("/track")
@allow("nobody", "guest", "customer")
def form():
    if me().is_customer:
        return redirect(url_for("portal_orders.index"), 303)
    return forms.answer("portal/tracking/form.html", values={"number": request.args.get("number", "")[:30]})


@bp.post("/track")
@allow("nobody", "guest")
@forms.reshow(form)
def track():
    asked = forms.read(TrackForm)
    sign_in, token = orders.track(asked["number"], asked["proof"], device(), client())
    response = redirect(url_for("portal_orders.show", number=orders.squeezed(asked["number"])), 303)
    return signed_in(response, sign_in, token)
