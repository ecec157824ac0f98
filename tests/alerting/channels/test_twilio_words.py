"""Twilio's words in ours."""

import pytest

from alerting.channels.base import ReportState
from alerting.channels.twilio_words import (
    read_call_status,
    read_sms_status,
    refusal,
    sentence,
    signature_ok,
)
from core.language import use_language

SENT, DELIVERED, FAILED = ReportState.SENT, ReportState.DELIVERED, ReportState.FAILED


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("accepted", SENT),
        ("queued", SENT),
        ("sending", SENT),
        ("sent", SENT),
        ("delivered", DELIVERED),
        ("read", DELIVERED),
        ("undelivered", FAILED),
        ("failed", FAILED),
        ("canceled", FAILED),
        ("a word of next year", SENT),
        ("", SENT),
    ],
)
def test_each_word_about_a_text_has_its_state(word: str, state: ReportState) -> None:
    report = read_sms_status({"MessageStatus": word})

    assert report.state is state
    assert bool(report.reason) is (state is FAILED)


def test_the_older_name_of_the_status_is_understood() -> None:
    assert read_sms_status({"SmsStatus": "delivered"}).state is DELIVERED


@pytest.mark.parametrize(
    ("code", "permanent", "word"),
    [
        ("21610", True, "STOPP"),
        ("30003", False, "avstängd"),
        ("30005", True, "finns inte"),
        ("30006", True, "kan inte ta emot SMS"),
        ("30007", False, "skräppost"),
        ("30008", False, "säger inte varför"),
        ("30036", False, "för gammalt"),
        ("39999", False, "kunde inte leverera"),
        ("", False, "kunde inte leverera"),
    ],
)
def test_each_failure_of_a_text_has_its_sentence(code: str, permanent: bool, word: str) -> None:
    report = read_sms_status({"MessageStatus": "undelivered", "ErrorCode": code})

    assert word in report.reason
    assert (report.permanent, report.code) == (permanent, code)


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress"])
def test_a_call_that_is_picked_up_has_reached_nobody_yet(status: str) -> None:
    report = read_call_status({"CallStatus": status})

    assert report is not None
    assert report.state is SENT


@pytest.mark.parametrize("status", ["in-progress", ""])
def test_a_human_on_the_line_is_delivered(status: str) -> None:
    report = read_call_status({"CallStatus": status, "AnsweredBy": "human"})

    assert report is not None
    assert report.state is DELIVERED


@pytest.mark.parametrize("who", ["machine_start", "machine_end_beep", "fax"])
@pytest.mark.parametrize("status", ["in-progress", "completed", ""])
@pytest.mark.parametrize("answerable", [True, False])
def test_a_machine_on_the_line_is_never_an_answer(who: str, status: str, answerable: bool) -> None:
    report = read_call_status({"CallStatus": status, "AnsweredBy": who}, answerable=answerable)

    assert report is not None
    assert (report.state, report.reason) == (FAILED, "Telefonsvarare svarade.")
    assert report.permanent is False


def test_a_question_that_is_over_without_a_key_has_failed_even_with_a_human() -> None:
    report = read_call_status({"CallStatus": "completed", "AnsweredBy": "human"})

    assert report is not None
    assert report.state is FAILED


def test_information_that_a_human_has_heard_is_delivered() -> None:
    form = {"CallStatus": "completed", "AnsweredBy": "human"}
    report = read_call_status(form, answerable=False)

    assert report is not None
    assert report.state is DELIVERED


@pytest.mark.parametrize(
    "form", [{"AnsweredBy": "unknown"}, {"CallStatus": "completed"}, {"CallStatus": "x"}, {}]
)
def test_what_says_nothing_is_no_news(form: dict[str, str]) -> None:
    assert read_call_status(form, answerable=False) is None


@pytest.mark.parametrize("status", ["busy", "no-answer", "canceled", "failed"])
def test_a_call_that_never_connected_has_failed_but_may_be_tried_again(status: str) -> None:
    report = read_call_status({"CallStatus": status}, answerable=False)

    assert report is not None
    assert (report.state, report.permanent, bool(report.reason)) == (FAILED, False, True)


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        (400, "21211", True),
        (400, "", True),
        (404, "20404", True),
        (400, "21611", False),
        (302, "", False),
        (408, "", False),
        (429, "20429", False),
        (500, "20500", False),
        (503, "", False),
    ],
)
def test_the_http_status_says_whether_a_refusal_passes(
    status: int, code: str, permanent: bool
) -> None:
    error = refusal(status, code)

    assert (error.permanent, error.code) == (permanent, code)


@pytest.mark.logs_errors
@pytest.mark.parametrize(("status", "code"), [(401, "20003"), (401, ""), (403, "20403")])
def test_a_refused_account_is_loud_but_passes(
    status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    error = refusal(status, code)

    assert error.permanent is False
    assert "KRISLARM_TWILIO_ACCOUNT_SID" in error.reason
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_sentences_follow_the_language_that_is_asked_for() -> None:
    with use_language("sv"):
        assert sentence("30005") == "Numret finns inte."


def test_a_signature_is_ours_only_for_this_url_this_form_and_this_token() -> None:
    url, form = "https://larm.example/twilio/sms", {"Body": "JA", "From": "+46701740605"}
    signature = "x0V3DnSVrBgR7BHBIY0bYfiRu+o="

    assert signature_ok("token", url, form, signature)
    assert not signature_ok("other", url, form, signature)
    assert not signature_ok("token", url + "?x=1", form, signature)
    assert not signature_ok("token", url, {**form, "Body": "NEJ"}, signature)
    assert not signature_ok("token", url, form, "")
    assert not signature_ok("token", url, form, "ö")
