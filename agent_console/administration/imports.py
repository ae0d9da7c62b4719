"""Imports from files: upload, say what the columns mean, look, try, start, stop, read the report. For administrators."""
from dataclasses import fields, replace

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from support import importing
from support.errors import Invalid, NotFound
from support.importing.report import report
from support.importing.runs import RUNNING, WAITING
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_imports", __name__, template_folder="../templates", url_prefix="/admin/imports")

DATES = ("", "ymd", "dmy", "mdy")
MOST_CELL = 200  # characters of a constant


class UploadForm(forms.Form):
    kind = forms.Choice(lambda: list(importing.importers()), required=True)
    source = forms.Text(most=40)


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
    told, file = forms.read(UploadForm), request.files.get("file")
    if file is None or not file.filename:
        raise Invalid({"file": _("Choose a file.")})
    try:
        found = importing.upload(me(), told["kind"], file.filename, file.stream, source=told["source"])
    except importing.Unreadable as error:
        raise Invalid({"file": str(error.sentence)}) from error
    return redirect(url_for(".show", run_id=found.id), 303)


@bp.get("/<int:run_id>")
@allow("administrator")
def show(run_id: int):
    found = importing.find(me(), run_id)
    importer = importing.importer_for(found.kind)
    around = {"run": found, "importer": importer, "told": _told(found), "preview": None}
    if found.state in (WAITING, RUNNING) or found.state == "done" and not found.dry:
        return forms.answer("administration/imports/show.html", **around)
    mapping = found.read_mapping()
    try:
        around["preview"] = importing.preview(me(), run_id)
    except importing.Unreadable as error:
        around["gone"] = str(error.sentence)
    return forms.answer(
        "administration/imports/show.html", values=_as_values(mapping), header=found.read_form().header, saved=sorted(importing.saved_mappings(found.kind)),
        dates=DATES, **around,
    )


@bp.get("/<int:run_id>/progress")
@allow("administrator")
def progress(run_id: int):
    """The part of the page that changes while the import is at work."""
    found = importing.find(me(), run_id)
    return render_template("administration/imports/_progress.html", run=found, told=_told(found))


@bp.post("/<int:run_id>/mapping")
@allow("administrator")
@forms.reshow(show)
def save_mapping(run_id: int):
    found = importing.find(me(), run_id)
    chosen = importing.saved_mappings(found.kind).get(request.form.get("saved", ""))
    importing.set_mapping(me(), run_id, chosen if chosen else _read(found))
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


def _told(run) -> list[str]:
    """The report without the place of the rejects on the server: the page leads to them."""
    return [line for line in report(run) if str(run.rejects_path) not in line]


def _as_values(mapping) -> dict:
    columns = {f"column_{name}": column for name, column in mapping.columns.items()}
    constants = {f"constant_{name}": value for name, value in mapping.constants.items()}
    form = {f"format_{name}": getattr(mapping.format, name) for name in ("dates", "decimal", "zone")}
    return {"source": mapping.source, **columns, **constants, **form}


def _read(run) -> importing.Mapping:
    """The mapping of the form; what the form does not show (filters, defaults, options) stays as it was."""
    was, told = run.read_mapping(), request.form
    names = [field.name for field in importing.importer_for(run.kind).fields]
    columns = {name: told[f"column_{name}"] for name in names if told.get(f"column_{name}")}
    constants = {name: told[f"constant_{name}"].strip()[:MOST_CELL] for name in names if told.get(f"constant_{name}", "").strip() and name not in columns}
    asked = {each.name: told[f"format_{each.name}"].strip()[:60] for each in fields(importing.Format) if f"format_{each.name}" in told}
    return replace(was, source=told.get("source", "").strip()[:40], columns=columns, constants=constants, format=replace(was.format, **asked))
