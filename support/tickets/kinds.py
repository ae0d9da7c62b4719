"""The kinds of event a ticket writes."""
from flask_babel import lazy_gettext as _l

from support.events import declare

OPENED = declare("ticket.opened", "a customer's question became a ticket (data: conversation_id, channel, topic, order_id, follow_up_of)", _l("{actor} asked"))
ASSIGNED = declare("ticket.assigned", "somebody became responsible for a ticket (data: agent_id, from_agent_id)", _l("{agent} took it on"))
RELEASED = declare("ticket.released", "nobody is responsible for a ticket any more (data: from_agent_id)", _l("It went back to the line"))
MOVED = declare("ticket.moved", "the state of a ticket changed along a drawn move (data: from, to)", _l("{actor} set it from “{from}” to “{to}”"))
RESOLVED = declare("ticket.resolved", "a ticket was resolved with a disposition code (data: disposition_id, from)", _l("{actor} resolved it: {disposition}"))
REOPENED = declare("ticket.reopened", "a resolved ticket is open again (data: from)", _l("{actor} reopened it"))
CLOSED = declare("ticket.closed", "a ticket was closed for good; a later reply starts a follow-up (data: from)", _l("It was closed"))
PRIORITY = declare("ticket.priority_changed", "the priority of a ticket changed (data: from, to)", _l("{actor} set the priority from “{from}” to “{to}”"))
POSTED = declare("message.posted", "a message was written that the customer may see (data: conversation_id, message_id, seq, desk_seq, by_staff)", _l("{actor} wrote"))
NOTED = declare("note.written", "an internal note was written, for staff alone (data: conversation_id, message_id, desk_seq)", _l("{actor} left a note"))
READ = declare("message.read", "the customer has read up to a message (data: conversation_id, seq)", _l("{actor} read it"))
DISPOSITION_SAVED = declare("disposition.saved", "a disposition code was made or changed (subject: disposition)", _l("{actor} changed a disposition code"))
IMPORTED = declare("ticket.imported", "a ticket of another helpdesk was brought here; always history (data: source, reference, run_id)", _l("It was brought over from {source}, where it was {reference}"))
TAKEN_ON = declare("ticket.taken_on", "an imported ticket that was open in the other helpdesk goes on here and joins the line (data: source, reference)", _l("It goes on here"))
