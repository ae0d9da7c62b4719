"""The logo of a shop: what an upload must be, and what pages want to know of it."""
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask_babel import gettext as _

from support.errors import Invalid
from support.settings import SettingsError
from support.shop import picture

LARGEST = 300_000  # bytes; every visitor loads it
WIDE = 1.6  # a logo that much wider than high says the name of the shop itself
SQUARE = 1.1


@dataclass(frozen=True)
class Logo:
    """A logo as it is served. `mark` changes with its content."""

    content: bytes
    kind: str
    width: int
    height: int
    is_clear: bool
    mark: str

    @property
    def is_wide(self) -> bool:
        return self.width >= WIDE * self.height

    @property
    def is_square(self) -> bool:
        return max(self.width, self.height) <= SQUARE * min(self.width, self.height)


def read_logo(content: bytes) -> Logo:
    """The logo in an uploaded file; raises Invalid with a sentence that says what to do."""
    if len(content) > LARGEST:
        raise Invalid({"logo": _("The file is larger than %(most)s kB. Save the picture smaller.", most=LARGEST // 1000)})
    try:
        return _made(picture.read(content))
    except picture.NoPicture as error:
        raise Invalid({"logo": _reason(error.reason, content)}) from error


@lru_cache(4)
def stored_logo(content: bytes) -> Logo | None:
    """The logo as it was stored; None for what somebody else wrote into the database and is no picture."""
    try:
        return _made(picture.read(content))
    except picture.NoPicture:
        return None


@lru_cache(1)
def logo_file(path: Path) -> Logo:
    """The logo that a setting names, read once; raises SettingsError."""
    try:
        content = path.read_bytes()
        if len(content) <= LARGEST:
            return _made(picture.read(content))
    except OSError as error:
        raise SettingsError(f"SHOP_LOGO names {path}, which cannot be read: {error.strerror}.") from error
    except picture.NoPicture as error:
        raise SettingsError(f"SHOP_LOGO names {path}, which is no PNG, JPEG or WebP picture of at most {picture.LARGEST_SIDE} pixels a side.") from error
    raise SettingsError(f"SHOP_LOGO names {path}, which is larger than {LARGEST // 1000} kB; save the picture smaller.")


def _made(clean: picture.CleanPicture) -> Logo:
    return Logo(clean.content, clean.kind, clean.width, clean.height, clean.is_clear, hashlib.sha256(clean.content).hexdigest()[:12])


def _reason(reason: str, content: bytes) -> str:
    if reason == "large":
        return _("The picture has more than %(most)s pixels a side. Save it smaller.", most=picture.LARGEST_SIDE)
    if reason == "broken":
        return _("The picture is damaged. Save it again as PNG.")
    if b"<svg" in content[:2000].lower():
        return _("An SVG file can carry programs, so it is not taken. Save the logo as PNG.")
    return _("This is no picture. Choose a PNG, JPEG or WebP file.")
