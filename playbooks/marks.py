"""Marks: equal for what is equal, so that a new version is known by what it really changes."""

from hashlib import sha256

from alerting.plan import Plan

_WORDS = {"title", "note", "texts"}  # what is said about a step or in it, not what it does


def steps_mark(plan: Plan) -> str:
    """Who is called, in what order, when, how and until how many: SHA-256, hex."""
    steps = "\n".join(step.model_dump_json(exclude=_WORDS) for step in plan.steps)
    return sha256(steps.encode()).hexdigest()
