"""The one document that sites named in EMBED_ORIGINS may frame. It holds nobody's words: everything else is fetched by it."""
from flask import current_app, make_response, render_template, request

from portal.embed.blueprint import bp
from support.web.identity import EVERYBODY, allow
from support.web.look import THEMES
from support.web.security import may_be_framed


@bp.get("")
@allow(*EVERYBODY, embedded=True)
def frame():
    """The same for everybody who reads this language; `?theme=` keeps it light or dark, else it follows the system."""
    origins = current_app.config["SETTINGS"].embed_origins
    asked = request.args.get("theme")
    page = render_template("portal/embed/document.html", origins=origins, theme=asked if asked in THEMES else None)
    return may_be_framed(make_response(page), origins)
