"""The kinds of event that training writes."""
from flask_babel import lazy_gettext as _l

from support.events import declare

GRANTED = declare("certificate.granted", "a member of staff got a certificate (data: skill_id, level)", _l("{actor} granted a certificate"))
REVOKED = declare("certificate.revoked", "a certificate was taken back before its date", _l("{actor} took a certificate back"))
LAPSING = declare("certificate.lapsing", "a certificate ends within 30 or 7 days and nothing replaces it (data: skill_id, level, until)", _l("a certificate ends soon"))
LAPSED = declare("certificate.lapsed", "a certificate ended by its date and nothing replaces it (data: skill_id, level, until)", _l("a certificate lapsed"))
SKILL_CHANGED = declare("skill.changed", "a skill was added or changed (subject: skill)", _l("{actor} changed a skill"))
