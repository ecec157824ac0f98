"""What goes wrong with a card, or with a path, stops no alarm; and looking for cards is cheap."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import event, select

from alerting.models import Alarm, AlarmState
from alerting.plan import Mode
from core.audit import By
from core.database import Database
from playbooks import library, service
from playbooks.cards import opening, run_view
from playbooks.cards.models import CardRun
from playbooks.parsing import Parsed, parse
from tests.clocks import NIGHT
from tests.playbooks.cards import CARD
from tests.playbooks.conftest import ZONE
from tests.playbooks.test_card_runs import plain_alarm
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


async def test_a_bug_in_a_card_stops_neither_the_alarm_nor_its_board(
    site: Site, tib: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(opening, "lines_of", None)  # as a bug does: a TypeError
    monkeypatch.setattr(run_view, "opened", None)
    response = await tib.post("/alarms", **await review(tib, "/alarms/new/LV-01"))
    assert response.status_code == 303
    await tib.sees(response.headers["location"], "SKARPT")
    async with site.database.reading() as session:
        assert (await session.scalars(select(Alarm))).one().state is AlarmState.RUNNING
        assert (await session.scalars(select(CardRun))).all() == []
    caplog.clear()


async def test_what_an_alarm_was_raised_because_of_cannot_stop_it(
    site: Site, tib: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    site.app.state.after_raise = (None,)
    fields = await review(tib, "/alarms/new/LV-01")
    response = await tib.post("/alarms", **{**fields, "about": "signal:1"})
    assert response.status_code == 303
    async with site.database.reading() as session:
        assert (await session.scalars(select(Alarm))).one().state is AlarmState.RUNNING
    caplog.clear()


async def test_the_chore_asks_no_more_for_many_alarms_than_for_two(site: Site) -> None:
    world = World(site.database)
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    counts = []
    event.listen(site.database.engine.sync_engine, "before_cursor_execute", note)
    for more in (2, 4):
        for _alarm in range(more):
            await plain_alarm(site, world, mode=Mode.LIVE)
        async with site.database.transaction() as session:
            await opening.open_missing(session, now=NIGHT)
        asked.clear()
        async with site.database.transaction() as session:
            await opening.open_missing(session, now=NIGHT)
        counts.append(len(asked))
    assert counts[0] == counts[1]


async def test_a_path_that_can_no_longer_be_read_leaves_the_others_as_they_are(
    site: Site, tib: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stricter(file: str, source: str) -> Parsed:
        parsed = parse(file, source.encode())
        return replace(parsed, document=None) if "code: LV-02" in source else parsed

    monkeypatch.setattr(library, "_parsed", stricter)
    response = await tib.post("/alarms", **await review(tib, "/alarms/new/LV-01"))
    assert response.status_code == 303
    assert (await tib.get("/alarms/new/LV-02")).status_code == 404
    caplog.clear()
