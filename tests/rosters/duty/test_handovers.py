"""Handovers: two signatures, a refusal, and who is told when nobody accepts."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.errors import Refused
from rosters.duty.models import HandoverState, Shift
from rosters.handovers import service as handovers
from rosters.handovers.service import Leaving
from tests.rosters.duty.town import BY, Town

HOUR = timedelta(hours=1)


async def alva_hands_over_to_birk(town: Town) -> None:
    """At 15:12 in the afternoon; the roster manager is Cleo."""
    await town.has_role(
        hands_over=True, always_staffed=False, manager="cleo", equipment="Rakel\nTIB-telefon\n"
    )
    await town.plan("alva", "birk", first=-12 * HOUR)


async def test_the_incoming_accepts_by_text_and_only_then_is_the_outgoing_free(town: Town) -> None:
    await alva_hands_over_to_birk(town)
    await town.passes(hours=11.9)
    town.phone("alva").expect_sms("Du lämnar TIB")
    town.phone("birk").expect_sms("Påminnelse: du har TIB")
    assert await town.serving() == ["alva"]

    await town.passes(minutes=10)
    town.phone("birk").expect_sms("Du tar över TIB efter Alva", "Svara R1 JA eller R1 NEJ.")
    town.phone("birk").expect_mail("Du tar över TIB efter Alva")
    assert await town.serving() == ["alva", "birk"], "the outgoing is responsible until accepted"

    await town.phone("birk").texts("ja")
    town.phone("birk").expect_sms("Noterat: du har tagit över TIB.")
    town.phone("alva").expect_sms("Birk har tagit över TIB.")
    town.phone("alva").expect_mail("Birk har tagit över TIB.")
    assert await town.serving() == ["birk"]
    assert (await town.handover()).accepted_via == "sms"
    await town.passes(hours=1)


async def test_after_fifteen_minutes_the_outgoing_and_the_manager_are_told_once(town: Town) -> None:
    await alva_hands_over_to_birk(town)
    await town.passes(hours=12)
    town.ignore_messages()
    await town.passes(minutes=14)
    await town.passes(minutes=5)
    town.phone("alva").expect_sms("Birk har inte kvitterat TIB.", "Du är ansvarig tills")
    town.phone("alva").expect_mail("Birk har inte kvitterat TIB.")
    town.phone("cleo").expect_sms("Birk har inte kvitterat TIB.", "Den som hade passet")
    town.phone("cleo").expect_mail("Birk har inte kvitterat TIB.")
    await town.passes(hours=2)
    assert await town.serving() == ["alva", "birk"]
    await town.accepts_handover("birk")
    assert await town.serving() == ["birk"]
    town.ignore_messages()


async def test_a_refusal_is_told_at_once_and_may_be_taken_back(town: Town) -> None:
    await alva_hands_over_to_birk(town)
    await town.passes(hours=12)
    town.ignore_messages()
    await town.phone("birk").texts("R1 NEJ")
    town.phone("birk").expect_sms("Noterat: du tar inte över TIB.")
    town.phone("alva").expect_sms("Birk har sagt nej till att ta över TIB.")
    town.phone("cleo").expect_sms("Birk har sagt nej")
    town.ignore_messages()
    assert (await town.handover()).state is HandoverState.REFUSED
    assert await town.serving() == ["alva", "birk"]
    await town.phone("birk").texts("R1 JA")
    assert await town.serving() == ["birk"]
    town.ignore_messages()


async def test_one_accepted_ahead_of_time_is_handed_over_on_the_minute(town: Town) -> None:
    await alva_hands_over_to_birk(town)
    await town.passes(hours=11)
    await town.accepts_handover("birk")
    assert await town.serving() == ["alva"]
    await town.passes(hours=2)
    assert await town.serving() == ["birk"]
    texts = [each.text for each in town.carrier.came if each.to == town.address("birk")]
    assert not any("Du tar över" in text for text in texts), "it was withdrawn"
    town.ignore_messages()


async def test_when_the_shift_changes_hands_the_handover_follows(town: Town) -> None:
    await alva_hands_over_to_birk(town)
    await town.does_chores()
    coming = (await town.handover()).incoming_shift_id
    dante = await town.person("dante")
    async with town.database.transaction() as session:
        await session.execute(update(Shift).where(Shift.id == coming).values(person_id=dante))
    await town.passes(hours=12)
    sent_to = {each.to for each in town.carrier.came if "Du tar över" in each.text}
    assert sent_to == {town.address("dante")}
    town.ignore_messages()
    with pytest.raises(Refused, match="inte till dig"):
        await town.accepts_handover("birk")


async def test_nothing_is_lost_while_the_service_was_down(town: Town) -> None:
    await alva_hands_over_to_birk(town)
    await town.does_chores()
    town.clock.move(13 * HOUR)
    await town.does_chores()
    await town.does_chores()
    told = {each.to for each in town.carrier.came if "inte kvitterat" in each.text}
    assert {town.address("alva"), town.address("cleo")} <= told
    town.ignore_messages()


async def test_the_outgoing_signs_and_only_things_of_the_checklist_are_ticked(town: Town) -> None:
    await alva_hands_over_to_birk(town)
    await town.does_chores()
    found = await town.handover()
    left = Leaving(
        matters="Vattenläcka i Dalby",
        links="",
        equipment=["Rakel", "Okänd sak"],
        test_call=True,
    )
    async with town.database.transaction() as session:
        await handovers.sign(session, found.id, await town.the("alva"), left, by=BY, now=town.now)
    found = await town.handover()
    assert (found.equipment, found.signed_at, found.test_call_at) == ("Rakel", town.now, town.now)
    async with town.database.transaction() as session:
        with pytest.raises(Refused, match="inte din att lämna"):
            await handovers.sign(
                session, found.id, await town.the("birk"), left, by=BY, now=town.now
            )
    town.ignore_messages()
