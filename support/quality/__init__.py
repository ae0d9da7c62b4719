"""Judgements: the customer's survey and the supervisor's review of a ticket."""
from support import demo, relay
from support.quality import demo_judgements, kinds, reviews, surveys
from support.quality.lists import ticket_list
from support.quality.reviews import Review
from support.quality.surveys import Survey

__all__ = ["Review", "Survey", "reviews", "surveys", "ticket_list"]


def init_app(app, settings) -> None:
    """Hints for the ticket's page and for the agent who was told something."""
    relay.hint_on(app, [kinds.RATED], lambda event: (f"ticket:{event.ticket_id}",))
    relay.hint_on(app, [kinds.REVIEWED], lambda event: (f"ticket:{event.ticket_id}", f"desk:{event.data['agent_id']}"))
    demo.part(app, 80, demo_judgements.judgements)
