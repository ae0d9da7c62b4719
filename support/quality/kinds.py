"""The kinds of event that judgements write."""
from flask_babel import lazy_gettext as _l

from support.events import declare

RATED = declare("survey.answered", "the customer judged a ticket (data: survey_id, score, changed)", _l("{actor} rated it {score} of 5"))
REVIEWED = declare("review.written", "a supervisor left a review note for an agent (data: review_id, agent_id)", _l("{actor} left a review note"))
REVIEW_READ = declare("review.read", "the agent has read a review note (data: review_id)", _l("{actor} read the review note"))
