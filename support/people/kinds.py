"""The kinds of event people cause. Each has its line in docs/events.md."""
from flask_babel import lazy_gettext as _l

from support.events import declare

SIGNED_UP = declare("person.signed_up", "a customer proved a mailbox and got an account", _l("{actor} signed up"))
SIGNED_IN = declare("person.signed_in", "a sign-in began (data: sign_in_id, scope)", _l("{actor} signed in"))
SIGNED_OUT = declare("person.signed_out", "sign-ins ended (data: sign_in_ids); their sockets must close", _l("{actor} ended a sign-in"))
LINK_ASKED = declare("link.asked", "a mailed link was made (data: link_id, purpose); the mailer rebuilds its token from the row", _l("A link was mailed"))
WAY_BACK_MADE = declare("link.made", "a guest's way back to a ticket was made for a mail (data: link_id)", _l("A way back was mailed"))
PASSWORD_CHANGED = declare("person.password_changed", "a password was set; the other sign-ins ended", _l("{actor} changed the password"))
PROFILE_CHANGED = declare("person.profile_changed", "name, phone, language or an address changed (data: fields)", _l("{actor} changed the profile"))
EMAIL_CHANGED = declare("person.email_changed", "a new mail address was proven and took the place of the old one (data: link_id)", _l("{actor} changed the mail address"))
CONSENT_CHANGED = declare("consent.changed", "consent was given or withdrawn (data: consent_id, purpose, channel, granted)", _l("{actor} changed a consent"))
STAFF_MADE = declare("staff.made", "a member of staff was added (data: role)", _l("{actor} added a member of staff"))
STAFF_CHANGED = declare("staff.changed", "name, address or role of a member of staff changed (data: fields, role)", _l("{actor} changed a member of staff"))
DISABLED = declare("person.disabled", "a person may no longer sign in; open sockets must close", _l("{actor} disabled a sign-in"))
ENABLED = declare("person.enabled", "a disabled person may sign in again", _l("{actor} enabled a sign-in"))
