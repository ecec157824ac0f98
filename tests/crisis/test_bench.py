"""The benchmark runs, and its JSON has the promised names. No time is asserted."""

import json

from typer.testing import CliRunner

from crisis.bench import percentile
from crisis.cli import app


def test_a_quick_run_gives_every_promised_name() -> None:
    result = CliRunner().invoke(app, ["bench", "--quick", "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {"machine", "database", "trigger_to_first_ms", "people", "roster", "idle"} <= set(told)
    assert {"roles", "years", "weekly", "daily"} == set(told["roster"])
    assert set(told["roster"]["daily"]) == {"one_year_ms", "all_years_ms", "growth"}
    assert set(told["trigger_to_first_ms"]) == {"p50", "p95"}
    names = {"seconds", "limit_seconds", "ratio", "cpu_s", "peak_mb"}
    assert all(set(each) == names for each in told["people"].values())
    assert set(told["idle"]) == {"cpu_percent", "rss_mb"}


def test_the_95th_percentile_of_a_hundred_is_the_95th() -> None:
    assert percentile(list(range(1, 101)), 95) == 95
    assert percentile([7.0], 95) == 7.0
