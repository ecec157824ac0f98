"""Worlds: who would be called right now, and who could not be."""

from alerting.plan import ChannelKind
from core.database import Database
from playbooks.audience import Asked, Audience, audience_of
from playbooks.service import plan_of
from tests.clocks import NIGHT
from tests.playbooks.conftest import ZONE


async def audience(database: Database, code: str, site: str | None = None) -> Audience:
    async with database.reading() as session:
        plan = await plan_of(session, code, at=NIGHT)
        return await audience_of(session, plan, at=NIGHT, zone=ZONE, site=site)


def step(of: Audience, name: str) -> Asked:
    return next(asked for asked in of.steps if asked.step.name == name)


async def test_the_one_on_duty_is_the_one_who_is_called(paths: Database) -> None:
    found = await audience(paths, "LV-01")
    assert [person.ref for person in step(found, "tib").people] == ["P01"]
    assert found.called_now == {"P01"}
    assert found.called_later == {"P02", "P11", "P12", "P13", "P14"}


async def test_one_by_one_calls_only_the_first_at_once(paths: Database) -> None:
    found = await audience(paths, "LV-03")
    assert {"P11", "P15", "P17"} <= found.called_now
    assert {"P12", "P16", "P49"} <= found.called_later


async def test_who_has_no_number_or_only_one_way_is_said(paths: Database) -> None:
    found = await audience(paths, "LV-03")
    assert [person.ref for person in found.unreachable] == ["P20"]
    assert [person.ref for person in found.one_way_only] == ["P21"]
    assert found.one_way_only[0].channels == (ChannelKind.VOICE,)
    assert step(found, "stab_karna").able == 6


async def test_a_protected_person_is_shown_by_title_and_called_by_hand(paths: Database) -> None:
    people = step(await audience(paths, "LV-05"), "ledningsgrupp").people
    hidden = next(person for person in people if person.ref == "P43")
    assert (hidden.name, hidden.channels, hidden.by_hand) == ("Titel P43", (), True)
    assert not hidden.unreachable


async def test_nobody_at_the_site_is_called(paths: Database) -> None:
    everywhere = await audience(paths, "LV-06")
    away = await audience(paths, "LV-06", site="demoskolan")
    assert "P47" in step(everywhere, "rektorer").callable
    assert "P47" not in {person.ref for asked in away.steps for person in asked.people}


async def test_what_is_done_by_hand_calls_nobody(paths: Database) -> None:
    found = await audience(paths, "LV-09")
    assert not found.called_now
    assert [asked.size for asked in found.steps] == [1, 1, 1]
