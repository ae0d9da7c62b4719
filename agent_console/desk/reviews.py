"""What supervisors wrote about my work: read it, and say so."""
from flask import redirect, render_template, url_for

from agent_console.desk.blueprint import DESK_ROLES, bp
from support.quality import reviews as notes
from support.web.identity import allow, me


@bp.get("/desk/reviews")
@allow(*DESK_ROLES)
def reviews():
    return render_template("desk/reviews.html", reviews=notes.reviews_for(me()))


@bp.post("/desk/reviews/<int:review_id>/reading")
@allow(*DESK_ROLES)
def read(review_id: int):
    notes.mark_read(me(), review_id)
    return redirect(url_for("desk.reviews"), 303)
