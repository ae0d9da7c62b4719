"""Which process holds a run, and whether it is still there: one that was killed on this machine need not be waited for."""

from __future__ import annotations

import os
import secrets
import socket
from functools import cache


def me() -> str:
    """This process, as “host pid mark”; the mark tells it from an earlier one with the same number."""
    return f"{socket.gethostname()[:200]} {os.getpid()} {_mark(os.getpid())}"


@cache
def _mark(pid: int) -> str:
    return secrets.token_hex(8)


def has_died(holder: str) -> bool:
    """Whether this holder was a process of this machine that is gone. Of other machines nobody here knows: their lease decides."""
    host, pid, mark = (*holder.split(" "), "", "", "")[:3]
    if host != socket.gethostname()[:200] or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return mark != _mark(os.getpid())
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
