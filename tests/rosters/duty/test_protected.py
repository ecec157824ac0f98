"""Protected persons: colleagues, readers and texts know neither name nor title."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.errors import Refused
from rosters.models import Person
from rosters.my.links import personal_token
from tests.rosters.duty.town import Town
from tests.visitors import Site
from tests.world import SECRET

SOON, DAY = timedelta(days=3), timedelta(days=1)
HIDDEN = ("Rikissa", "Kuratorn i Dalby")


async def protect(town: Town) -> None:
    """Ri becomes Rikissa, who has a telling title."""
    async with town.database.transaction() as session:
        changed = {"name": HIDDEN[0], "title": HIDDEN[1], "protected": True}
        await session.execute(update(Person).where(Person.ref == "ri").values(changed))


async def test_a_colleague_who_asks_for_a_swap_learns_nothing(town: Town) -> None:
    await town.has_role(needed=2)
    mine, theirs = await town.plan("alva", "ri", first=SOON)
    await town.plan("ri", first=SOON)
    await protect(town)
    with pytest.raises(Refused, match="har redan ett pass") as refused:
        await town.asks("alva", mine, "ri")
    assert HIDDEN[0] not in refused.value.sentence
    await town.asks("ri", theirs, "alva")
    await town.advance(minutes=300)
    town.phone("alva").expect_sms("Skyddad person frågar om du kan ta TIB")


async def test_neither_ones_own_page_nor_the_start_page_says_who_it_is(town: Town) -> None:
    await town.has_role(hands_over=True)
    mine, *_others = await town.plan("alva", "ri", "alva", "ri", first=-DAY / 2)
    await protect(town)
    await town.does_chores()
    town.ignore_messages()
    found = await town.handover()
    own = f"/my/{personal_token(SECRET, await town.person('alva'), now=town.now)}"
    async with Site.on(town.database, town.clock, secret_key=SECRET) as site:
        reader = await site.signed_in("lisa")
        for visitor, url in (
            (site.visitor(), own),
            (site.visitor(), f"{own}/handovers/{found.id}"),
            (reader, f"/duty/shifts/{mine}"),
            (reader, "/duty"),
            (reader, "/"),
        ):
            text = await visitor.sees(url)
            assert not [each for each in HIDDEN if each in text], url
        await reader.sees("/", "Skyddad person")
