import json
import logging
from io import StringIO

import pytest
import structlog

from core.logs import HIDDEN, configure, hide, redact


@pytest.fixture
def written(logging_as_it_was: None) -> StringIO:
    """What the configured log writes."""
    root, paper = logging.getLogger(), StringIO()
    configure(as_json=True)
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(paper)
    return paper


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("to +46701740605", "to [nummer …05]"),
        ("ring 070-174 06 05 nu", "ring [nummer …05] nu"),
        ("046701740605", "[nummer …05]"),
        ("till alva@demo.lund.example.", f"till {HIDDEN}."),
        ("Authorization: Bearer abc.DEF-123", f"Authorization: Bearer {HIDDEN}"),
        ("postgresql://krislarm:hemlig@db/krislarm", f"postgresql://{HIDDEN}@db/krislarm"),
        ("key krl_abcDEF_123-x", f"key {HIDDEN}"),
        ("GET /a/ImFiY2RlZmdoaWpr.sig", f"GET /a/{HIDDEN}"),
        ("GET /my/ImFiY2RlZmdoaWpr.sig/swap", f"GET /my/{HIDDEN}/swap"),
        ("GET /now/ImFiY2RlZmdoaWpr.txt", f"GET /now/{HIDDEN}"),
    ],
)
def test_numbers_addresses_and_secrets_are_hidden_by_their_look(text: str, hidden: str) -> None:
    assert hide(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "message 6f9619ff-8b86-0011-b42d-001234567890 sent",
        "2026-11-24T02:12:00.123456+00:00",
        "LV-03 step 2 of 5, need 5, 1000 people in 1234567 ms",
        "GET /alarms/new",
    ],
)
def test_what_is_no_number_stays(text: str) -> None:
    assert hide(text) == text


def test_secrets_are_hidden_by_their_name_at_any_depth() -> None:
    event = {"event": "x", "password": "a", "smtp": {"api_key": "b", "to": ["+46701740605"]}}
    cleaned = redact(None, "info", event)
    assert cleaned["password"] == HIDDEN
    assert cleaned["smtp"] == {"api_key": HIDDEN, "to": ["[nummer …05]"]}


def test_both_kinds_of_loggers_are_redacted_tracebacks_too(written: StringIO) -> None:
    structlog.get_logger().info("sent", to="+46701740605")
    try:
        int("alva@demo.lund.example")
    except ValueError:
        logging.getLogger("library").warning("failed for %s", "+46701740699", exc_info=True)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert lines[0]["to"] == "[nummer …05]"
    assert "[nummer …99]" in lines[1]["event"]
    assert "ValueError" in lines[1]["exception"]
    assert "alva@" not in lines[1]["exception"]


def test_loud_libraries_are_quiet(written: StringIO) -> None:
    logging.getLogger("twilio.http_client").info("To: +46701740605")
    assert not written.getvalue()
