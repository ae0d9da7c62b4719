"""The front page of administration: what there is to keep in order."""
from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from agent_console.administration.steps import steps
from agent_console.gaps import gaps
from support import undelivered
from support.web.identity import allow, me

bp = Blueprint("admin", __name__, template_folder="../templates", url_prefix="/admin")

AREAS = (
    ("admin_shop.edit", "building-store", _l("Shop"), _l("Name, zone, languages, currency, how to reach it")),
    ("admin_staff.index", "users", _l("Staff"), _l("Who works here, in which role")),
    ("admin_skills.index", "tag", _l("Skills"), _l("What work can ask for")),
    ("admin_certificates.index", "certificate", _l("Certificates"), _l("Who is trained for what, until when")),
    ("admin_courses.index", "book", _l("Courses"), _l("What passing one gives, and for how long")),
    ("admin_training.index", "checklist", _l("Training records"), _l("Who is enrolled in what, and how it ended")),
    ("admin_shifts.index", "calendar-time", _l("Shifts"), _l("Who works when, breaks, absences")),
    ("admin_coverage.show", "clock-exclamation", _l("Coverage"), _l("Open hours to come in which nobody trained is on shift")),
    ("admin_queues.index", "stack-2", _l("Queues"), _l("Waiting lines, the skills they ask for, their hours and targets")),
    ("admin_classification.index", "route", _l("Sorting questions"), _l("Where questions go whose customer did not choose: rules, and what was learned")),
    ("admin_calendars.index", "calendar", _l("Opening hours"), _l("Several slots a day, holidays, closed days")),
    ("admin_articles.index", "book", _l("Answers"), _l("Articles for customers and for staff")),
    ("admin_searches.index", "search-off", _l("What readers search for"), _l("What is not found, not opened, or asked all the same")),
    ("admin_search_words.edit", "search", _l("Words of the search"), _l("What means the same, what is not looked for")),
    ("admin_dispositions.index", "list-check", _l("Disposition codes"), _l("What a contact was about in the end")),
    ("admin_replies.index", "message-2-code", _l("Canned replies"), _l("Words that agents need often")),
    ("admin_notices.index", "speakerphone", _l("Notices"), _l("Known problems, shown on every portal page")),
    ("admin_embedding.show", "message-circle", _l("Chat on your own site"), _l("The line for your pages, the sites that may show it, a look at it")),
    ("admin_imports.index", "upload", _l("Imports"), _l("Orders, answers and tickets from files, and what came of them")),
    ("admin_mails.index", "mail", _l("Mail"), _l("What went out, what waits, what failed")),
    ("admin_deliveries.index", "alert-triangle", _l("Deliveries"), _l("What the program could not pass on, and why")),
)


@bp.get("")
@allow("administrator")
def index():
    return render_template("administration/overview.html", areas=AREAS, steps=steps(me()), stuck=undelivered.count_stuck(), gaps=gaps())
