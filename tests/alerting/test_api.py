"""The API: raise, read, answer and close alarms; every mistake gets its own problem+json."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2 as httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis.strategies import SearchStrategy
from pydantic import SecretStr
from schemathesis.core.result import Ok

from core.audit import By
from core.database import Database
from core.service import add_token
from core.settings import Settings
from crisis.app import create_app
from crisis.demo.seed import seed
from tests.clocks import NIGHT, MovableClock

AnyCase = schemathesis.Case[Any]
ALL = ("alarms:read", "alarms:raise", "numbers:read", "duty:read", "duty:write")
KEY = {"Idempotency-Key": "k-1"}
LV_01 = {"path": "LV-01", "mode": "exercise", "note": "Gasläcka"}


@pytest.fixture
async def app(sqlite_database: Database) -> FastAPI:
    async with sqlite_database.transaction() as session:
        await seed(session, now=NIGHT)
    settings = Settings(
        _env_file=None, secret_key=SecretStr("x" * 32), base_url="http://test", undo_seconds=0
    )
    return create_app(settings, clock=MovableClock(NIGHT), database=sqlite_database)


async def _client(app: FastAPI, database: Database, *scopes: str) -> httpx.AsyncClient:
    async with database.transaction() as session:
        token = await add_token(session, name="prov", scopes=scopes, by=By("prov"), now=NIGHT)
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


@pytest.fixture
async def api(app: FastAPI, sqlite_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with await _client(app, sqlite_database, *ALL) as client:
        yield client


async def test_an_alarm_is_raised_read_answered_and_closed(api: httpx.AsyncClient) -> None:
    raised = await api.post("/api/v1/alarms", json=LV_01)
    assert raised.status_code == 201
    alarm = raised.json()
    assert (alarm["path"], alarm["mode"], alarm["state"]) == ("LV-01", "exercise", "running")
    asked = alarm["call_ins"][0]
    assert {each["channel"] for each in asked["messages"]} == {"sms", "voice"}
    assert asked["messages"][0]["address"].startswith("+46")
    given = {"call_in": asked["id"], "answer": "coming", "eta_minutes": 15}
    answered = await api.post(f"/api/v1/alarms/{alarm['id']}/answers", json=given)
    assert answered.json()["call_ins"][0]["state"] == "accepted"
    closed = await api.post(f"/api/v1/alarms/{alarm['id']}/close")
    assert closed.json()["state"] == "closed"
    assert closed.json()["closed_at"] is not None
    again = await api.post(f"/api/v1/alarms/{alarm['id']}/close")
    assert again.status_code == 409
    listed = await api.get("/api/v1/alarms", params={"state": "closed"})
    assert [each["id"] for each in listed.json()["alarms"]] == [alarm["id"]]


async def test_the_promised_names_are_all_there(api: httpx.AsyncClient) -> None:
    alarm = (await api.post("/api/v1/alarms", json=LV_01)).json()
    shown = (await api.get(f"/api/v1/alarms/{alarm['id']}")).json()
    head = "id path path_version mode state raised_at raised_by closed_at steps call_ins"
    assert set(head.split()) <= set(shown)
    assert set(shown["steps"][0]) == {"name", "state", "need", "accepted", "due_at"}
    names = "id person step state answer eta_minutes messages"
    assert set(shown["call_ins"][0]) == set(names.split())
    names = "id channel address provider provider_ref state sent_at delivered_at answered_at"
    assert set(shown["call_ins"][0]["messages"][0]) == set(names.split())
    assert shown["raised_at"].endswith("Z")


async def test_the_same_key_is_the_same_alarm(api: httpx.AsyncClient) -> None:
    first = await api.post("/api/v1/alarms", json=LV_01, headers=KEY)
    again = await api.post("/api/v1/alarms", json=LV_01, headers=KEY)
    assert first.json()["id"] == again.json()["id"]
    other = await api.post("/api/v1/alarms", json=LV_01 | {"mode": "live"}, headers=KEY)
    assert other.status_code == 409
    assert other.headers["content-type"] == "application/problem+json"


async def test_numbers_are_masked_without_their_scope(
    app: FastAPI, sqlite_database: Database
) -> None:
    async with await _client(app, sqlite_database, "alarms:read", "alarms:raise") as client:
        alarm = (await client.post("/api/v1/alarms", json=LV_01)).json()
    assert "•" in alarm["call_ins"][0]["messages"][0]["address"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"path": "LV-77", "mode": "test"}, 404),
        ({"path": "LV-01", "mode": "war"}, 422),
        ({"path": "LV-01"}, 422),
        ({"path": "LV-06", "mode": "test"}, 422),
        ({"path": "LV-06", "mode": "test", "site": "nowhere"}, 422),
        ({"path": "LV-01", "mode": "test", "note": "x" * 999}, 422),
        ({"path": "LV-01", "mode": "test", "unknown": 1}, 422),
        ("no object", 422),
    ],
)
async def test_a_bad_alarm_is_refused_and_nothing_is_raised(
    api: httpx.AsyncClient, body: object, status: int
) -> None:
    refused = await api.post("/api/v1/alarms", json=body)
    assert refused.status_code == status
    assert refused.json()["detail"]
    assert (await api.get("/api/v1/alarms")).json()["alarms"] == []


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"\xff\xfe", 400),
        ("application/json", b"", 422),
        ("text/plain", b'{"path": "LV-01", "mode": "test"}', 415),
        ("application/x-www-form-urlencoded", b"path=LV-01&mode=test", 415),
    ],
)
async def test_what_is_no_json_is_told_apart_from_what_is_wrong(
    api: httpx.AsyncClient, kind: str, body: bytes, status: int
) -> None:
    refused = await api.post("/api/v1/alarms", content=body, headers={"content-type": kind})
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"]


async def test_unknown_ids_and_wrong_methods_are_told_apart(
    api: httpx.AsyncClient,
) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    assert (await api.get(f"/api/v1/alarms/{nobody}")).status_code == 404
    assert (await api.get("/api/v1/alarms/what")).status_code == 404
    assert (await api.delete("/api/v1/alarms")).status_code == 405


async def test_without_a_token_or_its_scope_nothing_is_told(
    app: FastAPI, sqlite_database: Database
) -> None:
    async with await _client(app, sqlite_database, "duty:read") as client:
        assert (await client.get("/api/v1/alarms")).status_code == 403
        client.headers["Authorization"] = "Bearer wrong"
        assert (await client.get("/api/v1/alarms")).status_code == 401


async def test_the_description_holds_against_random_requests(
    app: FastAPI, api: httpx.AsyncClient
) -> None:
    description = (await api.get("/api/v1/openapi.json")).json()
    schema = schemathesis.openapi.from_dict(description)
    token = api.headers["Authorization"]
    for operation in schema.get_all_operations():
        assert isinstance(operation, Ok)
        for case in _examples_of(operation.ok().as_strategy(), count=8):
            path = case.formatted_path
            body = case.body if isinstance(case.body, dict | list | str | int) else None
            answer = await api.request(
                case.method, path, params=case.query, json=body, headers={"Authorization": token}
            )
            told = f"{case.method} {path}: {answer.status_code} {answer.text}"
            promised = description["paths"][case.path][case.method.lower()]["responses"]
            assert str(answer.status_code) in promised, told
            kind = answer.headers["content-type"].split(";")[0]
            assert kind in promised[str(answer.status_code)]["content"], told


def _examples_of(strategy: SearchStrategy[AnyCase], *, count: int) -> list[AnyCase]:
    found: list[AnyCase] = []

    @examples(max_examples=count, database=None, suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def collect(case: AnyCase) -> None:
        found.append(case)

    collect()
    return found
