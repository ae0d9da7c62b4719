"""Administration: what a shop keeps in order. `agent_console` calls `init_app`; each screen is a module with its blueprint `bp`."""
from flask import url_for

from agent_console.administration import (
    articles,
    calendars,
    certificates,
    classification,
    courses,
    coverage,
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
    shifts,
    shop,
    skills,
    staff,
    training,
)
from support import links

SCREENS = (
    overview, shop, face, staff, skills, certificates, courses, training, shifts, coverage, queues, classification, calendars, articles, searches, search_words, dispositions, replies, notices,
    embedding, imports, mails, deliveries,
)


def init_app(app, settings) -> None:
    for screen in SCREENS:
        app.register_blueprint(screen.bp)
    links.register(app, "coverage", lambda: url_for("admin_coverage.show"))
