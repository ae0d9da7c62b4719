"""Which pages there are, and as whom each is looked at. The access matrix knows both: it has a row for every route."""
from dataclasses import dataclass

from tests.access.furnishing import ROLES
from tests.access.matrix import ROWS

# What answers GET and is no page, with the reason.
NO_PAGES = {
    "GET /healthz": "for machines", "GET /readyz": "for machines", "GET /metrics": "for machines", "GET /static/<path:name>": "files", "GET /face.css": "a stylesheet",
    "GET /service-worker.js": "for browsers", "GET /favicon.ico": "a picture", "GET /logo": "a picture", "GET /manifest.webmanifest": "for browsers", "GET /staff/manifest.webmanifest": "for browsers",
    "GET /admin/queues/qualifying": "who would qualify for what a form asks", "GET /answers/<slug>/pictures/<path:name>": "a picture", "GET /admin/articles/export": "a file", "GET /admin/training/records.csv": "a file",
    "GET /suggest": "results under the search box", "GET /ask/answers": "answers beside the form",
    "GET /orders/<number>/state": "the live part of an order", "GET /questions/<int:ticket_id>/messages": "new messages",
    "GET /questions/<int:ticket_id>/status": "the live part of a question", "GET /board/numbers": "the live part of the board",
    "GET /tickets/<int:ticket_id>/story": "the live part of a ticket's story", "GET /desk/list": "the list pane", "GET /desk/next": "the middle of an empty desk",
    "GET /admin/imports/<int:run_id>/progress": "the live part of an import", "GET /admin/imports/<int:run_id>/rejects.csv": "a file", "GET /admin/imports/<int:run_id>/papers/<name>": "a file",
    "GET /files/<key>": "a file", "GET /files/<key>/small": "a picture", "GET /files/<key>/progress": "for scripts", "GET /files/signed/<token>": "a file",
    "GET /embed/files/<key>": "a file", "GET /embed/files/<key>/address": "for scripts", "GET /embed/files/<key>/small": "a picture", "GET /embed/files/<key>/progress": "for scripts", "GET /embed.js": "a script", "GET /embed": "a document that scripts fill", **{f"GET /embed/{piece}": "a piece of the embedded chat" for piece in (
        "answers/<slug>", "ask", "ask/answers", "home", "questions/<int:ticket_id>", "questions/<int:ticket_id>/messages", "questions/<int:ticket_id>/status", "search", "suggest", "unread", "visitor",
    )},
    "GET /setup": "only without an administrator", "GET /desk/presence": "part of the top bar", "GET /desk/ring": "the offer", "GET /desk/tickets/<int:ticket_id>/answers": "proposed answers",
    "GET /desk/tickets/<int:ticket_id>/context": "the customer's column", "GET /desk/tickets/<int:ticket_id>/header": "head of the conversation",
    "GET /desk/tickets/<int:ticket_id>/messages": "new messages", "GET /desk/tickets/<int:ticket_id>/viewers": "who else looks",
}
# Other states of pages that are worth a look: empty lists, nothing found, errors.
MORE = (
    ("nobody", "/search?q=parcle"), ("nobody", "/search?q=qqqqxxxx"), ("nobody", "/no-such-page"), ("maja", "/orders?q=qqqq"), ("maja", "/ask"),
    ("gero", "/orders/TT-204733"), ("gero", "/ask"), ("odile", "/questions"), ("ines", "/admin/staff"), ("ines", "/desk?pane=context"),
    ("hanna", "/tickets?q=qqqq"), ("hanna", "/desk"), ("arno", "/admin/staff?q=qqqq"), ("hanna", "/admin/certificates?q=qqqq"), ("hanna", "/admin/training?q=qqqq"), ("arno", "/admin/mail?q=qqqq"), ("arno", "/admin/articles?q=qqqq"), ("arno", "/admin/deliveries?q=qqqq"),
)


@dataclass(frozen=True)
class Sight:
    """A page as one role: a row of the matrix, or an address."""

    role: str
    row: object = None
    path: str = ""

    def __str__(self) -> str:
        return f"{self.role} {self.path or self.row.route}"


def pages() -> list:
    """The rows that are pages; of several rows of one route the ones somebody may see."""
    return [row for row in ROWS if row.route.startswith("GET ") and row.route not in NO_PAGES]


def viewer(row) -> str | None:
    """The first role that gets the page at once."""
    return next((role for role, status in zip(ROLES, row.expected.split(), strict=True) if status == "200"), None)


def sights() -> list[Sight]:
    return [*(Sight(viewer(row), row) for row in pages()), *(Sight(role, path=path) for role, path in MORE)]
