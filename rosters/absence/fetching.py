"""Fetch a calendar from the internet, and from nowhere else: never from a computer near this one."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from core.errors import Refused
from core.forms import line
from core.language import gettext as _
from rosters.absence.reading import LARGEST

LIMIT = 10  # seconds, for all of it
REDIRECTS = 3
_MOVED = {301, 302, 303, 307, 308}
_NEAR = ("localhost", "local", "internal", "localdomain", "home.arpa", "intranet", "lan")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # IPv4 behind a gateway (RFC 6052)
_TRANSLATED_LOCALLY = ipaddress.ip_network("64:ff9b:1::/48")  # RFC 8215


def is_public(address: str) -> bool:
    """May this address be reached: anything that is not the internet at large is a no."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _TRANSLATED or ip in _TRANSLATED_LOCALLY or ip.sixtofour or ip.teredo:
            return False
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be connected to. Tests pass another one; no setting does."""

    address: Callable[[str], bool] = is_public
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})


PUBLIC = Reach()


def checked_url(typed: str, reach: Reach = PUBLIC) -> str:
    """The address as it may be fetched; Refused when it never may, whatever its name leads to."""
    url = line(typed, field="url", longest=2000, required=True)
    if url.lower().startswith("webcal://"):
        url = f"https{url[6:]}"
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Refused(_("Det är ingen webbadress."), field="url") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in url or "\\" in url:
        raise Refused(_("Adressen ska börja med https:// eller http://."), field="url")
    if parts.username is not None or parts.password is not None:
        raise Refused(_("Adressen får inte ha användarnamn eller lösenord i sig."), field="url")
    if port not in reach.ports:
        raise Refused(_("Adressen får bara gå till port 80, 443, 8080 eller 8443."), field="url")
    if not _may_be_named(url, reach):
        raise _too_near()
    return url


def shown_url(url: str) -> str:
    """The host only: the rest of the address is a secret."""
    return f"{urlsplit(url).hostname or ''}/…"


async def fetch(url: str, reach: Reach = PUBLIC) -> bytes:
    """The bytes behind an address; Refused with what went wrong."""
    try:
        async with asyncio.timeout(LIMIT), guarded_client(reach) as client:
            for _turn in range(REDIRECTS + 1):
                url = checked_url(url, reach)
                async with client.get(url, allow_redirects=False) as answer:
                    if answer.status not in _MOVED:
                        return await _body(answer)
                    url = urljoin(url, answer.headers.get("location", ""))
    except TimeoutError as error:
        raise Refused(_("Kalendern svarade inte inom tio sekunder."), field="url") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Refused(_("Kalendern gick inte att nå."), field="url") from error
    raise Refused(_("Kalendern skickar vidare för många gånger."), field="url")


def _too_near() -> Refused:
    sentence = _("Adressen leder till ett internt nät. Bara kalendrar på internet hämtas.")
    return Refused(sentence, field="url")


def _may_be_named(url: str, reach: Reach) -> bool:
    """An address in figures is not looked up when it is connected to, so it is judged here.

    As the client reads it: to the client "①②⑦.⓪.⓪.①" is 127.0.0.1.
    """
    try:
        host = (URL(url).raw_host or "").rstrip(".")
    except ValueError as error:
        raise Refused(_("Det är ingen webbadress."), field="url") from error
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rpartition(".")[2] not in _NEAR and not host.endswith(".home.arpa")
    return reach.address(host)


def guarded_client(reach: Reach, *, accept: str = "text/calendar") -> aiohttp.ClientSession:
    """Connects to what may be reached and to nothing else; for whoever fetches something."""

    def judged(info: aiohttp.AddrInfoType) -> socket.socket:
        """The last gate: whatever the name was, this is what is connected to."""
        family, kind, proto, _name, address = info
        if not reach.address(_numeric(address)):
            raise _too_near()
        return socket.socket(family, kind, proto)

    connector = aiohttp.TCPConnector(
        resolver=_Judging(reach),
        use_dns_cache=False,
        force_close=True,
        limit=1,
        socket_factory=judged,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,  # a small answer could unpack into a large one
        headers={"accept": accept, "accept-encoding": "identity"},
        timeout=aiohttp.ClientTimeout(total=LIMIT),
    )


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status != 200:
        sentence = _("Kalendern svarade med felet {status}.").format(status=answer.status)
        raise Refused(sentence, field="url")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(_("Kalendern svarade packat, fast det inte var begärt."), field="url")
    content = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        content += chunk
        if len(content) > LARGEST:
            raise Refused(_("Kalendern är större än 1 MB."), field="url")
    return bytes(content)


class _Judging(AbstractResolver):
    """Looks a name up once, judges every address, and connects to those and no others."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        addresses = [_numeric(entry[4]) for entry in found]
        if not addresses or not all(self._reach.address(each) for each in addresses):
            raise _too_near()
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=entry[0],
                proto=entry[2],
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for entry, address in zip(found, addresses, strict=True)
        ]

    async def close(self) -> None:
        """Nothing is kept open."""


def _numeric(address: tuple[Any, ...]) -> str:
    return str(address[0])
