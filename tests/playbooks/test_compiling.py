"""Rules: documents become the frozen plan, sub-paths laid flat."""

from uuid import UUID, uuid4

from alerting.plan import Ask, ChannelKind, Order, OtherwiseKind, Plan, StartKind
from playbooks.checking import check
from playbooks.compiling import compile_path
from tests.playbooks.lund import LUND, files

VERSION = UUID(int=7)
HEAD = """\
code: {code}
title: Prov {code}
entry: Vem som helst
owner: role:sakerhetschef
goal: Prov
exclude_site: {exclude}
texts:
  sv: {{sms: Prov, voice: Prov}}
steps:
"""
STEP = "  - {{name: {name}, title: T, target: duty:TIB{more}}}\n"


def path(code: str, *steps: str, exclude: str = "false") -> tuple[str, bytes]:
    text = HEAD.format(code=code, exclude=exclude) + "".join(steps)
    return f"{code.lower()}.yaml", text.encode()


def step(name: str, more: str = "") -> str:
    return STEP.format(name=name, more=f", {more}" if more else "")


def compiled(*paths: tuple[str, bytes]) -> Plan:
    """The plan of the first path."""
    checked = check(dict(paths), LUND)
    assert not checked.mistakes, checked.mistakes
    first = paths[0][0].removesuffix(".yaml").upper()
    return compile_path(checked.paths[first], checked.paths, version=3, version_id=VERSION)


def starts(plan: Plan) -> dict[str, tuple[StartKind, str | None]]:
    return {each.name: (each.start.kind, each.start.step) for each in plan.steps}


INNER = path("YY-01", step("c"), step("d", "start: at once"), step("e"))


def test_previous_gets_its_name() -> None:
    plan = compiled(path("XX-01", step("a"), step("b"), step("c", "start: if previous fails")))
    assert starts(plan) == {
        "a": (StartKind.AT_ONCE, None),
        "b": (StartKind.AFTER, "a"),
        "c": (StartKind.IF_FAILS, "b"),
    }
    assert (plan.code, plan.version, plan.version_id) == ("XX-01", 3, VERSION)


def test_a_sub_path_is_laid_flat_where_it_is_run() -> None:
    plan = compiled(path("XX-01", step("a"), "  - run: YY-01\n", step("b")), INNER)
    assert starts(plan) == {
        "a": (StartKind.AT_ONCE, None),
        "YY-01/c": (StartKind.AFTER, "a"),
        "YY-01/d": (StartKind.WITH, "YY-01/c"),
        "YY-01/e": (StartKind.AFTER, "YY-01/d"),
        "b": (StartKind.AFTER, "YY-01/e"),
    }
    assert {each.name: each.texts for each in plan.steps}["YY-01/c"] == "YY-01"
    assert set(plan.texts) == {"XX-01", "YY-01"}


def test_a_sub_path_in_a_sub_path_keeps_its_name() -> None:
    middle = path("ZZ-01", step("m"), "  - run: YY-01\n")
    plan = compiled(path("XX-01", step("a"), "  - run: ZZ-01\n"), middle, INNER)
    assert starts(plan)["ZZ-01/YY-01/c"] == (StartKind.AFTER, "ZZ-01/m")


def test_a_sub_path_behind_a_hand_begins_only_once() -> None:
    plan = compiled(path("XX-01", step("a"), "  - {run: YY-01, start: by hand}\n"), INNER)
    assert starts(plan)["YY-01/c"] == (StartKind.BY_HAND, None)
    assert starts(plan)["YY-01/d"] == (StartKind.WITH, "YY-01/c")


def test_why_a_sub_path_is_run_is_told_to_the_operator() -> None:
    run = "  - {run: YY-01, title: Vid okänd smitta, start: by hand}\n"
    plan = compiled(path("XX-01", step("a"), run, step("b")), INNER)
    assert [each.note for each in plan.steps] == ["", "Vid okänd smitta.", "", "", ""]


def test_a_gate_holds_the_first_step_of_a_sub_path() -> None:
    plan = compiled(path("XX-01", step("a"), "  - {run: YY-01, gate: Beslut}\n"), INNER)
    assert [each.gate for each in plan.steps] == [None, "Beslut", None, None]
    assert starts(plan)["YY-01/d"] == (StartKind.WITH, "YY-01/c")


def test_a_sub_path_that_comes_first_starts_at_once() -> None:
    plan = compiled(path("XX-01", "  - run: YY-01\n"), INNER)
    assert starts(plan)["YY-01/d"] == (StartKind.AT_ONCE, None)


def test_otherwise_run_is_a_sub_path_that_starts_when_the_step_fails() -> None:
    plan = compiled(path("XX-01", step("a", "otherwise: run YY-01"), step("b")), INNER)
    assert starts(plan)["YY-01/c"] == (StartKind.IF_FAILS, "a")
    assert starts(plan)["b"] == (StartKind.AFTER, "a")
    assert plan.step("a").otherwise.kind is OtherwiseKind.NEXT


def test_jumps_and_totals_in_a_sub_path_stay_inside_it() -> None:
    inner = path(
        "YY-01",
        step("c"),
        step("d", "need: 1 in total with c, otherwise: 'go to c, at most 2 times'"),
    )
    plan = compiled(path("XX-01", step("c"), "  - run: YY-01\n"), inner)
    inner_step = plan.step("YY-01/d")
    assert inner_step.need.total_with == ("YY-01/c",)
    assert (inner_step.otherwise.step, inner_step.otherwise.times) == ("YY-01/c", 2)


def test_a_site_left_alone_is_left_alone_in_sub_paths() -> None:
    outer = path("XX-01", step("a", "exclude_site: false"), "  - run: YY-01\n", exclude="true")
    plan = compiled(outer, INNER)
    assert [each.exclude for each in plan.steps] == [False, True, True, True]


def test_waves_are_repeated_and_channels_go_together_by_default() -> None:
    plan = compiled(path("XX-01", step("a", "channels: [voice + sms 1m, voice 45s x2]"), step("b")))
    assert [each.wait.total_seconds() for each in plan.step("a").waves] == [60, 45, 45]
    assert plan.step("b").waves[0].channels == (ChannelKind.VOICE, ChannelKind.SMS)


def test_a_sub_path_keeps_its_own_place_of_assembly() -> None:
    inner = INNER[1].replace(b"sms: Prov", b"sms: 'Kom till {assembly}'")
    inner = inner.replace(b"goal: Prov", b"goal: Prov\nassembly: Plats B")
    plan = compiled(path("XX-01", "  - run: YY-01\n"), (INNER[0], inner))
    assert plan.texts["YY-01"]["sv"].sms == "Kom till Plats B"


def test_texts_fall_back_on_sms_and_title() -> None:
    texts = compiled(path("XX-01", step("a"))).texts["XX-01"]["sv"]
    assert (texts.subject, texts.mail) == ("Prov XX-01", "Prov")


def test_lunds_paths_become_plans_that_keep_what_the_plans_say() -> None:
    documents = check(files(), LUND).paths
    plans = {
        code: compile_path(document, documents, version=1, version_id=uuid4())
        for code, document in documents.items()
    }
    lv03, lv04, lv06, lv08 = (plans[f"LV-0{number}"] for number in (3, 4, 6, 8))
    assert lv03.step("stab_karna").need.count == 5
    assert lv03.step("stab_reserv").need.total_with == ("stab_karna",)
    assert lv03.step("kommundirektor").order is Order.ONE_BY_ONE
    assert [each.ask for each in lv04.steps[:3]] == [Ask.SPOKEN] * 3
    assert lv04.step("ledamoter").gate
    assert all(each.exclude for each in lv06.steps)
    assert ChannelKind.MAIL not in {
        channel for each in lv08.steps for wave in each.waves for channel in wave.channels
    }
    assert all(each.by_hand for each in plans["LV-09"].steps)
    assert plans["LV-01"].steps[-1].otherwise.times == 3
