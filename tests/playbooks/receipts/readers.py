"""A small town whose people are asked to read: paths that change, chores that run, and phones."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from alerting.means import Means
from core.audit import By
from playbooks import library, service
from playbooks.chores import playbook_chores
from playbooks.models import Playbook
from playbooks.receipts import service as receipts
from playbooks.receipts.models import Acquaintance, Receipt, ReceiptVia
from playbooks.receipts.scene import Scene, Standing, look
from playbooks.receipts.service import Confirmed
from rosters.chores import carry_out
from rosters.models import CallList, CallListEntry
from rosters.notices.service import Teller
from tests.world import ZONE, World

BY = By("pia")
NUMBER = "+46406280499"
HALF_A_DAY = timedelta(hours=12)
FLOOD = """\
code: LV-10
title: Översvämning
entry: TIB
owner: role:chef
goal: Staben på plats inom en timme
assembly: Kristallen
texts:
  sv: {sms: Översvämning, voice: Översvämning}
  en: {sms: Flood, voice: Flood}
steps:
  - {name: tib, title: Den som har jour, target: duty:TIB}
  - {name: stab, title: Staben, target: group:stab, need: 1}
"""
FIRE = """\
code: LV-11
title: Skogsbrand
entry: TIB
owner: role:chef
goal: Staben på plats inom en timme
texts:
  sv: {sms: Skogsbrand, voice: Skogsbrand}
steps:
  - {name: stab, title: Staben, target: group:stab, need: 1}
"""


class Readers(World):
    """Alva is on duty, Birk is the chief; Cora and Disa are the staff."""

    async def moves_in(self) -> None:
        self.means = Means(
            wording=self.means.wording,
            zone=ZONE,
            base_url=self.means.base_url,
            secret=self.means.secret,
            undo=self.means.undo,
            sender=NUMBER,
        )
        self.engine = self.new_engine()
        await self.on_duty("TIB", "alva")
        await self.role("chef", "birk")
        await self.group("stab", "cora", "disa")
        await self.loads(FLOOD, FIRE)

    async def loads(self, *texts: str) -> None:
        """Paths come into force now."""
        files = {text.split()[1].lower() + ".yaml": text.encode() for text in texts}
        async with self.database.transaction() as session:
            await service.load(session, files, by=BY, now=self.now, zone=ZONE)

    async def asks_all(self, *codes: str) -> None:
        async with self.database.transaction() as session:
            scene = await look(session, at=self.now, zone=ZONE)
            await receipts.begin_asking(session, scene, codes, by=BY, now=self.now)

    async def stops_asking(self, code: str) -> None:
        async with self.database.transaction() as session:
            scene = await look(session, at=self.now, zone=ZONE)
            await receipts.stop_asking(session, scene, code, by=BY, now=self.now)

    async def does_chores(self) -> None:
        for chore in playbook_chores(self.means):
            await carry_out(self.database, chore, now=self.now)
        await self.engine.until_idle()

    async def passes(self, *, days: float = 0, hours: float = 0) -> None:
        """Let time pass, with the chores done twice a day."""
        end = self.now + timedelta(days=days, hours=hours)
        await self.does_chores()
        while self.now < end:
            await self.advance(seconds=min(HALF_A_DAY, end - self.now).total_seconds())
            await self.does_chores()

    async def until_morning(self) -> None:
        """Past the quiet hours, with the chores done when it is still night."""
        await self.does_chores()
        await self.advance(minutes=5 * 60)

    async def joins(self, name: str, group: str) -> None:
        person = await self.person(name)
        async with self.database.transaction() as session:
            row = await session.scalar(select(CallList.id).where(CallList.code == group))
            assert row
            session.add(CallListEntry(call_list_id=row, person_id=person, position=9))

    async def leaves(self, name: str) -> None:
        async with self.database.transaction() as session:
            entries = delete(CallListEntry).where(CallListEntry.person_id == self.people[name])
            await session.execute(entries)

    async def standing(self, name: str, code: str = "LV-10") -> Standing:
        async with self.database.reading() as session:
            scene = await look(session, at=self.now, zone=ZONE, only=self.people[name])
            return next(each for each in scene.of_person(self.people[name]) if _is(each, code))

    async def confirms(
        self, name: str, code: str = "LV-10", *, mark: str = "", number: str = ""
    ) -> None:
        each = await self.standing(name, code)
        said = Confirmed(mark or each.part.mark, ReceiptVia.LINK, saved_number=number)
        async with self.database.transaction() as session:
            await receipts.confirm(Teller(session, self.now, ZONE), each, said, by=By(name))

    async def scene(self) -> Scene:
        async with self.database.reading() as session:
            return await look(session, at=self.now, zone=ZONE)

    async def receipts_of(self, name: str) -> list[Receipt]:
        async with self.database.reading() as session:
            own = select(Receipt).where(Receipt.person_id == self.people[name])
            return list(await session.scalars(own.order_by(Receipt.asked_at)))

    async def acquaintance(self, name: str) -> Acquaintance | None:
        async with self.database.reading() as session:
            own = select(Acquaintance).where(Acquaintance.person_id == self.people[name])
            return (await session.scalars(own)).one_or_none()

    async def in_force(self, code: str) -> tuple[int, datetime]:
        async with self.database.reading() as session:
            version = (await library.paths(session, at=self.now))[code].version
            assert await session.get(Playbook, version.playbook_id)
            return version.number, version.loaded_at


def _is(each: Standing, code: str) -> bool:
    return each.part.code == code
