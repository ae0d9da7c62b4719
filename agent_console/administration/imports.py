"""Imports from files: upload, say what the columns mean, look, try, start, stop, read the report. For administrators."""
from flask import Blueprint, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from agent_console.administration import import_forms
from support import importing
from support.errors import Invalid, NotFound
from support.importing.runs import RUNNING, WAITING
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_imports", __name__, template_folder="../templates", url_prefix="/admin/imports")

DATES = ("", "ymd", "dmy", "mdy")


class UploadForm(forms.Form):
    kind = forms.Choice(lambda: list(importing.importers()), required=True)
    source = forms.Text(most=40)
    encoding = forms.Text(most=40)


@bp.get("")
@allow("administrator")
def index():
    kinds = [(name, importing.importer_for(name).label) for name in importing.importers()]
    megabytes = current_app.config["SETTINGS"].import_megabytes
    return forms.answer("administration/imports/index.html", listing=importing.list_runs(me(), request.args), kinds=kinds, labels=dict(kinds), megabytes=megabytes)


@bp.post("")
@allow("administrator")
@forms.reshow(index)
def upload():
    """The file goes to the disk while it arrives; only this address takes one so large."""
    request.max_content_length = current_app.config["SETTINGS"].import_megabytes * 1024 * 1024
    sent, file = forms.read(UploadForm), request.files.get("file")
    if file is None or not file.filename:
        raise Invalid({"file": _("Choose a file.")})
    try:
        found = importing.upload(me(), sent["kind"], file.filename, file.stream, source=sent["source"], encoding=sent["encoding"])
    except importing.Unreadable as error:
        raise Invalid({"file": str(error.sentence)}) from error
    return redirect(url_for(".show", run_id=found.id), 303)


@bp.get("/<int:run_id>")
@allow("administrator")
def show(run_id: int):
    return _shown("administration/imports/show.html", run_id)


@bp.get("/<int:run_id>/progress")
@allow("administrator")
def progress(run_id: int):
    """The part of the page that changes while the import is at work; when it has ended, with what can be done then."""
    return _shown("administration/imports/_run.html", run_id)


def _shown(template: str, run_id: int):
    found = importing.find(me(), run_id)
    around = {"run": found, "importer": importing.importer_for(found.kind), "report": importing.report(found), "papers": _papers(found), "preview": None}
    if found.state in (WAITING, RUNNING) or found.state == "done" and not found.dry:
        return forms.answer(template, **around)
    try:
        around["preview"] = importing.preview(me(), run_id)
    except importing.Unreadable as error:
        around["gone"] = str(error.sentence)
    return forms.answer(
        template, values=import_forms.as_values(found.read_mapping()), header=found.read_layout().header, saved=sorted(importing.saved_mappings(found.kind)), dates=DATES, **around
    )


@bp.post("/<int:run_id>/mapping")
@allow("administrator")
@forms.reshow(show)
def save_mapping(run_id: int):
    found = importing.find(me(), run_id)
    chosen = importing.saved_mappings(found.kind).get(request.form.get("saved", ""))
    importing.set_mapping(me(), run_id, chosen if chosen else import_forms.read(found, request.form))
    flash(_("The mapping is kept. Below is what it makes of the first rows."), "good")
    return redirect(url_for(".show", run_id=run_id), 303)


@bp.post("/<int:run_id>/start")
@allow("administrator")
@forms.reshow(show)
def start(run_id: int):
    try:
        importing.start(me(), run_id, dry=request.form.get("dry") == "yes")
    except importing.Unmappable as error:
        raise Invalid({"form": " ".join(error.sentences)}) from error
    return redirect(url_for(".show", run_id=run_id), 303)


@bp.post("/<int:run_id>/stop")
@allow("administrator")
def stop(run_id: int):
    importing.stop(me(), run_id)
    return redirect(url_for(".show", run_id=run_id), 303)


@bp.post("/<int:run_id>/discard")
@allow("administrator")
@forms.reshow(show)
def discard(run_id: int):
    importing.discard(me(), run_id)
    flash(_("The import is forgotten, with its file."), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:run_id>/rejects.csv")
@allow("administrator")
def rejects(run_id: int):
    """The rows that were not taken, each with its line and the reason; cells that a table would compute are neutral."""
    path = importing.find(me(), run_id).rejects_path
    if not path.is_file():
        raise NotFound()
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=f"rejects-{run_id}.csv", max_age=0)


@bp.get("/<int:run_id>/papers/<name>")
@allow("administrator")
def paper(run_id: int, name: str):
    """What the run wrote down besides, such as the links that lead nowhere."""
    found = importing.find(me(), run_id)
    path = found.folder / name
    if name not in importing.importer_for(found.kind).papers or not path.is_file():
        raise NotFound()
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=f"{run_id}-{name}", max_age=0)


def _papers(run) -> list[tuple[str, object]]:
    """(name, what it holds) of the files that the run left."""
    return [(name, says) for name, says in importing.importer_for(run.kind).papers.items() if (run.folder / name).is_file()]
