"""A personal link that is taken back leaves nothing behind that still opens something."""

import re

from core.models import Role
from tests.rosters.roster import link
from tests.rosters.test_own_numbers import link as personal_link
from tests.visitors import Site
from tests.world import World


async def test_a_calendar_made_by_a_personal_link_ends_with_it(world: World, town: Site) -> None:
    url, thief = await personal_link(world, "alva"), town.visitor()
    planner = await town.signed_in("pia", Role.PLANNER)
    page = await thief.post(f"{url}/calendar")
    kept = await link(town, "person", ref="alva")
    (made,) = set(re.findall(r"/calendar/[\w-]{20,}\.ics", page.text))
    assert (await thief.get(made)).status_code == 200
    await planner.post(f"/people/{world.people['alva']}/unlink")
    assert (await thief.get(made)).status_code == 404
    assert (await thief.get(f"/calendar/{kept}.ics")).status_code == 200, "a planner made it"
