"""Rules: a mark is kept in rows, and says the same in every release."""

from alerting.plan import StepPlan
from playbooks.marks import steps_mark
from tests.plans import plan, step


class LaterStep(StepPlan):
    """As a release to come may say more of a step."""

    quiet: bool = False


def test_a_release_that_lets_steps_say_more_changes_no_mark() -> None:
    now = plan(step("tib", "duty:TIB"), step("stab", "group:stab", need=5))
    steps = tuple(LaterStep.model_validate(each.model_dump()) for each in now.steps)
    later = now.model_copy(update={"steps": steps})
    assert steps_mark(later) == steps_mark(now)
    louder = steps[0].model_copy(update={"quiet": True})
    assert steps_mark(now.model_copy(update={"steps": (louder, steps[1])})) != steps_mark(now)
