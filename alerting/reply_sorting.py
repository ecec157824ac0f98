"""What a machine could not place, an operator does: replies that wait, and phones that said stop."""

from uuid import UUID

from alerting.desk import Desk
from alerting.models import CallIn, EventKind, Reply
from alerting.plan import Ask, Meaning
from alerting.replies import LONGEST_ETA
from alerting.service import Answered, answer
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.wakeups import wake
from rosters.models import ContactPoint, Person


async def assign(
    desk: Desk, reply_id: UUID, call_in_id: UUID, *, yes: bool, eta: int | None = None
) -> Answered:
    """Take a reply as the answer to a call-in; it keeps the way it came."""
    _job, call_in = await desk.call_in(call_in_id)
    reply = await _waiting(desk, reply_id)
    if eta is not None and not 1 <= eta <= LONGEST_ETA:
        raise Refused(_("Ange minuter mellan 1 och 240."), field="eta")
    accepted = Meaning.RECEIVED if call_in.ask is Ask.RECEIVED else Meaning.COMING
    reply.meaning = accepted if yes else Meaning.CANNOT
    reply.alarm_id, reply.call_in_id = call_in.alarm_id, call_in.id
    _settle(desk, reply)
    return await answer(
        desk.session,
        call_in.id,
        reply.meaning,
        via=reply.via,
        now=desk.now,
        eta=eta if reply.meaning is Meaning.COMING else None,
        by=desk.by,
        remark=f"”{reply.text}”"[:300],
    )


async def dismiss(desk: Desk, alarm_id: UUID, reply_id: UUID) -> None:
    """The reply answers nothing: it is kept, and waits no longer."""
    job = await desk.alarm(alarm_id)
    reply = await _waiting(desk, reply_id)
    _settle(desk, reply)
    asked = await desk.session.get(CallIn, reply.call_in_id) if reply.call_in_id else None
    await desk.done(
        job,
        EventKind.UNCLEAR,
        "Lade undan svar",
        subject=asked.name if asked else "",
        detail=reply.text[:160],
    )


async def clear_opt_out(desk: Desk, alarm_id: UUID, contact_point_id: UUID) -> None:
    """The person wants texts again; the carrier may still want a START from the phone itself."""
    job = await desk.alarm(alarm_id)
    point = await desk.session.get(ContactPoint, contact_point_id)
    if point is None:
        raise NotFound(_("Numret finns inte."))
    if point.opted_out_at is None:
        raise Refused(_("Numret har inget stopp."))
    point.opted_out_at = None
    person = await desk.session.get_one(Person, point.person_id)
    await desk.done(job, EventKind.OPTED_OUT, "Hävde sms-stopp", subject=person.name)


async def _waiting(desk: Desk, reply_id: UUID) -> Reply:
    reply = await desk.session.get(Reply, reply_id, with_for_update=True)
    if reply is None:
        raise NotFound(_("Svaret finns inte."))
    if not reply.waiting:
        raise Refused(_("Någon annan har redan tagit hand om svaret."), status=409)
    return reply


def _settle(desk: Desk, reply: Reply) -> None:
    reply.waiting, reply.settled_by, reply.settled_at = False, desk.by, desk.now
    wake(desk.session, "alarms")
