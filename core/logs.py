"""The log: structured, one line an event, and never a number, an address or a secret in it."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import structlog

HIDDEN = "[dolt]"
_SECRET_NAMES = re.compile(
    r"password|passwd|lösenord|secret|token|authorization|cookie|api_?key|credential", re.IGNORECASE
)
_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), rf"\1 {HIDDEN}"),
    (re.compile(r"://[^/\s:@]+:[^/\s@]+@"), f"://{HIDDEN}@"),
    (re.compile(r"\bkrl_[\w-]+"), HIDDEN),
    (re.compile(r"(/(?:a|elks|calendar|my|now)/)[\w.~%-]{12,}"), rf"\1{HIDDEN}"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), HIDDEN),
    # +46701740605, 070-174 06 05; the last two digits help to tell calls apart. Not inside a UUID.
    (re.compile(r"(?<![\w-])(?:\+|00|0)\d(?:[ -]?\d){5,12}[ -]?(\d\d)(?![\w-])"), r"[nummer …\1]"),
)


def configure(*, as_json: bool, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's loggers through the same redaction to stderr."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for loud in ("twilio", "aiosqlite", "asyncio", "apscheduler"):  # twilio logs numbers at INFO
        logging.getLogger(loud).setLevel(logging.WARNING)


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: hides secrets by name, and numbers and addresses by their look."""
    for key, value in event.items():
        if key not in {"timestamp", "level"}:
            event[key] = HIDDEN if _SECRET_NAMES.search(key) else _clean(value)
    return event


def _clean(value: Any) -> Any:  # noqa: ANN401  # a log takes whatever it is given
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if _SECRET_NAMES.search(str(key)) else _clean(each)
            for key, each in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_clean(each) for each in value]
    return hide(str(value))


def hide(text: str) -> str:
    """The text without phone numbers, mail addresses and secrets."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text
