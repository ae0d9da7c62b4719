"""Every setting of the product, typed and checked once at start; the only reader of the environment.

`Settings.from_env(os.environ)` is called by the roof (`wsgi.py`); everything else is handed the object.
"""
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from support.settings_check import SettingsError, check


def setting(default, help_text: str):
    """A field with its one line of documentation."""
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """All settings. The environment variable of a field is its name in capitals; `NAME_FILE` names a file to read it from."""

    mode: str = setting("production", "`production`, `demo` (shows its sign-ins, lets time be simulated) or `test`")
    data_dir: Path = setting(Path("var"), "folder for the SQLite file, the secret key, dropped mails and compiled templates")
    database_url: str = setting("", "SQLAlchemy address; empty means SQLite in the data folder; PostgreSQL as `postgresql+psycopg://…`")
    redis_url: str = setting("", "Redis address; needed as soon as more than one process serves people")
    workers: int = setting(1, "web processes; more than one needs PostgreSQL and Redis")
    async_mode: str = setting("", "`threading` or `gevent`; empty chooses threads for SQLite and gevent otherwise")
    host: str = setting("127.0.0.1", "address to listen on")
    port: int = setting(8000, "port to listen on")
    base_url: str = setting("", "address people use, for links in mails; empty means `http://HOST:PORT`")
    secret_key: str = setting("", "signs cookies and links; empty makes one and keeps it in the data folder")
    trusted_proxies: int = setting(0, "number of reverse proxies in front whose forwarded headers are believed")
    log_format: str = setting("text", "`text` for people, `json` for machines")
    metrics_token: str = setting("", "bearer token for `/metrics`; empty answers only requests from this machine")
    log_level: str = setting("INFO", "least level that is logged")
    clock_file: str = setting("", "tests only: file with seconds by which the clock is moved; refused in production")

    shop_name: str = setting("Switchboard", "name of the shop on every page and in every mail; `Tarn & Thistle` in the demo")
    shop_zone: str = setting("Europe/Berlin", "time zone of the shop: business days, certificates, hours")
    shop_country: str = setting("DE", "country of the shop, for public holidays")
    shop_currency: str = setting("EUR", "currency when an order names none")
    shop_languages: tuple[str, ...] = setting(("en",), "languages offered, separated by commas, the first one the default; `en,de` in the demo. All but English need their words in `support/translations`; `ar_001` shows English mirrored, to look at pages from right to left")
    shop_colour: str = setting("", "colour of the shop on the portal, as `#rrggbb`; empty keeps the product's own. What stands on it stays readable by itself")
    shop_logo: str = setting("", "file with the logo of the shop, PNG, JPEG or WebP; empty leaves it to the administrators' page")
    shop_phone: str = setting("", "telephone number shown on the contact page; empty hides it")
    shop_mail: str = setting("", "mail address shown on the contact page; empty hides it; `help@tarn-thistle.example` in the demo")

    mail_url: str = setting("folder:", "`folder:` drops mails in the data folder, `print:` writes them to the log, `smtp://user:password@host:587` sends them")
    mail_from: str = setting("Switchboard <help@example.org>", "sender of every mail")
    mail_attempts: int = setting(12, "times a mail is tried, with growing pauses, before it is marked as failed")

    embed_origins: tuple[str, ...] = setting((), "sites whose pages may show help and chat in a frame, such as `https://shop.example.org`, separated by commas; empty turns embedding off (the demo names itself)")
    embed_secret: str = setting("", "secret shared with the shop's own server, which signs with it who its signed-in customer is; empty leaves embedded chat to visitors who say their name themselves")
    embed_session_hours: int = setting(72, "hours a visitor of the embedded chat stays known without a visit")
    embed_session_longest_days: int = setting(30, "days after which a visitor of the embedded chat begins anew in any case")

    demo_traffic: bool = setting(False, "demo only: simulated customers arrive")
    demo_traffic_per_minute: int = setting(6, "demo only: simulated arrivals a minute")

    max_sockets: int = setting(0, "open sockets of one process, beyond which pages poll; 0 means 80 with threads and 10000 under gevent")
    sign_in_failures: int = setting(5, "failed sign-ins or look-ups for one account, order, mail or client before slowing")
    sign_in_window: int = setting(900, "seconds over which failed sign-ins and look-ups are counted")
    mails_per_hour: int = setting(3, "sign-in and reset mails an hour for one address")
    link_minutes: int = setting(30, "minutes a mailed link works")
    ticket_link_days: int = setting(14, "days in which a guest comes back to a ticket by the link in a mail")
    invite_hours: int = setting(72, "hours an invitation of a new member of staff works")
    customer_session_days: int = setting(30, "days a customer stays signed in without a visit")
    customer_session_longest_days: int = setting(180, "days after which a customer signs in again in any case")
    staff_idle_minutes: int = setting(120, "minutes a member of staff stays signed in without any page open")
    staff_session_hours: int = setting(12, "hours a member of staff stays signed in")
    guest_pass_hours: int = setting(24, "hours a guest's look at an order stays open")
    rotate_hours: int = setting(24, "hours after which a sign-in gets a new token")
    rights_seconds: int = setting(5, "seconds until a sign-out or a change of rights reaches open sockets")
    message_length: int = setting(10_000, "characters of one message")
    messages_per_minute: int = setting(30, "messages one person may write in a minute")
    tickets_per_hour: int = setting(10, "tickets one person or client may open in an hour")
    searches_per_minute: int = setting(240, "searches and suggestions one client may ask for in a minute")
    socket_events_per_second: int = setting(20, "events one socket may send in a second; all sockets of one person may send three times as many")
    sockets_per_minute: int = setting(600, "sockets one client address may open in a minute, in one process")
    live_chats: int = setting(3, "live chats one visitor may have at once")
    import_megabytes: int = setting(200, "largest file in megabytes an administrator may upload to be imported")
    request_megabytes: int = setting(2, "largest request in megabytes")
    files_url: str = setting("folder:", "where files of conversations lie: `folder:` in the data folder, `s3://KEY:SECRET@host/bucket` in an S3-compatible store (`s3+http://…` without TLS, `#region` at the end where it matters)")
    file_megabytes: int = setting(20, "largest file in megabytes that may be sent along")
    files_per_message: int = setting(10, "files one message may carry")
    ticket_file_megabytes: int = setting(200, "megabytes of files one ticket may hold")
    upload_megabytes_per_day: int = setting(200, "megabytes of files one person may upload in a day")
    uploads_per_minute: int = setting(60, "files one person may begin to upload in a minute")
    upload_hours: int = setting(24, "hours after which a file that was not sent is deleted")

    ring_seconds_chat: int = setting(30, "seconds an offer of a chat rings; a queue may say otherwise")
    ring_seconds_call: int = setting(15, "seconds an offer of a call rings")
    ring_seconds_ticket: int = setting(30, "seconds an offer of a ticket rings")
    offline_seconds: int = setting(45, "seconds after an agent's last sign of life until he counts as offline")
    release_seconds: int = setting(10, "seconds after being shown offline until live work goes back in its place")
    wrap_up_seconds: int = setting(40, "seconds of wrap-up after a contact")
    retry_same_agent_seconds: int = setting(60, "seconds until the same work may be offered to the same agent again")
    transfers: int = setting(3, "times work may be passed on within `TRANSFER_MINUTES`; after that the agent is asked, and supervisors see it")
    transfer_minutes: int = setting(60, "minutes over which it is counted how often work was passed on")
    grace_seconds: int = setting(180, "seconds in which whoever leaves a chat line and comes back has his place still; after them the question is answered in writing")
    units: int = setting(6, "units of live work an agent can carry; a call takes all")
    chat_units: int = setting(2, "units one chat takes")
    max_chats: int = setting(3, "chats an agent carries at once")
    max_tickets: int = setting(2, "deferrable tickets the router gives an agent at once")
    weight_level: float = setting(1.5, "how much the router wants somebody of a high level, who solves it at the first contact")
    weight_hurry: float = setting(0.15, "how much it counts that a high level takes less time")
    weight_knows: float = setting(0.25, "how much it counts to have had this customer's question before")
    weight_rested: float = setting(0.05, "how much it counts to have been free for five minutes")
    weight_preferred: float = setting(0.1, "how much the welcome skills of a queue count, all of them held")
    weight_scarcity: float = setting(1.8, "how quickly somebody is less spared the more others are free who could do the same")
    weight_overdue: float = setting(15.0, "targets after which a call or chat goes first, whatever else waits")
    sweep_seconds: int = setting(5, "seconds between two looks for expired offers, lost agents and forgotten work")
    shift_ends: str = setting("remind", "what the end of a shift means: `remind` tells the agent, `stop` also offers nothing new to whoever has a shift plan and no shift now")
    coverage_days: int = setting(7, "days ahead for which the coverage looks for hours without a trained person on shift")
    callback_countries: tuple[str, ...] = setting((), "countries whose numbers may be called back, such as `DE,AT,CH`; empty means the shop's own. Premium, shared-cost and other service numbers are refused everywhere")
    callback_attempts: int = setting(2, "times a callback is tried before the question is answered in writing")
    callback_pause_minutes: int = setting(10, "minutes until a callback that nobody answered is tried again")
    callback_window_minutes: int = setting(60, "length in minutes of the windows among which a customer chooses when to be called")
    callbacks_per_window: int = setting(4, "callbacks that one queue takes for the same window")
    callback_days: int = setting(3, "opening days ahead on which a callback may be chosen")
    callbacks_per_day: int = setting(5, "callbacks one person, one number or one client may ask for in a day")
    callback_offer_middle_seconds: int = setting(120, "a call is offered in the line of a chat when half of those who wait are expected to wait longer")
    callback_offer_limit_seconds: int = setting(300, "or when one in ten is expected to wait longer")
    close_after_days: int = setting(4, "days after which a resolved ticket is closed")
    classify_confidence: int = setting(60, "percent of sureness from which the classifier puts a question into a queue by itself; below it a person decides. 101 leaves it to people always")
    classify_hours: int = setting(24, "hours between two looks whether the classifier has new past tickets to learn from")
    rating_days: int = setting(7, "days in which a rating may be given or changed")

    given: ClassVar[frozenset[str]] = frozenset()  # names of the settings that somebody set; the others have their defaults

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides) -> "Settings":
        """Read, convert and check all settings.

        `overrides` are values already of the right type and win (used by commands and tests).
        Raises SettingsError with one sentence naming the setting.
        """
        environ = os.environ if environ is None else environ
        values = {}
        for f in fields(cls):
            raw = _raw(environ, f.name.upper())
            if raw is not None:
                values[f.name] = _convert(f, raw)
        settings = cls(**{**values, **overrides})
        check(settings)
        if settings.mode == "demo" and "shop_languages" not in {*values, *overrides}:
            settings = replace(settings, shop_languages=("en", "de"))
        completed = settings._completed()
        object.__setattr__(completed, "given", frozenset({*values, *overrides}))
        return completed

    def _completed(self) -> "Settings":
        """The same settings with the derived defaults filled in."""
        changes = {}
        data_dir = self.data_dir.absolute()
        changes["data_dir"] = data_dir
        if not self.database_url:
            changes["database_url"] = f"sqlite:///{data_dir / 'switchboard.db'}"
        url = changes.get("database_url", self.database_url)
        if url.startswith("postgresql://"):
            changes["database_url"] = url.replace("postgresql://", "postgresql+psycopg://", 1)
        if not self.async_mode:
            changes["async_mode"] = "threading" if url.startswith("sqlite") else "gevent"
        if not self.base_url:
            host = "localhost" if self.host in ("0.0.0.0", "::", "") else self.host
            changes["base_url"] = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        changes["base_url"] = changes.get("base_url", self.base_url).rstrip("/")
        if self.mode == "demo" and self.shop_name == "Switchboard":
            changes["shop_name"] = "Tarn & Thistle"
        if self.mode == "demo" and not self.shop_mail:
            changes["shop_mail"] = "help@tarn-thistle.example"
        if self.mode == "demo" and not self.embed_origins:
            changes["embed_origins"] = (changes["base_url"],)
        if not self.secret_key:
            changes["secret_key"] = _kept_secret(data_dir)
        return type(self)(**{**{f.name: getattr(self, f.name) for f in fields(self)}, **changes})

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def socket_places(self) -> int:
        """Open sockets one process takes: with threads each costs some, under gevent hardly anything."""
        return self.max_sockets or (80 if self.async_mode == "threading" else 10_000)

    @property
    def waiting_places(self) -> int:
        """Requests of one process that may wait for their turn; with threads each of them keeps one."""
        return 128

    @property
    def secure(self) -> bool:
        """Whether people reach us by https, so that cookies can be Secure and `__Host-`."""
        return self.base_url.startswith("https://")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.shop_zone)


def _raw(environ: Mapping[str, str], name: str) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path and name != "CLOCK":
        try:
            return Path(path).read_text(encoding="utf8").strip()
        except OSError as error:
            raise SettingsError(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error
    value = environ.get(name)
    return value.strip() if value and value.strip() else None


def _convert(f, raw: str):
    name, kind = f.name.upper(), f.type
    if kind is bool:
        if raw.lower() in ("1", "true", "yes", "on"):
            return True
        if raw.lower() in ("0", "false", "no", "off"):
            return False
        raise SettingsError(f"{name} is “{raw}”; write 1 or 0.")
    if kind is int:
        if not re.fullmatch(r"\d{1,9}", raw):
            raise SettingsError(f"{name} is “{raw}”; write a whole number.")
        return int(raw)
    if kind is float:
        if not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", raw):
            raise SettingsError(f"{name} is “{raw}”; write a number such as 0.25.")
        return float(raw)
    if kind is Path:
        return Path(raw)
    if kind is str:
        return raw
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _kept_secret(data_dir: Path) -> str:
    """The secret key of this installation, made at the first start."""
    path = data_dir / "secret_key"
    try:
        if not path.exists():
            data_dir.mkdir(parents=True, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # another worker of the same start was faster
    except OSError as error:
        raise SettingsError(f"DATA_DIR is {data_dir}, which cannot be written: {error.strerror}. Choose another folder or set SECRET_KEY.") from error
    return path.read_text(encoding="ascii").strip()
