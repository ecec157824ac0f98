"""The board: what it shows of a running alarm, to whom, and how fast."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from alerting.models import AlarmState
from alerting.plan import Ask, ChannelKind, Mode, Order, Target, TargetKind
from core.models import Role
from rosters.models import CallList, CallListEntry, CallListKind, ContactKind, ContactPoint, Person
from tests.alerting.operators import board_of, waiting_reply
from tests.plans import if_fails, plan, step, wave
from tests.visitors import Site
from tests.world import World

ONE_TEXT = (wave(ChannelKind.SMS),)


def here(world: World, more: str = "") -> str:
    return f"/alarms/{world.alarm}{more}"


async def running(world: World, *, need: int = 2) -> None:
    await world.group("stab", "alva", "birk", "cleo")
    await world.raises(plan(step("stab", "group:stab", need=need, waves=ONE_TEXT)), "Gasläcka")


async def test_a_function_counts_those_who_come_and_says_when_they_arrive(world: World) -> None:
    await running(world)
    await world.phone("alva").texts("30")
    await world.phone("birk").texts("nej")
    stab = (await board_of(world)).functions[0]
    assert (stab.have, stab.need, stab.word) == (1, 2, "kommer")
    assert stab.summary == "1 kommer, 1 väntar på svar, 1 kan inte"
    alva, birk, cleo = stab.people
    assert alva.arrives_at == world.now + timedelta(minutes=30)
    assert [each.look.word for each in stab.people] == ["Kommer", "Kan inte", "Väntar på svar"]
    assert (cleo.sent_at, cleo.answered_at, cleo.channels) == (world.now, None, "sms")
    assert birk.answered_at == world.now
    world.ignore_messages()


async def test_the_board_says_what_happens_next_and_when(world: World) -> None:
    await world.role("chef", "alva", "birk")
    first = step("chef", "role:chef", order=Order.ONE_BY_ONE, within=timedelta(minutes=20))
    await world.raises(plan(first))
    said = [each.text for each in (await board_of(world)).next]
    assert said == ["Kl 03:15 rings Alva", "Kl 03:32 är tiden ute för Chef"]
    await world.advance(minutes=4)
    assert (await board_of(world)).next[0].text == "Kl 03:18 går frågan vidare till Birk"
    world.ignore_messages()


async def test_within_the_seconds_to_undo_the_board_says_when_the_alarm_goes_out(
    world: World,
) -> None:
    await world.group("stab", "alva")
    undo = timedelta(seconds=5)
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)), undo=undo)
    board = await board_of(world)
    assert board.can_undo
    assert board.next[0].text == "Kl 03:12 går larmet ut"
    await world.closes()


async def test_an_unmet_alarm_gives_names_and_numbers_to_phone_by_hand(world: World) -> None:
    await world.group("stab", "alva", "birk")
    await world.role("reserv", "cleo")
    chosen = plan(step("stab", "group:stab", need=2, waves=ONE_TEXT))
    last = (Target(kind=TargetKind.ROLE, code="reserv"), Target(kind=TargetKind.MANUAL, code="Åk"))
    await world.raises(chosen.model_copy(update={"last_resort": last}))
    await world.phone("alva").texts("ja")
    await world.advance(minutes=10)
    board = await board_of(world)
    assert board.alarm.state is AlarmState.UNMET
    assert [each.name for each in board.last_resort] == ["Åk", "Cleo", "Birk"]
    assert board.last_resort[2].numbers == (world.address("birk"),)
    assert [each.tried for each in board.last_resort] == [False, False, True]
    world.ignore_messages()


async def test_what_went_wrong_stands_out_until_it_is_put_right(world: World) -> None:
    await world.person("dante", mobile=False)
    await world.group("stab", "alva", "dante")
    await world.on_duty("TIB")
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT), step("tib", "duty:TIB")))
    said = {each.text for each in (await board_of(world)).loud}
    assert said == {
        "Dante går inte att nå: inget användbart nummer",
        "Tib: det finns ingen att larma",
    }
    world.ignore_messages()


async def test_a_step_that_waits_says_for_what(world: World) -> None:
    await world.group("stab", "alva")
    await world.group("reserv", "birk")
    waiting = step("reserv", "group:reserv", start=if_fails("stab"), gate="Får vi?")
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT), waiting))
    reserve = (await board_of(world)).functions[1]
    assert (reserve.waits_for, reserve.gate) == ("Börjar om Stab inte räcker.", "Får vi?")
    assert reserve.need is None
    world.ignore_messages()


async def test_the_page_shows_all_this_in_swedish_with_the_mode(world: World, site: Site) -> None:
    await running(world)
    await world.phone("cleo").texts("måste bara lämna barnen först")
    reader = await site.signed_in("lisa")
    page = await reader.sees(
        here(world), "ÖVNING", "Provlarm", "0 av 2", "Alva", "måste bara lämna barnen", "Gasläcka"
    )
    assert "Ångra larmet" not in page
    assert "/call-again" not in page
    await reader.sees(here(world, "/wall"), "ÖVNING", "Stab", "av 2 kommer")
    await reader.sees(here(world, "/log"), "Larmet startades")
    part = (await reader.get(here(world, "/board"), **{"hx-request": "true"})).text
    assert "<html" not in part
    world.ignore_messages()


async def test_a_reader_sees_no_whole_number_and_a_duty_officer_does(
    world: World, site: Site
) -> None:
    await running(world)
    url = f"/alarms/call-ins/{(await world.call_in('birk')).id}"
    assert "070-174 06 06" not in await (await site.signed_in("lisa")).sees(url, "070-17")
    await (await site.signed_in("tove", Role.DUTY_OFFICER)).sees(url, "070-174 06 06")
    world.ignore_messages()


async def test_a_protected_person_is_a_title_and_a_switchboard(world: World, site: Site) -> None:
    await world.person("puck", unit="soc", protected=True)
    await world.group("stab", "puck")
    await world.raises(plan(step("stab", "group:stab")))
    officer = await site.signed_in("tove", Role.DUTY_OFFICER)
    page = await officer.sees(here(world), "Gör för hand")
    assert "Puck" not in page
    assert world.address("puck") not in page
    step_page = await officer.sees(f"/alarms/steps/{(await world.step('stab')).id}?q=puck")
    assert "Larma nu" not in step_page


async def test_the_duty_officer_undoes_within_the_seconds_and_not_after(
    world: World, site: Site
) -> None:
    await world.group("stab", "alva")
    undo = timedelta(seconds=5)
    officer = await site.signed_in("tove", Role.DUTY_OFFICER)
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)), undo=undo)
    await officer.sees(here(world), "Ångra larmet")
    assert (await officer.post(here(world, "/undo"))).status_code == 303
    assert await world.state() is AlarmState.CALLED_OFF
    await world.advance(minutes=1)
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)), undo=undo)
    await world.advance(seconds=5)
    world.phone("alva").expect_sms()
    late = await officer.post(here(world, "/undo"))
    assert late.status_code == 422
    assert "för sent att ångra" in late.text
    assert await world.state() is AlarmState.RUNNING


async def test_faran_over_reaches_each_in_their_language(world: World, site: Site) -> None:
    await world.person("john", language="en")
    await world.group("stab", "alva", "john")
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)))
    world.ignore_messages()
    officer = await site.signed_in("tove", Role.DUTY_OFFICER)
    await officer.sees(here(world, "/end"), "säg till 2 personer", "larmet är återkallat")
    empty = await officer.post(here(world, "/call-off"), text=" ")
    assert (empty.status_code, "Fyll i det här fältet" in empty.text) == (422, True)
    ready = "Provlarm: larmet är återkallat. Du behöver inte komma."
    assert (await officer.post(here(world, "/call-off"), text=ready)).status_code == 303
    await world.engine.until_idle()
    world.phone("alva").expect_sms("återkallat")
    assert "återkallat" not in world.phone("john").expect_sms("Provlarm")
    again = await officer.post(here(world, "/close"))
    assert "redan avslutat" in again.text


async def test_forms_come_back_with_what_was_typed(world: World, site: Site) -> None:
    await world.role("ordf", "alva")
    await world.raises(plan(step("ordf", "role:ordf", ask=Ask.SPOKEN, waves=ONE_TEXT)))
    officer = await site.signed_in("tove", Role.DUTY_OFFICER)
    url = f"/alarms/call-ins/{(await world.call_in('alva')).id}/confirm"
    wrong = await officer.post(url, said="yes", eta="snart", remark="Talade med <Alva>")
    assert wrong.status_code == 422
    assert "Skriv ett antal minuter" in wrong.text
    assert 'value="snart"' in wrong.text
    assert "Talade med &lt;Alva&gt;" in wrong.text
    assert (await officer.post(url, said="maybe")).status_code == 422
    assert (await officer.post(url, said="no", remark="Utomlands")).status_code == 303
    world.ignore_messages()


async def test_the_operator_settles_an_unclear_answer_from_the_board(
    world: World, site: Site
) -> None:
    await running(world, need=1)
    await world.phone("cleo").texts("måste bara lämna barnen först")
    reply, cleo = await waiting_reply(world), await world.call_in("cleo")
    officer = await site.signed_in("tove", Role.DUTY_OFFICER)
    url = here(world, f"/replies/{reply.id}")
    await officer.sees(url, "måste bara lämna barnen", "Cleo – Stab, Provlarm")
    assert "Välj vems svar" in (await officer.post(f"{url}/assign", said="yes")).text
    done = await officer.post(f"{url}/assign", said="yes", call_in=str(cleo.id), eta="20")
    assert done.headers["location"] == here(world)
    await world.engine.until_idle()
    assert await world.state() is AlarmState.MET
    world.ignore_messages()


async def test_alarms_are_listed_filtered_and_exported_with_their_mode(
    world: World, site: Site
) -> None:
    await world.group("stab", "alva")
    chosen = plan(step("stab", "group:stab", waves=ONE_TEXT), title="=SUM(1)")
    await world.raises(chosen, mode=Mode.TEST)
    await world.closes()
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)))
    reader = await site.signed_in("lisa")
    await reader.sees("/alarms", "Provlarm", "=SUM(1)", "ÖVNING", "TEST")
    assert "SUM" not in await reader.sees("/alarms?state=open", "Provlarm")
    await reader.sees("/alarms?mode=live", "Inga larm stämmer")
    await reader.sees("/alarms?state=1'--&mode={{7}}&page=-4", "Provlarm")
    rows = (await reader.get("/alarms.csv?mode=test")).content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Läge;Larmväg")
    assert rows[1].startswith("TEST;LV-99;'=SUM(1);")
    assert rows[1].endswith(";TEST")
    world.ignore_messages()


@pytest.mark.parametrize("more", ["", "/wall", "/board", "/log", "/events"])
async def test_an_alarm_that_does_not_exist_is_a_page_that_says_so(site: Site, more: str) -> None:
    reader = await site.signed_in("lisa")
    assert (await reader.get(f"/alarms/{uuid4()}{more}")).status_code == 404
    assert (await reader.get(f"/alarms/nonsense{more}")).status_code == 404


async def test_the_stream_of_a_closed_alarm_tells_the_browser_not_to_come_back(
    world: World, site: Site
) -> None:
    await running(world)
    await world.closes()
    reader = await site.signed_in("lisa")
    assert (await reader.get(here(world, "/events"))).status_code == 204
    world.ignore_messages()


async def test_a_thousand_people_are_a_board_in_few_queries(world: World, site: Site) -> None:
    await crowd(world, 1000)
    await world.raises(plan(step("alla", "group:alla", need=500, waves=ONE_TEXT)))
    reader = await site.signed_in("lisa")
    queries: list[str] = []
    engine = world.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: queries.append(args[2]))
    page = await reader.sees(here(world), "0 av 500", "Visa alla 1000")
    assert page.count('class="person ') == 50
    assert len(queries) < 20
    assert world.ignore_messages() == 1000


async def crowd(world: World, count: int) -> None:
    """A group with so many people in it, each with a mobile out of the reserved series."""
    people = [Person(ref=f"M{n}", name=f"Människa {n}") for n in range(count)]
    group = CallList(code="alla", name="Alla", kind=CallListKind.GROUP)
    async with world.database.transaction() as session:
        session.add_all([*people, group])
        for place, person in enumerate(people):
            number = f"+467017406{place % 95 + 5:02d}"
            session.add_all(_reachable(group.id, person.id, place, number))


def _reachable(group: UUID, person: UUID, place: int, number: str) -> list[object]:
    mobile = ContactKind.MOBILE
    return [
        CallListEntry(call_list_id=group, person_id=person, position=place),
        ContactPoint(person_id=person, kind=mobile, address=number),
    ]
