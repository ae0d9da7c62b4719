"""Files at the doors: begin, bring parts, ask how far it is, finish, take back; have one, large or small; and what a form sends along.

Portal and desk use the addresses under /files; the embedded chat has the same ones for bearer tokens (`portal.embed`). A picture
in that chat cannot show a token, so its address is signed and works for five minutes, as long as the token would.
"""
from datetime import timedelta

from flask import Blueprint, current_app, g, jsonify, request, send_file, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from support import files, tickets
from support.clock import now
from support.errors import Invalid, NotFound
from support.files import MEGABYTE, PART_BYTES, StoredFile
from support.limits import hit
from support.offload import offload
from support.people import sign_ins
from support.people.person import ADMINISTRATOR, AGENT, CUSTOMER, GUEST, SUPERVISOR
from support.web import forms
from support.web.identity import EVERYBODY, allow, client, is_embedded, me
from support.web.logo import ALONE

SENDERS, READERS = (GUEST, CUSTOMER, AGENT, SUPERVISOR), (GUEST, CUSTOMER, AGENT, SUPERVISOR, ADMINISTRATOR)
SIGNED = timedelta(minutes=5)

bp = Blueprint("files", __name__, url_prefix="/files")


class BeginForm(forms.Form):
    name = forms.Text(most=1000)
    size = forms.Whole(required=True)


class PartForm(forms.Form):
    offset = forms.Whole(required=True)


def init_app(app, settings) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(file_url=file_url, fresh_file_url=fresh_file_url, kept_files=kept_files, file_limits=file_limits)


def routes(blueprint: Blueprint, prefix: str = "", **embedded) -> None:
    """Give a blueprint the addresses of uploads and downloads; `embedded=True` makes them doors of the embedded chat."""
    def add(rule, view, method, roles):
        shown = tuple(role for role in roles if not embedded or role in (GUEST, CUSTOMER))
        blueprint.add_url_rule(prefix + rule, view.__name__, allow(*shown, **embedded)(view), methods=[method])

    add("", begin, "POST", SENDERS)
    add("/<key>/progress", progress, "GET", SENDERS)
    add("/<key>/parts", bring, "POST", SENDERS)
    add("/<key>/end", finish, "POST", SENDERS)
    add("/<key>/withdrawal", withdraw, "POST", SENDERS)
    add("/<key>", download, "GET", READERS)
    add("/<key>/small", small, "GET", READERS)
    if embedded:
        add("/<key>/address", fresh_address, "GET", READERS)


def begin():
    """A file is announced by name and size; the answer says under which key its parts are expected."""
    data = forms.read(BeginForm)
    hit("upload", f"client:{client()}")
    return _told(files.begin(me(), data["name"], data["size"])), 201


def progress(key: str):
    """How much of it has come; a browser that was cut off goes on from there."""
    return _told(files.unsent(me(), key))


def bring(key: str):
    """The bytes from `?offset=` on, as the body. What was cut on its way is forgotten, and the offset stays."""
    offset = forms.read_query(PartForm)["offset"]
    if (request.content_length or 0) > PART_BYTES:
        raise Invalid({"files": str(files.too_large())})
    return _told(files.append(me(), key, offset, request.get_data(cache=False)))


def finish(key: str):
    """All of it has come. From now on it may be sent."""
    return _told(files.finish(me(), key))


def withdraw(key: str):
    """It is not to be sent after all; asking again is as good."""
    try:
        files.cancel(me(), key)
    except NotFound:
        pass
    return "", 204


def download(key: str):
    """The file, for whoever may read the message it hangs on. Only pictures are shown; everything else is saved."""
    return _sent(tickets.find_file(me(), key), small=False)


def small(key: str):
    """The small picture of a picture."""
    return _sent(tickets.find_file(me(), key), small=True)


def fresh_address(key: str):
    """A new address of a file, for a link that has stood in the frame for longer than addresses hold."""
    return jsonify(address=file_url(tickets.find_file(me(), key)))


@allow(*EVERYBODY)
def signed(token: str):
    """A file whose address was signed a few minutes ago for somebody who may still have it: the address stands for their token, the rights are asked anew."""
    try:
        key, is_small, until, sign_in_id = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound() from None
    person, _sign_in = sign_ins.again(sign_in_id)
    if now().timestamp() > until or person.id is None:
        raise NotFound()
    return _sent(tickets.find_file(person, key), small=bool(is_small))


def file_url(file: StoredFile, small: bool = False) -> str:
    """The address by which the reader of this page gets the file, or its small picture."""
    if is_embedded():
        return url_for("files.signed", token=_signer().dumps([file.key, int(small), int((now() + SIGNED).timestamp()), me().sign_in_id]))
    return url_for("files.small" if small else "files.download", key=file.key)


def fresh_file_url(file: StoredFile) -> str | None:
    """In the embedded chat, where a signed address can be had anew; elsewhere None."""
    return url_for(".fresh_address", key=file.key) if is_embedded() else None


def sent() -> list[str]:
    """The keys of the files a form sends along: those uploaded before, and those that came within it, which are stored now.

    Call it before anything else reads the form: only here one may be as large as a file. What is stored is still
    there when the form is shown again.
    """
    settings = current_app.config["SETTINGS"]
    request.max_content_length = (settings.file_megabytes + settings.request_megabytes) * MEGABYTE
    g.sent_files = list(dict.fromkeys(key.replace("\0", "") for key in request.form.getlist("files")))[: 2 * settings.files_per_message]
    found = [file for file in request.files.getlist("file") if file.filename]
    if len(found) + len(g.sent_files) > settings.files_per_message:
        raise Invalid({"files": files.too_many()})
    for file in found:
        hit("upload", f"client:{client()}")
        g.sent_files.append(files.take(me(), file.filename, file.stream).key)
    return g.sent_files


def kept_files() -> list[StoredFile]:
    """On a form that is shown again: the files that came with it and wait to be sent."""
    return tickets.own_unsent(me(), g.get("sent_files", ()))


def file_limits() -> dict[str, int]:
    """What the browser needs to know: bytes of a part, bytes of a file, files of a message."""
    settings = current_app.config["SETTINGS"]
    return {"part": PART_BYTES, "bytes": settings.file_megabytes * MEGABYTE, "megabytes": settings.file_megabytes, "count": settings.files_per_message}


def _told(file: StoredFile):
    return jsonify(key=file.key, name=file.name, size=file.size, offset=file.received, ready=file.is_ready)


def _sent(file: StoredFile, small: bool):
    if small and not file.is_picture:
        raise NotFound()
    name, kind, is_picture = file.small_key if small else file.key, "image/webp" if small else file.kind, file.is_picture
    shown, size = f"{file.name}.webp" if small else file.name, None if small else file.size
    content = offload(files.store().open, name)
    response = send_file(_Blocks(content), mimetype=kind, as_attachment=not is_picture, download_name=shown, etag=False, conditional=False, max_age=0)
    if size is not None:
        response.content_length = size
    response.headers["Content-Security-Policy"] = ALONE
    return response


class _Blocks:
    """What `send_file` reads from. A stream of a bucket has a number of its socket, which servers take for that of a file; here it has none."""

    def __init__(self, stream):
        self.read, self.close = stream.read, stream.close


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="file address")


routes(bp)
bp.add_url_rule("/signed/<token>", view_func=signed)
