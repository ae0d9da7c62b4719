"""Administration: what a shop keeps in order. `agent_console` calls `init_app`; each screen is a module with its blueprint `bp`."""
from agent_console.administration import (
    articles,
    calendars,
    certificates,
    classification,
    deliveries,
    dispositions,
    embedding,
    face,
    imports,
    mails,
    notices,
    overview,
    queues,
    replies,
    search_words,
    searches,
    shop,
    skills,
    staff,
)

SCREENS = (overview, shop, face, staff, skills, certificates, queues, classification, calendars, articles, searches, search_words, dispositions, replies, notices, embedding, imports, mails, deliveries)


def init_app(app, settings) -> None:
    for screen in SCREENS:
        app.register_blueprint(screen.bp)
