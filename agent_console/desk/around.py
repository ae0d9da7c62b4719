"""What stands around the work on every page and fragment of the desk: my list, my presence, the ringing offer."""
from urllib.parse import urlsplit

from flask import Response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from support import events, routing
from support.clock import now
from support.people import shifts
from support.quality import reviews

STREAM = "text/vnd.turbo-stream.html"
PANES = ("list", "work", "context")
AWAY_REASONS = (_l("Meeting"), _l("Coaching"), _l("With a colleague"), _l("Technical trouble"))
DECLINE_REASONS = {
    "busy": _l("I am in the middle of something"),
    "not_mine": _l("I do not know enough about this"),
    "conflict": _l("Somebody else should answer this customer"),
    "other": _l("Another reason"),
}


def around(person, pane: str = "work", open_ticket_id: int | None = None) -> dict:
    """Context of the desk's pages. `pane` is what a phone shows first, unless the address says otherwise."""
    asked = request.args.get("pane")
    version = events.head()  # read first: whatever is newer than what follows is fetched again
    return {
        **piece(person), "version": version, "unread_reviews": reviews.unread_count(person),
        "pane": asked if asked in PANES else pane, "open_ticket_id": open_ticket_id, "ticket": None,
    }


def piece(person, *, work: bool = True, offer: bool = True) -> dict:
    """Context of one piece that is fetched alone: with the lists, with the ringing offer, or with neither."""
    return {"desk": routing.my_desk(person, work=work, offer=offer), "reminder": shifts.reminder(person.id, now()), "away_reasons": AWAY_REASONS, "decline_reasons": DECLINE_REASONS.items()}


def stay(person) -> Response:
    """The answer to a small act: offer and presence renewed in place, so that no text or focus is lost; without a script, the same page."""
    path = urlsplit(request.referrer or "").path
    if STREAM in request.headers.get("Accept", ""):
        alone = path == url_for("desk.home")  # no ticket is open: the middle says what happens next
        context = {**piece(person, work=alone), "alone": alone, "unread_reviews": reviews.unread_count(person) if alone else 0}
        return Response(render_template("desk/_streams.html", **context), mimetype=STREAM)
    return redirect(path if path.startswith("/desk") else url_for("desk.home"), 303)
