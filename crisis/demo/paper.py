"""The demo's envelopes: two editions in three places; the old one is overdue where it lies.

Not a part of the seed, which many tests sow: printing one takes half a second.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from core.audit import By
from core.database import Database
from core.settings import Settings
from playbooks.paper import copies
from playbooks.paper.copies import Described, Handed
from playbooks.paper.editions import House, begin, finish
from playbooks.paper.gathering import gather
from playbooks.paper.models import Edition

BY = By("demo")
EDITIONS = (96, 25)  # made so many days ago: between them LV-05 got its second version
PLACES = (  # place, keeper, note, edition, days since it was laid there, who took it
    ("TIB:s pärm", "P01", "Följer TIB-telefonen vid överlämning.", 2, 12, "Alva Exempelsson"),
    ("Kassaskåpet i Kristallen", "P14", "Nyckel hos säkerhetschefen.", 2, 24, "Nils Skisshed"),
    ("Plats B, reservledningsplats", "P13", "Plomberat skåp i entrén.", 1, 96, "Majken Modellin"),
)


async def print_envelopes(database: Database, settings: Settings, *, now: datetime) -> None:
    """Print and lay out; nothing when it has been done before."""
    async with database.reading() as session:
        if await session.scalar(select(Edition.id).limit(1)):
            return
    for days in EDITIONS:
        await _print(database, settings, made=now - timedelta(days=days))
    async with database.transaction() as session:
        for place, keeper, note, edition, days, received_by in PLACES:
            handed = Handed(
                edition=edition,
                handed_by="Nils Skisshed",
                received_by=received_by,
                at=now - timedelta(days=days),
            )
            described = Described(place=place, keeper=keeper, months="3", note=note)
            await copies.put(session, described, handed, by=BY, now=now)


async def _print(database: Database, settings: Settings, *, made: datetime) -> None:
    """As everything was on that day."""
    async with database.reading() as session:
        contents = await gather(session, at=made, zone=settings.zone)
    house = House(
        marking="Kan innehålla uppgifter som omfattas av sekretess",
        base_url=settings.base_url,
        training=not settings.live,
        zone=settings.zone,
    )
    async with database.transaction() as session:
        begun = await begin(session, house, contents, made_by="Nils Skisshed", by=BY, now=made)
    await finish(database, begun, by=BY, now=made)
