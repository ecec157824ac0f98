"""The last phone of somebody who is called stays, in whatever order things are pressed."""

from tests.rosters.test_own_numbers import code_at, link, pending_form, points
from tests.visitors import Site
from tests.world import World

MAIL = "a2@demo.lund.example"


async def test_a_code_does_not_take_the_phone_that_has_become_the_last(
    world: World, town: Site
) -> None:
    await world.person("alva", landline=True)
    await world.on_duty("TIB", "alva")
    url, alva = await link(world, "alva"), town.visitor()
    mobile, landline = await points(world, "alva")
    await alva.post(f"{url}/contacts", kind="mail", address=MAIL, replaces=str(mobile.id))
    code, form = await code_at(world, MAIL), await pending_form(alva, url)
    assert (await alva.post(f"{url}/contacts/{landline.id}/remove")).status_code == 303
    await world.engine.until_idle()
    refused = await alva.post(form, code=code)
    assert (refused.status_code, "sista telefonnummer" in refused.text) == (422, True)
    assert [each.id for each in await points(world, "alva")] == [mobile.id]
    world.ignore_messages()
