"""Help and chat on the company's own site: one document that may be framed there, and the pieces that it fetches with a bearer token.

Every door here is `embedded`: no cookie opens it, and its token opens no other. What people do here goes through the same use cases as on the portal.
"""
from portal.embed import answers, asking, entering, files, frame, script, talk
from portal.embed.blueprint import bp

DOORS = (frame, entering, answers, asking, talk, files)


def init_app(app, settings) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(script.bp)
