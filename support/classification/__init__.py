"""Classification: into which queue an incoming question goes, when its customer did not choose.

The customer's choice wins, then the administrators' rules, then what was learned from past tickets if it is sure enough; else a person decides.
"""
from support import demo, jobs, relay, routing
from support.classification import cast, commands, kinds, learned, rules, teaching
from support.classification.figures import figures
from support.classification.models import LEARNED, OPEN, RULE, SETTLED, SortingRule
from support.classification.settling import of_ticket, settle
from support.classification.sorting import UNSURE, language_of, sort

__all__ = ["LEARNED", "OPEN", "RULE", "SETTLED", "UNSURE", "SortingRule", "figures", "language_of", "learned", "of_ticket", "rules", "settle", "sort", "teaching"]


def init_app(app, settings) -> None:
    """Learn by the clock and when asked; whoever is free is looked for again when a ticket changes its queue."""
    app.extensions["pupil"] = {}
    app.cli.add_command(commands.group)
    relay.listen(app, "sorting.dispatch", (kinds.SETTLED,), afterwards=routing.dispatch)
    relay.hint_on(app, (kinds.SETTLED,), lambda event: (f"ticket:{event.ticket_id}",))
    jobs.every(app, settings.classify_hours * 3600, "ask the classifier to learn", teaching.want_by_the_clock)
    jobs.every(app, 3, "teach the classifier", teaching.step, needed=teaching.is_due)
    demo.part(app, 76, cast.sorted_tickets)
