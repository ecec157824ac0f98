"""What people change about themselves: numbers that show to be theirs, language and quiet hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.language import LANGUAGES
from core.language import gettext as _
from rosters.models import CallListEntry, ContactKind, ContactPoint, Person, Proof
from rosters.notices.service import Teller
from rosters.numbers import contact_address, masked
from rosters.readiness.codes import DONE, Codes, why_not
from rosters.readiness.confirming import corrected
from rosters.readiness.models import PendingContact
from rosters.readiness.service import duties
from rosters.service import MOST_POINTS, move_point, points_of

BY_CODE = (ContactKind.MOBILE, ContactKind.MAIL)  # a code cannot be sent to the others


@dataclass(frozen=True, slots=True)
class Own:
    """One person's own numbers, in that person's hands."""

    codes: Codes
    person: Person
    by: By

    @property
    def teller(self) -> Teller:
        return self.codes.teller

    @property
    def session(self) -> AsyncSession:
        return self.teller.session

    async def begin(self, kind: str, typed: str, replaces: UUID | None) -> PendingContact:
        """A number is typed: it is used when the code that is now sent there comes back."""
        await self._take_turn()
        if kind not in BY_CODE:
            raise Refused(_("Välj mobil eller e-post."), field="kind")
        address = contact_address(ContactKind(kind), typed)
        points = await points_of(self.session, self.person.id)
        if any(each.address == address for each in points):
            raise Refused(_("Det numret eller den adressen har du redan."), field="address")
        if replaces is not None and not any(each.id == replaces for each in points):
            raise Refused(_("Numret som ska bytas finns inte längre."), field="replaces")
        if replaces is None and len(points) >= MOST_POINTS:
            sentence = _("Högst {count} nummer och adresser per person.").format(count=MOST_POINTS)
            raise Refused(sentence, field="address")
        await self._keep_a_phone(points, replaces, ContactKind(kind))
        return await self._send(ContactKind(kind), address, replaces)

    async def prove(self, point_id: UUID) -> PendingContact:
        """A code to a number that is already one's own, to show that it works."""
        await self._take_turn()
        point = await self._point(point_id)
        if point.kind not in BY_CODE:
            raise Refused(_("Till en fast telefon går det inte att skicka någon kod."))
        return await self._send(point.kind, point.address, None)

    async def again(self, pending_id: UUID) -> PendingContact:
        await self._take_turn()
        pending = await self._pending(pending_id)
        return await self._send(pending.kind, pending.address, pending.replaces_id)

    async def _take_turn(self) -> None:
        """One change at a time for a person: what is looked at afterwards holds until it is done."""
        await self.session.execute(
            select(Person.id).where(Person.id == self.person.id).with_for_update(key_share=True)
        )
        if self.person.protected:
            sentence = _("Den som har skyddade uppgifter nås via växeln: inga egna nummer.")
            raise Refused(sentence, field="address")

    async def _send(self, kind: ContactKind, address: str, replaces: UUID | None) -> PendingContact:
        pending = await self.codes.send(self.person, kind, address, replaces)
        await note(
            self.session, self.by, "Bad om kod", self.person.ref, now=self.teller.now, detail=kind
        )
        return pending

    async def enter(self, pending_id: UUID, typed: str) -> str:
        """Take a code; "" when it was right, else the sentence that says what is wrong.

        A wrong one is not refused, for then the try would be undone with the rest.
        """
        await self._take_turn()
        pending = await self._pending(pending_id)
        if sentence := why_not(pending, self.teller.now):
            return sentence
        if await self.codes.take(pending, typed):
            await self._use(pending)
            return ""
        await self.session.refresh(pending)
        if pending.code_hash == DONE:  # the same code came twice at once
            return ""
        return why_not(pending, self.teller.now) or _("Fel kod. Kontrollera siffrorna.")

    async def _use(self, pending: PendingContact) -> None:
        points = list(await points_of(self.session, self.person.id))
        now = self.teller.now
        point = next((each for each in points if each.address == pending.address), None)
        if point is not None:
            point.verified_at = point.proved_at = now
            point.proved_by, point.wrong_at = Proof.VERIFIED, None
            await self._note("Bekräftade nummer", point.kind)
            return
        old = next((each for each in points if each.id == pending.replaces_id), None)
        if old is None and len(points) >= MOST_POINTS:
            raise Refused(
                _("Högst {count} nummer och adresser per person.").format(count=MOST_POINTS)
            )
        if old is not None:  # another phone may have gone since the code was sent
            await self._keep_a_phone(points, old.id, pending.kind)
        last = max((each.position for each in points), default=-1)
        self.session.add(
            ContactPoint(
                person_id=self.person.id,
                kind=pending.kind,
                address=pending.address,
                position=last + 1 if old is None else old.position,
                verified_at=now,
                proved_at=now,
                proved_by=Proof.VERIFIED,
            )
        )
        if old is not None:
            await self.session.delete(old)
        await self._note("Bytte nummer" if old else "Lade till nummer", pending.kind)
        await self._warn(old or next(iter(points), None), pending.address)
        await corrected(self.teller, self.person)

    async def withdraw(self, pending_id: UUID) -> None:
        await self._take_turn()
        (await self._pending(pending_id)).code_hash = DONE

    async def remove(self, point_id: UUID) -> None:
        await self._take_turn()
        point = await self._point(point_id)
        await self._keep_a_phone(await points_of(self.session, self.person.id), point.id, None)
        await self.session.delete(point)
        await self._note("Tog bort nummer", point.kind)
        await self._warn(point, "")
        await corrected(self.teller, self.person)

    async def move(self, point_id: UUID, *, up: bool) -> None:
        await self._take_turn()
        await move_point(
            self.session, self.person, point_id, up=up, by=self.by, now=self.teller.now
        )

    async def _keep_a_phone(
        self, points: Sequence[ContactPoint], without: UUID | None, instead: ContactKind | None
    ) -> None:
        """Who can be called keeps a phone: mail wakes nobody."""
        phones = [each for each in points if each.kind is not ContactKind.MAIL]
        left = [each for each in phones if each.id != without]
        if left or not phones or instead is ContactKind.MOBILE or not await self._is_called():
            return
        sentence = _("Du har jour eller står i en larmlista: ditt sista telefonnummer kan inte tas bort. Byt det mot ett annat.")  # fmt: skip
        raise Refused(sentence, field="address")

    async def _is_called(self) -> bool:
        listed = select(CallListEntry.id).where(CallListEntry.person_id == self.person.id)
        if await self.session.scalar(listed.limit(1)):
            return True
        serving = await duties(self.session, now=self.teller.now, zone=self.teller.zone)
        return self.person.id in serving

    async def _warn(self, old: ContactPoint | None, new: str) -> None:
        """At the number that was there before, so that a stolen link is noticed."""
        if old is None:
            return
        said = masked(new).replace("•", "*")

        def words() -> tuple[str, str]:
            if new:
                body = _("Dina nummer i Krislarm ändrades, nytt är {new}. Var det inte du? Säg genast till en planerare.").format(new=said)  # fmt: skip
            else:
                body = _("Det här numret togs bort i Krislarm. Var det inte du? Säg genast till en planerare.")  # fmt: skip
            return _("Ditt nummer i Krislarm ändrades"), body

        key = f"changed:{old.id}:{self.teller.now.isoformat()}"
        await self.teller.tell(self.person, words, key=key, urgent=True, address=old.address)

    async def wish(self, language: str, quiet: tuple[time | None, time | None]) -> None:
        """Language, and the hours in which what can wait does wait."""
        if language not in LANGUAGES:
            raise Refused(_("Språket är sv eller en."), field="language")
        if (quiet[0] is None) != (quiet[1] is None):
            raise Refused(_("Ange både från och till, eller inget av dem."), field="quiet_from")
        self.person.language = language
        self.person.quiet_from, self.person.quiet_to = quiet
        await self._note("Ändrade språk och tysta timmar", "")

    async def _note(self, what: str, detail: str) -> None:
        await note(self.session, self.by, what, self.person.ref, now=self.teller.now, detail=detail)

    async def _point(self, point_id: UUID) -> ContactPoint:
        point = await self.session.get(ContactPoint, point_id)
        if point is None or point.person_id != self.person.id:
            raise NotFound(_("Numret eller adressen finns inte längre."))
        return point

    async def _pending(self, pending_id: UUID) -> PendingContact:
        pending = await self.session.get(PendingContact, pending_id)
        if pending is None or pending.person_id != self.person.id or pending.code_hash == DONE:
            raise NotFound(_("Det finns ingen kod att skriva in. Be om en ny."))
        return pending


async def shared(session: AsyncSession, points: Sequence[ContactPoint]) -> set[str]:
    """Those of the addresses that somebody else has too."""
    rows = await session.scalars(
        select(ContactPoint.address)
        .where(ContactPoint.address.in_([each.address for each in points]))
        .group_by(ContactPoint.address)
        .having(func.count() > 1)
    )
    return set(rows)
