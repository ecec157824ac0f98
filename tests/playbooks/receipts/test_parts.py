"""Rules: which steps are somebody's part of a path, and what makes it another part to read."""

import pytest

from alerting.plan import Target, TargetKind
from playbooks.checking import check
from playbooks.compiling import compile_path
from playbooks.receipts.parts import Part, part_of
from tests.playbooks.lund import LUND
from tests.playbooks.test_compiling import VERSION

PATH = """\
code: XX-01
title: Översvämning
entry: Vem som helst
owner: role:sakerhetschef
goal: Alla framme inom en timme
assembly: Kristallen
texts:
  sv: {sms: Staben kallas till {assembly}, voice: Staben kallas}
steps:
  - {name: tib, title: Den som har jour, target: duty:TIB}
  - {name: stab, title: Staben, target: [group:stab_karna, role:stabschef], need: 5}
  - name: stod
    title: Krisstödjare
    target: group:krisstodjare
    texts:
      sv: {sms: Krisstöd behövs, voice: Krisstöd behövs}
  - {name: lansstyrelsen, title: Ring dem, target: external:X03}
  - {name: bud, title: Skicka bud, target: {manual: Skicka ett bud}}
""".replace("{assembly}", "'{assembly}'").replace("till '{assembly}'", "in")
INNER = """\
code: YY-01
title: Krisstöd
entry: Socialdirektör
owner: role:sakerhetschef
goal: Åtta inom 90 minuter
assembly: Stadshuset
texts:
  sv: {sms: Krisstöd kallas, voice: Krisstöd kallas}
steps:
  - {name: stod, title: Krisstödjare, target: group:krisstodjare}
"""
TIB = Target(kind=TargetKind.DUTY, code="TIB")
STAFF = Target(kind=TargetKind.GROUP, code="stab_karna")
CHIEF = Target(kind=TargetKind.ROLE, code="stabschef")
SUPPORT = Target(kind=TargetKind.GROUP, code="krisstodjare")
SOMEBODY = Target(kind=TargetKind.PERSON, code="P24")


def part(meant: set[Target], path: str = PATH, *others: str) -> Part | None:
    texts = (path, *others)
    checked = check({f"{number}.yaml": each.encode() for number, each in enumerate(texts)}, LUND)
    assert not checked.mistakes, checked.mistakes
    plan = compile_path(checked.paths["XX-01"], checked.paths, version=3, version_id=VERSION)
    return part_of(plan, checked.paths, meant)


def mark(meant: set[Target], path: str = PATH, *others: str) -> str:
    found = part(meant, path, *others)
    assert found
    return found.mark


def steps(meant: set[Target], path: str = PATH, *others: str) -> list[str]:
    found = part(meant, path, *others)
    return [each.step.name for each in found.steps] if found else []


def with_inner(path: str = PATH) -> str:
    return f"{path}  - run: YY-01\n"


@pytest.mark.parametrize(
    ("meant", "expected"),
    [
        ({TIB}, ["tib"]),
        ({STAFF}, ["stab"]),
        ({CHIEF}, ["stab"]),
        ({STAFF, CHIEF}, ["stab"]),
        ({TIB, SUPPORT, SOMEBODY}, ["tib", "stod"]),
        ({SOMEBODY}, []),
        (set(), []),
    ],
)
def test_a_part_is_the_steps_that_can_call_the_person(
    meant: set[Target], expected: list[str]
) -> None:
    assert steps(meant) == expected


def test_what_is_done_by_hand_is_nobodys_part() -> None:
    outside = Target(kind=TargetKind.PERSON, code="X03")
    assert part({outside, Target(kind=TargetKind.EXTERNAL, code="X03")}) is None


def test_steps_of_a_sub_path_are_parts_too_and_meet_where_it_says() -> None:
    found = part({SUPPORT}, with_inner(), INNER)
    assert found
    assert [(each.step.name, each.place) for each in found.steps] == [
        ("stod", "Kristallen"),
        ("YY-01/stod", "Stadshuset"),
    ]
    placeless = INNER.replace("assembly: Stadshuset\n", "")
    found = part({SUPPORT}, with_inner(), placeless)
    assert found
    assert found.steps[1].place == "Kristallen"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: Staben", "title: Stab och ledning"),
        ("need: 5", "need: 6"),
        ("title: Ring dem", "title: Ring länsstyrelsen"),
        ("review_months: 12\n", ""),
        ("sms: Staben kallas in", "sms: Staben kallas in nu"),
        (
            "target: [group:stab_karna, role:stabschef]",
            "target: group:stab_karna, channels: [sms 9m]",
        ),
        ("  - {name: bud,", "  - {name: extra, title: Till, target: person:P24}\n  - {name: bud,"),
    ],
)
def test_a_change_to_another_step_is_nothing_new_to_read(before: str, after: str) -> None:
    base = PATH.replace("owner:", "review_months: 12\nowner:")
    changed = base.replace(before, after)
    assert changed != base
    assert mark({SUPPORT}, changed) == mark({SUPPORT}, base)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: Översvämning", "title: Skyfall"),
        ("entry: Vem som helst", "entry: Beslut av TIB"),
        ("goal: Alla framme inom en timme", "goal: Alla framme inom två timmar"),
        ("assembly: Kristallen", "assembly: Plats B"),
        ("title: Krisstödjare", "title: Krisstöd"),
        ("group:krisstodjare", "[group:krisstodjare, person:P24]"),
        ("group:krisstodjare", "group:krisstodjare\n    order: one by one"),
        ("group:krisstodjare", "group:krisstodjare\n    channels: [voice 5m]"),
        ("group:krisstodjare", "group:krisstodjare\n    ask: received"),
        ("group:krisstodjare", "group:krisstodjare\n    gate: TIB beslutar om krisstöd"),
        ("assembly: Kristallen", "assembly: Kristallen\nexclude_site: true"),
        ("group:krisstodjare", "group:krisstodjare\n    start: at once"),
        ("sms: Krisstöd behövs", "sms: Krisstöd behövs nu"),
        ("voice: Krisstöd behövs", "voice: Krisstöd behövs nu"),
    ],
)
def test_a_change_to_ones_own_step_is_new_to_read(before: str, after: str) -> None:
    changed = PATH.replace(before, after)
    assert changed != PATH
    assert mark({SUPPORT}, changed) != mark({SUPPORT})


def test_how_many_are_needed_asks_nothing_else_of_the_one_who_is_called() -> None:
    assert mark({STAFF}, PATH.replace("need: 5", "need: 6")) == mark({STAFF})


def test_a_change_in_a_sub_path_asks_only_those_it_calls() -> None:
    changed = INNER.replace("title: Krisstödjare", "title: Krisstöd")
    whole = with_inner()
    assert mark({SUPPORT}, whole, changed) != mark({SUPPORT}, whole, INNER)
    assert mark({TIB}, whole, changed) == mark({TIB}, whole, INNER)


def test_another_reason_to_be_called_is_another_part_only_when_it_adds_a_step() -> None:
    assert mark({STAFF, CHIEF}) == mark({STAFF})
    assert mark({STAFF, TIB}) != mark({STAFF})
