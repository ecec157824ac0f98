"""Asks one source over https: no detours, nothing near this computer, and never much at once."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from core.errors import Refused
from core.language import gettext as _
from rosters.absence.fetching import PUBLIC, Reach, checked_url, guarded_client

LIMIT = 10  # seconds, for all of it
LARGEST = 8_000_000  # bytes: warnings carry the shapes of their areas
LONGEST_ETAG = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What the source said; `content` is None when nothing has changed since `etag`."""

    content: bytes | None
    etag: str = ""


async def ask(url: str, etag: str, reach: Reach = PUBLIC) -> Answer:
    """The source's answer; Refused with what went wrong. It may not send us elsewhere."""
    headers = {"if-none-match": etag} if etag else {}
    try:
        checked_url(url, reach)
        async with (
            asyncio.timeout(LIMIT),
            guarded_client(reach, accept="application/json") as client,
            client.get(url, allow_redirects=False, headers=headers) as answer,
        ):
            return await _answer(answer)
    except TimeoutError as error:
        raise Refused(_("Inget svar inom tio sekunder.")) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Refused(_("Källan gick inte att nå.")) from error


async def _answer(answer: aiohttp.ClientResponse) -> Answer:
    etag = answer.headers.get("etag", "")
    if answer.status == 304:
        return Answer(None, etag)
    if 300 <= answer.status < 400:
        raise Refused(_("Källan skickar vidare till en annan adress. Det följs inte."))
    if answer.status != 200:
        raise Refused(_("Källan svarade med felet {status}.").format(status=answer.status))
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(_("Källan svarade packat, fast det inte var begärt."))
    content = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        content += chunk
        if len(content) > LARGEST:
            raise Refused(_("Svaret är större än {size} MB.").format(size=LARGEST // 1_000_000))
    return Answer(bytes(content), etag if len(etag) <= LONGEST_ETAG else "")


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""
