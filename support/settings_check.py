"""Whether settings fit together: each rule has a sentence that says which one does not, and how to mend it. Pure."""
import ipaddress
import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from click import ClickException


class SettingsError(ClickException):
    """A setting that cannot work, with a sentence that says which and how to mend it; all that a command prints."""


ONE_OF = {
    "mode": ("production", "demo", "test"),
    "async_mode": ("", "threading", "gevent"),
    "shift_ends": ("remind", "stop"),
    "log_format": ("text", "json"),
    "log_level": ("DEBUG", "INFO", "WARNING", "ERROR"),
}
AT_LEAST_ONE = (
    "workers", "embed_session_hours", "embed_session_longest_days", "sockets_per_minute",
    "file_megabytes", "files_per_message", "ticket_file_megabytes", "upload_megabytes_per_day", "uploads_per_minute", "upload_hours", "coverage_days", "classify_hours",
    "callback_attempts", "callbacks_per_window", "callback_days", "transfers", "transfer_minutes",
)


LEAST_GRACE = 90  # seconds


def check(s) -> None:
    """Look at settings as they were given; raises SettingsError for the first that cannot work."""
    for rule in (_check_choices, _check_processes, _check_shop, _check_addresses, _check_mode, _check_secret, _check_embedding, _check_mail, _check_files, _check_callbacks, _check_grace):
        rule(s)


def _check_grace(s) -> None:
    if s.grace_seconds < LEAST_GRACE:
        raise SettingsError(
            f"GRACE_SECONDS is {s.grace_seconds}; it must be {LEAST_GRACE} or more, because hidden pages may give one sign of life a minute, and a page comes back from a lost worker within one."
        )


def _check_choices(s) -> None:
    for name, allowed in ONE_OF.items():
        if getattr(s, name) not in allowed:
            raise SettingsError(f"{name.upper()} is “{getattr(s, name)}”; choose one of {', '.join(a for a in allowed if a)}.")
    for name in AT_LEAST_ONE:
        if getattr(s, name) < 1:
            raise SettingsError(f"{name.upper()} must be 1 or more.")


def _check_processes(s) -> None:
    url = s.database_url
    sqlite = not url or url.startswith("sqlite")
    if url and not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    if sqlite and s.async_mode == "gevent":
        raise SettingsError("SQLite cannot serve under gevent: one waiting write would freeze every client. Set DATABASE_URL to PostgreSQL, or ASYNC_MODE=threading.")
    if s.workers > 1 and sqlite:
        raise SettingsError("WORKERS above 1 needs PostgreSQL: set DATABASE_URL.")
    if s.workers > 1 and not s.redis_url:
        raise SettingsError("WORKERS above 1 needs REDIS_URL: without it half of the live updates would vanish.")


def _check_callbacks(s) -> None:
    for country in s.callback_countries:
        if not re.fullmatch(r"[A-Z]{2}", country):
            raise SettingsError(f"CALLBACK_COUNTRIES names “{country}”; write two capital letters for each country, as in DE,AT.")
    if not 5 <= s.callback_window_minutes <= 720:
        raise SettingsError("CALLBACK_WINDOW_MINUTES must be between 5 and 720.")


def _check_shop(s) -> None:
    if s.shop_colour and not re.fullmatch(r"#[0-9a-fA-F]{6}", s.shop_colour):
        raise SettingsError(f"SHOP_COLOUR is “{s.shop_colour}”; write six digits as in #0a6b4f.")
    if not _is_zone(s.shop_zone):
        raise SettingsError(f"SHOP_ZONE is “{s.shop_zone}”, which is no time zone; write one such as Europe/Berlin.")


def _check_addresses(s) -> None:
    if not 1 <= s.port <= 65535:
        raise SettingsError("PORT must be between 1 and 65535.")
    if s.base_url and (urlsplit(s.base_url).scheme not in ("http", "https") or not urlsplit(s.base_url).hostname):
        raise SettingsError("BASE_URL must be an address such as https://help.example.org.")
    if s.base_url.startswith("http://") and s.mode == "production" and not _private(urlsplit(s.base_url).hostname or ""):
        raise SettingsError("BASE_URL is plain http on a public address; sign-ins need https.")


def _check_mode(s) -> None:
    if s.clock_file and s.mode == "production":
        raise SettingsError("CLOCK_FILE moves the clock and is refused in production; remove it, or set MODE=test.")
    if s.demo_traffic and s.mode != "demo":
        raise SettingsError("DEMO_TRAFFIC makes up customers and works only with MODE=demo.")


def _check_secret(s) -> None:
    if s.secret_key and len(s.secret_key) < 32:
        raise SettingsError("SECRET_KEY is too short; use at least 32 random characters.")


def _check_embedding(s) -> None:
    for origin in s.embed_origins:
        if not _is_origin(origin):
            raise SettingsError(f"EMBED_ORIGINS names “{origin}”, which is no site; write scheme and host alone, as in https://shop.example.org.")
        if origin.startswith("http://") and s.mode == "production" and not _private(urlsplit(origin).hostname or ""):
            raise SettingsError(f"EMBED_ORIGINS names “{origin}”: over plain http anybody on the way could put another page around the chat. Use https.")
    if s.embed_secret and len(s.embed_secret) < 32:
        raise SettingsError("EMBED_SECRET is too short; use at least 32 random characters.")
    if s.embed_secret and s.embed_secret == s.secret_key:
        raise SettingsError("EMBED_SECRET must be another one than SECRET_KEY: the shop's server knows it.")
    if s.embed_secret and not s.embed_origins:
        raise SettingsError("EMBED_SECRET is of no use without EMBED_ORIGINS: name the sites that may show the chat.")


def _check_mail(s) -> None:
    if not s.mail_url.startswith(("folder:", "print:", "smtp://", "smtps://")):
        raise SettingsError("MAIL_URL must begin with folder:, print:, smtp:// or smtps://.")


def _check_files(s) -> None:
    if s.files_url != "folder:" and not _is_bucket(s.files_url):
        raise SettingsError("FILES_URL must be folder: or an address such as s3://KEY:SECRET@s3.example.org/bucket.")
    if s.file_megabytes > min(s.ticket_file_megabytes, s.upload_megabytes_per_day):
        raise SettingsError("FILE_MEGABYTES is larger than TICKET_FILE_MEGABYTES or UPLOAD_MEGABYTES_PER_DAY: no such file could ever be sent.")
    if s.file_megabytes > 1000:
        raise SettingsError("FILE_MEGABYTES must be at most 1000.")


def _is_bucket(text: str) -> bool:
    """Whether this names key, secret, host and bucket of an S3-compatible store."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("s3", "s3+http") and bool(parts.hostname and parts.username and parts.password) and bool(re.fullmatch(r"/[a-z0-9][a-z0-9.-]+[a-z0-9]/?", parts.path)) and parts.port != 0
    except ValueError:
        return False


def _is_origin(text: str) -> bool:
    """Whether this is scheme and host exactly as browsers write an origin."""
    if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and (parts.port is None or 0 < parts.port < 65536)
    except ValueError:
        return False


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _private(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
