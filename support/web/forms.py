"""Forms: one schema reads a request, wrong input shows the same page again and loses nothing.

    @bp.post("/ask")
    @allow("customer")
    @forms.reshow(ask)                  # `ask` is the GET view; it ends in `forms.answer(template, …)`
    def ask_post():
        data = forms.read(AskForm)      # raises Invalid
"""
import secrets
from datetime import date
from functools import wraps

from flask import g, render_template, request
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from support.errors import Invalid, SwitchboardError
from support.people.mail_address import LONGEST, is_one_address
from support.web.errors import wants_json

SHOWN_AGAIN = (409, 422, 429)


class Form(Schema):
    """Base of all forms; fields that are not declared are ignored, so nobody can add `role` to a profile."""

    class Meta:
        unknown = EXCLUDE


class _Spoken:
    """Messages in the reader's language; `missing` is the sentence for an empty required field."""

    def __init__(self, *args, missing=None, **kwargs):
        if missing is not None:
            kwargs["error_messages"] = {"required": missing, "null": missing}
        super().__init__(*args, **kwargs)

    default_error_messages = {
        "required": _l("Fill this in."),
        "null": _l("Fill this in."),
        "invalid": _l("This does not look right."),
        "invalid_utf8": _l("This does not look right."),
        "long": _l("Use at most {most} characters."),
        "short": _l("Use at least {least} characters."),
        "choice": _l("Choose one of the list."),
        "range": _l("Use a number from {least} to {most}."),
    }

    def make_error(self, key: str, **kwargs) -> ValidationError:
        return ValidationError(str(self.error_messages[key]).format(**kwargs))


class Text(_Spoken, fields.String):
    """A text without white space around it. An empty one counts as missing: required says so, otherwise it is ""."""

    def __init__(self, *, least: int = 0, most: int = 200, strip: bool = True, lines: bool = False, **kwargs):
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", "")
        super().__init__(**kwargs)
        self.least, self.most, self.strip, self.lines = least, most, strip, lines

    def _deserialize(self, value, attr, data, **kwargs) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).replace("\0", "")
        if any("\ud800" <= sign <= "\udfff" for sign in text):  # half a character, as JSON can hold it: no database can
            raise self.make_error("invalid_utf8")
        if self.lines:
            text = text.replace("\r\n", "\n")
        elif self.strip:
            text = " ".join(text.split())  # one line stays one line, in mail headers and logs too
        text = text.strip() if self.strip else text
        if not text and self.required:
            raise self.make_error("required")
        if len(text) > self.most:
            raise self.make_error("long", most=self.most)
        if text and len(text) < self.least:
            raise self.make_error("short", least=self.least)
        return text


class Secret(Text):
    """A password: exactly as typed."""

    def __init__(self, **kwargs):
        super().__init__(strip=False, lines=False, **kwargs)


class Email(Text):
    """A mail address in lower case."""

    default_error_messages = {"invalid": _l("Write an address such as name@example.org.")}

    def __init__(self, **kwargs):
        super().__init__(most=LONGEST, **kwargs)

    def _deserialize(self, value, attr, data, **kwargs) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).lower()
        if text and not is_one_address(text):
            raise self.make_error("invalid")
        return text


class Choice(Text):
    """One of some values; `among` is a list, or a function called for each request."""

    def __init__(self, among, **kwargs):
        super().__init__(**kwargs)
        self.among = among

    def _deserialize(self, value, attr, data, **kwargs) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and text not in (self.among() if callable(self.among) else self.among):
            raise self.make_error("choice")
        return text


class Flag(_Spoken, fields.Boolean):
    """A checkbox or switch; absent means no."""

    def __init__(self, **kwargs):
        super().__init__(**{"load_default": False, **kwargs})


class Whole(_Spoken, fields.Integer):
    """A whole number between two bounds; an empty field is None unless required."""

    def __init__(self, *, least: int = 0, most: int = 2**31 - 1, **kwargs):
        if not kwargs.get("required"):
            kwargs = {"load_default": None, "allow_none": True, **kwargs}
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def deserialize(self, value, attr=None, data=None, **kwargs):
        return super().deserialize(None if value == "" else value, attr, data, **kwargs)

    def _deserialize(self, value, attr, data, **kwargs) -> int:
        if len(str(value)) > 12:
            raise self.make_error("invalid")
        number = super()._deserialize(value, attr, data, **kwargs)
        if not self.least <= number <= self.most:
            raise self.make_error("range", least=self.least, most=self.most)
        return number


class Day(_Spoken, fields.Date):
    """A date as browsers send it; an empty field is None unless required."""

    default_error_messages = {"invalid": _l("Write a date such as 2026-11-24.")}

    def __init__(self, **kwargs):
        if not kwargs.get("required"):
            kwargs = {"load_default": None, "allow_none": True, **kwargs}
        super().__init__(**kwargs)

    def deserialize(self, value, attr=None, data=None, **kwargs):
        return super().deserialize(None if value == "" else value, attr, data, **kwargs)

    def _deserialize(self, value, attr, data, **kwargs) -> date:
        day = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= day.year < 3000:  # at the ends of the calendar a day has no day before or after
            raise self.make_error("invalid")
        return day


class Several(_Spoken, fields.List):
    """All values of one name, as check boxes send them; at most `most`."""

    def __init__(self, inner, *, most: int = 200, **kwargs):
        super().__init__(inner, **{"load_default": list, **kwargs})
        self.most = most

    def _deserialize(self, value, attr, data, **kwargs) -> list:
        if not isinstance(value, list) or len(value) > self.most:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


def read(schema: type[Schema] | Schema) -> dict:
    """The form (or the JSON body) of this request as clean values; raises Invalid with a sentence per field."""
    schema = schema() if isinstance(schema, type) else schema
    return _loaded(schema, _sent(schema))


def read_query(schema: type[Schema]) -> dict:
    """What the address itself says behind its question mark, as clean values; raises Invalid."""
    return _loaded(schema(), request.args.to_dict())


def _loaded(schema: Schema, given: dict) -> dict:
    try:
        return schema.load(given)
    except ValidationError as error:
        raise Invalid({name: _first(told) for name, told in error.normalized_messages().items()}) from error


def answer(template: str, values=None, **context):
    """Render a page with a form. After wrong input it gets what was typed and the errors, and the right status."""
    error = g.get("form_error")
    if error is None:
        return render_template(template, values=MultiDict(values or {}), errors={}, **context)
    errors = error.errors if isinstance(error, Invalid) else {"form": str(error.sentence)}
    headers = {"Retry-After": str(error.retry_after)} if error.status == 429 else {}
    typed = MultiDict((name, value) for name, value in request.form.items(multi=True) if "password" not in name)
    if values and not values.keys() & typed.keys():
        typed = MultiDict(values)  # it was another form of the page that was wrong
    return render_template(template, values=typed, errors=errors, **context), error.status, headers


def reshow(page):
    """Decorate the view of a POST: when its input is wrong, show `page` (the GET view, same arguments) again."""

    def decorate(view):
        @wraps(view)
        def shown_again(*args, **kwargs):
            try:
                return view(*args, **kwargs)
            except SwitchboardError as error:
                if error.status not in SHOWN_AGAIN or wants_json():
                    raise
                g.form_error = error
                return page(*args, **kwargs)

        return shown_again

    return decorate


def fresh_id() -> str:
    """An id for a form that must not act twice; a page's script makes its own for each further sending."""
    return secrets.token_urlsafe(16)


def _sent(schema: Schema) -> dict:
    if request.is_json:
        return _json()
    names = {field.data_key or name: field for name, field in schema.load_fields.items()}
    return {
        name: request.form.getlist(name) if isinstance(field, fields.List) else request.form.get(name)
        for name, field in names.items() if name in request.form
    }


def _json() -> dict:
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # brackets thousands deep: nobody's form
        sent = None
    return sent if isinstance(sent, dict) else {}


def _first(told) -> str:
    while not isinstance(told, str):
        told = next(iter(told.values() if isinstance(told, dict) else told), "")
    return told
