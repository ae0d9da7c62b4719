"""Contact: asking a person, being called back, mails that go out, canned replies and notices."""
from flask import Blueprint

from support import demo, jobs, relay
from support.contact import callbacks, cast, demo_callbacks, kinds, mail, notices, replies
from support.contact.asking import ask, may_chat
from support.people import kinds as people_kinds
from support.routing import kinds as routing_kinds
from support.tickets import kinds as ticket_kinds
from support.training import kinds as training_kinds

__all__ = ["ask", "callbacks", "mail", "may_chat", "notices", "replies"]

CALLBACK_STEPS = (
    kinds.CALLBACK_ASKED, kinds.CALLBACK_CHANGED, kinds.CALLBACK_MOVED, kinds.CALLBACK_CANCELLED, kinds.CALLBACK_REACHED, kinds.CALLBACK_NO_ANSWER,
    kinds.CALLBACK_GIVEN_UP,
)


def init_app(app, settings) -> None:
    """Mails follow events; a timed job sends what waits."""
    app.register_blueprint(Blueprint("contact", __name__, template_folder="templates"))
    relay.listen(app, "mail: link", [people_kinds.LINK_ASKED], mail.on_link)
    relay.listen(app, "mail: moved", [people_kinds.EMAIL_CHANGED], mail.on_address_changed)
    relay.listen(app, "mail: received", [ticket_kinds.OPENED, routing_kinds.WRITTEN], mail.on_opened)
    relay.listen(app, "mail: answered", [ticket_kinds.POSTED], mail.on_posted)
    relay.listen(app, "mail: resolved", [ticket_kinds.RESOLVED], mail.on_resolved)
    relay.listen(app, "mail: callback", [kinds.CALLBACK_GIVEN_UP], mail.on_given_up)
    relay.listen(app, "mail: certificate", [training_kinds.LAPSING, training_kinds.LAPSED], mail.on_certificate)
    relay.listen(app, "mail: course", [training_kinds.ENROLLED, training_kinds.PASSED, training_kinds.FAILED], mail.on_course)
    relay.listen(app, "mail: coverage", [routing_kinds.HOLES_TOLD], mail.on_holes)
    relay.hint_on(app, CALLBACK_STEPS, lambda event: (f"place:{event.ticket_id}",))
    jobs.every(app, 1, "callbacks", callbacks.follow, lease=10, needed=callbacks.is_due)
    jobs.every(app, 2, "send mails", mail.send_waiting, apart=True)
    demo.part(app, 66, cast.replies)
    demo.part(app, 67, cast.notices)
    demo.part(app, 76, demo_callbacks.callbacks)
