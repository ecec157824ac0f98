"""What the roster tells by itself: reminders outside quiet hours, and gaps once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text, update

from alerting.plan import ChannelKind
from core.errors import Refused
from rosters.duty.gaps import GapKind, Span, find_gaps, gaps_between
from rosters.duty.models import Absence, ShiftState
from rosters.duty.shifts import add_shift, planned, remove_shift
from rosters.models import ContactPoint
from rosters.notices.quiet import after_quiet, before_quiet
from tests.clocks import NIGHT
from tests.phones import broken
from tests.plans import plan, step
from tests.rosters.duty.town import BY, Town

ZONE = ZoneInfo("Europe/Stockholm")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(clock: str, day: int = 24) -> datetime:
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("clock", "before", "after"),
    [
        ("20:59", at("20:59"), at("20:59")),
        ("21:00", at("21:00"), at("07:00", 25)),
        ("23:30", at("21:00"), at("07:00", 25)),
        ("03:12", at("21:00", 23), at("07:00")),
        ("06:59", at("21:00", 23), at("07:00")),
        ("07:00", at("07:00"), at("07:00")),
    ],
)
def test_quiet_hours_reach_over_midnight(clock: str, before: datetime, after: datetime) -> None:
    night = time(21), time(7)
    assert before_quiet(at(clock), night, ZONE) == before
    assert after_quiet(at(clock), night, ZONE) == after
    assert before_quiet(at(clock), (time(7), time(7)), ZONE) == at(clock), "no hour is quiet"


async def test_a_reminder_comes_a_day_before_but_wakes_nobody(town: Town) -> None:
    await town.has_role(always_staffed=False)
    await town.plan("alva", first=timedelta(hours=47))  # the day after tomorrow at 02:12
    await town.passes(hours=17)
    town.expect_silence()
    await town.passes(hours=1)  # 21:00: the last minute before the night
    town.phone("alva").expect_sms("Påminnelse: du har TIB tors 26 nov. 02:12")
    await town.passes(hours=30)


async def test_a_reminder_of_a_shift_that_was_given_away_is_withdrawn(town: Town) -> None:
    await town.has_role(always_staffed=False)
    (mine,) = await town.plan("alva", first=timedelta(hours=36))
    await town.does_chores()
    await town.person("birk")
    await town.takes_over("birk", mine)
    await town.passes(hours=30)
    reminded = {each.to for each in town.carrier.came if "Påminnelse" in each.text}
    assert reminded == {town.address("birk")}
    town.ignore_messages()


async def test_a_reminder_of_a_shift_that_was_removed_is_not_sent(town: Town) -> None:
    await town.has_role(always_staffed=False)
    (mine,) = await town.plan("alva", first=timedelta(hours=36))
    await town.does_chores()
    async with town.database.transaction() as session:
        await remove_shift(session, mine, by=BY, now=town.now)
    await town.passes(hours=30)
    town.phone("alva").expect_sms("Du har inte längre TIB")


async def test_a_shift_that_was_planned_late_wakes_nobody_unless_it_begins_at_night(
    town: Town,
) -> None:
    await town.has_role(always_staffed=False)
    await town.plan("alva", first=12 * HOUR)
    await town.does_chores()
    town.expect_silence()
    await town.passes(hours=4)
    town.phone("alva").expect_sms("Påminnelse")
    (his,) = await town.plan("birk", first=17 * HOUR)  # from 00:12
    await town.does_chores()
    town.phone("birk").expect_sms("Påminnelse")
    await town.advance(minutes=60 * 16)
    await town.person("cleo")
    await town.takes_over("cleo", his)
    town.phone("cleo").expect_sms("Du har nu TIB")
    town.phone("birk").expect_sms("Cleo har nu TIB")
    town.ignore_messages()


async def test_who_goes_on_with_the_same_duty_is_not_reminded(town: Town) -> None:
    await town.has_role(always_staffed=False)
    await town.plan("alva", "alva", first=-HOUR)
    await town.passes(hours=30)


async def test_the_manager_hears_of_a_new_gap_once_and_daily_when_it_is_near(town: Town) -> None:
    await town.has_role(manager="cleo")
    await town.plan("alva", first=-DAY, length=21 * DAY)
    await town.plan("birk", first=27 * DAY, length=100 * DAY)
    await town.passes(hours=5)
    town.phone("cleo").expect_sms("Luckor i jouren: TIB: ingen har jour mån 14 dec")
    await town.passes(hours=24 * 5)  # more than two weeks ahead: no word
    town.expect_silence()
    await town.passes(hours=24 * 3)
    daily = [each for each in town.carrier.came if "Luckor i jouren" in each.text]
    assert len(daily) == 3
    town.ignore_messages()


async def test_a_shift_of_somebody_who_is_away_is_a_gap_of_its_own_kind(town: Town) -> None:
    await town.has_role()
    await town.plan("alva", "birk", first=-HOUR)
    async with town.database.transaction() as session:
        away = Absence(
            person_id=town.people["birk"],
            starts_at=town.now + 40 * HOUR,
            ends_at=town.now + 60 * HOUR,
        )
        session.add(away)
    async with town.database.reading() as session:
        found = await find_gaps(session, start=town.now, end=town.now + 47 * HOUR)
    assert [(gap.kind, gap.start, gap.end) for gap in found] == [
        (GapKind.ABSENT, town.now + 40 * HOUR, town.now + 47 * HOUR)
    ]
    assert await town.serving(at=town.now + 41 * HOUR) == ["birk"], "a call in vain costs little"


async def test_taking_over_now_splits_the_shift_and_leaves_no_gap(town: Town) -> None:
    await town.has_role()
    (mine,) = await town.plan("alva", first=-HOUR, length=DAY)
    await town.person("birk", mail=True)
    await town.takes_over("birk", mine, end=town.now + 3 * HOUR)
    town.phone("birk").expect_sms("Du har nu TIB", "efter Alva")
    town.phone("birk").expect_mail("Du har nu TIB")
    town.phone("alva").expect_sms("Birk har nu TIB")
    town.phone("alva").expect_mail("Birk har nu TIB")
    assert await town.serving() == ["birk"]
    assert await town.serving(at=town.now + 3 * HOUR) == ["alva"]
    assert await town.serving(at=town.now - timedelta(minutes=1)) == ["alva"]
    async with town.database.reading() as session:
        assert await find_gaps(session, start=town.now - HOUR, end=town.now + 23 * HOUR) == []


async def test_a_whole_shift_taken_over_is_covered_and_cannot_be_taken_twice(town: Town) -> None:
    await town.has_role()
    (mine,) = await town.plan("alva", first=DAY)
    for name in ("birk", "cleo"):
        await town.person(name)
    await town.takes_over("birk", mine)
    assert (await town.shift(mine)).state is ShiftState.COVERED
    async with town.database.reading() as session:
        listed = await planned(session, start=town.now, end=town.now + 3 * DAY)
    assert [each.person.ref for each in listed] == ["birk"], "a list shows who has it"
    with pytest.raises(Refused, match="finns inte längre"):
        await town.takes_over("cleo", mine)
    town.ignore_messages()
    await town.advance(minutes=300)
    town.ignore_messages()


@pytest.mark.parametrize(
    ("name", "start", "end", "sentence"),
    [
        ("alva", 0, None, "redan ditt"),
        ("birk", 3, 2, "sluta efter"),
        ("birk", 0, -1, "sluta efter"),
    ],
)
async def test_a_backward_take_over_is_refused(
    town: Town, name: str, start: int, end: int | None, sentence: str
) -> None:
    await town.has_role()
    (mine,) = await town.plan("alva", first=-HOUR, length=DAY)
    await town.person("birk")
    until = None if end is None else town.now + end * HOUR
    with pytest.raises(Refused, match=sentence):
        await town.takes_over(name, mine, town.now + start * HOUR, until)


def test_two_are_needed_where_two_are_needed() -> None:
    spans = [Span(NIGHT, NIGHT + 4 * HOUR), Span(NIGHT + HOUR, NIGHT + 2 * HOUR)]
    found = gaps_between(spans, start=NIGHT, end=NIGHT + 5 * HOUR, needed=2)
    assert found == [Span(NIGHT, NIGHT + HOUR), Span(NIGHT + 2 * HOUR, NIGHT + 5 * HOUR)]


async def test_a_notice_goes_on_to_the_mail_when_the_text_fails(town: Town) -> None:

    await town.has_role(always_staffed=False)
    (mine,) = await town.plan("alva", first=DAY)
    town.carrier.fail(town.address("alva"), ChannelKind.SMS, broken())
    await town.person("birk")
    await town.takes_over("birk", mine)
    await town.advance(minutes=300)
    town.phone("alva").expect_mail("Birk har nu TIB")
    town.ignore_messages()


async def test_a_planner_who_gives_or_takes_a_shift_is_not_alone_in_knowing_it(town: Town) -> None:
    await town.has_role(always_staffed=False)
    await town.person("alva")
    span = {"starts_at": town.now + 2 * DAY, "ends_at": town.now + 3 * DAY}
    async with town.database.transaction() as session:
        shift = await add_shift(session, role="TIB", ref="alva", **span, by=BY, now=town.now)
    await town.passes(hours=5)
    town.phone("alva").expect_sms("Du har fått TIB: tors 26 nov. 03:12")
    async with town.database.transaction() as session:
        await remove_shift(session, shift.id, by=BY, now=town.now)
    await town.advance(minutes=1)
    town.phone("alva").expect_sms("Du har inte längre TIB: tors 26 nov. 03:12")
    await town.passes(hours=48)  # the reminder is withdrawn


@pytest.mark.logs_errors
async def test_a_notice_that_cannot_be_made_stops_no_other(town: Town) -> None:
    await town.has_role(always_staffed=False)
    minutes = timedelta(minutes=1)
    await town.plan("alva", "birk", first=DAY + 6 * HOUR - minutes, length=minutes)
    await town.raises(plan(step("one", "person:alva")))  # a message to her is there already
    await town.closes()
    town.ignore_messages()
    await town.passes(hours=5)
    await execute(town, "CREATE UNIQUE INDEX poison ON message (address, channel)")
    try:
        await town.advance(minutes=60)
    finally:
        await execute(town, "DROP INDEX poison")
    town.phone("birk").expect_sms("Påminnelse")
    town.expect_silence()
    await town.advance(minutes=1)
    town.phone("alva").expect_sms("Påminnelse")


async def execute(town: Town, statement: str) -> None:
    async with town.database.transaction() as session:
        await session.execute(text(statement))


async def test_a_notice_waits_for_the_hours_of_the_only_number(town: Town) -> None:
    await town.has_role(always_staffed=False)
    (mine,) = await town.plan("alva", first=3 * DAY)
    await town.person("birk")
    async with town.database.transaction() as session:
        await session.execute(
            update(ContactPoint)
            .where(ContactPoint.person_id == town.people["birk"])
            .values(usable_from=time(9), usable_to=time(16))
        )
    await town.takes_over("birk", mine)
    await town.advance(minutes=300)  # 08:12: the night is over, but his number is for work
    town.phone("alva").expect_sms("Birk har nu TIB")
    town.expect_silence()
    await town.advance(minutes=60)
    town.phone("birk").expect_sms("Du har nu TIB")
