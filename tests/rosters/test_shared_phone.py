"""Two who share a phone are asked by tags that tell them apart."""

from rosters.models import ContactKind, ContactPoint
from tests.rosters.test_campaigns import S, morning, start, states
from tests.world import World


async def test_each_of_two_who_share_a_phone_has_a_tag_of_their_own(world: World) -> None:
    await world.person("alva")
    birk = await world.person("birk", mobile=False)
    shared = ContactPoint(person_id=birk, kind=ContactKind.MOBILE, address=world.address("alva"))
    async with world.database.transaction() as session:
        session.add(shared)
    await world.group("stab", "alva", "birk")
    await start(world)
    await morning(world)
    world.ignore_messages()
    await world.phone("alva").texts("JA")
    world.phone("alva").expect_sms("Du har 2 frågor")
    await world.phone("alva").texts("R1 JA")
    await world.phone("alva").texts("R2 NEJ")
    await world.engine.until_idle()
    world.ignore_messages()
    assert set((await states(world)).values()) == {S.CONFIRMED, S.WRONG}
