"""The staff's front room: the agent's desk, supervision and administration, and the staff's doors in. `wsgi.py` calls `init_app`.

Each wing is a package with its own `init_app(app, settings)`; a new wing gets one import and one place in WINGS.
"""
from agent_console import account, administration, desk, first_run, sign_in, supervision, training

WINGS = (first_run, sign_in, account, training, desk, supervision, administration)


def init_app(app, settings) -> None:
    for wing in WINGS:
        wing.init_app(app, settings)
