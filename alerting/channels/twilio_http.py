"""The road to Twilio: its own client on our own transport, and its errors in our words."""

import logging
from base64 import b64encode
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    TCPConnector,
)
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.rest.api.v2010.account.message import MessageInstance

from alerting.channels.base import UNCLEAR, SendError
from alerting.channels.twilio_words import refusal
from core.language import _

T = TypeVar("T")
API_URL = "https://api.twilio.com"


class Transport(AsyncHttpClient):
    """HTTP for Twilio's client, whose own transport ignores its time limit and logs numbers at INFO.

    `api_url` may carry a path, for an emulator that lives below one.
    """

    def __init__(self, *, api_url: str, time_limit: timedelta, connections: int) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True)
        self._api_url = api_url.rstrip("/")
        self._timeout = ClientTimeout(total=time_limit.total_seconds())
        self._connections = connections
        self._session: ClientSession | None = None

    async def request(  # type: ignore[override]  # as in the library's own asynchronous transport
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature; ours is in the session
        allow_redirects: bool = False,  # noqa: FBT001, FBT002
    ) -> Response:
        async with self._open_session().request(
            method,
            self._api_url + urlsplit(uri)._replace(scheme="", netloc="").geturl(),
            params={name: str(value) for name, value in (params or {}).items()},
            data=urlencode(data, doseq=True).encode() if data else None,
            headers={**(headers or {}), **(_basic(*auth) if auth else {})},
            allow_redirects=allow_redirects,
        ) as answer:
            return Response(answer.status, await answer.text(errors="replace"), answer.headers)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open_session(self) -> ClientSession:
        """The pool, made at the first request because it belongs to the running loop."""
        if self._session is None:
            connector = TCPConnector(limit=self._connections)
            self._session = ClientSession(connector=connector, timeout=self._timeout)
        return self._session


class TwilioAccount:
    """One account and its pool of connections, shared by SMS and voice."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        api_url: str = API_URL,
        time_limit: timedelta = timedelta(seconds=10),
        connections: int = 100,
    ) -> None:
        self._transport = Transport(
            api_url=api_url or API_URL, time_limit=time_limit, connections=connections
        )
        self.client = Client(account_sid, auth_token, http_client=self._transport)

    async def close(self) -> None:
        await self._transport.close()


async def accepted(creation: Awaitable[MessageInstance | CallInstance]) -> str:
    """Twilio's reference for what it took; every way it may fail becomes a SendError."""
    reference = (await answered(creation)).sid
    if not reference:
        raise SendError(_("Twilio svarade obegripligt."), permanent=False, code=UNCLEAR)
    return reference


async def answered(request: Awaitable[T]) -> T:
    """What Twilio answered; every way it may fail becomes a SendError."""
    try:
        return await request
    except (TwilioRestException, TwilioServiceException) as error:
        raise refusal(error.status, str(error.code or "")) from error
    except ClientConnectorError as error:
        raise SendError(_("Twilio gick inte att nå."), permanent=False) from error
    except (TimeoutError, ClientError) as error:
        raise SendError(_("Twilio svarade inte i tid."), permanent=False, code=UNCLEAR) from error
    except ValueError as error:  # not JSON: something else than Twilio answered
        raise SendError(_("Twilio svarade obegripligt."), permanent=False, code=UNCLEAR) from error


def _basic(username: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{username}:{password}".encode()).decode()}
