"""Shared web plumbing: who asks, what is allowed, forms, lists, errors, security. `wsgi.py` calls `init_app` before the rooms'."""
from flask import Flask

from support.web import assets, compiled, crowd, errors, face, filters, icons, identity, language, logo, look, offline, pages, security, signs, slow_bodies


def init_app(app: Flask, settings) -> None:
    """Attach all of it. The roof calls `identity.check_routes(app)` after the last room."""
    security.init_app(app, settings)
    errors.init_app(app, settings)
    identity.init_app(app, settings)
    language.init_app(app, settings)
    for part in (compiled, assets, filters, look, face, logo, icons, offline, slow_bodies, crowd, signs):
        part.init_app(app, settings)
    app.register_blueprint(pages.bp)
