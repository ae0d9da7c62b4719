"""The face of the shop: its colour and its logo, with a look at what becomes of them. For administrators."""
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import shop
from support.errors import Invalid
from support.shop import colour
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_face", __name__, template_folder="../templates", url_prefix="/admin/shop/face")

ARRIVING = 32 * 1024 * 1024  # bytes taken in, so that whoever chose too large a file is told so beside the field
OWN = "#3a49c9"  # the accent of tokens.css


class FaceForm(forms.Form):
    colour = forms.Text(most=80)
    remove = forms.Choice(["yes"])
    version = forms.Whole(required=True)


def look_of(chosen: str) -> dict:
    """What a page shows of a colour: the accents made of it and which of them had to differ from it. Without a colour our own."""
    is_one = colour.is_colour(chosen)
    accents = colour.accents(chosen if is_one else OWN)
    return {
        "chosen": chosen.lower() if is_one else "", "accents": accents, "changes": colour.changes(chosen) if is_one else {},
        "dark_words": accents["on-accent"][0] == colour.INK, "grounds": (colour.LIGHT[0], colour.DARK[0]),
    }


@bp.get("")
@allow("administrator")
def edit():
    """The form; `?colour=` looks at one without keeping it."""
    ours = shop.profile()
    chosen = _written(request.values.get("colour", ours.colour))
    values = {"colour": chosen, "version": shop.row_for_change().version}
    return forms.answer(
        "administration/shop/face.html", values=values, shown=look_of(chosen), fixed=ours.fixed,
        most_kilobytes=shop.LARGEST_LOGO // 1000, most_pixels=shop.LARGEST_SIDE,
    )


@bp.post("")
@allow("administrator")
@forms.reshow(edit)
def change():
    request.max_content_length = ARRIVING
    told, file, fixed = forms.read(FaceForm), request.files.get("logo"), shop.profile().fixed
    values = {}
    if "colour" not in fixed:
        values["colour"] = _read_colour(told["colour"])
    if "logo" not in fixed and file is not None and file.filename:
        values["logo"] = shop.read_logo(file.stream.read(shop.LARGEST_LOGO + 1)).content
    elif "logo" not in fixed and told["remove"]:
        values["logo"] = None
    shop.save_profile(me(), values, told["version"])
    flash(_("The face of the shop is saved."), "good")
    return redirect(url_for("admin_shop.edit") + "#face", 303)


def _read_colour(text: str) -> str | None:
    written = _written(text)
    if written and not colour.is_colour(written):
        raise Invalid({"colour": str(NO_COLOUR)})
    return written or None


def _written(text: str) -> str:
    """A colour as we keep it, however people write it: with or without #, three digits or six."""
    bare = text.strip().removeprefix("#").lower()
    if len(bare) == 3:
        bare = "".join(sign * 2 for sign in bare)
    return f"#{bare}" if colour.is_colour(f"#{bare}") else text.strip()


NO_COLOUR = _l("Write the colour as six digits such as #0a6b4f.")
