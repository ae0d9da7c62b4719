"""Whether only staff may see a message. Whatever says so in a file wins, and what cannot be read surely is never taken for a reply."""
from __future__ import annotations

import json
import re

from flask_babel import gettext as _

from support.importing import Wrong
from support.importing.values import bare, flag

HIDES = ("internal", "isinternal", "note", "isnote", "private", "isprivate", "internalnote", "privatenote", "staffonly", "agentonly", "internalonly", "hidden", "ishidden", "confidential")
SHOWS = ("public", "ispublic", "jsdpublic", "publicreply", "ispublicreply", "customervisible", "visibletocustomer", "external", "isexternal")
SCOPES = ("visibility", "privacy", "audience", "visibleto")
SORTS = ("type", "kind", "messagetype", "commenttype", "threadtype", "parttype", "posttype")
STAFF_WORDS = {"internal", "private", "note", "notes", "agent", "agents", "staff", "team", "hidden", "confidential", "memo", "intern", "notiz", "privat"}
PUBLIC_WORDS = {"public", "external", "customer", "customers", "everyone", "everybody", "all", "anyone", "reply", "visible", "shared", "öffentlich", "extern", "kunde"}
SUSPICIOUS = re.compile("internal|private|public|visib|confiden|hidden|staffonly|agentonly")
INNOCENT = re.compile("(id|number|count|url|link|key|at|date)$")


def is_note(item: dict, note_by: str = "", sorted_by: str = "") -> bool:
    """Whether one object of a list of messages is for staff alone, by all its keys, however they are spelled. Raises Wrong where that cannot be read.

    `note_by` is the key that the mapping names for it: then the mapping answers for keys that nobody understands. The words under `sorted_by` tell who
    wrote it and are read as that.
    """
    note = note_by != "" and _by(note_by, _at(item, note_by), strict=True, named=True)
    for key, value in item.items():
        name = bare(str(key))
        if key not in (note_by, sorted_by) and (name in HIDES + SHOWS + SCOPES + SORTS or SUSPICIOUS.search(name)):
            note = _by(str(key), value, strict=not note_by) or note
    return note


def is_row_of_staff(values: dict) -> bool:
    """Whether a row says that its message, or all messages of its ticket, are for staff alone. Raises Wrong."""
    flagged = any(values.get(name) for name in ("internal", "note", "private")) or values.get("public") is False
    return flagged or _scope("visibility", values.get("visibility")) or _sort(values.get("message_type"))


def _by(key: str, value, strict: bool, named: bool = False) -> bool:
    """What one key says; nothing where it is empty."""
    name = bare(key.rpartition(".")[2])
    if value is None or value in ("", [], {}):
        return False
    try:
        if name in SORTS:
            return _sort(value)
        if name in SCOPES:
            return _scope(key, value)
        if named or name in HIDES + SHOWS:
            return _flagged(key, value, name in SHOWS)
        if not INNOCENT.search(name) and (isinstance(value, bool) or _text(value).lower() in ("true", "false", "yes", "no")):
            raise _unclear(key, value)
    except Wrong:
        if strict:
            raise
    return False


def _flagged(key: str, value, shows: bool) -> bool:
    if words := _words(value) & (STAFF_WORDS | PUBLIC_WORDS):
        return bool(words & STAFF_WORDS)
    try:
        return flag(_text(value)) != shows
    except Wrong:
        raise _unclear(key, value) from None


def _scope(key: str, value) -> bool:
    """Who may see it, in words; a yes or no would mean the one thing in one program and the other in the next."""
    if value is None or value == "":
        return False
    words = _words(value)
    if words & STAFF_WORDS:
        return True
    if words and words <= PUBLIC_WORDS:
        return False
    raise _unclear(key, value)


def _sort(value) -> bool:
    """What sort of message it is: a note, or one of many other things."""
    return bool(_words(value) & {"internal", "private", "note", "notes", "memo", "notiz", "confidential"})


def _words(value) -> set[str]:
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", value) if isinstance(value, str) else ""
    return set(re.findall(r"[^\W\d_]+", split.lower()))


def _text(value) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _at(item: dict, path: str):
    if path in item:
        return item[path]
    found = item
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _unclear(key: str, value) -> Wrong:
    return Wrong(_("“%(name)s” says “%(word)s”: whether customers may see the message cannot be read from that. Write yes or no into a column or key “internal”.",
                   name=key[:40], word=_text(value)[:40]))
