"""The board: who waits, how long, who is in which state; fetched anew on a hint."""
from flask import Blueprint, render_template

from agent_console.gaps import gaps
from support import routing
from support.web.identity import allow

bp = Blueprint("supervision_board", __name__, template_folder="../templates")


@bp.get("/board")
@allow("supervisor", "administrator")
def show():
    """The page around the numbers; how true announced waits are changes slowly and stands beside them."""
    return render_template("supervision/board.html", board=routing.board(), gaps=gaps(), limits=routing.limits_held())


@bp.get("/board/numbers")
@allow("supervisor", "administrator")
def numbers():
    """The numbers alone, from one instant."""
    return render_template("supervision/_numbers.html", board=routing.board(), gaps=gaps())
