"""The customer's front room. `wsgi.py` calls `init_app`; each screen is a module with its blueprint `bp`."""
from flask import url_for

from portal import account, answers, ask, callbacks, embed, home, opening, orders, products, questions, screens, sign_in, tracking
from support import links

SCREENS = (home, answers, ask, questions, callbacks, orders, tracking, products, opening, sign_in, account)


def init_app(app, settings) -> None:
    """Register every screen, and where mails and other rooms find them."""
    for screen in SCREENS:
        app.register_blueprint(screen.bp)
        if hasattr(screen, "init_app"):
            screen.init_app(app, settings)
    embed.init_app(app, settings)
    screens.init_app(app, settings)
    links.register(app, "ticket.customer", lambda ticket_id: url_for("portal_questions.show", ticket_id=ticket_id))
    links.register(app, "article", lambda slug: url_for("portal_answers.article", slug=slug))
    links.register(app, "article picture", lambda slug, name: url_for("portal_answers.picture", slug=slug, name=name))
