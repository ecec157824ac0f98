"""People at their browsers: the whole service over a test's database, and visitors who sign in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from secrets import token_urlsafe

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response
from starlette.routing import BaseRoute

from core.database import Database
from core.models import ApiToken, Role, SignIn, User
from core.permissions import cookie_name, hashed
from core.settings import Settings
from crisis.app import create_app
from tests.clocks import MovableClock

HOME = "10.1.2.3"
_ROUTES: list[BaseRoute] = []  # of the first application of this process


def _share_routes(app: FastAPI) -> None:
    """Routes are the same in all; to work out what their handlers ask for takes most of a second."""
    if not _ROUTES:
        _ROUTES.extend(app.router.routes)
    app.router.routes[:] = _ROUTES


class Visitor:
    """A browser: keeps cookies, follows no redirect by itself."""

    def __init__(self, client: AsyncClient, csrf_site: str = "same-origin") -> None:
        self.client = client
        self.client.headers["sec-fetch-site"] = csrf_site

    async def get(self, url: str, **headers: str) -> Response:
        return await self.client.get(url, headers=headers)

    async def post(self, url: str, **fields: str | list[str]) -> Response:
        """Send a form; a field named `next_` is sent as `next`."""
        return await self.client.post(url, data={k.rstrip("_"): v for k, v in fields.items()})

    async def sign_in(self, username: str, password: str, **fields: str) -> Response:
        return await self.post("/sign-in", username=username, password=password, **fields)

    async def sees(self, url: str, *words: str) -> str:
        """The page's text, which has all these words in it."""
        response = await self.get(url)
        assert response.status_code == 200, f"{url}: {response.status_code}"
        text = unescape(response.text)
        missing = [word for word in words if word not in text]
        assert not missing, f"{url} does not say {missing}"
        return text


class Site:
    def __init__(self, app: FastAPI, database: Database, clock: MovableClock) -> None:
        self.app = app
        self.database = database
        self.clock = clock
        self._clients: list[AsyncClient] = []

    @classmethod
    @asynccontextmanager
    async def on(
        cls, database: Database, clock: MovableClock | None = None, **settings: object
    ) -> AsyncIterator["Site"]:
        chosen = Settings.model_validate({"secret_key": "of the tests", **settings})
        clock = clock or MovableClock()
        app = create_app(chosen, clock=clock, database=database)
        _share_routes(app)
        site = cls(app, database, clock)
        yield site
        for client in site._clients:
            await client.aclose()

    def visitor(self, *, address: str = HOME, **headers: str) -> Visitor:
        """Somebody who is not signed in."""
        transport = ASGITransport(self.app, client=(address, 50_000), raise_app_exceptions=False)
        base_url: str = self.app.state.settings.base_url
        client = AsyncClient(transport=transport, base_url=base_url, headers=headers)
        self._clients.append(client)
        return Visitor(client)

    async def user(self, username: str, *roles: Role, password_hash: str = "") -> User:
        user = User(
            username=username,
            name=username.title(),
            password_hash=password_hash,
            roles=frozenset({Role.READER, *roles}),
            created_at=self.clock.now(),
        )
        async with self.database.transaction() as session:
            session.add(user)
        return user

    async def signed_in(self, username: str, *roles: Role) -> Visitor:
        """A new user who has just signed in, without the wait for the password."""
        user, secret = await self.user(username, *roles), token_urlsafe()
        now = self.clock.now()
        sign_in = SignIn(
            user_id=user.id,
            token_hash=hashed(secret),
            signed_in_at=now,
            seen_at=now,
            expires_at=now.replace(year=now.year + 1),
            address=HOME,
        )
        async with self.database.transaction() as session:
            session.add(sign_in)
        visitor = self.visitor()
        visitor.client.cookies.set(cookie_name(self.app.state.settings), secret)
        return visitor

    async def program(self, *scopes: str) -> Visitor:
        """A program with an API token."""
        secret = token_urlsafe()
        token = ApiToken(
            name="a program",
            token_hash=hashed(secret),
            scopes=frozenset(scopes),
            created_at=self.clock.now(),
            created_by="test",
        )
        async with self.database.transaction() as session:
            session.add(token)
        return self.visitor(authorization=f"Bearer {secret}")
