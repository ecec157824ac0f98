"""The service dies in the middle of an alarm to a thousand people, and everybody hears of it."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.audit import By
from core.clock import SystemClock
from core.database import Database
from crisis.demo.roster import ZONE
from crisis.demo.seed import seed
from crisis.migrating import migrate
from playbooks.service import load
from rosters.models import CallList, CallListEntry, CallListKind, ContactKind, ContactPoint, Person
from tests.fakes.twilio import FakeTwilio, Phone
from tests.stories.child import Child, eventually
from tests.stories.forms import form_to

PEOPLE = 1000
IN_FLIGHT = 100
PATH = b"""
code: LV-90
title: Alla kallas in
entry: TIB
owner: role:sakerhetschef
governing_document:
  title: Plan
review_months: 12
exercise_months: 12
goal: Alla inom en timme
texts:
  sv:
    sms: "{code} Alla kallas in."
    voice: "Alla kallas in."
steps:
  - name: alla
    title: Alla
    target: group:alla
    channels: [sms 60m]
    need: all
"""


async def thousand(path: Path) -> None:
    """The demo, with a thousand more people and a path that asks them all at once."""
    database, now = Database(f"sqlite:///{path}", durable=False), SystemClock().now()
    await migrate(database)
    async with database.transaction() as session:
        await seed(session, now=now)
        group = CallList(code="alla", name="Alla", kind=CallListKind.GROUP)
        session.add(group)
        for number in range(PEOPLE):
            person = Person(ref=f"M{number:04d}", name=f"Person {number:04d}", language="sv")
            session.add(person)
            session.add(
                ContactPoint(
                    person_id=person.id,
                    kind=ContactKind.MOBILE,
                    address=f"+4670000{number:04d}",
                )
            )
            session.add(CallListEntry(call_list_id=group.id, person_id=person.id, position=number))
        await session.flush()
        await load(session, {"lv-90.yaml": PATH}, by=By("test"), now=now, zone=ZONE)
    await database.close()


async def _no_callbacks(*_what: object) -> tuple[int, str]:
    return 204, ""


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with FakeTwilio(post=_no_callbacks) as fake:
        fake.latency = timedelta(milliseconds=80)
        yield fake


@pytest.fixture
async def child(tmp_path: Path, twilio: FakeTwilio) -> AsyncIterator[Child]:
    await thousand(tmp_path / "krislarm.db")
    child = Child(
        tmp_path,
        database_url=f"sqlite:///{tmp_path / 'krislarm.db'}",
        secret_key="of the tests",
        mode="live",
        undo_seconds="0",
        sends_at_once=str(IN_FLIGHT),
        twilio_account_sid=twilio.account_sid,
        twilio_auth_token=twilio.auth_token,
        twilio_from=twilio.number,
        twilio_api_url=twilio.url,
        allowed_recipients="+4670000*",
    )
    await child.start()
    yield child
    await child.stop()


def asked(twilio: FakeTwilio) -> list[Phone]:
    """The phones of the thousand: the demo's own people are told of other things."""
    return [phone for number, phone in twilio.phones.items() if number.startswith("+4670000")]


def reached(twilio: FakeTwilio) -> int:
    return sum(1 for phone in asked(twilio) if phone.texts)


async def test_a_kill_in_the_middle_leaves_nobody_without_a_message(
    child: Child, twilio: FakeTwilio, tmp_path: Path
) -> None:
    async with child.signed_in("tib") as tib:
        review = await tib.get("/alarms/new/LV-90?mode=exercise")
        raised = await form_to(review.text, "/alarms").send(tib)
        assert raised.status_code == 303, raised.text
        await eventually(lambda: reached(twilio) >= 250, within=30, what="the first texts")
        await child.kill()
        assert reached(twilio) < PEOPLE
        check_what_is_stored(tmp_path / "krislarm.db")

        await child.start()
        await eventually(lambda: reached(twilio) == PEOPLE, within=30, what="everybody")
        await tib.sees(raised.headers["location"], f"0 av {PEOPLE}")
    texts = sum(len(phone.texts) for phone in asked(twilio))
    assert texts <= PEOPLE + IN_FLIGHT, "only what was on its way is sent again"
    assert all("ÖVNING" in phone.texts[0] for phone in asked(twilio))


async def test_a_new_version_put_in_place_meanwhile_sends_nothing_twice(
    child: Child, twilio: FakeTwilio
) -> None:
    async with child.signed_in("tib") as tib:
        review = await tib.get("/alarms/new/LV-90?mode=exercise")
        raised = await form_to(review.text, "/alarms").send(tib)
        at = raised.headers["location"]
        async with tib.client.stream("GET", f"{at}/events") as watching:
            assert watching.status_code == 200, "somebody has the board open"
            await eventually(lambda: reached(twilio) >= 250, within=30, what="the first texts")
            await child.stop()
        assert reached(twilio) < PEOPLE
        await child.start()
        await eventually(lambda: reached(twilio) == PEOPLE, within=30, what="everybody")
        await tib.sees(at, f"0 av {PEOPLE}")
    assert {len(phone.texts) for phone in asked(twilio)} == {1}


def check_what_is_stored(path: Path) -> None:
    """Whole, and everybody is there: raised means stored."""
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
        assert plain.execute("SELECT count(*) FROM call_in").fetchone() == (PEOPLE,)
    plain.close()
