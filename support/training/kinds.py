"""The kinds of event that training writes."""
from flask_babel import lazy_gettext as _l

from support.events import declare

GRANTED = declare("certificate.granted", "a member of staff got a certificate (data: skill_id, level)", _l("{actor} granted a certificate"))
REVOKED = declare("certificate.revoked", "a certificate was taken back before its date", _l("{actor} took a certificate back"))
SKILL_CHANGED = declare("skill.changed", "a skill was added or changed (subject: skill)", _l("{actor} changed a skill"))
