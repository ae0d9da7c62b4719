"""Ways a mail leaves: dropped into a folder, printed, or handed to an SMTP server."""
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog

log = structlog.get_logger(__name__)


class Refused(Exception):
    """The mail could not be handed over; it will be tried again."""


def send(settings, message: EmailMessage) -> None:
    """Hand one mail over by the way of the setting MAIL_URL; raises Refused."""
    way = settings.mail_url.partition(":")[0]
    {"folder": _drop, "print": _print, "smtp": _smtp, "smtps": _smtp}[way](settings, message)


def _drop(settings, message: EmailMessage) -> None:
    """A file named by the Message-ID, so that a second try replaces the first."""
    folder = settings.data_dir / "mail"
    name = message["Message-ID"].strip("<>").partition("@")[0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{name}.part"
        part.write_bytes(bytes(message))
        part.replace(folder / f"{name}.eml")
    except OSError as error:
        raise Refused(f"the folder for mails cannot be written: {error.strerror}") from error


def _print(settings, message: EmailMessage) -> None:
    """To standard output, for trying things out on one's own machine."""
    body = message.get_body(("plain",)).get_content()
    print(f"--- mail to {message['To']}: {message['Subject']}\n{body}---", flush=True)  # noqa: T201


def _smtp(settings, message: EmailMessage) -> None:
    url = urlsplit(settings.mail_url)
    context = ssl.create_default_context()
    try:
        if url.scheme == "smtps":
            server = smtplib.SMTP_SSL(url.hostname, url.port or 465, timeout=10, context=context)
        else:
            server = smtplib.SMTP(url.hostname, url.port or 587, timeout=10)
        with server:
            if url.scheme == "smtp" and (url.username or server.ehlo() and server.has_extn("starttls")):
                server.starttls(context=context)
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(f"the mail server refused: {type(error).__name__}") from error
