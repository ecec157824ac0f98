"""Walks: every route of the service names who may use it, and holds to it."""

import re
from collections.abc import Iterator
from uuid import uuid4

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Mount

from core.models import Role
from core.permissions import PERMISSION
from core.settings import Settings
from crisis.app import SCOPES, create_app
from tests.clocks import MovableClock
from tests.visitors import Site

OPEN = {
    "/healthz", "/readyz", "/sign-in", "/sign-out", "/language", "/api/v1/openapi.json",
    "/a/{token}", "/twilio/sms", "/twilio/status/{message_id}", "/twilio/voice/{message_id}",
    "/twilio/voice/{message_id}/digits", "/calendar/{token}.ics", "/now/{token}", "/now/{token}.txt",
    "/signals/mail/{secret}", "/twilio/voice", "/twilio/raise/{call_id}",
    "/sw.js",
}  # fmt: skip
ROLES = {role.value for role in Role} | {"duty officer or planner"}


def app_alone() -> FastAPI:
    return create_app(Settings(database_url="sqlite:///unused.db"), clock=MovableClock())


def routes(app: FastAPI) -> list[RouteContext]:
    return [each for each in iter_route_contexts(app.routes) if not isinstance(each.route, Mount)]


def permissions(dependant: Dependant) -> Iterator[str]:
    permission = getattr(dependant.call, PERMISSION, None)
    if permission is not None:
        yield permission
    for each in dependant.dependencies:
        yield from permissions(each)


def asked_of(route: RouteContext) -> set[str]:
    return set(permissions(route.dependant))


def test_every_route_names_a_permission() -> None:
    without = [route.path for route in routes(app_alone()) if not asked_of(route)]
    assert not without, f"say who may use {without} (core/permissions.py)"


def test_only_these_routes_are_open_to_anyone() -> None:
    found = {route.path for route in routes(app_alone()) if asked_of(route) == {"anyone"}}
    assert found <= OPEN, f"open to anyone: {found - OPEN}"


def test_every_scope_that_a_route_asks_for_can_be_given_to_a_token() -> None:
    scopes = {name for route in routes(app_alone()) for name in asked_of(route) if ":" in name}
    assert scopes <= SCOPES.keys()


async def test_nobody_who_is_not_signed_in_gets_further_than_the_sign_in_form(site: Site) -> None:
    visitor = site.visitor()
    for route, method, url in calls(site.app, ROLES):
        response = await visitor.client.request(method, url)
        assert response.status_code == 303, f"{method} {route} gave {response.status_code}"
        assert response.headers["location"].startswith("/sign-in")


async def test_a_program_without_a_token_gets_401_and_one_without_the_scope_403(
    site: Site,
) -> None:
    anonymous, other = site.visitor(), await site.program("something:else")
    for route, method, url in calls(site.app, set(SCOPES)):
        for visitor, status in ((anonymous, 401), (other, 403)):
            response = await visitor.client.request(method, url)
            assert response.status_code == status, f"{method} {route} gave {response.status_code}"
            assert response.headers["content-type"] == "application/problem+json"


async def test_a_reader_is_refused_whatever_is_not_for_readers(site: Site) -> None:
    reader = await site.signed_in("lisa")
    for route, method, url in calls(site.app, ROLES - {Role.READER}):
        response = await reader.client.request(method, url)
        assert response.status_code == 403, f"{method} {route} gave {response.status_code}"
        assert "behörighet" in response.text


def calls(app: FastAPI, asking: set[str]) -> Iterator[tuple[str, str, str]]:
    """Path, method and an address for each route that asks for one of these permissions."""
    for route in routes(app):
        if asked_of(route) & asking and route.path:
            url = re.sub(r"\{[^}]*\}", str(uuid4()), route.path)
            for method in route.methods or ():
                yield route.path, method, url
