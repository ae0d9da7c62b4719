"""The ringing offer: look, accept, decline; and taking waiting work by hand."""
from flask import redirect, render_template, url_for

from agent_console.desk.around import DECLINE_REASONS, piece, stay
from agent_console.desk.blueprint import DESK_ROLES, bp
from support import routing
from support.web import forms
from support.web.identity import allow, me


class Declining(forms.Form):
    reason = forms.Choice(tuple(DECLINE_REASONS), required=True)


@bp.get("/desk/ring")
@allow(*DESK_ROLES)
def ring():
    return render_template("desk/_ring.html", **piece(me(), work=False))


@bp.post("/desk/offers/<int:offer_id>/acceptance")
@allow(*DESK_ROLES)
def accept(offer_id: int):
    item = routing.accept(me(), offer_id)
    return redirect(url_for("desk.ticket", ticket_id=item.ticket_id), 303)


@bp.post("/desk/offers/<int:offer_id>/decline")
@allow(*DESK_ROLES)
def decline(offer_id: int):
    routing.decline(me(), offer_id, forms.read(Declining)["reason"])
    return stay(me())


@bp.post("/desk/work/<int:item_id>/pull")
@allow(*DESK_ROLES)
def pull(item_id: int):
    item = routing.pull(me(), item_id)
    return redirect(url_for("desk.ticket", ticket_id=item.ticket_id), 303)
