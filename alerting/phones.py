"""Simulated phones: what has come to each, what rings, and what their owners do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.channels.base import Report, ReportState
from alerting.delivery import report
from alerting.incoming import take_sms
from alerting.means import Means
from alerting.models import CallIn, CallInState, Message, MessageState, Reply, Via
from alerting.plan import Ask, ChannelKind
from alerting.replies import LONGEST, understand_key
from alerting.service import answer
from alerting.ways import key_above
from core.errors import NotFound, Refused
from core.language import gettext as _
from rosters.models import ContactKind, ContactPoint, Person, Proof
from rosters.numbers import reserved
from rosters.readiness.proofs import prove

SHOWN = 24
BUBBLES = 12  # on one screen, the latest
RINGS_FOR = timedelta(minutes=1)  # a call that nobody hangs up stops by itself
_CAME = (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    at: datetime
    text: str
    kind: ChannelKind
    subject: str = ""
    mine: bool = False  # typed on the phone
    answer_token: str = ""  # of the answer page that a mail links to


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    message: UUID
    text: str
    keys: Sequence[tuple[str, str]]  # and what they say


@dataclass(slots=True, kw_only=True)
class Phone:
    """One person's phone and mailbox; `address` is the number its texts are sent from."""

    id: UUID  # the person's
    address: str
    name: str
    title: str
    ringing: Ringing | None = None
    bubbles: list[Bubble] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Switchboard:
    """Reads what came to the simulated phones, for one look at them."""

    session: AsyncSession
    means: Means
    now: datetime

    async def phones(self, words: str = "") -> list[Phone]:
        """The phones that something came to last, or those found by words, by name."""
        people = await (self._found(words) if words.strip() else self._busy())
        phones = await self._switched_on(people)
        for message, call_in in await self._messages(phones):
            if message.person_id:
                await self._put(phones[message.person_id], message, call_in)
        for reply in await self._typed(phones):
            if reply.person_id:
                mine = Bubble(
                    at=reply.received_at, text=reply.text, kind=ChannelKind.SMS, mine=True
                )
                phones[reply.person_id].bubbles.append(mine)
        for phone in phones.values():
            phone.bubbles = sorted(phone.bubbles, key=lambda each: each.at)[-BUBBLES:]
        return sorted(phones.values(), key=lambda each: each.name)

    async def _busy(self) -> Sequence[Person]:
        latest = (
            select(Message.person_id, func.max(Message.created_at).label("at"))
            .where(Message.person_id.is_not(None), Message.state.in_(_CAME))
            .group_by(Message.person_id)
            .order_by(func.max(Message.created_at).desc())
            .limit(SHOWN)
            .subquery()
        )
        query = select(Person).join(latest, latest.c.person_id == Person.id)
        return (await self.session.scalars(query)).all()

    async def _found(self, words: str) -> Sequence[Person]:
        found = Person.name.icontains(words.strip(), autoescape=True)
        digits = "".join(filter(str.isdecimal, words)).lstrip("0")  # however it is written
        if digits:
            owners = select(ContactPoint.person_id).where(ContactPoint.address.contains(digits))
            found = or_(found, Person.id.in_(owners))
        query = select(Person).where(found).order_by(Person.name).limit(SHOWN)
        return (await self.session.scalars(query)).all()

    async def _switched_on(self, people: Sequence[Person]) -> dict[UUID, Phone]:
        """A phone for each, with the number it sends texts from."""
        points = await self.session.scalars(
            select(ContactPoint)
            .where(ContactPoint.person_id.in_([each.id for each in people]))
            .order_by(ContactPoint.kind != ContactKind.MOBILE, ContactPoint.position)
        )
        addresses: dict[UUID, str] = {}
        for point in points:
            addresses.setdefault(point.person_id, point.address)
        return {
            each.id: Phone(id=each.id, address=addresses[each.id], name=each.name, title=each.title)
            for each in people
            if each.id in addresses
        }

    async def _messages(self, phones: Collection[UUID]) -> Sequence[Row[Message, CallIn]]:
        """What reached them, the oldest first."""
        rows = await self.session.execute(
            select(Message, CallIn)
            .outerjoin(CallIn, CallIn.id == Message.call_in_id)
            .where(Message.person_id.in_(phones), Message.state.in_(_CAME))
            .order_by(Message.created_at.desc())
            .limit(SHOWN * BUBBLES * 2)
        )
        return rows.all()[::-1]

    async def _typed(self, phones: Collection[UUID]) -> Sequence[Reply]:
        query = (
            select(Reply)
            .where(Reply.person_id.in_(phones), Reply.via == Via.SMS)
            .order_by(Reply.received_at.desc())
            .limit(SHOWN * BUBBLES)
        )
        return (await self.session.scalars(query)).all()

    async def _put(self, phone: Phone, message: Message, call_in: CallIn | None) -> None:
        if message.channel is ChannelKind.VOICE and self._rings(message, call_in):
            keys = _keys(call_in.ask) if call_in else await self._keys_above(message)
            phone.ringing = Ringing(message=message.id, text=message.body, keys=keys)
            return
        link = self.means.answer_token(call_in.id) if call_in and message.html else ""
        phone.bubbles.append(
            Bubble(
                at=message.sent_at or message.created_at,
                text=_shown_text(message),
                kind=message.channel,
                subject=message.subject,
                answer_token=link,
            )
        )

    def _rings(self, message: Message, call_in: CallIn | None) -> bool:
        return (
            message.state is not MessageState.FAILED
            and message.answered_at is None
            and (call_in.state is CallInState.ASKED if call_in else message.answerable)
            and (message.sent_at or message.created_at) > self.now - RINGS_FOR
        )

    async def _keys_above(self, message: Message) -> Sequence[tuple[str, str]]:
        for way in self.means.ways:
            if keys := await way.keys_of(self.session, message):
                return keys
        return ()


def _keys(ask: Ask) -> Sequence[tuple[str, str]]:
    yes = _("Mottaget") if ask is Ask.RECEIVED else _("Kommer")
    return ("1", yes), ("2", _("Kan inte")), ("3", _("Igen"))


def _shown_text(message: Message) -> str:
    if message.channel is not ChannelKind.VOICE:
        return message.body
    return _("Besvarat samtal") if message.answered_at else _("Missat samtal")


# What their owners do


async def press(
    session: AsyncSession, message_id: UUID, key: str, *, now: datetime, means: Means
) -> None:
    """A key on a ringing phone: 1 and 2 answer, any other hears the question again."""
    message, call_in = await _call(session, message_id)
    if call_in is None:
        await key_above(session, message, key, now=now, means=means)
        return
    given = understand_key(key, call_in.ask)
    if given is None:
        return
    values = {"answered_at": now, "delivered_at": now, "state": MessageState.DELIVERED}
    await session.execute(update(Message).where(Message.id == message.id).values(values))
    await prove(session, message.address, Proof.ANSWERED, now)
    await answer(session, call_in.id, given.meaning, via=Via.VOICE, now=now)


async def hang_up(session: AsyncSession, message_id: UUID, *, now: datetime, means: Means) -> None:
    """The call is declined: to the alarm it is a call that nobody answered."""
    message, _call_in = await _call(session, message_id)
    said = Report(state=ReportState.FAILED, reason=_("Inget svar."))
    await report(session, message.id, said, now=now, means=means)


async def write(
    session: AsyncSession, address: str, text: str, *, now: datetime, means: Means
) -> None:
    """A text typed on a phone."""
    if not reserved(address):
        raise Refused(_("Bara övningsnummer kan skriva härifrån."))
    if not text.strip():
        raise Refused(_("Skriv något att skicka."), field="text")
    if len(text) > LONGEST:
        raise Refused(_("Högst {count} tecken.").format(count=LONGEST), field="text")
    ref = uuid4().hex
    await take_sms(
        session, sender=address, text=text, provider="simulated", ref=ref, now=now, means=means
    )


async def _call(session: AsyncSession, message_id: UUID) -> tuple[Message, CallIn | None]:
    message = await session.get(Message, message_id)
    if message is None or message.channel is not ChannelKind.VOICE or not message.answerable:
        raise NotFound(_("Samtalet finns inte."))
    if message.provider != "simulated":
        raise Refused(_("Samtalet gick till en riktig telefon."), status=409)
    if message.state is MessageState.FAILED or message.answered_at is not None:
        raise Refused(_("Samtalet är slut."), status=409)
    call_in = await session.get_one(CallIn, message.call_in_id) if message.call_in_id else None
    return message, call_in
