"""The kinds of event that classification writes: references, codes and numbers, never a customer's words."""
from flask_babel import lazy_gettext as _l

from support.events import declare

SORTED = declare("ticket.sorted", "the queue of a question was found for a customer who left it open (data: way: rule, learned or open, queue_id, rule_id, training_id, percent)", _l("The queue was found for the customer: {queue}"))
SETTLED = declare("ticket.queue_settled", "a person said which queue is right for a question that was sorted (data: queue_id, from_queue_id, way, corrected)", _l("{actor} settled the queue: {queue}"))
RULE_SAVED = declare("sorting_rule.saved", "a rule for sorting questions was made or changed (subject: sorting_rule)", _l("{actor} changed a rule for sorting"))
WANTED = declare("classifier.wanted", "the classifier is to learn anew (data: training_id)", _l("{actor} asked the classifier to learn"))
TRAINED = declare("classifier.trained", "the classifier has learned from past tickets (data: training_id, examples, percent: right guesses on examples it had not seen)", _l("The classifier has learned"))
FAILED = declare("classifier.failed", "the classifier could not learn (data: training_id, reason: too_few or broken)", _l("The classifier could not learn"))
