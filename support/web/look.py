"""What the frames of the pages need: language and direction, colours, the areas one may enter, words for the scripts."""
import json
from functools import cached_property

from flask import Flask, current_app, request
from flask_babel import get_locale, get_timezone
from flask_babel import lazy_gettext as _l

from support import clock, dates, shop
from support.contact import notices
from support.shop import Logo
from support.web import identity, language

THEME_COOKIE = "theme"
THEMES = ("light", "dark")

CONSOLE_AREAS = (
    ("desk", "/desk", _l("Desk"), "inbox"),
    ("tickets", "/tickets", _l("Tickets"), "ticket"),
    ("answers", "/admin/articles", _l("Answers"), "book"),
    ("board", "/board", _l("Board"), "layout-dashboard"),
    ("reviews", "/desk/reviews", _l("My reviews"), "checklist"),
    ("shifts", "/admin/shifts", _l("Shifts and coverage"), "calendar-time"),
    ("skills", "/admin/certificates", _l("Skills and training"), "certificate"),
    ("settings", "/admin", _l("Settings"), "settings"),
)
PORTAL_AREAS = (
    ("help", "/", _l("Help")),
    ("orders", "/orders", _l("Orders")),
    ("questions", "/questions", _l("My questions")),
    ("account", "/account", _l("Account")),
)
PORTAL_LINKS = (
    ("/answers", _l("All answers")),
    ("/products", _l("Products")),
    ("/hours", _l("Opening hours")),
    ("/contact", _l("Contact")),
)
WAYS_ON = (("/", _l("Help")), ("/answers", _l("All answers")), ("/track", _l("Track an order")), ("/contact", _l("Contact")), ("/hours", _l("Opening hours")))
WORDS = {
    "now": _l("just now"),
    "seconds": _l("{n} s"),
    "minutes": _l("{n} min"),
    "hours": _l("{n} h"),
    "days": _l("{n} d"),
    "left": _l("{time} left"),
    "over": _l("{time} over"),
    "offline": _l("No connection since {time}. What you write is kept and sent when it is back."),
    "fresh": _l("{n} new"),
    "typing": _l("{name} is writing"),
    "sending": _l("Sending"),
    "waits": _l("Waits for the connection"),
    "unsent": _l("Not sent yet"),
    "again": _l("Try again"),
    "back": _l("Take back"),
    "draft": _l("Draft kept, {time}"),
    "found": _l("Answers found: {n}"),
    "nothing": _l("No answer found yet"),
    "unsaved": _l("You have changes that are not saved. Leave the page?"),
    "changes": _l("Changes not saved yet: {n}"),
    "today": _l("Today"),
    "reply": _l("Reply"),
    "note": _l("Note, only staff see this"),
    "cancel": _l("Cancel"),
    "kilobytes": _l("{n} kB"),
    "megabytes": _l("{n} MB"),
    "file_ready": _l("{name} is ready to be sent"),
    "file_remove": _l("Remove {name}"),
    "file_removed": _l("{name} was removed"),
    "file_again": _l("Choose this file again and it goes on where it was"),
    "file_wait": _l("It is sent as soon as the files have come"),
    "file_fault": _l("Remove the file that cannot be sent, then send again"),
    "file_many": _l("At most {n} files go with one message"),
    "file_large": _l("This file is too large: at most {n} MB"),
    "file_empty": _l("This file is empty"),
}


def init_app(app: Flask, settings) -> None:
    app.context_processor(lambda: {"look": Look(settings)})


class Look:
    """The frame of one page for one reader."""

    def __init__(self, settings):
        self.settings = settings

    @cached_property
    def shop(self) -> shop.Shop:
        return shop.profile()

    @property
    def shop_name(self) -> str:
        return self.shop.name

    @property
    def logo(self) -> Logo | None:
        return self.shop.logo

    @property
    def shop_initial(self) -> str:
        """The letter that stands for a shop without a logo."""
        return next((sign for sign in self.shop.name if sign.isalnum()), "S").upper()[:1]

    @cached_property
    def lang(self) -> str:
        return str(get_locale()).replace("_", "-")

    @cached_property
    def dir(self) -> str:
        return get_locale().text_direction

    @cached_property
    def formats(self) -> str:
        """How scripts write times and dates: the same way as the filters."""
        return str(dates.reader()).replace("_", "-")

    @property
    def zone(self) -> str:
        return str(get_timezone())

    @cached_property
    def theme(self) -> str | None:
        """The reader's own choice; None follows the system."""
        chosen = request.cookies.get(THEME_COOKIE)
        return chosen if chosen in THEMES else None

    @property
    def now(self):
        """The server's time, by which scripts set their clock."""
        return clock.now()

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        return [(code, language.name_of(code, own=True)) for code in self.shop.languages]

    @cached_property
    def words(self) -> str:
        """The phrases scripts show, in the reader's language."""
        return json.dumps({name: str(text) for name, text in WORDS.items()}, ensure_ascii=False)

    @cached_property
    def areas(self) -> list[tuple]:
        return [area for area in CONSOLE_AREAS if _may_enter(area[1])]

    @cached_property
    def alive(self) -> str:
        """Where an open page of staff gives its sign of life when it has no socket; "" for those without a desk."""
        return "/desk/heartbeat" if any(area[0] == "desk" for area in self.areas) else ""

    @cached_property
    def portal_areas(self) -> list[tuple]:
        return [area for area in PORTAL_AREAS if _exists(area[1])]

    @cached_property
    def portal_links(self) -> list[tuple]:
        return [link for link in PORTAL_LINKS if _exists(link[0])]

    @cached_property
    def ways_on(self) -> list[tuple]:
        """Where somebody may turn whose page is not there."""
        return [(address, text) for address, text in WAYS_ON if _exists(address)]

    @property
    def offline_worker(self) -> str:
        """What keeps the page for the time without a connection, in the language of this one."""
        return f"/service-worker.js?language={self.lang}"

    @cached_property
    def home(self) -> str:
        """Where the mark in the corner of the console leads."""
        return self.areas[0][1] if self.areas else "/staff/sign-in"

    def notices(self) -> list:
        """What every customer should know now."""
        return notices.current()


def _may_enter(address: str) -> bool:
    endpoint = _endpoints().get(address)
    return endpoint is not None and identity.me().role in identity.roles_of(current_app, endpoint)


def _exists(address: str) -> bool:
    return address in _endpoints()


def _endpoints() -> dict[str, str]:
    """Address of each page without parts that change, and its endpoint; made once per app, after all rooms are in."""
    kept = current_app.extensions.setdefault("look.endpoints", {})
    if not kept:
        kept.update({rule.rule.rstrip("/") or "/": rule.endpoint for rule in current_app.url_map.iter_rules() if "GET" in rule.methods})
    return kept
