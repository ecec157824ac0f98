"""Paths and action cards in words, as a sheet of paper says them."""

from collections.abc import Iterator

from alerting.filling import filled
from alerting.plan import Plan
from core.language import current_language
from core.moments import span
from playbooks.cards.document import Card, CardLine
from playbooks.cards.words import section_words
from playbooks.document import Document
from playbooks.paper.contents import CardLineSheet, CardSheet, PathSheet
from playbooks.sayings import Names, called, said

BLANK = "______"  # what the caller says in its place: what has happened, and where


def path_sheet(document: Document, plan: Plan, names: Names) -> PathSheet:
    return PathSheet(
        code=plan.code,
        version=plan.version,
        title=plan.title,
        entry=document.entry,
        goal=plan.goal,
        assembly=plan.assembly,
        steps=said(plan, names),
        texts=tuple(_texts(plan)),
        last_resort=tuple(called(target, names) for target in plan.last_resort),
        by_hand=all(step.by_hand for step in plan.steps),
    )


def _texts(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Each text once, with the titles of the steps that use it; the path's own for no step."""
    values = {
        "title": plan.title,
        "code": plan.code,
        "assembly": plan.assembly,
        **dict.fromkeys(("note", "place", "time", "step", "name"), BLANK),
    }
    own = {step.texts for step in plan.steps if not step.by_hand}
    for key, languages in plan.texts.items():
        if own and key not in own:
            continue
        words = languages.get(current_language(), languages["sv"])  # type: ignore[call-overload]
        users = [step.title for step in plan.steps if step.texts == key and not step.by_hand]
        whose = ", ".join(users) if len(own) > 1 else ""
        yield whose, filled(words.sms, values), filled(words.voice, values)


def card_sheet(card: Card, version: int, names: Names) -> CardSheet:
    titles = section_words()
    return CardSheet(
        code=card.code,
        version=version,
        title=card.title,
        scenario=card.scenario,
        principle=card.principle or "",
        paths=card.paths,
        parts=tuple(
            (titles[part.section], tuple(_line(line, names) for line in part.lines))
            for part in card.parts
        ),
    )


def _line(line: CardLine, names: Names) -> CardLineSheet:
    return CardLineSheet(
        line.text,
        called(line.role, names) if line.role else "",
        span(line.within),
        line.note or "",
    )
