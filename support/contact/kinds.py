"""The kinds of event that contact writes."""
from flask_babel import lazy_gettext as _l

from support.events import declare

MAIL_FAILED = declare("mail.failed", "a mail was given up after the last try (data: mail_id, purpose)", _l("A mail could not be delivered"))
REPLY_SAVED = declare("canned_reply.saved", "a canned reply was made or changed (subject: canned_reply)", _l("{actor} changed a canned reply"))
NOTICE_SAVED = declare("notice.saved", "a notice on the portal was made, changed or ended (subject: notice)", _l("{actor} changed a notice"))
MAIL_TRIED = declare("mail.tried", "an administrator had a test mail sent to himself", _l("{actor} sent a test mail"))
MAIL_AGAIN = declare("mail.again", "an administrator had a failed mail tried once more (data: mail_id)", _l("{actor} had a mail sent again"))
