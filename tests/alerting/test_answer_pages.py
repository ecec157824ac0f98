"""The page that a mail links to: only a pressed button answers."""

from sqlalchemy import select

from alerting.models import AlarmState, CallInState, Reply, Via
from alerting.plan import Ask, ChannelKind, Meaning
from tests.plans import plan, step, wave
from tests.visitors import Site
from tests.world import World

BY_MAIL = (wave(ChannelKind.MAIL),)


async def link_to(world: World, name: str) -> str:
    world.phone(name).expect_mail("http://test/a/")
    return f"/a/{world.means.answer_token((await world.call_in(name)).id)}"


async def asked_by_mail(world: World, *, ask: Ask = Ask.COMING, language: str = "sv") -> str:
    await world.person("alva", mail=True, language=language)
    await world.group("stab", "alva")
    await world.raises(plan(step("stab", "group:stab", ask=ask, waves=BY_MAIL)), "Gasläcka")
    return await link_to(world, "alva")


async def replies(world: World) -> list[Reply]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(Reply).order_by(Reply.received_at)))


async def test_to_look_is_not_to_answer(world: World, site: Site) -> None:
    link = await asked_by_mail(world)
    scanner = site.visitor()
    page = await scanner.sees(link, "ÖVNING", "Provlarm", "Gasläcka", "Jag kommer nu")
    assert page.count("<button") >= 5
    assert (await scanner.client.head(link)).status_code in {200, 405}
    assert (await world.call_in("alva")).state is CallInState.ASKED
    assert await replies(world) == []


async def test_a_pressed_button_answers_thanks_and_may_be_changed(world: World, site: Site) -> None:
    link = await asked_by_mail(world)
    alva = site.visitor()
    pressed = await alva.post(link, said="30")
    assert (pressed.status_code, pressed.headers["location"]) == (303, link)
    await world.engine.until_idle()
    assert await world.state() is AlarmState.MET
    await alva.sees(link, "Tack!", "Du kommer om 30 minuter.", "Jag kan inte")
    await alva.post(link, said="cannot")
    await world.engine.until_idle()
    await alva.sees(link, "Du kan inte komma.")
    answered = await world.call_in("alva")
    assert (answered.state, answered.answered_via) == (CallInState.DECLINED, Via.LINK)
    kept = [(each.text, each.meaning, each.via) for each in await replies(world)]
    assert kept == [
        ("Jag är framme om 30 minuter", Meaning.COMING, Via.LINK),
        ("Jag kan inte", Meaning.CANNOT, Via.LINK),
    ]


async def test_information_is_confirmed_as_received(world: World, site: Site) -> None:
    link = await asked_by_mail(world, ask=Ask.RECEIVED)
    alva = site.visitor()
    assert "Jag kommer nu" not in await alva.sees(link, "Har du tagit emot det här?")
    await alva.post(link, said="received")
    await world.engine.until_idle()
    assert await world.state() is AlarmState.MET


async def test_a_button_that_was_not_there_answers_nothing(world: World, site: Site) -> None:
    link = await asked_by_mail(world)
    alva = site.visitor()
    for said in ("", "9999", "received", "ja'; drop table reply", "½"):
        refused = await alva.post(link, said=said)
        assert (refused.status_code, "Tryck på en av knapparna" in refused.text) == (422, True)
    assert await replies(world) == []


async def test_a_forged_link_is_a_page_that_says_so(world: World, site: Site) -> None:
    link = await asked_by_mail(world)
    stranger = site.visitor()
    for forged in ("/a/" + link[3:].swapcase(), "/a/x", "/a/" + "y" * 500):
        for response in (await stranger.get(forged), await stranger.post(forged, said="coming")):
            assert response.status_code == 404
            assert "Länken är inte giltig" in response.text
    assert (await world.call_in("alva")).state is CallInState.ASKED


async def test_a_closed_alarm_says_that_nothing_is_needed(world: World, site: Site) -> None:
    link = await asked_by_mail(world)
    await world.closes()
    page = await site.visitor().sees(link, "Larmet är avslutat", "behöver inte göra något")
    assert "Jag kommer nu" not in page


async def test_the_page_speaks_the_persons_language(world: World, site: Site) -> None:
    link = await asked_by_mail(world, language="en")
    assert '<html lang="en"' in await site.visitor().sees(link)


async def test_nothing_is_answered_from_another_website(world: World, site: Site) -> None:
    link = await asked_by_mail(world)
    response = await site.visitor().client.post(
        link, data={"said": "coming"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert response.status_code == 403
    assert (await world.call_in("alva")).state is CallInState.ASKED
