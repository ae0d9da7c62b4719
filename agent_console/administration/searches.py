"""What readers search for: not found, found and not opened, asked all the same; a draft for any of it in one step. For administrators."""
from flask import Blueprint, request, url_for
from flask_babel import lazy_gettext as _l

from kb import searches
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_searches", __name__, template_folder="../templates", url_prefix="/admin/searches")

KINDS = {
    "missing": (_l("Nothing found"), _l("No answer came. Write one, or teach the search the word.")),
    "unopened": (_l("Found, not opened"), _l("Answers came, and none looked right. Perhaps a title does not use the reader’s words.")),
    "asked": (_l("Asked all the same"), _l("The reader searched and then wrote to you. Perhaps the answer is there and does not solve it.")),
}
DAYS = {7: _l("7 days"), 30: _l("30 days"), 90: _l("90 days")}


@bp.get("")
@allow("administrator")
def index():
    kind = request.args.get("kind") if request.args.get("kind") in KINDS else "missing"
    days = next((days for days in DAYS if str(days) == request.args.get("days")), 30)
    kinds = [(url_for(".index", kind=name, days=days), words, name == kind) for name, (words, _meaning) in KINDS.items()]
    spans = [(url_for(".index", kind=kind, days=number), words, number == days) for number, words in DAYS.items()]
    return forms.answer("administration/searches/index.html", gaps=searches.gaps(me(), kind, days), sums=searches.sums(me(), days), kinds=kinds, spans=spans, meaning=KINDS[kind][1], days=days)
