"""Words of the search: what means the same, what is not looked for, and a place to try it. For administrators."""
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from kb import finding, search_words
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_search_words", __name__, template_folder="../templates", url_prefix="/admin/search-words")


class WordsForm(forms.Form):
    same = forms.Text(most=search_words.LONGEST, lines=True)
    ignored = forms.Text(most=search_words.LONGEST, lines=True)
    version = forms.Whole(required=True, least=0)


@bp.get("")
@allow("administrator")
def edit():
    row = search_words.find(me())
    tried = " ".join(request.args.get("q", "").split())[:200]
    found = finding.answers(me(), tried, limit=5) if tried else None
    return forms.answer("administration/search_words/form.html", values={"same": row.same, "ignored": row.ignored}, version=row.version, tried=tried, found=found)


@bp.post("")
@allow("administrator")
@forms.reshow(edit)
def save():
    search_words.save(me(), **forms.read(WordsForm))
    flash(_("The words are saved. Searches go by them from now on."), "good")
    return redirect(url_for(".edit"), 303)
