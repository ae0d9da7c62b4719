"""The kinds of event a ticket writes."""
from flask_babel import lazy_gettext as _l

from support.events import declare

OPENED = declare("ticket.opened", "A customer's question became a ticket. data: conversation_id, channel, topic, order_id, follow_up_of", _l("{actor} asked"))
ASSIGNED = declare("ticket.assigned", "Somebody is now responsible. data: agent_id, from_agent_id", _l("{agent} took it on"))
RELEASED = declare("ticket.released", "Nobody is responsible any more. data: from_agent_id", _l("It went back to the line"))
MOVED = declare("ticket.moved", "The state changed along a drawn move. data: from, to", _l("{actor} set it from {from} to {to}"))
RESOLVED = declare("ticket.resolved", "Resolved with a disposition code. data: disposition_id, from", _l("{actor} resolved it: {disposition}"))
REOPENED = declare("ticket.reopened", "Open again after it was resolved. data: from", _l("{actor} reopened it"))
CLOSED = declare("ticket.closed", "Closed for good; a later reply starts a follow-up. data: from", _l("It was closed"))
PRIORITY = declare("ticket.priority_changed", "The priority changed. data: from, to", _l("{actor} set the priority from {from} to {to}"))
POSTED = declare("message.posted", "A message the customer may see. data: conversation_id, message_id, seq, desk_seq, by_staff", _l("{actor} wrote"))
NOTED = declare("note.written", "An internal note. data: conversation_id, message_id, desk_seq", _l("{actor} left a note"))
READ = declare("message.read", "The customer has read up to a message. data: conversation_id, seq", _l("{actor} read it"))
DISPOSITION_SAVED = declare("disposition.saved", "A disposition code was made or changed. subject: disposition", _l("{actor} changed a disposition code"))
