from datetime import UTC, datetime

import pytest

from playbooks.document import LightRules
from playbooks.lights.known import Knowledge, known
from playbooks.lights.models import Light
from playbooks.receipts.knowing import Knower, Knowing

THEN = datetime(2026, 11, 1, tzinfo=UTC)


def knower(
    number: int = 1,
    *,
    read: bool = True,
    saved: bool = True,
    introduced: bool = True,
    anew: bool = False,
) -> Knower:
    return Knower(f"P{number}", "Namn", THEN if read else None, saved, introduced, anew)


def facts(*people: Knower, rules: LightRules | None = None, nobody: bool = False) -> Knowledge:
    return Knowledge(
        code="LV-05",
        number=2,
        rules=rules or LightRules(),
        knowing=Knowing(people, sum(each.anew for each in people)),
        calls_nobody=nobody,
        owner="Socialdirektör",
        holders=1,
        gone_through=0,
    )


@pytest.mark.parametrize(
    ("good", "light"),
    [(10, Light.GREEN), (9, Light.GREEN), (8, Light.AMBER), (6, Light.AMBER), (5, Light.RED)],
)
def test_the_share_of_those_who_know_decides(good: int, light: Light) -> None:
    people = [knower(read=place < good) for place in range(10)]
    standing = known(facts(*people))
    assert (standing.light, standing.figure) == (light, f"{good} av 10")


def test_each_path_has_its_own_thresholds() -> None:
    people = [knower(read=place < 8) for place in range(10)]
    assert known(facts(*people, rules=LightRules(known=80))).light is Light.GREEN
    assert known(facts(*people, rules=LightRules(nearly_known=85))).light is Light.RED


@pytest.mark.parametrize(
    ("person", "rules", "said"),
    [
        (knower(saved=False), LightRules(saved_number=False), "1 har inte sparat numret"),
        (
            knower(introduced=False),
            LightRules(introduced=False),
            "1 har inte fått en genomgång",
        ),
    ],
)
def test_what_counts_besides_reading_is_decided_by_the_path(
    person: Knower, rules: LightRules, said: str
) -> None:
    strict = known(facts(person))
    assert strict.light is Light.RED
    assert said in strict.why
    assert known(facts(person, rules=rules)).light is Light.GREEN


def test_it_says_how_many_have_not_read_what_the_new_version_changed() -> None:
    changed = [knower(number, anew=True, read=number > 3) for number in range(1, 13)]
    standing = known(facts(*changed, knower(20)))
    assert standing.figure == "10 av 13"
    assert "3 av de 12 som har fått en ändrad del har inte läst den" in standing.why
    assert standing.next
    assert standing.next.sentence == "Påminn 3 om att läsa sin del."


def test_all_that_is_lacking_stands_in_one_sentence() -> None:
    standing = known(facts(knower(read=False), knower(saved=False), knower(introduced=False)))
    assert standing.why == (
        "Larmvägen kallar 3: 1 har inte läst sin del, 1 har inte sparat numret"
        " och 1 har inte fått en genomgång."
    )


def test_a_path_that_reaches_nobody_is_red() -> None:
    assert known(facts()).light is Light.RED


def test_a_path_that_calls_nobody_is_known_when_its_present_owner_has_gone_through_it() -> None:
    by_hand = facts(nobody=True)
    assert known(by_hand).light is Light.RED
    by_hand = Knowledge(
        **{name: getattr(by_hand, name) for name in by_hand.__slots__} | {"gone_through": 1}
    )
    assert known(by_hand).light is Light.GREEN
