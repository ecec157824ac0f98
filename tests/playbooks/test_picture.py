"""Rules: the picture of a chain is complete, narrow and free of overlaps."""

from itertools import pairwise
from uuid import uuid4

import pytest

from alerting.plan import Plan
from playbooks.checking import check
from playbooks.compiling import compile_path
from playbooks.picture import Picture, draw
from playbooks.sayings import said
from tests.playbooks.lund import LUND, files

DOCUMENTS = check(files(), LUND).paths
PLANS = [
    compile_path(document, DOCUMENTS, version=1, version_id=uuid4())
    for document in DOCUMENTS.values()
]
LEGIBLE = 8  # a wide letter at 14 px, in px


def picture(plan: Plan) -> Picture:
    return draw(plan, {})


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_every_step_has_a_box_below_the_one_before(plan: Plan) -> None:
    boxes = picture(plan).boxes
    assert {step.name for step in plan.steps} <= {box.name for box in boxes}
    assert all(above.bottom < below.y for above, below in pairwise(boxes))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_it_fits_a_phone(plan: Plan) -> None:
    drawn = picture(plan)
    assert drawn.width <= 320
    assert all(
        len(line.text) * LEGIBLE < drawn.box * 1.3 for box in drawn.boxes for line in box.lines
    )


def test_jumps_gates_failures_and_sub_paths_are_drawn() -> None:
    plans = {plan.code: picture(plan) for plan in PLANS}
    assert [arrow.kind for arrow in plans["LV-01"].arrows].count("back") == 1
    assert any(box.name == "gate:ledamoter" for box in plans["LV-04"].boxes)
    assert [frame.label for frame in plans["LV-06"].frames] == ["LV-05", "LV-03"]
    assert "fails" in {arrow.kind for arrow in plans["LV-03"].arrows}


def test_a_step_in_words() -> None:
    plan = next(plan for plan in PLANS if plan.code == "LV-03")
    core = next(step for step in said(plan, {}) if step.name == "stab_karna")
    assert (core.when, core.need) == ("Genast", "5 behövs inom 15 min")
    assert (
        core.how
        == "Samtal och sms, väntar 3 min; sedan samtal, väntar 3 min; sedan samtal och sms, väntar 3 min"
    )
    reserve = next(step for step in said(plan, {}) if step.name == "stab_reserv")
    assert reserve.when == "Om ”Stabens kärna” inte räcker"
    assert reserve.need == "5 behövs tillsammans med ”Stabens kärna”"
