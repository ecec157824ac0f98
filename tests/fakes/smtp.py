"""A mail server on loopback, with switches for everything that goes wrong there."""

import asyncio
import logging
import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from functools import cache
from importlib.resources import as_file, files
from typing import Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the peer's troubles are not ours

CERTIFICATES = files("aiosmtpd.tests.certs")  # aiosmtpd's own, valid until 2119
USER, PASSWORD = "krislarm", "p@ss/word"


class MailFault(StrEnum):
    """What becomes of a mail."""

    BUSY = "450 4.2.0 Come back later"  # at RCPT
    UNKNOWN = "550 5.1.1 No such user here"  # at RCPT
    SENDER_REFUSED = "553 5.1.8 We do not know you"  # at MAIL
    FULL = "452 4.3.1 Out of storage"  # at DATA
    SPAM = "554 5.7.1 Looks like spam"  # at DATA
    CLOSING = "421 4.3.2 Shutting down"  # at RCPT
    DROPS = "drops"  # the connection breaks after DATA
    HANGS = "hangs"  # after DATA, until released


class FakeMailServer:
    """`tls` is "starttls", "smtps" or "none"; with `login` it wants USER and PASSWORD."""

    def __init__(self, *, tls: str = "starttls", login: bool = False) -> None:
        self.inbox: dict[str, list[EmailMessage]] = {}
        self.port = 0
        self._tls, self._login = tls, login
        self._faults: list[MailFault] = []
        self._released = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        implicit = _server_context() if self._tls == "smtps" else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", 0, ssl=implicit)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.release()
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def fault(self, fault: MailFault, *, times: int = 1) -> None:
        """The next mails meet it."""
        self._faults += [fault] * times

    def release(self) -> None:
        """Answer the mails that hang."""
        self._released.set()

    def mails(self, address: str) -> list[EmailMessage]:
        return self.inbox.get(address, [])

    def trust(self) -> ssl.SSLContext:
        """What a client needs to believe this server, whose certificate names no host."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(cadata=(CERTIFICATES / "server.crt").read_text())
        return context

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name and order
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._take(MailFault.SENDER_REFUSED):
            return MailFault.SENDER_REFUSED
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        for fault in (MailFault.BUSY, MailFault.UNKNOWN, MailFault.CLOSING):
            if self._take(fault):
                return fault
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        for fault in (MailFault.FULL, MailFault.SPAM):
            if self._take(fault):
                return fault
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        for address in envelope.rcpt_tos:
            self.inbox.setdefault(address, []).append(mail)
        if self._take(MailFault.DROPS) and server.transport is not None:
            server.transport.close()
        if self._take(MailFault.HANGS):
            await self._released.wait()
        return "250 OK"

    def _take(self, fault: MailFault) -> bool:
        if self._faults and self._faults[0] is fault:
            del self._faults[0]
            return True
        return False

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            hostname="localhost",
            tls_context=_server_context() if self._tls == "starttls" else None,
            require_starttls=self._tls == "starttls",
            authenticator=_authenticate if self._login else None,
            auth_required=self._login,
            loop=asyncio.get_running_loop(),
        )


def _authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
) -> AuthResult:
    """`handled=False` lets the server itself say 535; otherwise the client waits for ever."""
    right = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=given == right, handled=False)


@cache
def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with as_file(CERTIFICATES) as folder:
        context.load_cert_chain(folder / "server.crt", folder / "server.key")
    return context
