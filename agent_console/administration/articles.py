"""Articles: the authors' list, writing with a preview, and earlier revisions to look at and bring back."""

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kb import articles, exporting, feedback, markdown, shelf, translations
from kb.model import DRAFT, INTERNAL, PUBLIC, STATES
from support import shop
from support.errors import NotFound
from support.offload import offload
from support.people import STAFF, may
from support.web import forms
from support.web.identity import allow, me
from support.web.language import locale, name_of

bp = Blueprint("admin_articles", __name__, template_folder="../templates")

STATE_WORDS = {
    PUBLIC: (_l("Public"), _l("Everybody finds and reads it.")),
    INTERNAL: (_l("Internal"), _l("Staff only. Customers cannot find it.")),
    DRAFT: (_l("Draft"), _l("Nobody finds it yet.")),
}
NEW = {"state": DRAFT}


class ArticleForm(forms.Form):
    title = forms.Text(required=True, most=200)
    body = forms.Text(required=True, lines=True, strip=False, most=articles.LONGEST_BODY)  # four spaces before the first line are code
    category = forms.Text(most=80)
    language = forms.Text(required=True, most=20)
    translation_of = forms.Text(most=120)
    state = forms.Choice(STATES, required=True)


class VersionForm(forms.Form):
    version = forms.Whole(required=True, least=1)


class PreviewForm(forms.Form):
    body = forms.Text(lines=True, strip=False, most=articles.LONGEST_BODY)


@bp.get("/admin/articles")
@allow(*STAFF)
def index():
    """All staff may look through the answers; administrators write them."""
    listing = shelf.authors_list(me(), request.args)
    writes = may(me(), "administer")
    return render_template(
        "administration/articles/index.html", listing=listing, state_words=STATE_WORDS, may_write=writes, shown=_choices(listing), sources=exporting.collections() if writes else ()
    )


@bp.get("/admin/articles/export")
@allow("administrator")
def export():
    """All articles, or those of one source, as one file: JSON lines, or a folder of Markdown as ZIP."""
    source = request.args.get("source", "")
    if source and source not in exporting.collections():
        raise NotFound()
    if request.args.get("format") == "folder":
        return send_file(exporting.archive(me(), source), "application/zip", as_attachment=True, download_name="articles.zip")
    lines = stream_with_context(exporting.lines(me(), source))
    return Response(lines, mimetype="application/jsonl", headers={"Content-Disposition": "attachment; filename=articles.jsonl"})


@bp.get("/admin/articles/new")
@allow("administrator")
def new():
    """An empty form; `?translation_of=` and `?language=` begin a translation of the answer with this address, `?title=` what somebody looked for."""
    asked = {name: request.args[name][:200] for name in ("title", "translation_of", "language") if name in request.args}
    return forms.answer("administration/articles/form.html", values={**NEW, "language": locale(), **asked}, article=None, **_around())


@bp.post("/admin/articles/new")
@allow("administrator")
@forms.reshow(new)
def create():
    article = articles.write(me(), **forms.read(ArticleForm))
    flash(_("Saved “%(title)s”.", title=article.title))
    return redirect(url_for("admin_articles.edit", article_id=article.id), 303)


@bp.get("/admin/articles/<int:article_id>")
@allow("administrator")
def edit(article_id):
    article = articles.by_id(me(), article_id)
    values = {name: getattr(article, name) for name in ("title", "body", "category", "language", "state", "version")}
    original, family = translations.original_of(me(), article), translations.of(me(), article)
    values["translation_of"] = original.slug if original else ""
    missing = [(code, name_of(code)) for code in shop.profile().languages if code not in family]
    return forms.answer(
        "administration/articles/form.html", values=values, article=article, family=family, missing=missing, original=original or article, comments=feedback.comments(article),
        revisions=shelf.revisions(article, 5), **_around(article.language),
    )


@bp.post("/admin/articles/<int:article_id>")
@allow("administrator")
@forms.reshow(edit)
def change(article_id):
    version = forms.read(VersionForm)["version"]
    article = articles.change(me(), article_id, version, **forms.read(ArticleForm))
    flash(_("Saved “%(title)s”.", title=article.title))
    return redirect(url_for("admin_articles.edit", article_id=article_id), 303)


@bp.post("/admin/articles/preview")
@allow("administrator")
def preview():
    """How the text will look: into the frame beside the form, or as a page where there is no script."""
    body = offload(markdown.render, forms.read(PreviewForm)["body"])
    whole = "Turbo-Frame" not in request.headers
    return render_template("administration/articles/preview.html" if whole else "administration/articles/_preview.html", body=body)


@bp.get("/admin/articles/<int:article_id>/revisions")
@allow("administrator")
def revisions(article_id):
    article = articles.by_id(me(), article_id)
    return render_template("administration/articles/revisions.html", article=article, revisions=shelf.revisions(article), state_words=STATE_WORDS)


@bp.get("/admin/articles/<int:article_id>/revisions/<int:number>")
@allow("administrator")
def revision(article_id, number):
    article = articles.by_id(me(), article_id)
    shown = shelf.revision(article, number)
    return render_template("administration/articles/revision.html", article=article, revision=shown, body=offload(markdown.render, shown.body))


@bp.post("/admin/articles/<int:article_id>/revisions/<int:number>/restoration")
@allow("administrator")
def restore(article_id, number):
    articles.restore(me(), article_id, number, forms.read(VersionForm)["version"])
    flash(_("Revision %(number)s is back as the newest one.", number=number))
    return redirect(url_for("admin_articles.edit", article_id=article_id), 303)


def _around(language: str | None = None) -> dict:
    """What every form of an article shows besides the article; its own language can always be kept."""
    offered = dict.fromkeys([*shop.profile().languages, *([language] if language else [])])
    languages = [(code, name_of(code)) for code in offered]
    states = [(state, *words) for state, words in STATE_WORDS.items()]
    return {"states": states, "languages": languages, "categories": [name for name, _count in shelf.categories(me()) if name]}


def _choices(listing) -> list[tuple[str, str, bool]]:
    """(address, word, current) for each state the list can be narrowed to."""
    current = listing.filters.get("state")
    words = [(None, _("All")), *((state, words[0]) for state, words in STATE_WORDS.items())]
    return [(url_for("admin_articles.index", **listing.args(state=state, page=None)), word, state == current) for state, word in words]
