"""The rules of a test: what is sent, what it shows of the path, and the picture of the answers."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from alerting.gsm7 import parts
from alerting.plan import Ask, ChannelKind, Mode, Need, Order, Plan, Start, StartKind
from alerting.wording import Fields, Wording
from core.language import use_language
from playbooks.communication_tests import curve
from playbooks.communication_tests.judging import (
    Asked,
    Judged,
    Outcome,
    Verdict,
    judge,
    median,
    outcome,
    share,
    within,
)
from playbooks.communication_tests.measuring import says_wrong_person
from playbooks.communication_tests.planning import TEXTS, called_steps, plan_of_test
from tests.plans import MINUTE, plan, step, wave
from tests.world import ZONE

BY_HAND = Start(kind=StartKind.BY_HAND)
ALL = [uuid4() for _ in range(10)]


def after(name: str) -> Start:
    return Start(kind=StartKind.AFTER, step=name)


def reserve_of(name: str) -> Start:
    return Start(kind=StartKind.IF_FAILS, step=name)


def names(found: Plan) -> list[str]:
    return [each.name for each in called_steps(found)]


# What is sent


def test_steps_by_hand_and_sub_paths_that_wait_for_a_hand_are_left_alone() -> None:
    path = plan(
        step("tib", "duty:TIB"),
        step("rakel", "manual:Rakel"),
        step("namnd", "group:KLN", gate="Beslut"),
        step("LV-05/ledare", "duty:POSOM", start=after("tib")),
        step("LV-05/grupp", "group:posom", start=after("LV-05/ledare")),
        step("LV-03/ledning", "role:chef", start=BY_HAND),
        step("LV-03/stab", "group:stab", start=after("LV-03/ledning")),
    )
    assert names(path) == ["tib", "namnd", "LV-05/ledare", "LV-05/grupp"]


def test_everybody_is_asked_at_once_by_name_on_every_channel_of_the_path() -> None:
    path = plan(
        step("chef", "role:chef", order=Order.ONE_BY_ONE, waves=(wave(ChannelKind.VOICE),)),
        step("stab", "group:stab", start=after("chef"), within=15 * MINUTE, ask=Ask.COMING),
        step("tom", "group:tom"),
    )
    sent = plan_of_test(path, {"chef": ["P1"], "stab": ["P2", "P3"]}, lasts=60 * MINUTE)
    assert [each.name for each in sent.steps] == ["chef", "stab"]
    for each in sent.steps:
        assert (each.start.kind, each.order, each.ask) == (
            StartKind.AT_ONCE,
            Order.ALL_AT_ONCE,
            Ask.RECEIVED,
        )
        assert each.within is None
        assert [set(one.channels) for one in each.waves] == [
            {ChannelKind.VOICE, ChannelKind.SMS}
        ] * 2
    assert [each.code for each in sent.steps[1].targets] == ["P2", "P3"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_text_fits_one_message_and_says_test_first_and_last(language: str) -> None:
    sent = plan_of_test(plan(step("a", "person:P1")), {"a": ["P1"]}, lasts=60 * MINUTE)
    said = (
        Wording(sender_name="Lund", base_url="http://test", zone=ZONE)
        .question(
            sent.texts[TEXTS][language],  # type: ignore[index]
            channel=ChannelKind.SMS,
            ask=Ask.RECEIVED,
            mode=Mode.TEST,
            language=language,
            fields=Fields(title="En larmväg med ett mycket långt namn", code="LV-03-LUND-SÖDRA-12"),
            letter="B",
            link="",
        )
        .body
    )
    assert said.startswith("TEST")
    assert said.endswith("TEST")
    assert parts(said).count == 1


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Fel person", True),
        ("FEL NUMMER!!", True),
        ("hej, du har kommit till fel nr", True),
        ("fel", True),
        ("Wrong number", True),
        ("Mottaget", False),
        ("Det blev fel, jag kommer", False),
        ("fel i systemet?", False),
    ],
)
def test_who_says_that_it_is_the_wrong_person(text: str, wrong: bool) -> None:
    assert says_wrong_person(text) is wrong


# What it shows


def minutes(**delays: float) -> dict[UUID, timedelta]:
    """By place in ALL: p0=1, p1=2.5."""
    return {ALL[int(name[1:])]: timedelta(minutes=at) for name, at in delays.items()}


def asked(**steps: range) -> Mapping[str, Asked]:
    return {name: Asked(frozenset(ALL[each] for each in who)) for name, who in steps.items()}


def verdicts(found: tuple[Judged, ...]) -> list[str]:
    return [each.verdict.value for each in found]


def test_a_need_is_met_when_the_last_one_needed_answers_in_time() -> None:
    path = plan(step("stab", "group:stab", need=3, within=5 * MINUTE))
    [found] = judge(path, asked(stab=range(5)), minutes(p0=1, p1=3, p2=5, p3=9))
    assert (found.verdict, found.met_after) == (Verdict.MET, 5 * MINUTE)
    assert (found.in_time, found.answered, found.asked) == (3, 4, 5)


def test_a_need_that_was_met_too_late_was_not_met() -> None:
    path = plan(step("stab", "group:stab", need=3, within=5 * MINUTE))
    [found] = judge(path, asked(stab=range(5)), minutes(p0=1, p1=3, p2=6))
    assert (found.verdict, found.met_after) == (Verdict.UNMET, 6 * MINUTE)


def test_per_cent_are_of_all_whom_the_path_calls() -> None:
    path = plan(step("stab", "group:stab", need=Need(percent=80)))
    people = {"stab": Asked(frozenset(ALL[:4]), left_out=1)}
    assert verdicts(judge(path, people, minutes(p0=1, p1=1, p2=1, p3=1))) == ["met"]
    assert verdicts(judge(path, people, minutes(p0=1, p1=1, p2=1))) == ["unmet"]


def test_a_step_of_whom_too_many_were_left_out_cannot_be_judged() -> None:
    path = plan(step("stab", "group:stab", need=3))
    people = {"stab": Asked(frozenset(ALL[:2]), left_out=3)}
    found = judge(path, people, minutes(p0=1, p1=1))
    assert verdicts(found) == ["untested"]
    assert outcome(found, None) == Outcome(None, None)


def test_the_reserve_counts_together_with_the_staff_and_stands_in_for_it() -> None:
    together = Need(count=3, total_with=("stab",))
    path = plan(
        step("stab", "group:stab", need=3),
        step("reserv", "group:reserv", need=together, start=reserve_of("stab")),
    )
    people = asked(stab=range(3), reserv=range(3, 6))
    found = judge(path, people, minutes(p0=1, p3=2, p4=4))
    assert verdicts(found) == ["unmet", "met"]
    assert outcome(found, None) == Outcome(met=True, took=4 * MINUTE)
    assert outcome(found, 3 * MINUTE) == Outcome(met=False, took=4 * MINUTE)


def test_a_reserve_that_is_not_needed_does_no_harm() -> None:
    path = plan(step("tib", "duty:TIB"), step("bak", "duty:bak", start=reserve_of("tib")))
    found = judge(path, asked(tib=range(1), bak=range(1, 2)), minutes(p0=0))
    assert verdicts(found) == ["met", "unmet"]
    assert outcome(found, None) == Outcome(met=True, took=timedelta(0))


def test_one_step_that_fails_fails_the_path() -> None:
    path = plan(step("tib", "duty:TIB"), step("kib", "duty:KIB"))
    found = judge(path, asked(tib=range(1), kib=range(1, 2)), minutes(p0=1))
    assert outcome(found, None) == Outcome(met=False, took=None)


def test_figures() -> None:
    delays = [timedelta(minutes=each) for each in (1, 5, 16, 90)]
    assert [within(delays, each) for each in (5, 15, 30, 60)] == [2, 2, 3, 3]
    assert median(delays) == timedelta(minutes=10, seconds=30)
    assert median([]) is None
    assert (share(199, 200), share(0, 0)) == (99, 0)


# The picture


def drawn(*delays: float, length: float = 20, needs: int = 0) -> curve.Curve:
    marks = [curve.Need(4, 45 * MINUTE, met=False)] * needs
    found = {("Alla", "all"): [timedelta(minutes=each) for each in delays]}
    return curve.draw(found, marks, asked=10, length=timedelta(minutes=length))


def test_the_curve_climbs_one_step_for_each_answer() -> None:
    [line] = drawn(3, 1).lines
    assert line.path.count("V") == 2
    assert line.count == 2
    heights = [float(each.split("H")[0]) for each in line.path.split("V")[1:]]
    assert heights == sorted(heights, reverse=True)  # upwards: y grows downwards


def test_the_picture_is_as_wide_as_the_test_and_its_needs() -> None:
    assert drawn(1).across[-1].text == "30"
    assert drawn(1, needs=1).across[-1].text == "60"
    [mark] = drawn(1, needs=1).marks
    assert mark.x < drawn(1).right


def test_a_test_without_answers_is_a_flat_line() -> None:
    [line] = drawn(length=0).lines
    assert (line.count, "V" in line.path) == (0, False)


def test_english_is_there_too() -> None:
    with use_language("en"):
        sent = plan_of_test(plan(step("a", "person:P1")), {"a": ["P1"]}, lasts=60 * MINUTE)
    assert sent.title.startswith("Kommunikationsprov")  # one title for all: Swedish
    assert set(sent.texts[TEXTS]) == {"sv", "en"}
