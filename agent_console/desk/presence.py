"""What I chose to be: available, break, training, away with a reason, offline; and the way back after a missed offer or a wrap-up."""
from flask import render_template

from agent_console.desk.around import piece, stay
from agent_console.desk.blueprint import DESK_ROLES, bp
from support import routing
from support.web import forms
from support.web.identity import allow, me


class Choosing(forms.Form):
    chosen = forms.Text(most=20)
    away_reason = forms.Text(most=80)
    ready = forms.Flag()


@bp.get("/desk/presence")
@allow(*DESK_ROLES)
def presence():
    """The chooser and what I carry: a fragment of the top bar."""
    return render_template("desk/_presence.html", **piece(me(), work=False, offer=False))


@bp.post("/desk/presence")
@allow(*DESK_ROLES)
def choose():
    sent = forms.read(Choosing)
    reason = sent["away_reason"]
    if sent["ready"]:
        routing.end_wrap_up(me())
    else:
        routing.choose_presence(me(), "away" if reason else sent["chosen"], reason)
    return stay(me())
