"""The kinds of event that training writes."""
from flask_babel import lazy_gettext as _l

from support.events import declare

GRANTED = declare("certificate.granted", "a member of staff got a certificate (data: skill_id, level)", _l("{actor} granted a certificate"))
REVOKED = declare("certificate.revoked", "a certificate was taken back before its date", _l("{actor} took a certificate back"))
LAPSING = declare("certificate.lapsing", "a certificate ends within 30 or 7 days and nothing replaces it (data: skill_id, level, until)", _l("a certificate ends soon"))
LAPSED = declare("certificate.lapsed", "a certificate ended by its date and nothing replaces it (data: skill_id, level, until)", _l("a certificate lapsed"))
SKILL_CHANGED = declare("skill.changed", "a skill was added or changed (subject: skill)", _l("{actor} changed a skill"))
COURSE_SAVED = declare("course.saved", "a course was added or changed (subject: course)", _l("{actor} changed a course"))
ENROLLED = declare(
    "course.enrolled", "somebody is to pass a course, sent there or by own wish (subject: training_record; data: course_id, person_id, due)",
    _l("{actor} enrolled somebody in a course"),
)
PASSED = declare("course.passed", "a course was passed, its certificates are granted in the same commit (data: course_id, person_id, score)", _l("{actor} attested a passed course"))
FAILED = declare("course.failed", "a course was not passed (data: course_id, person_id, score)", _l("{actor} attested a failed course"))
WITHDRAWN = declare("course.withdrawn", "somebody left a course before its end (data: course_id, person_id)", _l("{actor} ended an enrolment in a course"))
DUE_CHANGED = declare("course.due", "an enrolment got another last day, or none (data: course_id, person_id, due)", _l("{actor} moved the last day of a course"))
TRAINEE_CHANGED = declare("trainee.changed", "somebody is in training from now on, or no more (subject: person; data: on, mentor_id, until)", _l("{actor} changed who is a trainee"))
