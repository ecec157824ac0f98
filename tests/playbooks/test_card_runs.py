"""Stories: a card opens with its alarm, and several people tick it off."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from alerting import service as alerting
from alerting.models import Alarm, AlarmState
from alerting.plan import Mode
from alerting.service import Trigger
from core.audit import By
from core.database import Database
from core.models import AuditEntry, User
from playbooks import service
from playbooks.cards.models import CardRun, LineState, RunEvent, RunLine
from playbooks.cards.opening import open_missing
from rosters.models import Person
from tests.clocks import NIGHT
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.playbooks.cards import CARD
from tests.playbooks.conftest import ZONE
from tests.playbooks.test_raise_pages import review
from tests.visitors import Site, Visitor
from tests.world import World


@pytest.fixture
async def site(paths: Database) -> AsyncIterator[Site]:
    """Lund with one card, which belongs to LV-01."""
    async with paths.transaction() as session:
        await service.load(session, {"ak-9.yaml": CARD.encode()}, by=By("P"), now=NIGHT, zone=ZONE)
    async with Site.on(paths) as site:
        yield site


async def raised(site: Site, tib: Visitor, code: str = "LV-01", mode: str = "live") -> str:
    """The address of the cards of a new alarm."""
    fields = await review(tib, f"/alarms/new/{code}?mode={mode}")
    response = await tib.post("/alarms", **fields)
    return f"{response.headers['location']}/cards"


async def rows(database: Database) -> dict[str, RunLine]:
    async with database.reading() as session:
        return {row.text: row for row in await session.scalars(select(RunLine))}


async def run_at(site: Site) -> str:
    async with site.database.reading() as session:
        run = (await session.scalars(select(CardRun))).one()
    return f"/alarms/{run.alarm_id}/cards/{run.id}"


async def end(site: Site, tib: Visitor, at: str) -> None:
    assert (await tib.post(f"{at.removesuffix('/cards')}/close")).status_code == 303


@BOTH
async def test_the_card_of_a_path_opens_with_the_alarm(site: Site, tib: Visitor) -> None:
    at = await raised(site, tib)
    await tib.sees(at, "ÅK-9 Prov", "SKARPT", "0 av 3 klara", "av larmet")
    site.clock.move(timedelta(minutes=12))
    text = await tib.sees(
        await run_at(site), "SKARPT", "1 försenad, 0 av 3 klara", "Försenad 7 min", "Snart",
        "De första 15 minuterna", "Jour TIB", "Namn P17", "Senast 03:17", "Det händer",
    )  # fmt: skip
    assert text.index("Försenade") < text.index("Verifiera")
    await tib.sees(at.removesuffix("/cards"), "Åtgärdskort: 1 försenad, 0 av 3 klara", at)


async def test_a_test_opens_no_card_and_another_path_neither(site: Site, tib: Visitor) -> None:
    for code, mode in (("LV-01", "test"), ("LV-02", "live")):
        at = await raised(site, tib, code, mode)
        await tib.sees(at, "Inget åtgärdskort är öppnat", "ÅK-9 Prov", "Öppna")
        await tib.sees(at.removesuffix("/cards"), "Åtgärdskort: inget i bruk")


@BOTH
async def test_a_card_is_opened_by_hand_once(site: Site, tib: Visitor) -> None:
    at = await raised(site, tib, "LV-02", "exercise")
    opened = await tib.post(at, code="ÅK-9")
    assert opened.status_code == 303
    await tib.sees(opened.headers["location"], "ÖVNING", "0 av 3 klara")
    await tib.sees(at, "av Alva")
    again = await tib.post(at, code="ÅK-9")
    assert (again.status_code, "ÅK-9 är redan öppet" in unescape(again.text)) == (409, True)
    assert (await tib.post(at, code="ÅK-99")).status_code == 409
    reader = await site.signed_in("lisa")
    assert (await reader.post(at, code="ÅK-9")).status_code == 403
    assert (await reader.get(at)).status_code == 200


@BOTH
async def test_of_two_who_tick_the_same_line_the_second_sees_who_was_first(
    site: Site, tib: Visitor
) -> None:
    await raised(site, tib)
    run, reader = await run_at(site), await site.signed_in("lisa")
    line = (await rows(site.database))["Verifiera"]
    ticked = await reader.post(f"{run}/lines/{line.id}/tick")
    assert (ticked.status_code, ticked.headers["location"]) == (303, f"{run}#l-3")
    site.clock.move(timedelta(minutes=2))
    late = await tib.post(f"{run}/lines/{line.id}/tick")
    assert late.status_code == 409
    assert "Lisa bockade av raden för 2 minuter sedan." in unescape(late.text)
    await tib.sees(run, "1 av 3 klara", "Klar 03:12, Lisa")
    live = await tib.client.post(f"{run}/lines/{line.id}/tick", headers={"hx-request": "true"})
    assert (live.status_code, "<html" in live.text) == (200, False)
    assert "Lisa bockade av raden" in unescape(live.text)


@BOTH
async def test_an_untick_does_not_undo_what_somebody_did_since(site: Site, tib: Visitor) -> None:
    await raised(site, tib)
    run, lisa = await run_at(site), await site.signed_in("lisa")
    line = f"{run}/lines/{(await rows(site.database))['Verifiera'].id}"
    await lisa.post(f"{line}/tick")
    turn = re.search(r'name="turn" value="(\d+)"', (await tib.get(line)).text)
    assert turn
    assert (await lisa.post(f"{line}/untick", turn=turn[1])).status_code == 303
    await lisa.post(f"{line}/tick")
    refused = await tib.post(f"{line}/untick", turn=turn[1])
    assert refused.status_code == 422
    assert "Lisa bockade av raden" in unescape(refused.text)
    assert (await tib.post(f"{line}/untick", turn="3")).status_code == 303
    await tib.sees(line, "Öppnad igen", "Bockad av", "Alva", "Lisa")
    async with site.database.reading() as session:
        kinds = [each.what for each in await session.scalars(select(RunEvent))]
        audited = list(await session.scalars(select(AuditEntry.what)))
    assert len(kinds) == 4
    assert (audited.count("Bockade av rad"), audited.count("Öppnade rad igen")) == (2, 2)


async def test_remarks_and_what_does_not_apply(site: Site, tib: Visitor) -> None:
    await raised(site, tib)
    run = await run_at(site)
    line = f"{run}/lines/{(await rows(site.database))['Ring tillbaka'].id}"
    for path, field in (("remarks", "remark"), ("skip", "reason")):
        for text, words in (("x" * 10_000, "Högst 500 tecken"), (" ", "Fyll i det här fältet")):
            response = await tib.post(f"{line}/{path}", **{field: text})
            assert (response.status_code, words in unescape(response.text)) == (422, True)
    assert (await tib.post(f"{line}/remarks", remark="=1+1 svarar inte")).status_code == 303
    assert (await tib.post(f"{line}/skip", reason="Vi var på plats")).status_code == 303
    await tib.sees(run, "=1+1 svarar inte", "Gäller inte: Vi var på plats", "1 av 3 klara")
    await tib.sees(f"{run}?show=left", "Verifiera", "Vem som ringde")
    assert (await rows(site.database))["Ring tillbaka"].state is LineState.NOT_APPLICABLE
    await tib.sees(f"{run}/lines.csv", "SKARPT;ÅK-9 v1;", "gäller inte", "Vi var på plats")


@BOTH
async def test_when_the_alarm_ends_the_card_is_frozen_and_stays_readable(
    site: Site, tib: Visitor
) -> None:
    at = await raised(site, tib)
    run, line = await run_at(site), (await rows(site.database))["Verifiera"]
    await tib.sees(f"{at.removesuffix('/cards')}/end", "3 rader på åtgärdskorten är inte klara")
    site.clock.move(timedelta(minutes=6))
    await end(site, tib, at)
    site.clock.move(timedelta(hours=5))
    text = await tib.sees(run, "Larmet är avslutat", "1 försenad", "Försenad 1 min")
    assert "/tick" not in text
    for act, fields in (
        ("tick", {}),
        ("untick", {"turn": "0"}),
        ("skip", {"reason": "x"}),
        ("remarks", {"remark": "x"}),
    ):
        refused = await tib.post(f"{run}/lines/{line.id}/{act}", **fields)
        assert refused.status_code in {409, 422}
        assert "Larmet är avslutat" in unescape(refused.text)
    assert (await rows(site.database))["Verifiera"].turn == 0
    assert (await tib.post(at, code="ÅK-9")).status_code == 409
    await tib.sees(f"{run}/lines.csv", "Verifiera")


async def test_a_card_that_is_not_needed_is_set_aside_and_taken_up_again(
    site: Site, tib: Visitor
) -> None:
    at = await raised(site, tib)
    run, reader = await run_at(site), await site.signed_in("lisa")
    site.clock.move(timedelta(minutes=30))
    assert (await reader.post(f"{run}/set-aside", why="Fel kort")).status_code == 403
    assert "Fyll i" in unescape((await tib.post(f"{run}/set-aside", why=" ")).text)
    assert "långt" * 120 in unescape((await tib.post(f"{run}/set-aside", why="långt" * 120)).text)
    assert (await tib.post(f"{run}/set-aside", why="Det var brand")).status_code == 303
    assert (await tib.post(f"{run}/set-aside", why="Igen")).status_code == 409
    await tib.sees(run, "Kortet är undanlagt", "Det var brand", "Alva")
    await tib.sees(at, "Undanlagt: Det var brand")
    board = at.removesuffix("/cards")
    await tib.sees(board, "Åtgärdskort: inget i bruk")
    assert "inte klara" not in await tib.sees(f"{board}/end")
    assert (await tib.post(f"{run}/take-up")).status_code == 303
    await tib.sees(board, "2 försenade")


async def test_forged_addresses_lead_nowhere(site: Site, tib: Visitor) -> None:
    at, other = await raised(site, tib), await raised(site, tib)
    async with site.database.reading() as session:
        runs = (await session.scalars(select(CardRun))).all()
        lines = (await session.scalars(select(RunLine))).all()
    mine = next(each for each in runs if str(each.alarm_id) in at)
    theirs = next(each for each in runs if str(each.alarm_id) in other)
    foreign = next(each for each in lines if each.run_id == theirs.id)
    for url in (f"{other}/{mine.id}", f"{at}/{uuid4()}", f"{at}/{mine.id}/lines/{foreign.id}"):
        assert (await tib.get(url)).status_code == 404
    assert (await tib.post(f"{at}/{mine.id}/lines/{foreign.id}/tick")).status_code == 404
    assert (await tib.get(f"/alarms/{uuid4()}/cards")).status_code == 404
    line = next(each for each in lines if each.run_id == mine.id)
    untick = f"{at}/{mine.id}/lines/{line.id}/untick"
    assert (await tib.post(untick, turn=str(10**20))).status_code == 422
    assert (await site.visitor().post(f"{at}/{mine.id}/lines/{foreign.id}/tick")).status_code in {
        303,
        401,
    }


async def test_my_lines_are_those_of_my_roles(site: Site, tib: Visitor) -> None:
    await raised(site, tib)
    run = await run_at(site)
    assert "Mina rader" not in await tib.sees(run)
    async with site.database.transaction() as session:
        user = (await session.scalars(select(User).where(User.username == "alva"))).one()
        (await session.scalars(select(Person).where(Person.ref == "P01"))).one().user_id = user.id
    text = await tib.sees(f"{run}?show=mine", "Mina rader", "Ring tillbaka")
    assert "Verifiera" not in text
    await tib.sees(f"{run}?show=nonsense", "Verifiera")


async def plain_alarm(site: Site, world: World, *, mode: Mode) -> UUID:
    """Raised past the playbooks, as a drill or another way in does it."""
    async with site.database.transaction() as session:
        plan = await service.plan_of(session, "LV-01", at=NIGHT)
        trigger = Trigger(mode=mode, by="annan väg")
        alarm = await alerting.raise_alarm(session, plan, trigger, now=NIGHT, means=world.means)
        return alarm.id


@BOTH
async def test_a_chore_opens_the_cards_of_alarms_raised_elsewhere(site: Site) -> None:
    world = World(site.database)
    alarm = await plain_alarm(site, world, mode=Mode.LIVE)
    await plain_alarm(site, world, mode=Mode.TEST)
    for _again in range(2):
        async with site.database.transaction() as session:
            await open_missing(session, now=NIGHT + timedelta(seconds=10))
    async with site.database.reading() as session:
        (run,) = (await session.scalars(select(CardRun))).all()
    assert (run.alarm_id, run.counted_from, run.opened_by) == (alarm, NIGHT, "")


@BOTH
async def test_an_alarm_goes_out_although_its_card_cannot_be_opened(
    site: Site, tib: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    """The card's version is gone from under it: the worst that can happen to a card."""
    async with site.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE card_run_line RENAME TO lost")
    response = await tib.post("/alarms", **await review(tib, "/alarms/new/LV-01"))
    assert response.status_code == 303
    async with site.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE lost RENAME TO card_run_line")
    async with site.database.reading() as session:
        alarm = (await session.scalars(select(Alarm))).one()
        assert alarm.state is AlarmState.RUNNING
        assert (await session.scalars(select(CardRun))).all() == []
    caplog.clear()
