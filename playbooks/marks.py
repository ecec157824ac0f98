"""Marks: equal for what is equal, so that a new version is known by what it really changes."""

from hashlib import sha256

from alerting.plan import Plan

_WORDS = {"title", "note", "texts"}  # what is said about a step or in it, not what it does


def steps_mark(plan: Plan) -> str:
    """Who is called, in what order, when, how and until how many: SHA-256, hex.

    Kept in rows, and so without what a step leaves unsaid: a later release that lets steps say more
    must not make every path look as if it had never been exercised.
    """
    said = (step.model_dump_json(exclude=_WORDS, exclude_defaults=True) for step in plan.steps)
    steps = "\n".join(said)
    return sha256(steps.encode()).hexdigest()
