"""What would mend the step that breaks a path: more people, or people on call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from alerting.habits import Crowd
from alerting.rehearsal.cast import Cast, Line, Player, with_more
from alerting.rehearsal.run import rehearse
from playbooks.forecast.asking import Asked
from playbooks.forecast.assumptions import Kind
from rosters.models import ContactKind

MOST = 20  # people: whoever needs more needs another path
RUNS = 100  # of each number tried
SHIFT = 500_000  # other seeds than those of the forecast, which had picked the worst step


@dataclass(frozen=True, slots=True)
class Remedies:
    """The fewest that lift the step to the target; None when not even `most` do."""

    more: int | None
    on_call: int | None
    target: float
    most: int = MOST
    by_hand: bool = False  # an operator does the step: people make no difference


def mend(asked: Asked, step: str, *, limit: float | None, target: float) -> Remedies:
    if asked.plan.step(step).by_hand:
        return Remedies(None, None, target, by_hand=True)

    def mends(changed: tuple[Cast, Crowd]) -> bool:
        return holds_in(asked, changed, step, limit=limit, target=target)

    return Remedies(
        fewest(lambda count: mends(more_people(asked, step, count))),
        fewest(lambda count: mends(people_on_call(asked, step, count))),
        target,
    )


def fewest(enough: Callable[[int], bool], most: int = MOST) -> int | None:
    """The smallest number that is enough, where more is never worse; None when none up to `most` is."""
    low, high = 0, 1
    while not enough(high):
        if high == most:
            return None
        low, high = high, min(most, high * 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def more_people(asked: Asked, step: str, count: int) -> tuple[Cast, Crowd]:
    """So many more in the step, last in order, with the habits of those there."""
    extra = newcomers(count)
    likely = asked.likely
    alike = [
        likely.others[player.ref]
        for player in asked.cast.first(step)[:1]
        if player.ref in likely.others
    ]
    others = {**likely.others, **{each.ref: alike[0] for each in extra if alike}}
    return with_more(asked.cast, step, extra), Crowd(likely.manner, others)


def people_on_call(asked: Asked, step: str, count: int) -> tuple[Cast, Crowd]:
    """So many on call: first of those in the step, in order, then new ones."""
    likely, called = asked.likely, asked.assumed.likely[Kind.ON_CALL]
    there = [
        player.ref
        for player in asked.cast.first(step)
        if not player.protected and player.ref not in asked.on_call
    ]
    extra = newcomers(max(0, count - len(there)))
    chosen = [*there[:count], *(each.ref for each in extra)]
    others = {**likely.others, **dict.fromkeys(chosen, called)}
    return with_more(asked.cast, step, extra), Crowd(likely.manner, others)


def newcomers(count: int) -> Sequence[Player]:
    """People who do not exist, each with a mobile phone."""
    return [
        Player(UUID(int=2**100 + number), f"+{number}", (Line(ContactKind.MOBILE, f"+{number}"),))
        for number in range(1, count + 1)
    ]


def holds_in(
    asked: Asked,
    changed: tuple[Cast, Crowd],
    step: str,
    *,
    limit: float | None,
    target: float,
    runs: int = RUNS,
) -> bool:
    """True when the step's need is met in time so often; gives up as soon as that is out of reach."""
    cast, crowd = changed
    may_fail = runs * (1 - target) + 1e-9
    place = [each.name for each in asked.plan.steps].index(step)
    first, failed = asked.seed * 1_000_000 + SHIFT, 0
    for seed in range(first, first + runs):
        end = rehearse(asked.plan, cast, crowd, at=asked.at, seed=seed, zone=asked.zone)
        outcome = end.steps[place]
        late = limit is not None and (outcome.held_s or 0) > limit
        failed += outcome.wanted and (outcome.held_s is None or late)
        if failed > may_fail:
            return False
    return True
