"""The access matrix: for every route what each role gets. A route without a row fails, and so does a row without a route.

Columns: nobody · maja (the things belong to her) · odile (another customer) · gero (a guest with a pass for his own order) · ines (trained agent,
it is her work) · aoife (agent without the training) · hanna (supervisor) · arno (administrator). `in` means: sent to the page for signing in.
"""
from dataclasses import dataclass, field

# nobody maja odile gero ines aoife hanna arno
OPEN = "200 200 200 200 200 200 200 200"
DONE = "303 303 303 303 303 303 303 303"
UNKNOWN, STRANGER = "401 401 401 401 401 401 401 401", "404 404 404 404 404 404 404 404"
WRONG = "422 422 422 422 422 422 422 422"
ACCOUNT_PAGE, ACCOUNT_ACT = "in 200 200 in 403 403 403 403", "401 303 303 401 403 403 403 403"
HER_ACCOUNT_PAGE, HER_ACCOUNT_ACT = "in 200 404 in 403 403 403 403", "401 303 404 401 403 403 403 403"
HER_PAGE, HER_ACT = "in 200 404 404 403 403 403 403", "401 303 404 404 403 403 403 403"
DESK_PAGE, WORK, INES_ONLY = "in 404 404 404 200 200 200 403", "401 404 404 404 303 403 303 403", "401 404 404 404 303 404 404 403"
BOARD_PAGE = "in 404 404 404 403 403 200 200"
STAFF_PAGE, STAFF_ACT = "in 404 404 404 200 200 200 200", "401 404 404 404 303 303 303 303"
ADMIN_PAGE, ADMIN_ACT = "in 404 404 404 403 403 403 200", "401 404 404 404 403 403 403 303"

# What the parts of an address name, unless a row says otherwise: keys of `Shop.things`; `=` introduces the thing itself.
THINGS = {
    "address_id": "address", "article_id": "article", "number": "order", "offer_id": "offer", "item_id": "item", "review_id": "review", "ticket_id": "talk",
    "person_id": "staff", "skill_id": "skill", "certificate_id": "certificate", "staff_id": "staff", "slug": "slug", "token": "link_token",
    "disposition_id": "disposition", "mail_id": "mail", "run_id": "import", "event_id": "event", "listener": "listener",
    "notice_id": "notice", "queue_id": "queue", "reply_id": "reply", "calendar_id": "calendar", "sign_in_id": "sign_in",
}


@dataclass(frozen=True)
class Row:
    """One route. `body`: what a correct form sends, with `{thing}`. `told`: words the address itself entitles to. `writes`: what opening it may write."""

    route: str
    expected: str
    things: dict[str, str] = field(default_factory=dict)
    query: str = ""
    body: dict[str, str] | None = None
    told: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


PASSWORD = "lantern-over-tarn"
EVERYTHING = "q=Zqsubject+Zqinternal+Zqdraft+Zqnote+TT-204817+parcel"

ADDRESS = {"label": "Home", "name": "M", "street": "Long Lane 1", "postcode": "10178", "city": "Berlin", "country": "DE"}
LINE = {"public": "yes", "active": "yes", "priority": "2", "target_seconds": "60", "ring_seconds": "30", "position": "1"}
QUEUE = {"name": "Repairs", "description": "x", **LINE}
SAME_QUEUE = {"name": "Orders", "description": "x", **LINE}
ARTICLE = {"title": "T", "body": "B", "category": "Delivery", "language": "en", "state": "public", "version": "{article_version}"}
CALENDAR = {"name": "Nights", "zone": "Europe/Berlin", "country": "DE", "day_0": "09:00-17:00", "version": "1"}
QUESTION = {"subject": "S", "body": "B", "topic": "orders", "channel": "form", "order": "{order}", "client_id": "client-ask-0001"}
EMBEDDED_QUESTION = {"body": "B", "topic": "orders", "channel": "form", "order": "{order}", "client_id": "client-embed-0001"}

# What a bearer token of the embedded chat opens: maja's and odile's (for whom the shop vouched), and that of a visitor who said a name.
BEARER = {
    "GET /embed": "200 200 200", "GET /embed.js": "200 200 200", "GET /embed/answers/<slug>": "200 200 200", "POST /embed/answers/<slug>/feedback": "303 303 303",
    "GET /embed/ask": "200 200 200", "POST /embed/ask": "303 422 422", "GET /embed/ask/answers": "200 200 200", "POST /embed/customer": "403 403 403", "GET /embed/home": "200 200 200",
    "POST /embed/leaving": "204 204 204", "GET /embed/questions/<int:ticket_id>": "200 404 404", "GET /embed/questions/<int:ticket_id>/messages": "200 404 404",
    "POST /embed/questions/<int:ticket_id>/messages": "303 404 404", "POST /embed/questions/<int:ticket_id>/rating": "303 404 404", "POST /embed/questions/<int:ticket_id>/reading": "204 404 404",
    "GET /embed/questions/<int:ticket_id>/status": "200 404 404", "GET /embed/search": "200 200 200", "GET /embed/suggest": "200 200 200", "GET /embed/unread": "200 200 200",
    "GET /embed/visitor": "200 200 200", "POST /embed/visitor": "401 401 200",
}

ROWS = (
    Row("GET /", OPEN),
    Row("GET /account", ACCOUNT_PAGE),
    Row("POST /account", ACCOUNT_ACT, body={"name": "New name", "locale": "en", "phone": ""}),
    Row("GET /account/addresses", ACCOUNT_PAGE),
    Row("GET /account/addresses/<int:address_id>", HER_ACCOUNT_PAGE),
    Row("POST /account/addresses/<int:address_id>", HER_ACCOUNT_ACT, body=ADDRESS),
    Row("POST /account/addresses/<int:address_id>/delete", HER_ACCOUNT_ACT),
    Row("GET /account/addresses/new", ACCOUNT_PAGE),
    Row("POST /account/addresses/new", ACCOUNT_ACT, body=ADDRESS),
    Row("GET /account/consent", ACCOUNT_PAGE),
    Row("POST /account/consent", ACCOUNT_ACT, body={"given": "marketing.email"}),
    Row("GET /account/email", ACCOUNT_PAGE),
    Row("POST /account/email", ACCOUNT_ACT, body={"email": "new@mail.example", "current_password": PASSWORD}),
    Row("GET /account/password", ACCOUNT_PAGE),
    Row("POST /account/password", ACCOUNT_ACT, body={"current_password": PASSWORD, "new_password": "an odd green kettle"}),
    Row("GET /account/sign-ins", ACCOUNT_PAGE),
    Row("POST /account/sign-ins/<int:sign_in_id>/end", HER_ACCOUNT_ACT),
    Row("POST /account/sign-ins/end-all", ACCOUNT_ACT),
    Row("GET /admin", ADMIN_PAGE),
    Row("GET /admin/articles", STAFF_PAGE),
    Row("GET /admin/articles/export", ADMIN_PAGE),
    Row("GET /admin/articles/export", ADMIN_PAGE, query="format=folder"),
    Row("GET /admin/articles/<int:article_id>", ADMIN_PAGE),
    Row("POST /admin/articles/<int:article_id>", ADMIN_ACT, body=ARTICLE),
    Row("GET /admin/articles/<int:article_id>/revisions", ADMIN_PAGE),
    Row("GET /admin/articles/<int:article_id>/revisions/<int:number>", ADMIN_PAGE, things={"number": "=1"}),
    Row("POST /admin/articles/<int:article_id>/revisions/<int:number>/restoration", ADMIN_ACT, things={"number": "=1"}, body={"version": "{article_version}"}),
    Row("GET /admin/articles/new", ADMIN_PAGE),
    Row("POST /admin/articles/new", ADMIN_ACT, body={"title": "T", "body": "B", "category": "Delivery", "language": "en", "state": "public"}),
    Row("POST /admin/articles/preview", "401 404 404 404 403 403 403 200", body={"body": "**bold**"}),
    Row("GET /admin/calendars", ADMIN_PAGE),
    Row("POST /admin/calendars", ADMIN_ACT, body={"name": "Nights", "zone": "Europe/Berlin", "country": "DE", "day_0": "09:00-17:00"}),
    Row("GET /admin/calendars/<int:calendar_id>", ADMIN_PAGE),
    Row("POST /admin/calendars/<int:calendar_id>", ADMIN_ACT, body=CALENDAR),
    Row("GET /admin/calendars/new", ADMIN_PAGE),
    Row("GET /admin/certificates", BOARD_PAGE),
    Row("POST /admin/certificates/<int:certificate_id>/revocation", ADMIN_ACT),
    Row("GET /admin/certificates/<int:person_id>/<int:skill_id>", BOARD_PAGE),
    Row("POST /admin/certificates/<int:person_id>/<int:skill_id>", ADMIN_ACT, body={"level": "3"}),
    Row("GET /admin/certificates/new", ADMIN_PAGE),
    Row("POST /admin/certificates/new", ADMIN_ACT, body={"person_id": "{staff}", "skill_id": "{skill}", "level": "3"}),
    Row("GET /admin/deliveries", ADMIN_PAGE),
    Row("GET /admin/deliveries/<int:event_id>/<listener>", ADMIN_PAGE),
    Row("POST /admin/deliveries/<int:event_id>/<listener>", ADMIN_ACT, body={"reason": "The mailbox is gone"}),
    Row("POST /admin/deliveries/<int:event_id>/<listener>/retry", ADMIN_ACT),
    Row("GET /admin/dispositions", ADMIN_PAGE),
    Row("GET /admin/dispositions/<int:disposition_id>", ADMIN_PAGE),
    Row("POST /admin/dispositions/<int:disposition_id>", ADMIN_ACT, body={"code": "other-code", "name": "Other", "position": "5", "active": "yes"}),
    Row("GET /admin/dispositions/new", ADMIN_PAGE),
    Row("POST /admin/dispositions/new", ADMIN_ACT, body={"code": "other-code", "name": "Other", "position": "5", "active": "yes"}),
    Row("GET /admin/mail", ADMIN_PAGE),
    Row("POST /admin/mail/<int:mail_id>/again", ADMIN_ACT),
    Row("POST /admin/mail/test", ADMIN_ACT),
    Row("GET /admin/embedding", ADMIN_PAGE),
    Row("GET /admin/imports", ADMIN_PAGE),
    Row("POST /admin/imports", "401 404 404 404 403 403 403 422", body={"kind": "orders"}),
    Row("GET /admin/imports/<int:run_id>", ADMIN_PAGE),
    Row("POST /admin/imports/<int:run_id>/discard", ADMIN_ACT),
    Row("POST /admin/imports/<int:run_id>/mapping", ADMIN_ACT, body={"source": "old_shop"}),
    Row("GET /admin/imports/<int:run_id>/progress", ADMIN_PAGE),
    Row("GET /admin/imports/<int:run_id>/rejects.csv", "in 404 404 404 403 403 403 404"),
    Row("GET /admin/imports/<int:run_id>/papers/<name>", "in 404 404 404 403 403 403 404", things={"name": "=no.csv"}),
    Row("POST /admin/imports/<int:run_id>/start", "401 404 404 404 403 403 403 422"),
    Row("POST /admin/imports/<int:run_id>/stop", ADMIN_ACT),
    Row("GET /admin/notices", ADMIN_PAGE),
    Row("GET /admin/notices/<int:notice_id>", ADMIN_PAGE),
    Row("POST /admin/notices/<int:notice_id>", ADMIN_ACT, body={"text": "All well", "severity": "info"}),
    Row("POST /admin/notices/<int:notice_id>/end", ADMIN_ACT),
    Row("GET /admin/notices/new", ADMIN_PAGE),
    Row("POST /admin/notices/new", ADMIN_ACT, body={"text": "All well", "severity": "info"}),
    Row("GET /admin/queues", ADMIN_PAGE),
    Row("GET /admin/queues/<int:queue_id>", ADMIN_PAGE),
    Row("POST /admin/queues/<int:queue_id>", ADMIN_ACT, body=SAME_QUEUE),
    Row("GET /admin/queues/new", ADMIN_PAGE),
    Row("POST /admin/queues/new", ADMIN_ACT, body=QUEUE),
    Row("GET /admin/replies", ADMIN_PAGE),
    Row("GET /admin/replies/<int:reply_id>", ADMIN_PAGE),
    Row("POST /admin/replies/<int:reply_id>", ADMIN_ACT, body={"title": "T", "shortcut": "zq2", "body": "B", "active": "yes"}),
    Row("GET /admin/replies/new", ADMIN_PAGE),
    Row("POST /admin/replies/new", ADMIN_ACT, body={"title": "T", "shortcut": "zq2", "body": "B", "active": "yes"}),
    Row("GET /admin/shop", ADMIN_PAGE),
    Row("POST /admin/shop", ADMIN_ACT, body={"shop_name": "S", "zone": "Europe/Berlin", "country": "DE", "language": "en", "currency": "EUR", "mail": "help@tarn.example", "version": "1"}),
    Row("GET /admin/shop/face", ADMIN_PAGE),
    Row("POST /admin/shop/face", ADMIN_ACT, body={"colour": "#0a6b4f", "version": "1"}),
    Row("GET /admin/skills", ADMIN_PAGE),
    Row("GET /admin/skills/<int:skill_id>", ADMIN_PAGE),
    Row("POST /admin/skills/<int:skill_id>", ADMIN_ACT, body={"name": "Orders too", "kind": "subject", "active": "yes"}),
    Row("GET /admin/skills/new", ADMIN_PAGE),
    Row("POST /admin/skills/new", ADMIN_ACT, body={"name": "Repairs", "kind": "subject", "active": "yes"}),
    Row("GET /admin/staff", ADMIN_PAGE),
    Row("GET /admin/staff/<int:staff_id>", ADMIN_PAGE),
    Row("POST /admin/staff/<int:staff_id>", ADMIN_ACT, body={"name": "Ines D.", "email": "ines@tarn-thistle.example", "role": "agent"}),
    Row("POST /admin/staff/<int:staff_id>/disabling", ADMIN_ACT),
    Row("POST /admin/staff/<int:staff_id>/enabling", ADMIN_ACT),
    Row("POST /admin/staff/<int:staff_id>/invitation", ADMIN_ACT),
    Row("POST /admin/staff/<int:staff_id>/sign-out", ADMIN_ACT),
    Row("GET /admin/staff/new", ADMIN_PAGE),
    Row("POST /admin/staff/new", ADMIN_ACT, body={"name": "New One", "email": "new@tarn-thistle.example", "role": "agent"}),
    Row("GET /answers", OPEN),
    Row("GET /answers/<slug>", OPEN, writes=("article_feedback",)),
    Row("GET /answers/<slug>", "404 404 404 404 200 200 200 200", things={"slug": "internal_slug"}),
    Row("GET /answers/<slug>", "404 404 404 404 404 404 404 200", things={"slug": "draft_slug"}),
    Row("GET /answers/<slug>/pictures/<path:name>", "404 404 404 404 404 404 404 404", things={"name": "slug"}),
    Row("POST /answers/<slug>/feedback", "404 404 404 404 303 303 303 303", things={"slug": "internal_slug"}, body={"helped": "yes"}),
    Row("POST /answers/<slug>/feedback", DONE, body={"helped": "yes"}),
    Row("GET /ask", "200 200 200 200 403 403 403 403", query="order=TT-204817"),
    Row("POST /ask", "401 303 422 422 403 403 403 403", body=QUESTION),
    Row("GET /ask/answers", "200 200 200 200 403 403 403 403", query=EVERYTHING),
    Row("POST /ask/solved", "200 200 200 200 403 403 403 403", body={"article": "{slug}"}),
    Row("GET /board", BOARD_PAGE),
    Row("GET /board/numbers", BOARD_PAGE),
    Row("GET /contact", OPEN),
    Row("GET /desk", DESK_PAGE),
    Row("POST /desk/heartbeat", "401 404 404 404 204 204 204 403"),
    Row("GET /desk/list", DESK_PAGE),
    Row("GET /desk/next", DESK_PAGE),
    Row("POST /desk/offers/<int:offer_id>/acceptance", INES_ONLY),
    Row("POST /desk/offers/<int:offer_id>/decline", INES_ONLY, body={"reason": "busy"}),
    Row("GET /desk/presence", DESK_PAGE),
    Row("POST /desk/presence", "401 404 404 404 303 303 303 403", body={"chosen": "break"}),
    Row("GET /desk/reviews", DESK_PAGE),
    Row("POST /desk/reviews/<int:review_id>/reading", INES_ONLY),
    Row("GET /desk/ring", DESK_PAGE),
    Row("GET /desk/tickets/<int:ticket_id>", DESK_PAGE),
    Row("GET /desk/tickets/<int:ticket_id>", DESK_PAGE, things={"ticket_id": "solved"}),
    Row("GET /desk/tickets/<int:ticket_id>/answers", DESK_PAGE),
    Row("GET /desk/tickets/<int:ticket_id>/context", DESK_PAGE),
    Row("GET /desk/tickets/<int:ticket_id>/header", DESK_PAGE),
    Row("POST /desk/tickets/<int:ticket_id>/hold", WORK),
    Row("GET /desk/tickets/<int:ticket_id>/viewers", DESK_PAGE),
    Row("GET /desk/tickets/<int:ticket_id>/messages", DESK_PAGE),
    Row("POST /desk/tickets/<int:ticket_id>/messages", WORK, body={"body": "A reply", "client_id": "client-desk-0001"}),
    Row("POST /desk/tickets/<int:ticket_id>/priority", WORK, body={"priority": "high"}),
    Row("POST /desk/tickets/<int:ticket_id>/reading", "401 404 404 404 204 204 204 403", body={"seen": "3", "got": "3"}),
    Row("POST /desk/tickets/<int:ticket_id>/reopening", WORK, things={"ticket_id": "solved"}),
    Row("POST /desk/tickets/<int:ticket_id>/resolution", WORK, body={"disposition": "{disposition}"}),
    Row("POST /desk/tickets/<int:ticket_id>/turn", WORK),
    Row("POST /desk/work/<int:item_id>/pull", "401 404 404 404 303 403 403 403"),
    # No cookie opens a door of the embedded chat: everybody is nobody there. What its bearer tokens open stands in `BEARER`.
    Row("GET /embed", OPEN),
    Row("GET /embed.js", OPEN),
    Row("GET /embed/answers/<slug>", OPEN, writes=("article_feedback",)),
    Row("GET /embed/answers/<slug>", STRANGER, things={"slug": "internal_slug"}),
    Row("POST /embed/answers/<slug>/feedback", DONE, body={"helped": "yes"}),
    Row("GET /embed/ask", OPEN),
    Row("POST /embed/ask", UNKNOWN, body=EMBEDDED_QUESTION),
    Row("GET /embed/ask/answers", OPEN, query=EVERYTHING),
    Row("POST /embed/customer", "403 403 403 403 403 403 403 403", body={"token": "no.token.at-all"}),
    Row("GET /embed/home", OPEN),
    Row("POST /embed/leaving", UNKNOWN),
    Row("GET /embed/questions/<int:ticket_id>", UNKNOWN),
    Row("GET /embed/questions/<int:ticket_id>/messages", UNKNOWN),
    Row("POST /embed/questions/<int:ticket_id>/messages", UNKNOWN, body={"body": "More words", "client_id": "client-more-0001"}),
    Row("POST /embed/questions/<int:ticket_id>/rating", UNKNOWN, things={"ticket_id": "solved"}, body={"score": "4", "comment": "fine"}),
    Row("POST /embed/questions/<int:ticket_id>/reading", UNKNOWN, body={"seen": "3", "got": "3"}),
    Row("GET /embed/questions/<int:ticket_id>/status", UNKNOWN),
    Row("GET /embed/search", OPEN, query=EVERYTHING),
    Row("GET /embed/suggest", OPEN, query=EVERYTHING),
    Row("GET /embed/unread", UNKNOWN),
    Row("GET /embed/visitor", OPEN),
    Row("POST /embed/visitor", OPEN, body={"name": "Somebody", "email": "zqmail@mail.example"}),
    Row("GET /face.css", OPEN),
    Row("GET /favicon.ico", OPEN),
    Row("GET /healthz", OPEN),
    Row("GET /hours", OPEN),
    Row("POST /language", DONE, body={"language": "en"}),
    Row("GET /link/<token>", OPEN, told=("zqmail@mail.example",)),
    Row("POST /link/<token>", DONE),
    Row("GET /logo", "404 404 404 404 404 404 404 404"),  # the shop has none
    Row("GET /manifest.webmanifest", OPEN),
    Row("GET /metrics", OPEN),
    Row("GET /offline", OPEN),
    Row("GET /orders", "in 200 200 200 403 403 403 403", query="q=TT-204817"),
    Row("GET /orders/<number>", HER_PAGE),
    Row("GET /orders/<number>/state", HER_PAGE),
    Row("GET /products", OPEN),
    Row("GET /products/<slug>", OPEN, things={"slug": "product"}),
    Row("GET /questions", "in 200 200 200 403 403 403 403"),
    Row("GET /questions/<int:ticket_id>", HER_PAGE),
    Row("GET /questions/<int:ticket_id>", HER_PAGE, things={"ticket_id": "solved"}),
    Row("GET /questions/<int:ticket_id>/messages", HER_PAGE),
    Row("POST /questions/<int:ticket_id>/messages", HER_ACT, body={"body": "More words", "client_id": "client-more-0001"}),
    Row("POST /questions/<int:ticket_id>/rating", HER_ACT, things={"ticket_id": "solved"}, body={"score": "4", "comment": "fine"}),
    Row("POST /questions/<int:ticket_id>/reading", "401 204 404 404 403 403 403 403", body={"seen": "3", "got": "3"}),
    Row("POST /questions/<int:ticket_id>/reopening", HER_ACT, things={"ticket_id": "solved"}),
    Row("GET /questions/<int:ticket_id>/status", HER_PAGE),
    Row("GET /readyz", OPEN),
    Row("GET /reset", OPEN),
    Row("POST /reset", DONE, body={"email": "zqmail@mail.example"}),
    Row("GET /reset/<token>", OPEN, told=("zqmail@mail.example",), things={"token": "reset_token"}),
    Row("POST /reset/<token>", DONE, things={"token": "reset_token"}, body={"password": "an odd green kettle"}),
    Row("GET /search", OPEN, query=EVERYTHING),
    Row("GET /sign-in", "200 303 303 200 303 303 303 303"),
    Row("POST /sign-in", WRONG, body={"email": "zqmail@mail.example", "password": "wrong-password"}),
    Row("GET /sign-in/link", OPEN),
    Row("POST /sign-in/link", DONE, body={"email": "zqmail@mail.example"}),
    Row("GET /sign-in/sent", OPEN),
    Row("POST /sign-out", DONE),
    Row("GET /sign-up", OPEN),
    Row("POST /sign-up", DONE, body={"email": "zqmail@mail.example", "name": "Somebody"}),
    Row("GET /staff/account", STAFF_PAGE),
    Row("POST /staff/account/password", STAFF_ACT, body={"current_password": PASSWORD, "new_password": "an odd green kettle"}),
    Row("POST /staff/account/sign-ins/<int:sign_in_id>/end", "401 404 404 404 303 404 404 404", things={"sign_in_id": "staff_sign_in"}),
    Row("POST /staff/account/sign-ins/end-all", STAFF_ACT),
    Row("GET /staff/manifest.webmanifest", OPEN),
    Row("GET /staff/reset", OPEN),
    Row("POST /staff/reset", DONE, body={"email": "ines@tarn-thistle.example"}),
    Row("GET /staff/reset/<token>", OPEN, things={"token": "staff_token"}),
    Row("POST /staff/reset/<token>", DONE, things={"token": "staff_token"}, body={"password": "an odd green kettle"}),
    Row("GET /staff/reset/sent", OPEN),
    Row("GET /staff/sign-in", "200 200 200 200 303 303 303 303"),
    Row("POST /staff/sign-in", WRONG, body={"email": "ines@tarn-thistle.example", "password": "wrong-password"}),
    Row("GET /static/<path:name>", OPEN, things={"name": "=img/mark.svg"}),
    Row("GET /suggest", OPEN, query=EVERYTHING),
    Row("GET /tickets", BOARD_PAGE),
    Row("GET /tickets/<int:ticket_id>", BOARD_PAGE),
    Row("GET /tickets/<int:ticket_id>", BOARD_PAGE, things={"ticket_id": "solved"}),
    Row("POST /tickets/<int:ticket_id>/reviews", "401 404 404 404 403 403 303 403", things={"ticket_id": "solved"}, body={"body": "A note for you"}),
    Row("GET /tickets/<int:ticket_id>/story", BOARD_PAGE),
    Row("GET /track", "200 303 303 200 403 403 403 403", query="number=TT-1"),
    Row("POST /track", "422 404 404 422 403 403 403 403", body={"number": "{order}", "proof": "guess@mail.example"}),
    Row("GET /service-worker.js", OPEN),
    Row("GET /setup", "404 404 404 404 404 404 404 404"),  # there is an administrator
    Row("POST /setup", "404 404 404 404 404 404 404 404"),
)
