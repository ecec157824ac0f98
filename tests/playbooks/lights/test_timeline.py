from datetime import timedelta
from uuid import uuid4

from playbooks.lights.models import Light, LightKind, LightRecord
from playbooks.lights.timeline import HEIGHTS, LEFT, WIDTH, timeline
from tests.clocks import NIGHT
from tests.playbooks.conftest import ZONE

PATH = uuid4()


def record(days_ago: int, light: Light) -> LightRecord:
    return LightRecord(
        playbook_id=PATH,
        kind=LightKind.KNOWN,
        light=light,
        figure="",
        why="",
        at=NIGHT - timedelta(days=days_ago),
    )


def test_a_light_is_a_bar_for_as_long_as_it_stood() -> None:
    records = [
        record(500, Light.RED),
        record(292, Light.RED),  # for another reason: the same bar
        record(146, Light.AMBER),
        record(73, Light.GREEN),
    ]
    documented, known, _exercised = timeline(records, now=NIGHT, zone=ZONE).lanes
    assert documented.bars == ()
    assert [bar.light for bar in known.bars] == [Light.RED, Light.AMBER, Light.GREEN]
    assert [round(bar.x - LEFT) for bar in known.bars] == [0, WIDTH * 3 // 5, WIDTH * 4 // 5]
    assert [bar.height for bar in known.bars] == [HEIGHTS[bar.light] for bar in known.bars]


def test_what_was_never_written_down_is_blank() -> None:
    (_documented, known, _exercised) = timeline([record(10, Light.RED)], now=NIGHT, zone=ZONE).lanes
    (bar,) = known.bars
    assert bar.x > LEFT + WIDTH * 0.96


def test_there_is_a_tick_for_each_first_of_a_month() -> None:
    ticks = timeline([], now=NIGHT, zone=ZONE).ticks
    assert len(ticks) == 12
    assert (ticks[0].month, ticks[-1].month) == ("dec.", "nov.")
    late = timeline([], now=NIGHT.replace(day=5), zone=ZONE).ticks
    assert late[-1].month == ""  # its name would stand outside the picture
