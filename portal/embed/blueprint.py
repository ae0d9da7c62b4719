"""The blueprint of the embedded chat. Without EMBED_ORIGINS there is nothing here."""
from flask import Blueprint, current_app

from support.errors import NotFound

bp = Blueprint("portal_embed", __name__, template_folder="../templates", url_prefix="/embed")


@bp.before_request
def _only_where_it_is_wanted() -> None:
    demand_embedding()


def demand_embedding() -> None:
    """Raise NotFound where no site may embed the chat."""
    if not current_app.config["SETTINGS"].embed_origins:
        raise NotFound()
