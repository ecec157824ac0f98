"""The way in by text: reads the form, checks the PIN, and answers; and the key on our own call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.echoes import send_back
from alerting.means import Means
from alerting.models import Message, Reply
from core.errors import Refused
from core.language import gettext as _
from core.language import use_language
from core.moments import filters
from playbooks.ways_in.models import RaiseRequest, RaiseVia
from playbooks.ways_in.pins import Checked, PinCheck, PinRules, Verdict
from playbooks.ways_in.reading import Unclear, Wanted, is_request, masked, read
from playbooks.ways_in.rights import owner_of, tell_of_guessing
from playbooks.ways_in.service import Asked, Raising, codes
from rosters.models import Person


@dataclass(frozen=True, slots=True)
class TextsAndCalls:
    """A `WayIn` of alerting: what it may do with texts and with keys on calls."""

    rules: PinRules

    def masked(self, text: str) -> str:
        return masked(text)

    async def take_text(
        self,
        session: AsyncSession,
        people: Sequence[Person],
        reply: Reply,
        text: str,
        *,
        now: datetime,
        means: Means,
    ) -> bool | None:
        if not is_request(text):  # before anything is read: an answer to an alarm waits for nothing
            return None
        wanted = read(text, await codes(session, at=now))
        with use_language(people[0].language):
            said = await self._said(session, reply, wanted, now, means)
            if said is None:
                return True
            words = means.wording.roster_text(said, "")
            await send_back(session, reply, words, None, language=people[0].language, now=now)
        return False

    async def _said(
        self,
        session: AsyncSession,
        reply: Reply,
        wanted: Wanted | Unclear,
        now: datetime,
        means: Means,
    ) -> str | None:
        """What stands in the way, in words; None when the request is on its way."""
        person = await owner_of(session, reply.address, at=now, zone=means.zone)
        if person is None:
            return _("Inget larm är skickat. Ditt nummer får inte larma med sms.")
        if isinstance(wanted, Unclear):
            return _(
                "Inget larm är skickat. Skriv: LARMA, larmvägens kod, din PIN och vad som hänt."
            )
        check = PinCheck(session, self.rules, now)
        checked = await check.check(person, wanted.pin, RaiseVia.SMS)
        if checked.locked_now and checked.until:
            await tell_of_guessing(session, person, until=checked.until, now=now, zone=means.zone)
        if checked.verdict is not Verdict.RIGHT:
            return no_words(checked, means)
        asked = Asked(
            person=person,
            address=reply.address,
            via=RaiseVia.SMS,
            path=wanted.path,
            mode=wanted.mode,
            note=wanted.note,
        )
        raising = Raising(session, means, now, self.rules.answered_within)
        try:
            await raising.ask(asked)
        except Refused as refusal:
            return _("Inget larm är skickat. {why}").format(why=refusal.sentence)
        return None

    async def take_key(
        self, session: AsyncSession, message: Message, key: str, *, now: datetime, means: Means
    ) -> str | None:
        request = await self._request(session, message)
        if request is None:
            return None
        raising = Raising(session, means, now, self.rules.answered_within)
        with use_language(message.language):
            if key == "1":
                return await raising.confirm(request)
            return await raising.cancel(request) if key == "2" else None

    async def keys_of(self, session: AsyncSession, message: Message) -> Sequence[tuple[str, str]]:
        if await self._request(session, message) is None:
            return ()
        return ("1", _("Larma")), ("2", _("Avbryt")), ("3", _("Igen"))

    async def _request(self, session: AsyncSession, message: Message) -> RaiseRequest | None:
        query = select(RaiseRequest).where(RaiseRequest.message_id == message.id)
        return (await session.scalars(query)).first()


def no_words(checked: Checked, means: Means) -> str:
    """Why a PIN was not enough."""
    if checked.verdict is Verdict.NONE:
        return _("Inget larm är skickat. Du har ingen giltig PIN-kod. Välj en på Min sida.")
    if checked.until is not None:
        clock = filters(means.zone.key)["clock"](checked.until)
        return _("Inget larm är skickat. För många fel PIN-koder: spärrat till {clock}.").format(
            clock=clock
        )
    return _("Inget larm är skickat. Fel PIN-kod.")
