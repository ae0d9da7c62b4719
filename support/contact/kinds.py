"""The kinds of event that contact writes."""
from flask_babel import lazy_gettext as _l

from support.events import declare

MAIL_FAILED = declare("mail.failed", "a mail was given up after the last try (data: mail_id, purpose)", _l("A mail could not be delivered"))
REPLY_SAVED = declare("canned_reply.saved", "a canned reply was made or changed (subject: canned_reply)", _l("{actor} changed a canned reply"))
NOTICE_SAVED = declare("notice.saved", "a notice on the portal was made, changed or ended (subject: notice)", _l("{actor} changed a notice"))
MAIL_TRIED = declare("mail.tried", "an administrator had a test mail sent to himself", _l("{actor} sent a test mail"))
MAIL_AGAIN = declare("mail.again", "an administrator had a failed mail tried once more (data: mail_id)", _l("{actor} had a mail sent again"))
CALLBACK_ASKED = declare("callback.asked", "a customer wants to be called (data: callback_id, queue_id, chosen: whether he chose a time)", _l("{actor} asked to be called"))
CALLBACK_CHANGED = declare("callback.changed", "the customer chose another time (data: callback_id, queue_id, chosen)", _l("{actor} chose another time for the call"))
CALLBACK_MOVED = declare("callback.moved", "a callback went on with its work (data: callback_id, queue_id, state: waiting, due or calling)", _l("The call went on"))
CALLBACK_CANCELLED = declare("callback.cancelled", "no call any more; the question is answered in writing (data: callback_id, queue_id)", _l("No call is wanted any more"))
CALLBACK_REACHED = declare("callback.reached", "the customer was reached (data: callback_id, queue_id, attempts)", _l("The customer was reached by telephone"))
CALLBACK_NO_ANSWER = declare("callback.no_answer", "nobody answered; it is tried again in the same place (data: callback_id, queue_id, attempts, result: no_answer or busy)", _l("{actor} called and nobody answered"))
CALLBACK_GIVEN_UP = declare("callback.given_up", "the calls were given up; the question is answered in writing (data: callback_id, queue_id, attempts, result: no_answer, busy or wrong_number)", _l("{actor} called for the last time, without success"))
