"""Worlds: whom a path can call in the coming weeks, and who of them knows their part."""

from datetime import timedelta

from sqlalchemy import delete, event, select, update

from core.audit import By
from core.database import Database
from playbooks import service
from playbooks.receipts.called import called_by, meant_by
from playbooks.receipts.knowing import Knowing, knowing, knowing_all
from playbooks.receipts.models import Acquaintance, Receipt
from rosters.duty.models import DutyRole, Shift
from rosters.models import CallListEntry, Person
from tests.clocks import NIGHT
from tests.playbooks.conftest import ZONE
from tests.playbooks.lund import files, refs

WEEK = timedelta(weeks=1)
BY = By("planeraren")


async def known(database: Database, code: str, after: timedelta = timedelta(0)) -> Knowing:
    async with database.reading() as session:
        return await knowing(session, code, at=NIGHT + after, zone=ZONE)


async def called(database: Database, code: str, after: timedelta = timedelta(0)) -> set[str]:
    return {each.ref for each in (await known(database, code, after)).people}


async def read(database: Database, code: str, *names: str, after: timedelta = WEEK) -> None:
    """They have read their present part, so long after the night."""
    async with database.transaction() as session:
        meant = await meant_by(session, at=NIGHT, zone=ZONE)
        found = (await called_by(session, meant, at=NIGHT + after))[code]
        version = found.loaded.version
        session.add_all(
            Receipt(
                playbook_id=version.playbook_id,
                person_id=person,
                mark=part.mark,
                pieces=part.pieces,
                version_number=version.number,
                asked_at=NIGHT,
                confirmed_at=NIGHT + after,
            )
            for person, part in found.parts.items()
            if meant.people[person].ref in names
        )


async def test_who_is_on_duty_in_three_weeks_has_to_know_the_path(paths: Database) -> None:
    assert await called(paths, "LV-01") == set(refs((1, 2), (11, 14)))
    async with paths.transaction() as session:
        duty = await session.scalar(select(DutyRole.id).where(DutyRole.code == "TIB"))
        later = await session.scalar(select(Person.id).where(Person.ref == "P05"))
        assert duty
        assert later
        start = NIGHT + 3 * WEEK
        session.add(
            Shift(duty_role_id=duty, person_id=later, starts_at=start, ends_at=start + WEEK)
        )
    assert "P05" in await called(paths, "LV-01")
    assert "P05" not in await called(paths, "LV-01", after=5 * WEEK)


async def test_groups_roles_and_sub_paths_are_called_and_outsiders_are_not(paths: Database) -> None:
    assert await called(paths, "LV-03") == set(refs((11, 12), (15, 23), (49, 55)))
    in_sub_paths = set(refs((56, 67), (49, 55)))
    assert in_sub_paths <= await called(paths, "LV-06")
    assert await called(paths, "LV-09") == set()


async def test_the_protected_count_and_are_shown_by_title(paths: Database) -> None:
    people = {each.ref: each for each in (await known(paths, "LV-05")).people}
    assert people["P43"].name == "Titel P43"


async def test_who_leaves_is_counted_no_longer(paths: Database) -> None:
    async with paths.transaction() as session:
        gone = update(Person).where(Person.ref == "P56").values(active_to=NIGHT.date())
        await session.execute(gone)
        other = select(Person.id).where(Person.ref == "P57").scalar_subquery()
        await session.execute(delete(CallListEntry).where(CallListEntry.person_id == other))
    assert "P56" in await called(paths, "LV-05")
    assert "P57" not in await called(paths, "LV-05")
    assert "P56" not in await called(paths, "LV-05", after=WEEK)


async def test_confirmed_is_of_the_present_part_and_from_its_instant(paths: Database) -> None:
    await read(paths, "LV-05", "P56", "P57")
    assert (await known(paths, "LV-05")).confirmed == 0
    assert (await known(paths, "LV-05", after=WEEK)).confirmed == 2


async def test_a_version_asks_those_anew_whose_part_it_changes(paths: Database) -> None:
    await read(paths, "LV-05", *refs((41, 43), (56, 67)))
    changed = files()["lv-05.yaml"].replace(
        b"title: Krisst\xc3\xb6djare", b"title: Krisst\xc3\xb6d"
    )
    async with paths.transaction() as session:
        await service.load(session, {"lv-05.yaml": changed}, by=BY, now=NIGHT + 2 * WEEK, zone=ZONE)
    found = await known(paths, "LV-05", after=2 * WEEK)
    assert (found.changed, found.confirmed) == (12, 3)
    assert {each.ref for each in found.people if each.anew} == set(refs((56, 67)))
    assert (await known(paths, "LV-05", after=WEEK)).changed == 0
    await read(paths, "LV-05", *refs((56, 64)), after=2 * WEEK)
    found = await known(paths, "LV-05", after=2 * WEEK)
    assert (found.changed, found.confirmed) == (12, 12)


async def test_the_number_saved_and_the_introduction_count_from_their_instant(
    paths: Database,
) -> None:
    async with paths.transaction() as session:
        person = await session.scalar(select(Person.id).where(Person.ref == "P56"))
        assert person
        done = {"saved_at": NIGHT + WEEK, "introduced_at": NIGHT + 2 * WEEK}
        session.add(Acquaintance(person_id=person, sender="+46", **done))  # type: ignore[arg-type]
    for after, expected in ((0, (False, False)), (1, (True, False)), (2, (True, True))):
        people = (await known(paths, "LV-05", after=after * WEEK)).people
        found = next(each for each in people if each.ref == "P56")
        assert (found.number_saved, found.introduced) == expected


async def test_all_paths_together_take_a_handful_of_queries(paths: Database) -> None:
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(paths.engine.sync_engine, "before_cursor_execute", count)
    async with paths.reading() as session:
        found = await knowing_all(session, at=NIGHT, zone=ZONE)
    event.remove(paths.engine.sync_engine, "before_cursor_execute", count)
    assert len(found) == 9
    assert len([each for each in seen if each.lstrip().upper().startswith("SELECT")]) <= 8
