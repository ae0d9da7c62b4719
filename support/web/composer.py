"""The server's side of the box one writes in (static/js/controllers/composer.js): the stored message as a piece of the page."""
from flask import Response, render_template, request

from support.web import forms

FRAGMENT = "text/vnd.switchboard.message+html"


def asks() -> bool:
    """Whether this message was sent by the script, which wants it back as it is shown; a plain form wants the page."""
    return FRAGMENT in request.headers.get("Accept", "")


def stored(template: str, **context) -> Response:
    """The message is stored, and this is how it looks."""
    return Response(render_template(template, **context), 201, mimetype=FRAGMENT)


def elsewhere(address: str) -> Response:
    """The message is stored, and stands on another page."""
    return Response("", 201, {"Location": address}, mimetype=FRAGMENT)


class ReceiptForm(forms.Form):
    """How far a page has got the messages of a conversation (`got`) and shows them (`seen`), by `seq`."""

    seen = forms.Whole(required=True)
    got = forms.Whole(required=True)
