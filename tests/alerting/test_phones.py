"""The simulated phones in the browser: they ring, and whoever sits there answers."""

from datetime import timedelta
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from alerting.habits import Habit
from alerting.models import AlarmState, CallInState, Message
from alerting.plan import ChannelKind, Mode
from alerting.simulation import SimulatedPeople
from tests.plans import plan, step, wave
from tests.visitors import Site
from tests.world import SECRET, World


@pytest.fixture
async def ringing(world: World) -> UUID:
    """Alva's phone rings; the message of the call."""
    world.carrier.name = "simulated"
    await world.group("stab", "alva")
    await world.raises(plan(step("stab", "group:stab", waves=(wave(),))), mode=Mode.EXERCISE)
    world.ignore_messages()
    async with world.database.reading() as session:
        call = select(Message.id).where(Message.channel == ChannelKind.VOICE)
        return (await session.scalars(call)).one()


async def test_a_phone_rings_shows_its_text_and_takes_a_key(
    world: World, site: Site, ringing: UUID
) -> None:
    reader = await site.signed_in("lisa")
    await reader.sees("/phones", "Alva", "070-174 06 05", "Samtal från", "Kommer", "Lägg på")
    await reader.post(f"/phones/{ringing}/key", digits="3")
    assert (await world.call_in("alva")).state is CallInState.ASKED
    pressed = await reader.post(f"/phones/{ringing}/key", digits="1", at="x y")
    assert pressed.headers["location"] == "/phones#phone-x%20y"
    await world.engine.until_idle()
    assert await world.state() is AlarmState.MET
    assert "Lägg på" not in await reader.sees("/phones", "Besvarat samtal", "ÖVNING")
    over = await reader.post(f"/phones/{ringing}/key", digits="2")
    assert (over.status_code, "Samtalet är slut" in over.text) == (409, True)


async def test_a_declined_call_is_a_call_that_nobody_answered(
    world: World, site: Site, ringing: UUID
) -> None:
    reader = await site.signed_in("lisa")
    await reader.post(f"/phones/{ringing}/hang-up")
    await world.engine.until_idle()
    await reader.sees("/phones", "Missat samtal")
    assert (await reader.post(f"/phones/{ringing}/hang-up")).status_code == 409
    assert (await reader.post(f"/phones/{uuid4()}/hang-up")).status_code == 404


async def test_a_typed_text_is_taken_as_any_text(world: World, site: Site, ringing: UUID) -> None:
    reader = await site.signed_in("lisa")
    url = f"/phones/{world.address('alva')}/text"
    await reader.post(url, text="kommer om 20 min")
    await world.engine.until_idle()
    assert (await world.call_in("alva")).eta_minutes == 20
    world.phone("alva").expect_sms("Noterat")
    await reader.sees("/phones", "kommer om 20 min")
    for text in ("", " ", "x" * 10_000):
        assert (await reader.post(url, text=text)).status_code == 422
    assert (await reader.post("/phones/+46701234567/text", text="ja")).status_code == 422


async def test_a_call_does_not_ring_for_ever(world: World, site: Site, ringing: UUID) -> None:
    world.clock.move(timedelta(minutes=2))
    reader = await site.signed_in("lisa")
    assert "Lägg på" not in await reader.sees("/phones", "Missat samtal")


async def test_phones_are_found_by_name_and_number(world: World, site: Site, ringing: UUID) -> None:
    await world.person("birk")
    reader = await site.signed_in("lisa")
    for words in ("birk", "070-174 06 06", "0701740606", "+4670174"):
        await reader.sees(f"/phones?q={quote(words)}", "Birk")
    await reader.sees("/phones?q=%25", "Ingen telefon stämmer")


async def test_phones_may_answer_by_themselves(world: World, site: Site) -> None:
    reader = await site.signed_in("lisa")
    assert (await reader.post("/phones/habit", habit="prompt")).status_code == 409
    site.app.state.people = people = SimulatedPeople()
    await reader.post("/phones/habit", habit="typical", address="+46701740605")
    assert people.habits == {"": Habit.NONE, "+46701740605": Habit.TYPICAL}
    await reader.post("/phones/habit", habit="night")
    assert people.habits == {"": Habit.NIGHT}
    assert (await reader.post("/phones/habit", habit="odd")).status_code == 422


async def test_where_alarms_are_live_there_are_no_simulated_phones(world: World) -> None:
    async with Site.on(world.database, world.clock, secret_key=SECRET, mode="live") as site:
        reader = await site.signed_in("lisa")
        assert (await reader.get("/phones")).status_code == 404
        assert (await reader.post(f"/phones/{uuid4()}/key", digits="1")).status_code == 404
        assert "/phones" not in await reader.sees("/alarms")
