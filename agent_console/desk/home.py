"""The desk without a ticket, and the work list as a fragment of its own."""
from flask import render_template, request

from agent_console.desk.around import around, piece
from agent_console.desk.blueprint import DESK_ROLES, bp
from support.quality import reviews
from support.web.identity import allow, me


@bp.get("/desk")
@allow(*DESK_ROLES)
def home():
    return render_template("desk/home.html", **around(me(), pane="list"))


@bp.get("/desk/next")
@allow(*DESK_ROLES)
def next_up():
    """What happens next, shown while no ticket is open."""
    return render_template("desk/_next.html", unread_reviews=reviews.unread_count(me()), **piece(me(), offer=False))


@bp.get("/desk/list")
@allow(*DESK_ROLES)
def work_list():
    """The list pane; `?ticket=` is the one that is open."""
    return render_template("desk/_list.html", open_ticket_id=request.args.get("ticket", type=int), **piece(me(), offer=False))
