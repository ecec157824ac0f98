"""Worlds: paths are loaded as versions that never change, exported as they came, and raised."""

from functools import partial

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from alerting.models import Alarm, Step
from alerting.plan import Mode
from alerting.service import Trigger
from core.audit import By
from core.database import Database
from core.errors import NotFound
from core.models import AuditEntry
from playbooks import library, service
from playbooks.models import PlaybookVersion, VersionIsFinal
from playbooks.service import MistakesInPaths
from tests.clocks import NIGHT
from tests.playbooks.conftest import ZONE
from tests.playbooks.lund import files
from tests.world import World


async def load(database: Database, these: dict[str, bytes]) -> list[str]:
    async with database.transaction() as session:
        made = await service.load(session, these, by=By("planeraren"), now=NIGHT, zone=ZONE)
    return [f"{version.file} {version.number}" for version in made]


async def test_what_is_loaded_is_exported_byte_for_byte(lund: Database) -> None:
    original = files() | {"lv-02.yaml": files()["lv-02.yaml"].replace(b"\n", b"\r\n")}
    await load(lund, original)
    async with lund.reading() as session:
        assert await service.export(session, now=NIGHT) == original


async def test_only_what_changed_gets_a_new_version(lund: Database) -> None:
    these = files()
    assert len(await load(lund, these)) == 9
    assert await load(lund, these) == []
    changed = these["lv-03.yaml"].replace(b"need: 5\n", b"need: 4\n")
    assert await load(lund, {"lv-03.yaml": changed}) == ["lv-03.yaml 2"]
    async with lund.reading() as session:
        newest = await service.plan_of(session, "LV-03", at=NIGHT)
        both = await library.versions(session, "LV-03")
        entries = (await session.scalars(select(AuditEntry.what))).all()
    assert (newest.version, newest.step("stab_karna").need.count) == (2, 4)
    assert [version.number for version in both] == [2, 1]
    assert entries.count("Laddade larmväg") == 10


async def test_one_mistake_in_one_file_loads_nothing(lund: Database) -> None:
    bad = files() | {"lv-03.yaml": files()["lv-03.yaml"].replace(b"need: 5\n", b"need: 50\n")}
    with pytest.raises(MistakesInPaths) as refused:
        await load(lund, bad)
    assert [mistake.file for mistake in refused.value.checked.mistakes] == ["lv-03.yaml"]
    async with lund.reading() as session:
        assert await library.paths(session, at=NIGHT) == {}


async def overwrite(database: Database, code: str) -> None:
    async with database.transaction() as session:
        version = (await library.versions(session, code))[0]
        version.source = "code: LV-01"


async def test_a_version_cannot_be_changed_in_the_code(lund: Database) -> None:
    await load(lund, files())
    with pytest.raises(VersionIsFinal):
        await overwrite(lund, "LV-01")


async def test_a_version_cannot_be_changed_in_the_database(lund: Database) -> None:
    await load(lund, files())
    for change in (update(PlaybookVersion).values(number=7), delete(PlaybookVersion)):
        with pytest.raises(DBAPIError, match="never changed"):
            async with lund.transaction() as session:
                await session.execute(change)


async def test_an_unknown_path_is_refused_with_its_code(lund: Database) -> None:
    async with lund.reading() as session:
        for ask in (partial(service.plan_of, at=NIGHT), library.versions):
            with pytest.raises(NotFound, match="LV-99"):
                await ask(session, "LV-99")


async def test_an_alarm_runs_along_the_latest_version(lund: Database) -> None:
    await load(lund, files())
    world = World(lund)
    async with lund.transaction() as session:
        trigger = Trigger(mode=Mode.EXERCISE, by="Alva", note="Gasläcka", once="form-1")
        first = await service.start(session, "LV-06", trigger, now=NIGHT, means=world.means)
        again = await service.start(session, "LV-06", trigger, now=NIGHT, means=world.means)
        assert first.id == again.id
    async with lund.reading() as session:
        (alarm,) = (await session.scalars(select(Alarm))).all()
        names = set(await session.scalars(select(Step.name)))
    assert (alarm.path, alarm.path_version, alarm.mode) == ("LV-06", 1, Mode.EXERCISE)
    assert {"rektorer", "LV-05/krisstodjare", "LV-03/stab_karna"} <= names
