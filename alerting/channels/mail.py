"""Mail over SMTP: one message per recipient, encrypted unless somebody said otherwise."""

import asyncio
import logging
import ssl
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, getaddresses
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from alerting.channels.base import UNCLEAR, Outgoing, SendError
from alerting.plan import ChannelKind
from core.language import _

logger = logging.getLogger(__name__)

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
ABOUT_THE_MAIL = (
    aiosmtplib.SMTPSenderRefused,
    aiosmtplib.SMTPRecipientRefused,
    aiosmtplib.SMTPDataError,
)


class Mail:
    """A mail server and the address we write from.

    `url` is `smtp://user:password@host:587` (STARTTLS, required), `smtps://...` (TLS from the
    start) or `smtp+plain://host:port`, which sends in the clear and is meant for this machine;
    `?unencrypted=yes` says that another host is meant as well, such as a mail catcher.
    """

    name = "smtp"
    kinds = frozenset({ChannelKind.MAIL})

    def __init__(
        self,
        url: str,
        *,
        sender: str,
        time_limit: timedelta = timedelta(seconds=20),
        trust: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        _check(parts.scheme, parts.hostname or "", parts.query)
        self._scheme = parts.scheme
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = _address(sender)
        self._time_limit = time_limit.total_seconds()
        self._trust = trust or ssl.create_default_context()

    async def send(self, message: Outgoing) -> str:
        mail = self._compose(message)
        try:
            async with asyncio.timeout(self._time_limit):
                await self._deliver(mail)
        except aiosmtplib.SMTPException as error:
            raise _smtp_error(error) from error
        except ssl.SSLError as error:  # after STARTTLS; not an SMTPException
            raise _untrusted() from error
        except TimeoutError as error:
            raise SendError(
                _("Mejlservern svarade inte i tid."), permanent=False, code=UNCLEAR
            ) from error
        except OSError as error:
            raise SendError(_("Mejlservern gick inte att nå."), permanent=False) from error
        return str(mail["Message-ID"])

    async def ask(self, ref: str) -> None:
        """A mail server says nothing more of a mail it has taken."""

    async def close(self) -> None:
        """Each mail has a connection of its own; nothing is open."""

    async def _deliver(self, mail: EmailMessage) -> None:
        plain = self._scheme == "smtp+plain"
        await aiosmtplib.send(
            mail,
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._scheme == "smtps",
            start_tls=self._scheme == "smtp",
            tls_context=None if plain else self._trust,
            timeout=self._time_limit,
        )

    def _compose(self, message: Outgoing) -> EmailMessage:
        """The mail; the same message has the same Message-ID at every try."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._sender
        try:
            mail["To"] = _address(message.to)
        except ValueError as error:
            raise SendError(_("Mejladressen är ogiltig."), permanent=True) from error
        mail["Subject"] = "".join(c if c.isprintable() else " " for c in message.subject)
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{message.id}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
        mail["X-Auto-Response-Suppress"] = "All"  # the same, for Exchange
        mail["X-Krislarm-Message"] = str(message.id)
        mail.set_content(message.text)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        return mail


def _address(text: str) -> Address:
    """The bare address or `Krislarm <larm@lund.se>`; ValueError if it is neither."""
    (name, spec), *others = getaddresses([text])
    user, _at, domain = spec.rpartition("@")
    if others or not (user and user.isascii() and domain and text.isprintable()):
        raise ValueError(f"Not a mail address: {text!r}")
    return Address(display_name=name, addr_spec=f"{user}@{domain.encode('idna').decode()}")


def _check(scheme: str, host: str, query: str) -> None:
    """ValueError, in a sentence, for a URL that cannot be used or would leak what is sent."""
    if scheme not in PORTS or not host:
        raise ValueError(
            "KRISLARM_SMTP_URL must look like smtp://user:password@host:587, smtps://host or smtp+plain://localhost:1025."
        )
    told = parse_qs(query).get("unencrypted") == ["yes"]
    if scheme == "smtp+plain" and not (told or _is_here(host)):
        raise ValueError(
            f"Mail to {host} would be sent in the clear. Use smtp:// or smtps://, or add ?unencrypted=yes to KRISLARM_SMTP_URL."
        )


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _smtp_error(error: aiosmtplib.SMTPException) -> SendError:
    """What went wrong on the way to the mail server, or what it said."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _refusal(error.recipients[0])
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _refusal(error)
    if isinstance(error.__cause__, ssl.SSLError):  # with TLS from the start
        return _untrusted()
    if isinstance(error, aiosmtplib.SMTPConnectError):
        return SendError(_("Mejlservern gick inte att nå."), permanent=False)
    if isinstance(error, aiosmtplib.SMTPTimeoutError | aiosmtplib.SMTPServerDisconnected):
        return SendError(_("Mejlservern svarade inte i tid."), permanent=False, code=UNCLEAR)
    reason = _("Mejlservern saknar kryptering eller inloggning. Kontrollera KRISLARM_SMTP_URL.")
    return SendError(reason, permanent=False)


def _untrusted() -> SendError:
    return SendError(_("Mejlserverns certifikat går inte att lita på."), permanent=False)


def _refusal(error: aiosmtplib.SMTPResponseException) -> SendError:
    """RFC 5321, section 4.2.1: 4xx passes, 5xx does not - unless it is about us, not the mail."""
    code = str(error.code)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        logger.error("The mail server refused our credentials: %s", code)
        reason = _("Mejlservern godkänner inte inloggningen. Kontrollera KRISLARM_SMTP_URL.")
        return SendError(reason, permanent=False, code=code)
    if error.code < 500 or not isinstance(error, ABOUT_THE_MAIL):
        return SendError(_("Mejlservern tar inte emot just nu."), permanent=False, code=code)
    if isinstance(error, aiosmtplib.SMTPRecipientRefused):
        return SendError(_("Mejladressen finns inte."), permanent=True, code=code)
    return SendError(_("Mejlservern vägrade ta emot mejlet."), permanent=True, code=code)
