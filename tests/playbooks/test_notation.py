"""Rules: the short notations are read and written without loss."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.plan import ChannelKind, Need, Start, StartKind, Target, TargetKind, Wave
from playbooks import notation
from playbooks.notation import Otherwise, Then, Waves

steps = st.from_regex("[a-z_][a-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: name != "previous"
)
durations = st.one_of(
    st.integers(1, 9999).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 1440).map(lambda minutes: timedelta(minutes=minutes)),
)
waves = st.builds(
    Waves,
    st.builds(
        Wave,
        channels=st.lists(st.sampled_from(ChannelKind), min_size=1, unique=True).map(tuple),
        wait=durations,
    ),
    st.integers(1, 9),
)
needs = st.one_of(
    st.builds(Need, count=st.integers(1, 9999)),
    st.builds(Need, percent=st.integers(1, 100)),
    st.builds(
        Need,
        count=st.integers(1, 9999),
        total_with=st.lists(steps, min_size=1, max_size=3).map(tuple),
    ),
)
starts = st.one_of(
    st.sampled_from([Start(kind=StartKind.AT_ONCE), Start(kind=StartKind.BY_HAND)]),
    st.builds(
        Start,
        kind=st.sampled_from([StartKind.AFTER, StartKind.IF_FAILS]),
        step=st.none() | steps,
    ),
    st.builds(Start, kind=st.just(StartKind.AFTER_TIME), delay=durations),
)
bounds = st.none() | st.integers(1, 99)
otherwises = st.one_of(
    st.just(Otherwise()),
    st.builds(Otherwise, st.just(Then.GO_TO), steps, bounds),
    st.builds(Otherwise, st.just(Then.REPEAT), st.just(""), bounds),
    st.builds(Otherwise, st.just(Then.RUN), st.from_regex("[A-Z]{2}-[0-9]{2}", fullmatch=True)),
)
targets = st.builds(
    Target,
    kind=st.sampled_from([kind for kind in TargetKind if kind is not TargetKind.MANUAL]),
    code=st.from_regex("[A-Za-zåäö0-9_.-]{1,12}", fullmatch=True),
)


@given(durations)
def test_a_duration_comes_back(length: timedelta) -> None:
    assert notation.read_duration(notation.write_duration(length)) == length


@given(waves)
def test_waves_come_back(value: Waves) -> None:
    assert notation.read_waves(notation.write_waves(value)) == value


@given(needs)
def test_a_need_comes_back(value: Need) -> None:
    assert notation.read_need(notation.write_need(value)) == value


@given(starts)
def test_a_start_comes_back(value: Start) -> None:
    assert notation.read_start(notation.write_start(value)) == value


@given(otherwises)
def test_an_otherwise_comes_back(value: Otherwise) -> None:
    assert notation.read_otherwise(notation.write_otherwise(value)) == value


@given(targets)
def test_a_target_comes_back(value: Target) -> None:
    assert notation.read_target(str(notation.write_target(value))) == value


@given(st.text(max_size=40).filter(lambda text: not text.isalnum()))
def test_any_other_text_gets_a_sentence(text: str) -> None:
    for read in (notation.read_duration, notation.read_waves, notation.read_otherwise):
        with pytest.raises(ValueError, match=r"\.$"):
            read(text)


@pytest.mark.parametrize(
    "text",
    [
        "voice and sms 5m",
        "voice",
        "voice 5",
        "voice + voice 5m",
        "voice 0s",
        "fax 5m",
        "voice 5m x0",
    ],
)
def test_odd_waves_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.replace("+", r"\+")):
        notation.read_waves(text)


def test_spaces_do_not_matter() -> None:
    assert notation.read_waves("voice+sms  3m") == notation.read_waves("voice + sms 3m")
    assert notation.read_need("5  in total with a,b") == notation.read_need("5 in total with a, b")


def test_a_wait_is_at_most_a_day() -> None:
    assert notation.read_duration("24h") == timedelta(days=1)
    with pytest.raises(ValueError, match="högst 24h"):
        notation.read_duration("25h")
