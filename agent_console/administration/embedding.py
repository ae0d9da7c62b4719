"""Chat on the company's own site: what to put on its pages, which sites may, and how it looks. For administrators; the settings decide."""
from flask import Blueprint, current_app, render_template

from support.web.identity import allow

bp = Blueprint("admin_embedding", __name__, template_folder="../templates", url_prefix="/admin/embedding")


@bp.get("")
@allow("administrator")
def show():
    settings = current_app.config["SETTINGS"]
    return render_template("administration/embedding/show.html", origins=settings.embed_origins, has_secret=bool(settings.embed_secret), base=settings.base_url)
