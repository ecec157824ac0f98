"""What people are told of their duty, in their own language and the role's local time."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from core.moments import filters
from rosters.duty.gaps import Gap, GapKind
from rosters.duty.models import DutyRole, Handover, Shift, Swap
from rosters.models import Person
from rosters.notices.models import Question, QuestionKind
from rosters.notices.quiet import after_quiet, hours_of
from rosters.notices.service import LINK, Teller


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    return str(filters(zone.key)["moment"](at))


def span_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """As "mån 14 dec 12:00 – mån 21 dec 12:00"."""
    return f"{moment_words(start, zone)} – {moment_words(end, zone)}"


def shown_name(person: Person) -> str:
    """As colleagues may read it in a text: the protected by their title only."""
    return (person.title or _("Skyddad person")) if person.protected else person.name


async def role_of(session: AsyncSession, shift: Shift) -> DutyRole:
    return await session.get_one(DutyRole, shift.duty_role_id)


def teller_for(session: AsyncSession, role: DutyRole, now: datetime) -> Teller:
    return Teller(session, now, ZoneInfo(role.time_zone))


async def tell_of_change(
    teller: Teller, role: DutyRole, shift: Shift, giver: Person, taker: Person
) -> None:
    """Both are told who has the shift from now on; reminders of the one who lost it are withdrawn."""
    for each in {shift.id, shift.covers_id or shift.id}:
        await teller.withdraw(f"remind:{each}:")
    key = f"changed:{shift.id}:{shift.sequence}"

    def taken() -> tuple[str, str]:
        when = span_words(shift.starts_at, shift.ends_at, teller.zone)
        words = _("Du har nu {role} {when}, efter {name}. Se {link}")
        said = words.format(role=role.code, when=when, name=shown_name(giver), link=LINK)
        return _("Du har fått ett pass: {role}").format(role=role.code), said

    def given() -> tuple[str, str]:
        when = span_words(shift.starts_at, shift.ends_at, teller.zone)
        words = _("{name} har nu {role} {when}. Du har inte längre passet.")
        said = words.format(role=role.code, when=when, name=shown_name(taker))
        return _("Ditt pass har tagits över: {role}").format(role=role.code), said

    for person, words in ((taker, taken), (giver, given)):
        night_over = after_quiet(teller.now, hours_of(person), teller.zone)
        urgent = shift.starts_at <= night_over  # what begins before the night is over cannot wait
        await teller.tell(person, words, key=f"{key}:{person.ref}", urgent=urgent)


async def tell_of_exchange(
    teller: Teller, role: DutyRole, swap: Swap, given: Shift, to: Person, got: Shift
) -> None:
    """One of the two hears which shift is whose, now that they have changed places."""
    await teller.withdraw(f"remind:{given.id}:")

    def words() -> tuple[str, str]:
        mine, other = (
            span_words(each.starts_at, each.ends_at, teller.zone) for each in (got, given)
        )
        said = _("Bytet är klart: du har {role} {mine}, och inte längre {other}. Se {link}")
        subject = _("Byte av pass: {role}").format(role=role.code)
        return subject, said.format(role=role.code, mine=mine, other=other, link=LINK)

    await teller.tell(to, words, key=f"swap:{swap.id}:done:{to.ref}")


async def remind_of(
    teller: Teller, role: DutyRole, shift: Shift, person: Person, at: datetime
) -> str:
    """The key that it is told by."""

    def words() -> tuple[str, str]:
        when = span_words(shift.starts_at, shift.ends_at, teller.zone)
        said = _("Påminnelse: du har {role} {when}. Se {link}")
        subject = _("Du har snart jour: {role}").format(role=role.code)
        return subject, said.format(role=role.code, when=when, link=LINK)

    key = f"remind:{shift.id}:{person.ref}:{shift.starts_at.isoformat()}"
    await teller.tell(person, words, key=key, at=at)
    return key


# Swaps


def swap_words(
    teller: Teller, role: DutyRole, asker: Person, shift: Shift, returned: Shift | None
) -> tuple[str, str]:
    when = span_words(shift.starts_at, shift.ends_at, teller.zone)
    if returned is None:
        said = _("{name} frågar om du kan ta {role} {when}.")
    else:
        said = _("{name} vill byta: du tar {role} {when} och ger ditt pass {other}.")
    other = span_words(returned.starts_at, returned.ends_at, teller.zone) if returned else ""
    return _("Byte av pass: {role}").format(role=role.code), said.format(
        name=shown_name(asker), role=role.code, when=when, other=other
    )


async def tell_of_question(
    teller: Teller, role: DutyRole, swap: Swap, asker: Person, asked: Sequence[Person]
) -> None:
    shift = await teller.session.get_one(Shift, swap.shift_id)
    returned = (
        await teller.session.get_one(Shift, swap.return_shift_id) if swap.return_shift_id else None
    )
    for each in asked:
        question = await teller.ask(each, QuestionKind.SWAP, swap.id)
        await teller.tell(
            each,
            lambda: swap_words(teller, role, asker, shift, returned),
            key=f"swap:{swap.id}:asked:{each.ref}",
            question=question,
        )


async def tell_of_answer(
    teller: Teller, role: DutyRole, swap: Swap, shift: Shift, to: Person, what: str
) -> None:
    """`what` is a sentence's msgid with {role} and {when}."""

    def words() -> tuple[str, str]:
        when = span_words(shift.starts_at, shift.ends_at, teller.zone)
        subject = _("Byte av pass: {role}").format(role=role.code)
        return subject, _(what).format(role=role.code, when=when)

    await teller.tell(to, words, key=f"swap:{swap.id}:{swap.state.value}:{to.ref}")


# Handovers


def handover_words(
    teller: Teller, role: DutyRole, outgoing: Person, at: datetime
) -> tuple[str, str]:
    said = _("Du tar över {role} efter {name} {when}. Kvittera när du har tagit över. Se {link}")
    when = moment_words(at, teller.zone)
    said = said.format(role=role.code, name=shown_name(outgoing), when=when, link=LINK)
    return _("Överlämning av {role}").format(role=role.code), said


async def ask_to_prepare(
    teller: Teller, role: DutyRole, handover: Handover, outgoing: Person, at: datetime
) -> None:
    def words() -> tuple[str, str]:
        said = _(
            "Du lämnar {role} {when}. Skriv ner det som är öppet och stäm av utrustningen: {link}"
        )
        when = moment_words(handover.due_at, teller.zone)
        subject = _("Förbered överlämning av {role}").format(role=role.code)
        return subject, said.format(role=role.code, when=when, link=LINK)

    key = f"prepare:{handover.id}:{outgoing.ref}:{handover.due_at.isoformat()}"
    await teller.tell(outgoing, words, key=key, at=at)


async def ask_to_accept(
    teller: Teller,
    role: DutyRole,
    handover: Handover,
    people: tuple[Person, Person],
    question: Question,
) -> None:
    """`people` are the incoming and the outgoing."""
    incoming, outgoing = people
    await teller.tell(
        incoming,
        lambda: handover_words(teller, role, outgoing, handover.due_at),
        key=f"accept:{handover.id}:{incoming.ref}:{handover.due_at.isoformat()}",
        at=handover.due_at,
        urgent=True,
        question=question,
    )


async def tell_not_accepted(
    teller: Teller,
    role: DutyRole,
    handover: Handover,
    incoming: Person,
    to: Person,
    *,
    outgoing: bool,
) -> None:
    refused = bool(handover.refusal)

    def words() -> tuple[str, str]:
        name = shown_name(incoming)
        said = (
            _("{name} har sagt nej till att ta över {role}.")
            if refused
            else _("{name} har inte kvitterat {role}.")
        ).format(name=name, role=role.code)
        more = (
            _("Du är ansvarig tills någon har tagit över.")
            if outgoing
            else _("Den som hade passet är ansvarig tills någon har tagit över.")
        )
        return _("Ingen har tagit över {role}").format(role=role.code), f"{said} {more}"

    which = f"{handover.id}:{incoming.ref}:{handover.due_at.isoformat()}"
    key = f"escalate:{which}:{handover.state.value}:{to.ref}"
    await teller.tell(to, words, key=key, urgent=True)


async def tell_accepted(
    teller: Teller, role: DutyRole, handover: Handover, people: tuple[Person, Person]
) -> None:
    incoming, outgoing = people

    def words() -> tuple[str, str]:
        said = _("{name} har tagit över {role}.").format(name=shown_name(incoming), role=role.code)
        return _("Överlämning av {role}").format(role=role.code), said

    key = f"accepted:{handover.id}:{incoming.ref}:{handover.due_at.isoformat()}:{outgoing.ref}"
    await teller.tell(outgoing, words, key=key, urgent=True)


# Gaps


def gap_line(gap: Gap, zone: ZoneInfo) -> str:
    when = span_words(gap.start, gap.end, zone)
    if gap.kind is GapKind.ABSENT and gap.person:
        said = _("{role}: {name} är frånvarande {when}")
        return said.format(role=gap.role.code, name=shown_name(gap.person), when=when)
    return _("{role}: ingen har jour {when}").format(role=gap.role.code, when=when)


async def tell_of_gaps(
    session: AsyncSession, manager: Person, gaps: Sequence[Gap], now: datetime
) -> None:
    teller = teller_for(session, gaps[0].role, now)

    def words() -> tuple[str, str]:
        lines = [gap_line(gap, teller.zone) for gap in gaps[:5]]
        if len(gaps) > len(lines):
            lines.append(_("och {count} till").format(count=len(gaps) - len(lines)))
        return _("Luckor i jouren"), f"{_('Luckor i jouren')}: {'; '.join(lines)}."

    await teller.tell(manager, words, key=f"gaps:{manager.ref}:{now.isoformat()}")


async def manager_of(session: AsyncSession, role: DutyRole) -> Person | None:
    if role.manager_id is None:
        return None
    return (await session.scalars(select(Person).where(Person.id == role.manager_id))).one_or_none()
