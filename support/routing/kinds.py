"""The kinds of event the router writes: references, codes and numbers, never words."""
from flask_babel import lazy_gettext as _l

from support.events import declare

QUEUED = declare("work.queued", "a ticket waits in a queue (data: work_item_id, queue_id, channel, reason: opened, reopened, returned, due, moved or passed_on)", _l("It joined the line {queue}"))
MADE = declare("offer.made", "work was offered to an agent, for so many seconds (data: offer_id, work_item_id, queue_id, agent_id, seconds)", _l("It was offered to {agent}"))
ACCEPTED = declare("offer.accepted", "the agent accepted the offer (data: offer_id, work_item_id, queue_id, agent_id, waited_seconds)", _l("{agent} accepted it"))
DECLINED = declare("offer.declined", "the agent declined; the place in line is kept (data: offer_id, work_item_id, queue_id, agent_id, reason)", _l("{agent} let it go to somebody else"))
TIMED_OUT = declare("offer.timed_out", "the agent did not answer in time; the place in line is kept (data: offer_id, work_item_id, queue_id, agent_id)", _l("{agent} did not answer"))
WITHDRAWN = declare("offer.withdrawn", "an offer was taken back (data: offer_id, work_item_id, queue_id, agent_id, reason: left, agent_left, untrained or moved)", _l("The offer to {agent} was taken back"))
TAKEN = declare("work.taken", "an agent took waiting work by hand (data: work_item_id, queue_id, agent_id, waited_seconds)", _l("{agent} took it from the line"))
RETURNED_TO = declare("work.returned", "reopened work went straight back to whoever had it (data: work_item_id, queue_id, agent_id)", _l("It went back to {agent}"))
TURNED = declare("work.turned", "work waits for a call now, for a written answer, or is put off (data: work_item_id, queue_id, channel, reason: call, later or written)", _l("How it is to be answered changed"))
TO_QUEUE = declare("transfer.to_queue", "an agent passed work on to a queue, in its old place (data: work_item_id, queue_id, from_queue_id, from_agent_id, note_id)", _l("{actor} passed it on to {queue}"))
TO_SKILL = declare("transfer.to_skill", "an agent passed work on to somebody with a skill: to the queue that asks for it, or its own asks for it beside the rest (data: work_item_id, queue_id, from_queue_id, from_agent_id, note_id, skill_id)", _l("{actor} passed it on to somebody with “{skill}”"))
TO_PERSON = declare("transfer.to_person", "an agent passed work on to a colleague, to whom it is offered first (data: work_item_id, queue_id, from_queue_id, from_agent_id, note_id, agent_id)", _l("{actor} passed it on to {agent}"))
LOOPED = declare("transfer.looped", "work was passed on although it had been passed on too often, or had been there before (data: work_item_id, queue_id)", _l("It goes in circles: {actor} passed it on all the same"))
CONSULT_ASKED = declare("consult.asked", "an agent asked a colleague to join in on work that stays his (data: consult_id, work_item_id, queue_id, agent_id, asker_id)", _l("{actor} asked {agent} to join"))
CONSULT_JOINED = declare("consult.joined", "the colleague joined (data: consult_id, work_item_id, queue_id, agent_id, asker_id)", _l("{agent} joined"))
CONSULT_ENDED = declare("consult.ended", "a consult ended without a hand-over (data: consult_id, work_item_id, queue_id, agent_id, asker_id, reason: declined, timed_out, cancelled, ended, left, lost or untrained)", _l("The consult with {agent} ended: {reason}"))
HANDED_OVER = declare("consult.handed_over", "the work went to the colleague who had joined (data: consult_id, work_item_id, queue_id, agent_id, asker_id)", _l("{actor} handed it over to {agent}"))
FINISHED = declare("work.finished", "the work on a ticket ended (data: work_item_id, queue_id, channel, agent_id, outcome: done or left)", _l("The work on it ended"))
PRESENCE_CHANGED = declare("presence.changed", "what an agent chose, or what the system sees of him, changed (data: person_id, chosen, system, was)", _l("{actor} changed state"))
QUEUE_CHANGED = declare("queue.changed", "a queue was added or its settings changed (data: queue_id)", _l("{actor} changed a queue"))
HOLE = declare("coverage.hole", "for open hours to come nobody trained is on shift (subject: queue; data: hole_id, queue_id, language, hours, start, until)", _l("Nobody trained is on shift for {queue}"))
HOLE_CHANGED = declare("coverage.changed", "open hours without anybody trained on shift became more or fewer (subject: queue; data: hole_id, queue_id, language, hours, start, until)", _l("The hole in the shifts of {queue} changed"))
FILLED = declare("coverage.filled", "hours that had nobody trained on shift have somebody now (subject: queue; data: hole_id, queue_id, language, start, until)", _l("The hole in the shifts of {queue} is filled"))
HOLES_TOLD = declare("coverage.told", "supervisors are mailed about new holes, at most once a day (data: hole_ids)", _l("Supervisors were told of hours without anybody trained"))
