"""What a file is, told by its bytes and never by its sender; and a name that may be shown and saved. Pure."""
import re
import unicodedata

from support.files.model import ARCHIVE, DOCUMENT, OPAQUE, PICTURES

LONGEST_NAME = 120
UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
UNSAVED = re.compile(r'[<>:"|?*;]')
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
ENDINGS = {"image/png": (".png",), "image/jpeg": (".jpg", ".jpeg", ".jfif"), "image/gif": (".gif",), "image/webp": (".webp",)}


def kind_of(head: bytes) -> str:
    """The kind of a file by its first bytes; OPAQUE for all that is not on our list."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return DOCUMENT
    return ARCHIVE if head.startswith(b"PK\x03\x04") else OPAQUE


def clean_name(name: str | None) -> str:
    """The sender's name for it without folders, control characters and what file systems refuse; "file" if nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", UNSHOWN.sub("", name or "")))[-1]
    text = " ".join(UNSAVED.sub("_", last).split()).strip(". ")
    if DEVICE.fullmatch(text):
        text = f"_{text}"
    return _short(text) or "file"


def fitting_name(name: str, kind: str) -> str:
    """The name of a picture ends as its kind does, so that what is saved is not opened as something else."""
    if kind not in PICTURES or name.lower().endswith(ENDINGS[kind]):
        return name
    return _short(f"{name}{ENDINGS[kind][0]}")


def _short(text: str) -> str:
    if len(text) <= LONGEST_NAME:
        return text
    stem, dot, ending = text.rpartition(".")
    ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
    return f"{text[:LONGEST_NAME - len(ending) - 1]}…{ending}"
