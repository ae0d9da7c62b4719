"""The library: articles, their search, what readers say of them, and answers proposed for a text. `wsgi.py` calls `init_app`."""

from kb import exporting, feedback, index, searches
from kb.demo import fill
from kb.importing import ArticleImporter
from support import demo, jobs
from support.importing import register_importer

DAY = 86_400


def init_app(app, settings) -> None:
    index.init_app(app)
    searches.init_app(app)
    jobs.every(app, DAY, "forget old readings", feedback.prune)
    jobs.every(app, 3600, "forget who searched", searches.prune)
    register_importer(app, ArticleImporter())
    app.cli.add_command(exporting.command)
    demo.part(app, 60, fill)
