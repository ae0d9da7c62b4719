"""The ticket router: queues, presence, offers, the matcher and the dispatcher. The right trained person, and why.

The database is the arbiter: a proposal becomes an offer only in a transaction that re-checks everything. Desks, board and
portal use the functions named here; tickets reach the router by their events.
"""
from support import calendars, demo, jobs, relay
from support.people import shifts
from support.routing import calls, cast, consults, coverage, demo_history, demo_shifts, holes, kinds, moving, passing, queues, scores, screens, sight, told
from support.routing import dispatch as dispatching
from support.routing.board import Board, board
from support.routing.desk import DeskItem, DeskView, LiveOffer, my_desk
from support.routing.dispatch import dispatch, sweep
from support.routing.line import reconcile
from support.routing.models import CHOICES, Decision, Offer, Presence, PresenceLog, Queue, QueueSkill, WorkItem
from support.routing.offers import REASONS as DECLINE_REASONS
from support.routing.offers import accept, decline, pull
from support.routing.presence import choose_presence, end_wrap_up, heartbeat, shown
from support.routing.told import held as limits_held
from support.routing.waiting import of_ticket as waits_of
from support.routing.waiting import weights
from support.routing.waits import Place, PublicWait, place, public_waits
from support.routing.why import explain
from support.routing.why import sentences as why
from support.tickets import kinds as ticket_kinds
from support.training import kinds as training_kinds

__all__ = [
    "CHOICES", "DECLINE_REASONS", "Board", "Decision", "DeskItem", "DeskView", "LiveOffer", "Offer", "Place", "Presence", "PresenceLog", "PublicWait",
    "Queue", "QueueSkill", "WorkItem", "accept", "board", "calls", "choose_presence", "consults", "coverage", "decline", "dispatch", "end_wrap_up", "explain", "heartbeat", "holes", "limits_held", "moving", "my_desk",
    "passing", "place", "public_waits", "pull", "queues", "reconcile", "shown", "sweep", "waits_of", "weights", "why",
]

TICKET_STEPS = (ticket_kinds.OPENED, ticket_kinds.MOVED, ticket_kinds.RESOLVED, ticket_kinds.REOPENED, ticket_kinds.CLOSED, ticket_kinds.TAKEN_ON)
SOMEBODY_MAY_BE_FREE = (kinds.PRESENCE_CHANGED, kinds.DECLINED, kinds.WITHDRAWN, kinds.TURNED, kinds.TO_QUEUE, kinds.TO_SKILL, kinds.QUEUE_CHANGED, training_kinds.GRANTED, training_kinds.TRAINEE_CHANGED, calendars.CHANGED, shifts.CHANGED)


def init_app(app, settings) -> None:
    """Follow tickets and people, sweep, tell the screens."""
    scores.weigh(scores.of_settings(settings))
    told.init_app(app, settings)
    sight.init_app(app)
    relay.listen(app, "routing.place", TICKET_STEPS, dispatching.on_ticket, afterwards=dispatch)
    relay.listen(app, "routing.dispatch", SOMEBODY_MAY_BE_FREE, afterwards=dispatching.on_change)
    relay.hint_on(app, screens.LINE_MOVES + screens.OFFER_MOVES, screens.of_work)
    relay.hint_on(app, screens.PASSED, screens.of_passing)
    relay.hint_on(app, screens.CONSULTS, screens.of_consult)
    relay.hint_on_all(app, screens.WORK_MOVES, screens.of_tickets)
    relay.hint_on(app, (kinds.PRESENCE_CHANGED,), screens.of_presence)
    relay.hint_on(app, (kinds.HOLE, kinds.HOLE_CHANGED, kinds.FILLED, kinds.QUEUE_CHANGED, training_kinds.GRANTED, training_kinds.REVOKED, training_kinds.LAPSED, training_kinds.TRAINEE_CHANGED), screens.of_settings)
    jobs.every(app, 1, "routing on time", dispatching.on_time, lease=10, needed=dispatching.is_due)
    jobs.every(app, 60, "coverage", holes.look, needed=holes.is_due, apart=True)
    jobs.every(app, 3600, "forget old announcements", told.prune)
    jobs.every(app, settings.sweep_seconds, "sweep the lines", dispatching.sweep, lease=30)
    demo.part(app, 40, cast.queues)
    demo.part(app, 41, cast.presences)
    demo.part(app, 75, demo_history.work)
    demo.part(app, 76, demo_shifts.build)
