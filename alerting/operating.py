"""What an operator may do to a running alarm; everything is logged with the operator's name."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from alerting.asking import ask
from alerting.chain import Link
from alerting.desk import Desk
from alerting.job import Job, plan_of, step_plan_of
from alerting.models import CallIn, CallInState, EventKind, Purpose, Step, StepState, Via
from alerting.plan import Ask, Meaning, Need, Order, Otherwise, Start, StartKind, StepPlan, Target
from alerting.service import Answered, answer
from alerting.stepping import begin, queued, stand_down
from alerting.targets import units_within
from alerting.thanking import tell
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from rosters.models import Person

LONGEST_TEXT = 400  # of a correction: three parts of a text message with the mode around it
LONGEST_ETA = 24 * 60
_NOT_STARTED = (StepState.WAITING, StepState.HELD)
_GIVEN_UP = (StepState.UNMET, StepState.EMPTY, StepState.SKIPPED)
_UNDER_WAY = (CallInState.QUEUED, CallInState.ASKED, CallInState.ACCEPTED)


# One person


async def call_again(desk: Desk, call_in_id: UUID) -> CallIn:
    """Ask somebody from the first wave on, whatever they answered or did not answer before."""
    job, call_in = await desk.call_in(call_in_id)
    if call_in.by_hand:
        raise Refused(_("{name} nås bara för hand: ring själv.").format(name=call_in.name))
    if call_in.state is CallInState.ACCEPTED:
        raise Refused(_("{name} har redan tackat ja. Släpp först.").format(name=call_in.name))
    if call_in.state is CallInState.QUEUED:
        raise Refused(_("{name} står redan på tur.").format(name=call_in.name))
    call_in.answer = call_in.answered_at = call_in.answered_via = call_in.eta_minutes = None
    call_in.late, call_in.remark = False, ""
    step = await desk.session.get_one(Step, call_in.step_id)
    _open_again(step)
    call_in.wave = 0
    await ask(job, step, [call_in])
    await desk.done(job, EventKind.CALLED_AGAIN, "Larmade igen", subject=call_in.name)
    return call_in


async def confirm(
    desk: Desk, call_in_id: UUID, *, yes: bool, eta: int | None = None, remark: str = ""
) -> Answered:
    """Answer for somebody the operator has talked with, or tick off what was done by hand."""
    _job, call_in = await desk.call_in(call_in_id)
    remark = line(remark, field="remark", longest=300)
    if not yes and not remark and (call_in.by_hand or call_in.ask is Ask.SPOKEN):
        raise Refused(
            _("Skriv hur det är fastställt, till exempel vem du talade med."), field="remark"
        )
    if eta is not None and not 1 <= eta <= LONGEST_ETA:
        raise Refused(_("Ange minuter mellan 1 och 1440."), field="eta")
    accepted = Meaning.RECEIVED if call_in.ask is Ask.RECEIVED else Meaning.COMING
    return await answer(
        desk.session,
        call_in.id,
        accepted if yes else Meaning.CANNOT,
        via=Via.OPERATOR,
        now=desk.now,
        eta=eta if yes and call_in.ask is not Ask.RECEIVED else None,
        by=desk.by,
        remark=remark,
    )


async def release(desk: Desk, call_in_id: UUID) -> None:
    """Somebody who said yes does not turn up: the chain goes on without them."""
    job, call_in = await desk.call_in(call_in_id)
    if call_in.state is not CallInState.ACCEPTED:
        raise Refused(_("Bara den som har tackat ja kan släppas."))
    call_in.state = CallInState.RELEASED
    await desk.done(job, EventKind.RELEASED, "Släppte", subject=call_in.name)


# One step


async def add_person(desk: Desk, step_id: UUID, person_id: UUID) -> CallIn:
    """Ask one more person in a step that has started, at once."""
    job, step = await desk.step(step_id)
    if step.state in _NOT_STARTED:
        raise Refused(_("Steget har inte börjat. Starta det, eller lägg till ett eget steg."))
    person = await _person_for(job, step, person_id)
    last = await desk.session.scalar(
        select(func.max(CallIn.position)).where(CallIn.step_id == step.id)
    )
    added = await queued(job, step, [person], first=(last or 0) + 1)
    desk.session.add_all(added)
    step.asked += 1
    if step.need is None:
        step.need = step_plan_of(step.plan).need.of(step.asked)
    _open_again(step)
    await ask(job, step, added)
    await desk.done(
        job, EventKind.PERSON_ADDED, "Lade till person", subject=added[0].name, detail=step.title
    )
    return added[0]


async def _person_for(job: Job, step: Step, person_id: UUID) -> Person:
    person = await job.session.get(Person, person_id)
    if person is None:
        raise NotFound(_("Personen finns inte."))
    today = job.now.astimezone(job.means.zone).date()
    if (person.active_from or today) > today or (person.active_to or today) < today:
        raise Refused(_("{name} är inte aktiv just nu.").format(name=person.name))
    if job.alarm.site and person.unit_id in await units_within(job.session, job.alarm.site):
        raise Refused(_("{name} hör till platsen som inte får larmas.").format(name=person.name))
    already = await job.session.scalar(
        select(CallIn.id).where(
            CallIn.step_id == step.id,
            CallIn.person_id == person.id,
            CallIn.state.in_(_UNDER_WAY),
        )
    )
    if already:
        raise Refused(_("{name} är redan tillfrågad i steget.").format(name=person.name))
    return person


async def skip(desk: Desk, step_id: UUID) -> None:
    """Go on without the step; those who were asked hear that they are not needed."""
    job, step = await desk.step(step_id)
    if step.state in {StepState.MET, StepState.NOT_NEEDED, StepState.SKIPPED}:
        raise Refused(_("Steget är redan klart."))
    await stand_down(job, step)
    step.state, step.ended_at = StepState.SKIPPED, desk.now
    await desk.done(job, EventKind.STEP_SKIPPED, "Hoppade över steg", subject=step.title)


async def record_decision(desk: Desk, step_id: UUID, *, who: str, text: str) -> None:
    """Open a step's gate: who decided, and what."""
    job, step = await desk.step(step_id)
    if step.state not in _NOT_STARTED or step_plan_of(step.plan).gate is None or step.opened_at:
        raise Refused(_("Steget väntar inte på något beslut."))
    who = line(who, field="who", required=True)
    text = line(text, field="text", longest=1000, required=True)
    step.opened_at, step.opened_by, step.decision = desk.now, desk.by, f"{who}: {text}"
    await desk.done(
        job, EventKind.DECISION, "Registrerade beslut", subject=step.title, detail=step.decision
    )


async def start_by_hand(desk: Desk, step_id: UUID) -> None:
    """Start a step now, whatever it waits for; a gate still needs its decision."""
    job, step = await desk.step(step_id)
    plan = step_plan_of(step.plan)
    if plan.gate and step.opened_at is None:
        raise Refused(_("Registrera beslutet först."))
    if step.state not in _NOT_STARTED:
        raise Refused(_("Steget har redan börjat eller är klart."))
    step.opened_at, step.opened_by = desk.now, desk.by
    await begin(job, Link(step, plan))
    await desk.done(job, EventKind.STEP_STARTED, "Startade steg", subject=step.title)


async def choose(desk: Desk, step_id: UUID, keep: Collection[UUID]) -> int:
    """Keep these of those who said yes; the others are thanked. How many were let go."""
    job, step = await desk.step(step_id)
    accepted = await _accepted(job, [step.name])
    let_go = [each for each in accepted if each.id not in keep]
    if not let_go:
        raise Refused(_("Alla är kvar. Avmarkera dem som inte behövs."), field="keep")
    elsewhere = await _accepted(job, step_plan_of(step.plan).need.total_with)
    kept = {each.person_id or each.id for each in accepted if each.id in keep}
    others = {each.person_id or each.id for each in elsewhere}
    least = max(0, (step.need or 0) - len(others - kept))
    if len(kept) < least:
        raise Refused(_("Minst {count} måste vara kvar.").format(count=least), field="keep")
    await tell(job, [each.id for each in let_go], Purpose.THANKS)
    for call_in in let_go:
        call_in.state = CallInState.RELEASED
        await desk.done(
            job, EventKind.RELEASED, "Valde bort", subject=call_in.name, detail=step.title
        )
    return len(let_go)


async def _accepted(job: Job, steps: Collection[str]) -> Sequence[CallIn]:
    query = (
        select(CallIn)
        .join(Step, Step.id == CallIn.step_id)
        .where(
            CallIn.alarm_id == job.alarm.id,
            Step.name.in_(steps),
            CallIn.state == CallInState.ACCEPTED,
        )
    )
    return (await job.session.scalars(query)).all()


def _open_again(step: Step) -> None:
    """A step that had given up is at work again; without a time limit, since that has passed."""
    if step.state in _GIVEN_UP:
        step.state, step.ended_at, step.deadline_at = StepState.ASKING, None, None


# The whole alarm


async def add_step(
    desk: Desk, alarm_id: UUID, *, title: str, targets: Sequence[Target], need: int
) -> Step:
    """A step that the path does not have, in the words and waves of the path's first; starts at once."""
    job = await desk.alarm(alarm_id)
    title = line(title, field="title", longest=80, required=True)
    if not targets:
        raise Refused(_("Välj vilka som ska larmas."), field="target")
    if not 1 <= need <= 999:
        raise Refused(_("Ange hur många som behövs, 1 till 999."), field="need")
    pattern = next((each for each in plan_of(job.alarm.plan).steps if each.waves), None)
    if pattern is None:
        raise Refused(_("Larmvägen har ingen text att skicka. Ring för hand."))
    count = await desk.session.scalar(select(func.count()).where(Step.alarm_id == alarm_id)) or 0
    plan = StepPlan(
        name=f"extra-{count + 1}",
        title=title,
        targets=tuple(targets),
        order=Order.ALL_AT_ONCE,
        waves=pattern.waves,
        need=Need(count=need),
        within=None,
        start=Start(kind=StartKind.AT_ONCE),
        otherwise=Otherwise(),
        ask=Ask.COMING if pattern.ask is Ask.SPOKEN else pattern.ask,
        exclude=True,
        texts=pattern.texts,
    )
    step = Step(
        alarm_id=alarm_id,
        position=count,
        name=plan.name,
        title=title,
        plan=plan.model_dump_json(),
    )
    desk.session.add(step)
    await begin(job, Link(step, plan))
    await desk.done(job, EventKind.STEP_ADDED, "Lade till steg", subject=title, detail=f"{need}")
    return step


async def correct(desk: Desk, alarm_id: UUID, text: str) -> int:
    """Send a correction to everyone whom a text or mail of the alarm has reached; how many.

    An empty text sends the ready one, each person's in their own language.
    """
    job = await desk.alarm(alarm_id)
    text = line(text, field="text", longest=LONGEST_TEXT)
    asked = await desk.session.scalars(select(CallIn.id).where(CallIn.alarm_id == alarm_id))
    told = await tell(job, asked.all(), Purpose.CORRECTION, text)
    if not told:
        raise Refused(_("Ingen har fått något sms eller mejl än, så det finns inget att rätta."))
    await desk.done(job, EventKind.CORRECTED, "Skickade rättelse", subject=str(told), detail=text)
    return told
