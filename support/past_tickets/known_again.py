"""By what a message of another helpdesk is known again within its ticket, in a second file too."""
from __future__ import annotations

import hashlib
from datetime import datetime

KINDS = ("customer", "agent", "system")


def key_of(reference: str | None, kind: str, note: bool, who: str, at: datetime, body: str) -> str:
    """By its number there, else by all that stands in it."""
    named = f"r\0{reference}" if reference else "\0".join(("c", kind, str(note), who, at.isoformat(), body))
    return "import-" + hashlib.blake2b(named.encode("utf-8", "replace"), digest_size=16).hexdigest()


def twins_of(reference: str | None, kind: str, note: bool, who: str, at: datetime, body: str) -> tuple[str, ...]:
    """By what it is known where the other file says differently whether it is a note; a note may stand there as anybody's."""
    if reference:
        return ()
    kinds = (kind, *(each for each in KINDS if each != kind)) if note else (kind, "agent") if kind != "agent" else (kind,)
    return tuple(key_of(None, each, not note, who, at, body) for each in kinds)
