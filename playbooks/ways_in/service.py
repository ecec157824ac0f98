"""Verbs of a request: we call back the registered number, and only a key on that call raises it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.means import Means
from alerting.models import Alarm, Message, MessageState, Purpose
from alerting.plan import ChannelKind, Mode
from alerting.service import Trigger
from alerting.wording import Fields
from core import audit
from core.audit import By
from core.errors import Refused
from core.language import gettext as _
from core.language import use_language
from core.wakeups import wake
from playbooks import library, service
from playbooks.ways_in.models import RaiseRequest, RaiseState, RaiseVia
from playbooks.ways_in.rights import may_raise
from playbooks.ways_in.summary import site_in, summary
from rosters.duty.telling import shown_name
from rosters.models import Person

MOST_CALLS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody with the right PIN asks for."""

    person: Person
    address: str
    via: RaiseVia
    path: str
    mode: Mode
    note: str = ""


@dataclass(frozen=True, slots=True)
class Raising:
    """Requests in one transaction at one instant."""

    session: AsyncSession
    means: Means
    now: datetime
    answered_within: timedelta = timedelta(minutes=5)

    async def ask(self, asked: Asked, *, wait: timedelta = timedelta(0)) -> bool:
        """Call back and text what would happen; False when just this is being asked already.

        Refused when another request is open, there is no such path, or it needs to know a site.
        """
        if open_one := await self.open_request(asked.person):
            if (open_one.path, open_one.mode) == (asked.path, asked.mode):
                return False
            raise Refused(
                _("Vi ringer dig redan om {path}. Svara där först.").format(path=open_one.path)
            )
        with use_language(asked.person.language):
            await self._call_back(asked, wait)
        return True

    async def _call_back(self, asked: Asked, wait: timedelta) -> None:
        plan = await service.plan_of(self.session, asked.path, at=self.now)
        site = await site_in(self.session, plan, asked.note)
        said = await summary(self.session, self.means, plan, asked.note, site, now=self.now)
        call = self._message(asked, ChannelKind.VOICE, f"{said} {_keys()}", at=self.now + wait)
        text = f"{said} {_('Inget är skickat än. Vi ringer dig: tryck 1 för att larma.')}"
        self.session.add_all((call, self._message(asked, ChannelKind.SMS, text)))
        self.session.add(
            RaiseRequest(
                person_id=asked.person.id,
                via=asked.via,
                path=plan.code,
                mode=asked.mode,
                note=asked.note,
                site=site,
                address=asked.address,
                asked_at=self.now,
                expires_at=self.now + self.answered_within,
                message_id=call.id,
            )
        )
        detail = f"{plan.code} {asked.mode} {asked.via}"
        await self._note(asked.person, "Bad om larm", detail)
        wake(self.session, "engine")

    async def open_request(self, person: Person) -> RaiseRequest | None:
        found = await self.session.scalars(
            select(RaiseRequest).where(
                RaiseRequest.person_id == person.id,
                RaiseRequest.state == RaiseState.CALLING,
                RaiseRequest.expires_at > self.now,
            )
        )
        return found.first()

    # The key on our own call

    async def confirm(self, request: RaiseRequest) -> str:
        """Raise the alarm along the version in force now; what the caller hears."""
        if not await self._settle(request, RaiseState.CONFIRMED):
            return self._too_late(request)
        person = await self.session.get_one(Person, request.person_id)
        try:
            alarm = await self._raise(request, person)
        except Refused as refusal:
            await self._set(request, state=RaiseState.CANCELLED, why=refusal.sentence)
            return _("Inget larm är skickat. {why}").format(why=refusal.sentence)
        await self._set(request, alarm_id=alarm.id)
        await self._note(person, "Larmade på uppringt samtal", f"{request.path} {alarm.id}")
        return _("Tack. Larmet {path} är igång.").format(path=request.path)

    async def _raise(self, request: RaiseRequest, person: Person) -> Alarm:
        if not await may_raise(self.session, person, at=self.now, zone=self.means.zone):
            raise Refused(_("Du får inte längre larma på det här sättet."))
        trigger = Trigger(
            mode=request.mode,
            by=f"{shown_name(person)} ({_via_words(request.via)})",
            note=request.note,
            site=request.site,
            undo=self.means.undo,
            once=f"ways-in:{request.id}",
        )
        return await service.start(
            self.session, request.path, trigger, now=self.now, means=self.means
        )

    async def cancel(self, request: RaiseRequest) -> str:
        if not await self._settle(request, RaiseState.CANCELLED):
            return self._too_late(request)
        person = await self.session.get_one(Person, request.person_id)
        await self._note(person, "Avbröt begärt larm", request.path)
        return _("Avbrutet. Inget larm är skickat.")

    def _too_late(self, request: RaiseRequest) -> str:
        if request.alarm_id is not None:
            return _("Larmet är redan igång.")
        return _("Det är för sent. Inget larm är skickat.")

    async def _settle(self, request: RaiseRequest, state: RaiseState) -> bool:
        """One key counts, the first, and only in time."""
        settled = await self.session.scalars(
            update(RaiseRequest)
            .where(
                RaiseRequest.id == request.id,
                RaiseRequest.state == RaiseState.CALLING,
                RaiseRequest.expires_at > self.now,
            )
            .values(state=state, settled_at=self.now)
            .returning(RaiseRequest.id)
        )
        return settled.first() is not None

    async def _set(self, request: RaiseRequest, **values: object) -> None:
        await self.session.execute(
            update(RaiseRequest).where(RaiseRequest.id == request.id).values(values)
        )

    # What comes by itself

    async def call_again(self, request: RaiseRequest, failed: Message) -> None:
        """Nobody pressed a key on the call: once more, while there is time."""
        again = _copy(failed, self.now)
        self.session.add(again)
        await self._set(request, message_id=again.id, calls=request.calls + 1)
        wake(self.session, "engine")

    async def lapse(self, request: RaiseRequest) -> None:
        lapsed = await self.session.scalars(
            update(RaiseRequest)
            .where(RaiseRequest.id == request.id, RaiseRequest.state == RaiseState.CALLING)
            .values(state=RaiseState.LAPSED, settled_at=self.now)
            .returning(RaiseRequest.id)
        )
        if lapsed.first() is None:
            return
        await self.session.execute(
            update(Message)
            .where(Message.id == request.message_id, Message.state == MessageState.WAITING)
            .values(state=MessageState.CANCELLED)
        )
        person = await self.session.get_one(Person, request.person_id)
        asked = Asked(
            person=person,
            address=request.address,
            via=request.via,
            path=request.path,
            mode=request.mode,
        )
        with use_language(person.language):
            text = _("Ingen svarade i tid. Larmet {path} är INTE skickat.")
            said = self._message(asked, ChannelKind.SMS, text.format(path=request.path))
        self.session.add(said)
        await self._note(person, "Begärt larm bekräftades inte", request.path)
        wake(self.session, "engine")

    def _message(
        self, asked: Asked, channel: ChannelKind, text: str, *, at: datetime | None = None
    ) -> Message:
        """To the registered number, the mode first and last; it leaves a live deployment as it is."""
        words = self.means.wording.notice(
            text,
            channel=channel,
            mode=asked.mode,
            language=asked.person.language,
            fields=Fields(title=asked.path, code=asked.path),
        )
        return Message(
            person_id=asked.person.id,
            purpose=Purpose.NOTICE,
            channel=channel,
            address=asked.address,
            mode=Mode.LIVE,  # whoever asks for an exercise must be reached too
            language=asked.person.language,
            body=words.body,
            answerable=channel is ChannelKind.VOICE,
            due_at=at or self.now,
            created_at=self.now,
        )

    async def _note(self, person: Person, what: str, detail: str) -> None:
        await audit.note(
            self.session, By(person.ref), what, person.ref, now=self.now, detail=detail
        )


def _keys() -> str:
    return _("Tryck 1 för att larma, 2 för att avbryta, 3 för att höra igen.")


def _via_words(via: RaiseVia) -> str:
    return _("sms") if via is RaiseVia.SMS else _("telefon")


def _copy(failed: Message, now: datetime) -> Message:
    return Message(
        person_id=failed.person_id,
        purpose=failed.purpose,
        channel=failed.channel,
        address=failed.address,
        mode=failed.mode,
        language=failed.language,
        body=failed.body,
        answerable=failed.answerable,
        due_at=now,
        created_at=now,
    )


async def keep_going(session: AsyncSession, *, now: datetime, means: Means) -> int:
    """Call again where nobody pressed a key, and end what has run out of time; how many of each."""
    raising = Raising(session, means, now)
    rows = await session.execute(
        select(RaiseRequest, Message)
        .outerjoin(Message, Message.id == RaiseRequest.message_id)
        .where(RaiseRequest.state == RaiseState.CALLING)
        .with_for_update(of=RaiseRequest, skip_locked=True)
    )
    done = 0
    for request, message in rows.all():
        if request.expires_at <= now:
            await raising.lapse(request)
        elif _failed(message) and request.calls < MOST_CALLS:
            await raising.call_again(request, message)
        else:
            continue
        done += 1
    return done


def _failed(message: Message | None) -> TypeGuard[Message]:
    return message is not None and message.state is MessageState.FAILED


async def codes(session: AsyncSession, *, at: datetime) -> Sequence[str]:
    """Of the paths that can be raised."""
    return tuple(await library.paths(session, at=at))
