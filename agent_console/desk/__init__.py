"""The agent's desk: work list, conversation, customer at a glance, ringing offers, presence, reviews. `agent_console` calls `init_app`."""
from flask import url_for

from agent_console.desk import conversation, home, moves, offers, passing, pieces, presence, reviews, screens
from agent_console.desk.blueprint import bp
from support import links

ROUTES = (home, conversation, pieces, moves, passing, offers, presence, reviews)


def init_app(app, settings) -> None:
    app.register_blueprint(bp)
    links.register(app, "ticket.staff", lambda ticket_id: url_for("desk.ticket", ticket_id=ticket_id))
    screens.init_app(app)
