"""The library: articles, their search, what readers say of them, and answers proposed for a text. `wsgi.py` calls `init_app`."""

from kb import feedback, index
from kb.demo import fill
from support import demo, jobs, relay

DAY = 86_400


def init_app(app, settings) -> None:
    index.init_app(app)
    relay.everywhere(app, index.follow)
    jobs.every(app, DAY, "forget old readings", feedback.prune)
    demo.part(app, 60, fill)
