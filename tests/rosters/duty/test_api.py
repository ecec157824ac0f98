"""The roster for programs: read, planned, taken over and swapped over the API."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from core.database import Database
from tests.rosters.duty.town import Town
from tests.visitors import Site, Visitor

DAY = timedelta(days=1)


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    town = Town(database)
    yield town
    await town.engine.drain()


@pytest.fixture
async def program(town: Town) -> AsyncIterator[Visitor]:
    async with Site.on(town.database, town.clock) as site:
        yield await site.program("duty:read", "duty:write")


async def test_a_program_plans_reads_and_gives_shifts(town: Town, program: Visitor) -> None:
    await town.has_role()
    for name in ("alva", "birk"):
        await town.person(name)
    shift = {
        "role": "TIB",
        "person": "alva",
        "starts_at": (town.now + DAY).isoformat(),
        "ends_at": (town.now + 3 * DAY).isoformat(),
    }
    added = await program.client.post("/api/v1/shifts", json=shift)
    assert added.status_code == 201
    assert added.json()["person"]["ref"] == "alva"
    assert (await program.client.post("/api/v1/shifts", json=shift)).status_code == 422
    reversed_ = shift | {"starts_at": shift["ends_at"], "ends_at": shift["starts_at"]}
    assert (await program.client.post("/api/v1/shifts", json=reversed_)).status_code == 422
    url = f"/api/v1/shifts/{added.json()['id']}"
    taken = await program.client.post(f"{url}/take-over", json={"person": "birk"})
    assert taken.json()["person"]["ref"] == "birk"
    listed = (await program.get("/api/v1/shifts?role=TIB")).json()["shifts"]
    assert [each["state"] for each in listed] == ["covered", "confirmed"]
    found = (await program.get("/api/v1/gaps?days=2")).json()["gaps"]
    assert [(each["role"], each["kind"]) for each in found] == [("TIB", "unstaffed")]
    gone = f"/api/v1/shifts/{taken.json()['id']}"
    assert (await program.client.delete(gone)).status_code == 204
    assert (await program.client.delete(gone)).status_code == 404


async def test_a_program_swaps_for_people(town: Town, program: Visitor) -> None:
    await town.has_role(approves_swaps=True)
    mine, theirs = await town.plan("alva", "birk", first=3 * DAY)
    asked = await program.client.post(
        "/api/v1/swaps",
        json={"shift": str(mine), "asked_of": "birk", "return_shift": str(theirs)},
    )
    assert asked.status_code == 201
    url = f"/api/v1/swaps/{asked.json()['id']}"
    await town.person("cleo")
    stranger = {"person": "cleo"}
    assert (await program.client.post(f"{url}/accept", json=stranger)).status_code == 404
    accepted = await program.client.post(f"{url}/accept", json={"person": "birk"})
    assert accepted.json()["state"] == "accepted"
    open_ones = (await program.get("/api/v1/swaps")).json()["swaps"]
    assert [each["asked_by"] for each in open_ones] == ["alva"]
    done = await program.client.post(f"{url}/settle/approve")
    assert done.json()["state"] == "done"
    assert (await program.client.post(f"{url}/settle/approve")).status_code == 409
    assert (await program.get("/api/v1/swaps")).json()["swaps"] == []
    assert await town.serving(at=town.now + 3 * DAY) == ["birk"]
    unknown = await program.client.post(f"/api/v1/swaps/{uuid4()}/accept", json={"person": "birk"})
    assert unknown.status_code == 404


async def test_reading_is_not_writing(town: Town) -> None:
    async with Site.on(town.database, town.clock) as site:
        reader = await site.program("duty:read")
        assert (await reader.client.post("/api/v1/shifts", json={})).status_code == 403
