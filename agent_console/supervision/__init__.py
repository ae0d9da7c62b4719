"""Supervision: the live board, callbacks, all tickets, one ticket's whole story with its reviews. `agent_console` calls `init_app`."""
from agent_console.supervision import board, callbacks, tickets
from support import people
from support.errors import NotFound
from support.web import live

SCREENS = (board, callbacks, tickets)


def init_app(app, settings) -> None:
    for screen in SCREENS:
        app.register_blueprint(screen.bp)
    live.screen(app, "board", _may_see_board)


def _may_see_board(person, key: str) -> None:
    if key or not people.may(person, "board"):
        raise NotFound()
