"""”Stämmer dina uppgifter?”: asked, reminded, answered by text and on the page, and counted."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from core.audit import By
from core.errors import Refused
from core.models import Role
from rosters.chores import carry_out, chores_in
from rosters.models import ContactKind, ContactPoint, Person
from rosters.my.links import personal_token
from rosters.notices.models import Notice, NoticeState, Question
from rosters.notices.service import Teller
from rosters.readiness import figures
from rosters.readiness.campaigns import ON_DUTY, ON_LISTS, Started, Wanted, start_campaign
from rosters.readiness.campaigns import remind_members as remind
from rosters.readiness.confirming import take_text
from rosters.readiness.models import Campaign, CampaignMember, CampaignState
from tests.visitors import Site
from tests.world import SECRET, ZONE, World

DEADLINE = date(2026, 12, 4)
S = CampaignState


async def start(world: World, audience: str = ON_LISTS, title: str = "Stämmer det?") -> Started:
    async with world.database.transaction() as session:
        teller = Teller(session, world.now, ZONE)
        wanted = Wanted(audience=audience, title=title, deadline=DEADLINE)
        return await start_campaign(teller, wanted, by=By("pia"))


async def members(world: World) -> dict[str, CampaignMember]:
    async with world.database.reading() as session:
        rows = await session.execute(
            select(Person.ref, CampaignMember).join(
                CampaignMember, CampaignMember.person_id == Person.id
            )
        )
        return {row[0]: row[1] for row in rows}


async def states(world: World) -> dict[str, CampaignState]:
    return {name: each.state for name, each in (await members(world)).items()}


async def says(world: World, name: str, *, yes: bool) -> str:
    """As the text "R1 JA" is taken."""
    member = (await members(world))[name]
    async with world.database.transaction() as session:
        person = await session.get_one(Person, world.people[name])
        return await take_text(Teller(session, world.now, ZONE), member.id, person, yes)


async def reminded(world: World) -> int:
    async with world.database.transaction() as session:
        count = await remind(session, world.now, ZONE)
    await world.engine.until_idle()
    return count


async def morning(world: World) -> None:
    await world.advance(minutes=5 * 60)


async def test_people_are_asked_in_the_morning_and_answer_yes_or_no(world: World) -> None:
    await world.person("alva", mail=True)
    await world.group("stab", "alva", "birk")
    await start(world)
    await world.engine.until_idle()
    world.expect_silence()  # it is 03:12
    await morning(world)
    world.phone("alva").expect_sms(
        "Vi når dig på 070-174 ** **, a***@demo.lund.example", "fre 4 dec.", "/my/", "R1 JA"
    )
    world.phone("birk").expect_sms("070-174 ** **")
    assert "bekräftade" in await says(world, "alva", yes=True)
    assert "där du kan rätta" in await says(world, "birk", yes=False)
    await says(world, "birk", yes=False)
    await world.engine.until_idle()
    world.phone("birk").expect_sms("Rätta dina uppgifter här: http://test/my/")
    assert await states(world) == {"alva": S.CONFIRMED, "birk": S.WRONG}
    assert "bekräftade" in await says(world, "birk", yes=True)  # the last answer counts
    assert await states(world) == {"alva": S.CONFIRMED, "birk": S.CONFIRMED}


async def test_the_question_is_short_enough_to_be_one_or_two_texts(world: World) -> None:
    await world.person("alva", mail=True, landline=True)
    await world.group("stab", "alva")
    await start(world)
    await morning(world)
    text = world.phone("alva").expect_sms()
    assert "•" not in text
    assert len(text) <= 306


async def test_a_correction_on_the_page_is_an_answer(world: World, town: Site) -> None:
    await world.group("stab", "alva", "birk", "cleo")
    await start(world)
    await morning(world)
    world.ignore_messages()
    for name in ("alva", "birk"):
        url = f"/my/{personal_token(SECRET, world.people[name], now=world.now)}"
        visitor = town.visitor()
        await visitor.sees(url, "Stämmer dina uppgifter?", "Allt stämmer")
        if name == "alva":
            page = await visitor.sees(url)
            point = page.split(f"{url}/contacts/")[1][:36]
            async with world.database.transaction() as session:
                session.add(extra(world.people["alva"]))
            await visitor.post(f"{url}/contacts/{point}/remove")
        await visitor.post(f"{url}/confirm")
        await visitor.sees(url, "Tack, du har svarat om dina uppgifter.")
    await world.engine.until_idle()
    world.ignore_messages()
    assert await states(world) == {"alva": S.CHANGED, "birk": S.CONFIRMED, "cleo": S.ASKED}


def extra(person: UUID) -> ContactPoint:
    return ContactPoint(
        person_id=person, kind=ContactKind.MOBILE, address="+46701740690", position=3
    )


async def test_who_is_silent_is_reminded_three_times_and_never_twice(world: World) -> None:
    await world.group("stab", "alva", "birk")
    started = await start(world)
    await morning(world)
    world.ignore_messages()
    await says(world, "birk", yes=True)
    assert await reminded(world) == 0
    async with world.database.transaction() as session:
        row = await session.get_one(Campaign, started.campaign.id)
        row.remind_days, row.deadline_at = 2, world.now + timedelta(days=30)
    for time in range(1, 5):
        world.clock.move(timedelta(days=3))
        assert await reminded(world) == (1 if time <= 3 else 0)
        assert await reminded(world) == 0
        if time <= 3:
            world.phone("alva").expect_sms("Stämmer dina uppgifter?")
    assert (await members(world))["alva"].reminders == 3


async def test_two_who_remind_at_once_remind_once(world: World) -> None:
    await world.group("stab", "alva")
    await start(world)
    await morning(world)
    world.ignore_messages()
    world.clock.move(timedelta(days=3, hours=2))
    assert sum(await asyncio.gather(reminded(world), reminded(world))) == 1
    world.phone("alva").expect_sms("Stämmer")


async def test_it_closes_at_its_deadline_and_takes_late_answers_as_late(
    world: World, town: Site
) -> None:
    await world.group("stab", "alva")
    started = await start(world)
    await morning(world)
    world.ignore_messages()
    world.clock.move(timedelta(days=12))
    assert await reminded(world) == 0
    async with world.database.reading() as session:
        campaign = await session.get_one(Campaign, started.campaign.id)
    assert campaign.closed_at == world.now
    assert "efter sista dagen" in await says(world, "alva", yes=True)
    planner = await town.signed_in("pia", Role.PLANNER)
    await planner.sees(
        f"/readiness/campaigns/{campaign.id}", "Avslutad", "1 svar kom efter sista dagen."
    )


async def test_who_has_no_way_is_unreachable_and_may_still_answer(world: World) -> None:
    await world.person("alva", mobile=False)
    await world.person("birk")
    await world.group("stab", "alva", "birk")
    await start(world)
    assert await states(world) == {"alva": S.UNREACHABLE, "birk": S.ASKED}
    async with world.database.transaction() as session:
        await session.execute(update(ContactPoint).values(opted_out_at=world.now))
    await morning(world)
    await reminded(world)
    assert await states(world) == {"alva": S.UNREACHABLE, "birk": S.UNREACHABLE}
    await says(world, "birk", yes=True)
    assert (await states(world))["birk"] is S.CONFIRMED


async def test_another_campaign_leaves_out_who_is_being_asked(world: World, town: Site) -> None:
    await world.group("stab", "alva", "birk")
    await world.on_duty("TIB", "alva", "cleo")
    await start(world)
    second = await start(world, ON_DUTY, "Ny fråga")
    assert (second.asked, [each.ref for each in second.left_out]) == (1, ["alva"])
    with pytest.raises(Refused, match="redan i en annan"):
        await start(world)
    planner = await town.signed_in("pia", Role.PLANNER)
    await planner.post(f"/readiness/campaigns/{second.campaign.id}/close")
    third = await planner.post(
        "/readiness/campaigns", audience=ON_DUTY, title="Tredje", deadline="2026-12-04"
    )
    assert third.headers["location"].endswith("?left_out=1")
    await planner.sees(third.headers["location"], "1 person lämnades utanför")
    async with world.database.reading() as session:
        states = set(await session.scalars(select(Notice.state)))
        tags = (await session.scalars(select(Question.tag))).all()
    assert NoticeState.WITHDRAWN in states  # of the one that was closed before it was sent
    assert tags
    await morning(world)
    assert world.ignore_messages() == 3


async def test_two_campaigns_at_once_ask_each_person_once(world: World) -> None:
    await world.group("stab", "alva")
    done = await asyncio.gather(start(world), start(world), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Refused", "Started"]
    await morning(world)
    world.phone("alva").expect_sms("Stämmer")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("audience", "", "Välj vilka som ska frågas."),
        ("audience", "x", "Välj ur listan."),
        ("audience", str(UUID(int=1)), "Välj vilka som ska frågas."),
        ("audience", ON_DUTY, "Där finns ingen att fråga."),
        ("title", " ", "Fyll i det här fältet."),
        ("deadline", "", "Ange sista dag att svara."),
        ("deadline", "2026-11-23", "Sista dagen har redan varit."),
        ("deadline", "2027-11-23", "Högst 90 dagar fram."),
        ("deadline", "imorgon", "Skriv datumet som"),
        ("remind_days", "0", "1 till 30 dagars mellanrum"),
        ("remind_days", "9" * 5000, "1 till 30 dagars mellanrum"),
        ("remind_days", "ofta", "Skriv antalet dagar med siffror."),
    ],
)
async def test_a_campaign_that_makes_no_sense_is_refused(
    world: World, town: Site, field: str, value: str, sentence: str
) -> None:
    await world.group("stab", "alva")
    planner = await town.signed_in("pia", Role.PLANNER)
    good = {"audience": ON_LISTS, "title": "Fråga", "deadline": "2026-12-04", "remind_days": "3"}
    response = await planner.post("/readiness/campaigns", **good | {field: value})
    assert response.status_code == 422
    assert sentence in response.text
    await planner.sees("/readiness/campaigns", "Ingen har frågats ännu")


async def test_it_is_counted_in_all_and_by_unit_and_exported(world: World, town: Site) -> None:
    await world.person("alva", unit="skolan")
    await world.person("ri", mobile=False, protected=True)
    await world.group("stab", "alva", "birk", "ri")
    started = await start(world)
    await morning(world)
    world.ignore_messages()
    await says(world, "alva", yes=True)
    async with world.database.reading() as session:
        campaign = await session.get_one(Campaign, started.campaign.id)
        found = await figures.answers(session, campaign)
    total = figures.counted(found)
    assert (total.asked, total.answered, total.share) == (2, 1, 50)  # not the protected
    url = f"/readiness/campaigns/{campaign.id}"
    planner, lisa = await town.signed_in("pia", Role.PLANNER), await town.signed_in("lisa")
    await planner.sees(url, "1 av 2 har svarat (50 procent)", "Skolan", "Birk", "Har inte svarat")
    await planner.sees("/readiness/campaigns", "1 av 2 (50 procent)", "Pågår", "fre 4 dec. 2026")
    await planner.sees("/readiness/campaigns/new", "Alla i någon larmlista", "stab")
    file = (await planner.get(f"{url}/export.csv")).content.decode("utf-8-sig")
    assert "alva;Alva;Skolan;Bekräftat;2026-11-24 08:12" in file
    assert "Birk" in file
    async with world.database.transaction() as session:
        await session.execute(update(Person).where(Person.ref == "birk").values(protected=True))
    assert "Birk" not in (await planner.get(f"{url}/export.csv")).text
    assert (await planner.get(f"{url}/export.xlsx")).content[:2] == b"PK"
    assert (await planner.get(f"/readiness/campaigns/{UUID(int=1)}")).status_code == 404
    for page in ("/readiness/campaigns", "/readiness/campaigns/new", url):
        assert (await lisa.get(page)).status_code == 403


async def test_a_text_answers_also_after_a_week_and_a_reminder(world: World) -> None:
    await world.group("stab", "alva")
    await start(world)
    await morning(world)
    world.phone("alva").expect_sms("R1 JA")
    for _week in range(3):
        world.clock.move(timedelta(days=3))
        await reminded(world)
        world.phone("alva").expect_sms("R1 JA")
    await world.phone("alva").texts("R1 NEJ")
    world.phone("alva").expect_sms("Du får en länk")
    world.phone("alva").expect_sms("http://test/my/")
    assert await states(world) == {"alva": S.WRONG}
    await world.phone("alva").texts("ja")
    assert await states(world) == {"alva": S.WRONG}  # nothing is asked any longer
    await world.phone("alva").texts("R1 JA")
    world.phone("alva").expect_sms("bekräftade")
    assert await states(world) == {"alva": S.CONFIRMED}


async def test_the_service_reminds_and_closes_by_itself(world: World) -> None:
    await world.group("stab", "alva")
    started = await start(world)
    await morning(world)
    world.ignore_messages()
    chore = next(each for each in chores_in(ZONE) if each.name == "campaigns_reminded")
    world.clock.move(timedelta(days=3, hours=2))
    await carry_out(world.database, chore, now=world.now)
    await world.engine.until_idle()
    world.phone("alva").expect_sms("Stämmer dina uppgifter?")
    world.clock.move(timedelta(days=9))
    await carry_out(world.database, chore, now=world.now)
    async with world.database.reading() as session:
        assert (await session.get_one(Campaign, started.campaign.id)).closed_at == world.now
